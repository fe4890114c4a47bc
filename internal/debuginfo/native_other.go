//go:build !darwin && !windows

package debuginfo

import "io"

const native = "ELF"

func openNative(r io.ReaderAt) (container, error) { return newELF(r) }
