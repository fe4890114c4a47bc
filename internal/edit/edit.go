// Package edit reads lines from a terminal that passes on each key, with a
// history and completion. The keys are those of Emacs, as in shells and debuggers
// (readline(3)).
package edit

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"sync"
	"unicode"
)

// Editor reads lines. But for Redraw, it is for one goroutine.
type Editor struct {
	// Width is how many columns the terminal has; 0 means 80. A longer line is shown
	// in part.
	Width int
	// Columns, if it isn't nil, returns the Width of the terminal. It is called for each line, and
	// by Redraw.
	Columns func() int
	// Bold has the prompt printed in bold.
	Bold bool
	// History has the earlier lines, the oldest first. Each new line is added; only the last
	// ones are kept.
	History []string
	// Complete returns the words that may replace the end of text, which begins at
	// byte from. A word that ends in a space is one that nothing is added to: a command, not a name,
	// behind which .x may come. Complete may be nil.
	Complete func(text string) (from int, words []string)

	in  *bufio.Reader
	out io.Writer

	prompt string
	line   []rune
	cursor int
	lines  []string // the history and, last, the new line
	at     int      // in lines
	killed []rune

	mu      sync.Mutex // held but while it waits for a key
	reading bool       // a line
	pasting bool       // what comes is no key, but text that is pasted
	words   int        // how many lines ago the word was that Alt-. has put in
	word    int        // the length of that word
}

// ErrInterrupted is the error of Line after Ctrl-C, which doesn't begin a new line on
// the terminal.
var ErrInterrupted = errors.New("interrupted")

const (
	defaultWidth = 80
	maxHistory   = 1000
	maxLine      = 1 << 12 // characters; more are ignored
)

// New returns an Editor that reads keys from in, and draws on out.
func New(in io.Reader, out io.Writer) *Editor {
	return &Editor{in: bufio.NewReader(in), out: out}
}

// Line returns the next line without its newline, or an error: io.EOF at the end of
// input and for Ctrl-D in an empty line, ErrInterrupted, or an error of reading or
// writing.
func (e *Editor) Line(prompt string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prompt, e.line, e.cursor, e.words = prompt, nil, 0, 0
	e.lines = append(slices.Clip(e.History), "")
	e.at = len(e.History)
	e.reading = true
	e.measure()
	defer func() { e.reading = false }()
	if _, err := io.WriteString(e.out, pasteOn); err != nil {
		return "", err
	}
	defer io.WriteString(e.out, pasteOff)
	for {
		k, err := e.next()
		if err == nil && k == ctrl('R') && !e.pasting {
			k, err = e.search()
		}
		if err != nil {
			return "", err
		}
		if k != keyLastWord {
			e.words = 0
		}
		switch {
		case k == '\r' || k == '\n':
			e.cursor = len(e.line)
			line := string(e.line)
			e.remember(line)
			return line, e.end("\n")
		case k == ctrl('C'):
			e.pasting = false // its end may never come
			if err := e.end("^C"); err != nil {
				return "", err
			}
			return "", ErrInterrupted
		case k == ctrl('D') && len(e.line) == 0:
			return "", io.EOF
		case e.pasting && k == '\t':
			e.insert(' ')
		case keys[k] != nil && (!e.pasting || k == keyPasted):
			keys[k](e)
		case unicode.IsPrint(k):
			e.insert(k)
		}
	}
}

// next shows the line, and returns the next key. While more keys are there already, as in what is
// pasted, nobody sees the line.
func (e *Editor) next() (rune, error) {
	if e.in.Buffered() == 0 {
		if err := e.draw(); err != nil {
			return 0, err
		}
	}
	e.mu.Unlock()
	defer e.mu.Lock()
	return e.key()
}

// measure finds out how wide the terminal is.
func (e *Editor) measure() {
	if e.Columns != nil {
		e.Width = e.Columns()
	}
}

// Redraw shows the line again that is being read, if one is: after the program was stopped and
// goes on, or the terminal has got another width. It may be called from any goroutine.
func (e *Editor) Redraw() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reading {
		e.measure()
		e.draw() // the next draw returns the error
	}
}

// end leaves the line on the screen as it is.
func (e *Editor) end(how string) error {
	if err := e.draw(); err != nil {
		return err
	}
	_, err := io.WriteString(e.out, how)
	return err
}

func (e *Editor) remember(line string) {
	if n := len(e.History); line == "" || n > 0 && e.History[n-1] == line {
		return
	}
	e.History = append(e.History, line)
	e.History = slices.Delete(e.History, 0, max(0, len(e.History)-maxHistory))
}

// ctrl returns the character that Ctrl makes of a letter.
func ctrl(letter rune) rune { return letter & 0x1f }

// Keys that aren't characters have numbers above all characters.
const (
	escape = 0x1b
	del    = 0x7f

	keyUp = unicode.MaxRune + 1 + iota
	keyDown
	keyRight
	keyLeft
	keyHome
	keyEnd
	keyDelete
	keyWordLeft
	keyWordRight
	keyKillWordLeft
	keyKillWordRight
	keyLastWord
	keyPaste
	keyPasted
	keyNone
)

// keys are what keys do.
var keys map[rune]func(*Editor)

func init() {
	keys = map[rune]func(*Editor){
		ctrl('A'):    func(e *Editor) { e.cursor = 0 },
		ctrl('B'):    (*Editor).left,
		ctrl('D'):    func(e *Editor) { e.remove(e.cursor, e.cursor+1) },
		ctrl('E'):    func(e *Editor) { e.cursor = len(e.line) },
		ctrl('F'):    (*Editor).right,
		ctrl('H'):    func(e *Editor) { e.remove(e.cursor-1, e.cursor) },
		'\t':         (*Editor).complete,
		ctrl('K'):    func(e *Editor) { e.kill(e.cursor, len(e.line)) },
		ctrl('L'):    func(e *Editor) { io.WriteString(e.out, "\x1b[H\x1b[2J") },
		ctrl('N'):    func(e *Editor) { e.recall(e.at + 1) },
		ctrl('P'):    func(e *Editor) { e.recall(e.at - 1) },
		ctrl('U'):    func(e *Editor) { e.kill(0, e.cursor) },
		ctrl('W'):    func(e *Editor) { e.kill(e.wordLeft(unicode.IsSpace), e.cursor) },
		ctrl('Y'):    func(e *Editor) { e.insert(e.killed...) },
		keyWordLeft:  func(e *Editor) { e.cursor = e.wordLeft(outside) },
		keyWordRight: func(e *Editor) { e.cursor = e.wordRight() },

		keyKillWordLeft:  func(e *Editor) { e.kill(e.wordLeft(outside), e.cursor) },
		keyKillWordRight: func(e *Editor) { e.kill(e.cursor, e.wordRight()) },
		keyLastWord:      (*Editor).lastWord,
		keyPaste:         func(e *Editor) { e.pasting = true },
		keyPasted:        func(e *Editor) { e.pasting = false },
	}
	for k, same := range map[rune]rune{
		del: ctrl('H'), keyUp: ctrl('P'), keyDown: ctrl('N'), keyRight: ctrl('F'), keyLeft: ctrl('B'),
		keyHome: ctrl('A'), keyEnd: ctrl('E'), keyDelete: ctrl('D'),
	} {
		keys[k] = keys[same]
	}
}

// sequences are keys by the characters that follow escape (ECMA-48, and xterm's
// control sequences).
var sequences = map[string]rune{
	"[A": keyUp, "[B": keyDown, "[C": keyRight, "[D": keyLeft, "[H": keyHome, "[F": keyEnd,
	"OA": keyUp, "OB": keyDown, "OC": keyRight, "OD": keyLeft, "OH": keyHome, "OF": keyEnd,
	"[1~": keyHome, "[7~": keyHome, "[3~": keyDelete, "[4~": keyEnd, "[8~": keyEnd,
	"[1;5C": keyWordRight, "[1;5D": keyWordLeft, "[1;3C": keyWordRight, "[1;3D": keyWordLeft,
	"b": keyWordLeft, "f": keyWordRight, "\x7f": keyKillWordLeft, "\b": keyKillWordLeft, "d": keyKillWordRight,
	".": keyLastWord, "_": keyLastWord, "[200~": keyPaste, "[201~": keyPasted,
}

// These have the terminal say what is pasted, and not (xterm's bracketed paste mode).
const pasteOn, pasteOff = "\x1b[?2004h", "\x1b[?2004l"

// key returns the next key.
func (e *Editor) key() (rune, error) {
	r, _, err := e.in.ReadRune()
	if r != escape || err != nil {
		return r, err
	}
	const longest = 16
	var sequence []byte
	for {
		b, err := e.in.ReadByte()
		if err != nil {
			return 0, err
		}
		sequence = append(sequence, b)
		introduced := sequence[0] == '[' || sequence[0] == 'O'
		if !introduced || len(sequence) > 1 && 0x40 <= b && b <= 0x7e || len(sequence) == longest {
			break
		}
	}
	if k, ok := sequences[string(sequence)]; ok {
		return k, nil
	}
	return keyNone, nil
}

func (e *Editor) left()  { e.cursor = max(0, e.cursor-1) }
func (e *Editor) right() { e.cursor = min(len(e.line), e.cursor+1) }

func (e *Editor) insert(what ...rune) {
	if len(e.line)+len(what) <= maxLine {
		e.line = slices.Insert(e.line, e.cursor, what...)
		e.cursor += len(what)
	}
}

// remove removes the characters from..to, as far as they exist.
func (e *Editor) remove(from, to int) {
	from, to = max(0, from), min(len(e.line), to)
	if from < to {
		e.line = slices.Delete(e.line, from, to)
		e.cursor = from
	}
}

// kill removes characters; yanking brings them back.
func (e *Editor) kill(from, to int) {
	if from < to {
		e.killed = slices.Clone(e.line[from:to])
		e.remove(from, to)
	}
}

// outside reports whether a character isn't part of a word.
func outside(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }

// wordLeft returns where the word before the cursor begins.
func (e *Editor) wordLeft(outside func(rune) bool) int {
	i := e.cursor
	for i > 0 && outside(e.line[i-1]) {
		i--
	}
	for i > 0 && !outside(e.line[i-1]) {
		i--
	}
	return i
}

// wordRight returns where the word after the cursor ends.
func (e *Editor) wordRight() int {
	i := e.cursor
	for i < len(e.line) && outside(e.line[i]) {
		i++
	}
	for i < len(e.line) && !outside(e.line[i]) {
		i++
	}
	return i
}

// recall shows another line of the history. Changes to lines are kept until a line
// is entered.
func (e *Editor) recall(at int) {
	if at < 0 || at >= len(e.lines) {
		return
	}
	e.lines[e.at] = string(e.line)
	e.at = at
	e.line = []rune(e.lines[at])
	e.cursor = len(e.line)
}
