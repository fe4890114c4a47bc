package debuginfo

import (
	"io"
	"syscall"
)

const native = "Mach-O"

// unblocked are flags to open a file that may turn out to be something else.
const unblocked = syscall.O_NONBLOCK | syscall.O_NOCTTY

func openNative(r io.ReaderAt) (container, error) { return newMachO(r) }
