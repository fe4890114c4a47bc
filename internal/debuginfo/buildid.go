package debuginfo

import (
	"bytes"
	"io"
	"strconv"
)

// Mach-O and PE files have no place for a note: Go's linker writes the build id
// as the first bytes of the text, quoted, between these (cmd/internal/buildid).
var (
	buildIDStart = []byte("\xff Go build ID: \"")
	buildIDEnd   = []byte("\"\n \xff")
)

// buildIDWindow is how much of the text cmd/internal/buildid looks at.
const buildIDWindow = 32 << 10

// textBuildID finds the build id at the start of the text, which has size
// bytes. It returns "" if there is none.
func textBuildID(text io.ReaderAt, size uint64) string {
	data := make([]byte, min(size, buildIDWindow))
	n, err := text.ReadAt(data, 0)
	if err != nil && err != io.EOF {
		return ""
	}
	_, rest, found := bytes.Cut(data[:n], buildIDStart)
	if !found {
		return ""
	}
	id, _, found := bytes.Cut(rest, buildIDEnd)
	if !found {
		return ""
	}
	s, err := strconv.Unquote(`"` + string(id) + `"`)
	if err != nil {
		return ""
	}
	return s
}
