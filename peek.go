package coredumpy

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"coredumpy/internal/summary"
)

// PeekOptions changes what Peek writes.
type PeekOptions struct {
	// JSON writes one JSON object a line, with the path, the size and the
	// whole head of a dump, in place of a summary to read.
	JSON bool
}

// Peek writes to w a summary of each dump in paths, newest first: when, where
// and why it was made, and the function it is about. Of each file only the head
// is read, however large it is. A path may be a directory, which stands for the
// dumps right in it: the files named *.dump, and those of the files named *.json
// that are dumps.
//
// It returns how many dumps could be read, and an error that joins what was
// wrong with each of the others (see [errors.Join]). An error of w ends it.
// Control characters, escape sequences and characters that change the direction
// of text, which a dump from somebody else may hold, are written escaped.
func Peek(w io.Writer, paths []string, opts PeekOptions) (read int, err error) {
	summaries, errs := summary.Read(paths, opts.JSON)
	if len(summaries) == 0 && len(errs) == 0 {
		quoted := make([]string, len(paths))
		for i, path := range paths {
			quoted[i] = strconv.Quote(path)
		}
		return 0, fmt.Errorf("peek: no dumps in %s", strings.Join(quoted, ", "))
	}
	for i, s := range summaries {
		if i > 0 && !opts.JSON {
			s.Text = "\n" + s.Text
		}
		if _, err := io.WriteString(w, s.Text); err != nil {
			return i, errors.Join(append(errs, fmt.Errorf("peek: write: %w", err))...)
		}
	}
	return len(summaries), errors.Join(errs...)
}
