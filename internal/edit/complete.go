package edit

import (
	"io"
	"strings"

	"coredumpy/internal/printable"
)

// complete completes the text before the cursor as far as all words agree; if it can't,
// it shows the words.
func (e *Editor) complete() {
	if e.Complete == nil {
		return
	}
	text := string(e.line[:e.cursor])
	from, words := e.Complete(text)
	if len(words) == 0 || from < 0 || from > len(text) {
		return
	}
	common := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, common) {
			common = common[:len(common)-1]
		}
	}
	common = strings.ToValidUTF8(common, "")
	if len(common) <= len(text)-from && len(words) > 1 {
		e.offer(words)
		return
	}
	e.remove(len([]rune(text[:from])), e.cursor)
	e.insert([]rune(common)...)
}

// maxOffer is how many words are offered.
const maxOffer = 100

func (e *Editor) offer(words []string) {
	if e.draw() != nil {
		return // the next draw returns the error
	}
	var b strings.Builder
	column := 0
	for i, w := range words {
		w = strings.TrimRight(w, " ")
		if i == maxOffer {
			w = "..."
		}
		width := printable.Width(w, 0)
		if column > 0 && column+2+width > e.width() {
			b.WriteString("\n")
			column = 0
		} else if column > 0 {
			b.WriteString("  ")
			column += 2
		}
		b.WriteString(w)
		if column += width; i == maxOffer {
			break
		}
	}
	io.WriteString(e.out, "\n"+b.String()+"\n") // the next draw returns the error
}
