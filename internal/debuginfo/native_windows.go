package debuginfo

import "io"

const native = "PE"

func openNative(r io.ReaderAt) (container, error) { return newPE(r) }
