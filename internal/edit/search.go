package edit

import (
	"strings"
	"unicode"

	"coredumpy/internal/printable"
)

// lastWord puts in the last word of the line before, and when it is repeated, that of the line
// before that instead.
func (e *Editor) lastWord() {
	if e.words > 0 {
		e.remove(e.cursor-e.word, e.cursor)
	}
	at := len(e.History) - 1 - e.words
	if at < 0 {
		e.words = 0
		return
	}
	e.words++
	words := strings.Fields(e.History[at])
	e.word = 0
	if len(words) > 0 {
		word := []rune(words[len(words)-1])
		e.insert(word...)
		e.word = len(word)
	}
}

// search searches the history for a text that is typed: the latest line with it is shown, and
// Ctrl-R goes on to the one before. It returns the key that ends it; Ctrl-G brings the line from
// before the search back.
func (e *Editor) search() (rune, error) {
	before, cursor := e.line, e.cursor
	var text []rune
	at := len(e.lines) - 1
	find := func(from int) {
		for i := min(from, len(e.lines)-1); i >= 0 && len(text) > 0; i-- {
			if n := strings.Index(e.lines[i], string(text)); n >= 0 {
				at, e.line = i, []rune(e.lines[i])
				e.cursor = len([]rune(e.lines[i][:n]))
				return
			}
		}
	}
	for {
		prompt := printable.Cut("(search) "+string(text)+": ", max(e.width()/2, 1))
		if e.in.Buffered() == 0 {
			if err := e.show(prompt, e.line, e.cursor); err != nil {
				return 0, err
			}
		}
		e.mu.Unlock()
		k, err := e.key()
		e.mu.Lock()
		switch {
		case err != nil:
			return 0, err
		case k == ctrl('R'):
			find(at - 1)
		case k == del || k == ctrl('H'):
			text = text[:max(0, len(text)-1)]
			at = len(e.lines) - 1
			find(at)
		case k == ctrl('G'):
			e.line, e.cursor = before, cursor
			return keyNone, nil
		case k <= unicode.MaxRune && unicode.IsPrint(k) && len(text) < maxLine:
			text = append(text, k)
			find(at)
		case keys[k] == nil && k != '\r' && k != '\n' && k != ctrl('C') && k != ctrl('D'):
			// such as what begins something pasted
		default:
			e.lines[e.at], e.at = string(before), at
			return k, nil
		}
	}
}
