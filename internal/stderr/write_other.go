//go:build !unix

package stderr

import "os"

func write(text []byte) { os.Stderr.Write(text) }
