// Package edit reads lines from a terminal that passes on each key, with a
// history and completion. The keys are those of Emacs, as in shells and debuggers
// (readline(3)).
package edit

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Editor reads lines. It is for one goroutine.
type Editor struct {
	// Width is how many columns the terminal has; 0 means 80. A longer line is shown
	// in part.
	Width int
	// Bold has the prompt printed in bold.
	Bold bool
	// History has the earlier lines, the oldest first. Each new line is added; only the last
	// ones are kept.
	History []string
	// Complete returns the words that may replace the end of text, which begins at
	// byte from. It may be nil.
	Complete func(text string) (from int, words []string)

	in  *bufio.Reader
	out io.Writer

	prompt string
	line   []rune
	cursor int
	lines  []string // the history and, last, the new line
	at     int      // in lines
	killed []rune
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
	e.prompt, e.line, e.cursor = prompt, nil, 0
	e.lines = append(slices.Clip(e.History), "")
	e.at = len(e.History)
	for {
		if err := e.draw(); err != nil {
			return "", err
		}
		k, err := e.key()
		if err != nil {
			return "", err
		}
		switch {
		case k == '\r' || k == '\n':
			e.cursor = len(e.line)
			line := string(e.line)
			e.remember(line)
			return line, e.end("\n")
		case k == ctrl('C'):
			if err := e.end("^C"); err != nil {
				return "", err
			}
			return "", ErrInterrupted
		case k == ctrl('D') && len(e.line) == 0:
			return "", io.EOF
		case keys[k] != nil:
			keys[k](e)
		case unicode.IsPrint(k):
			e.insert(k)
		}
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
	"b": keyWordLeft, "f": keyWordRight,
}

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
	if common = strings.ToValidUTF8(common, ""); len(words) == 1 {
		common += " "
	}
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
	var b strings.Builder
	column := 0
	for i, w := range words {
		if i == maxOffer {
			w = "..."
		}
		if column > 0 && column+2+len(w) > e.width() {
			b.WriteString("\n")
			column = 0
		} else if column > 0 {
			b.WriteString("  ")
			column += 2
		}
		b.WriteString(w)
		if column += len(w); i == maxOffer {
			break
		}
	}
	io.WriteString(e.out, "\n"+b.String()+"\n") // the next draw returns the error
}

func (e *Editor) width() int {
	if e.Width > 0 {
		return e.Width
	}
	return defaultWidth
}

// draw shows the line, or as much of it around the cursor as there is room for.
func (e *Editor) draw() error {
	room := max(e.width()-len([]rune(e.prompt))-1, 1)
	from := max(0, e.cursor-room)
	to := min(len(e.line), from+room)
	var b strings.Builder
	prompt := e.prompt
	if e.Bold {
		prompt = "\x1b[1m" + prompt + "\x1b[0m"
	}
	b.WriteString("\r" + prompt + string(e.line[from:to]) + "\x1b[K")
	if e.cursor < to {
		b.WriteString("\r" + prompt + string(e.line[from:e.cursor])) // the terminal knows how wide characters are
	}
	_, err := io.WriteString(e.out, b.String())
	return err
}
