package hook

import (
	"fmt"
	"strings"
)

// edit puts code on an existing line, so that every line keeps its number.
type edit struct {
	file   string // below GOROOT/src
	within string // how the function starts; the anchor is between there and the function's end
	// anchor must occur there exactly once. If it is empty the code is put after the
	// brace that opens the function; then the text after within may differ.
	anchor string
	code   string // replaces the anchor, with as many lines
}

// brace opens a function.
const brace = "{\n"

// apply returns src with e applied, and the line it changes.
func (e *edit) apply(src string) (text string, line int, err error) {
	head, rest, ok := strings.Cut(src, "\n"+e.within)
	if !ok {
		return "", 0, fmt.Errorf("%s has no %q", e.file, e.within)
	}
	head, rest = head+"\n", e.within+rest
	end := strings.Index(rest, "\n}\n")
	if end < 0 {
		return "", 0, fmt.Errorf("%s has no end of %q", e.file, e.within)
	}
	body := rest[:end]
	anchor, code := e.anchor, e.code
	if anchor == "" {
		// A one-line function has no brace at the end of its line.
		anchor, code = brace, "{ "+e.code+"\n"
		body = body[:strings.IndexByte(body, '\n')+1]
	}
	switch n := strings.Count(body, anchor); {
	case n == 0:
		return "", 0, fmt.Errorf("%s has no %q in %q", e.file, strings.TrimSpace(anchor), e.within)
	case n > 1:
		return "", 0, fmt.Errorf("%s has %q %d times in %q", e.file, strings.TrimSpace(anchor), n, e.within)
	}
	before, after, _ := strings.Cut(body, anchor)
	line = 1 + strings.Count(head, "\n") + strings.Count(before, "\n")
	return head + before + code + after + rest[len(body):], line, nil
}
