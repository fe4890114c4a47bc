package debuginfo

import "io"

const native = "Mach-O"

func openNative(r io.ReaderAt) (container, error) { return newMachO(r) }
