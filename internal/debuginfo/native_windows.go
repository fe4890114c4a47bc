package debuginfo

import "io"

const native = "PE"

// unblocked are flags to open a file that may turn out to be something else.
const unblocked = 0

func openNative(r io.ReaderAt) (container, error) { return newPE(r) }
