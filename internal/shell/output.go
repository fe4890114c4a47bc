package shell

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrInterrupted is the error of all writing from an interrupt to the next command.
var ErrInterrupted = errors.New("interrupted")

// errCut is the error of all writing from the limit of a command's output to the next command.
var errCut = errors.New("output cut")

// Output is where commands write. It makes all text safe for a terminal, so that
// no command can forget to; only its own styles are escape sequences. After an
// interrupt or a failure, and from its limit on, all writing fails, which ends commands with
// long output.
type Output struct {
	// Limit bounds what a command writes, in bytes; 0 is no limit. CutHint says, behind
	// the text that was cut, how to see more.
	Limit   int
	CutHint string
	// Links says that Link makes links.
	Links bool

	record    io.Writer // see Record
	recordErr error

	written   int // by the current command
	dst       io.Writer
	w         *bufio.Writer
	safe      func(string) string
	color     bool
	interrupt <-chan os.Signal
	err       error

	diverted bool   // to a program or a file, see divert
	paging   *paged // nil if there is no pager
}

// NewOutput returns an Output that writes to w. safe makes text without
// newlines and tabs fit for a terminal; color says whether styles have
// an effect.
func NewOutput(w io.Writer, safe func(string) string, color bool, interrupt <-chan os.Signal) *Output {
	return &Output{dst: w, w: bufio.NewWriterSize(w, 1<<16), safe: safe, color: color, interrupt: interrupt}
}

// Write writes p: newlines and tabs as they are, the rest made safe.
func (o *Output) Write(p []byte) (int, error) {
	if err := o.Err(); err != nil {
		return 0, err
	}
	cut := o.Limit > 0 && len(p) > o.Limit-o.written
	if cut {
		p = p[:max(o.Limit-o.written, 0)]
	}
	o.written += len(p)
	text := p
	if !plain(p) {
		text = []byte(o.escaped(string(p)))
	}
	_, o.err = o.w.Write(text)
	if o.record != nil && o.recordErr == nil {
		_, o.recordErr = o.record.Write(text)
	}
	if cut && o.err == nil {
		o.err = errCut
	}
	return len(p), o.err
}

// Record has all text copied to w from now on, without styles; nil ends that. The error is
// that of writing to the writer before.
func (o *Output) Record(w io.Writer) error {
	err := o.recordErr
	o.record, o.recordErr = w, nil
	return err
}

// recordLine copies a command or its error to what records.
func (o *Output) recordLine(line string) {
	if o.record != nil && o.recordErr == nil {
		_, o.recordErr = io.WriteString(o.record, o.safe(line)+"\n")
	}
}

// begin begins the output of a command.
func (o *Output) begin() {
	o.end() // of what was written between commands
	o.written = 0
}

// end ends the output of a command, and says so if it was cut.
func (o *Output) end() {
	if o.err != errCut {
		return
	}
	o.err = nil
	limit := o.Limit
	o.Limit = 0
	o.Printf("\n(cut after %d bytes%s)\n", limit, o.CutHint)
	o.Limit = limit
}

// plain reports whether p is ASCII text.
func plain(p []byte) bool {
	for _, c := range p {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

func (o *Output) escaped(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "\n\t")
		if i < 0 {
			i = len(s)
		}
		b.WriteString(o.safe(s[:i]))
		if i < len(s) {
			b.WriteByte(s[i])
			i++
		}
		s = s[i:]
	}
	return b.String()
}

// Printf writes formatted text.
func (o *Output) Printf(format string, args ...any) { fmt.Fprintf(o, format, args...) }

// The parameters of the escape sequences in use (ECMA-48, SGR).
const (
	bold        = "1"
	faint       = "2"
	faintItalic = "2;3"
	green       = "32"
	yellow      = "33"
	magenta     = "35"
	cyan        = "36"
)

// Bold writes text that should catch the eye.
func (o *Output) Bold(text string) { o.paint(bold, text) }

// Faint writes text that shouldn't distract.
func (o *Output) Faint(text string) { o.paint(faint, text) }

// Highlight writes text that marks a place.
func (o *Output) Highlight(text string) { o.paint(yellow, text) }

// Aside writes what was put beside a text, and isn't part of it.
func (o *Output) Aside(text string) { o.paint(faintItalic, text) }

// Keyword writes a keyword of source.
func (o *Output) Keyword(text string) { o.paint(magenta, text) }

// Quoted writes a string or a character of source.
func (o *Output) Quoted(text string) { o.paint(green, text) }

// Number writes a number of source.
func (o *Output) Number(text string) { o.paint(cyan, text) }

func (o *Output) paint(style, text string) {
	if !o.color || o.diverted || o.Err() != nil {
		o.Printf("%s", text)
		return
	}
	o.w.WriteString("\x1b[" + style + "m")
	o.Printf("%s", text)
	o.w.WriteString("\x1b[0m")
}

// Link writes a text that a terminal shows as a link (OSC 8), if url isn't "".
func (o *Output) Link(url, text string) {
	if url == "" || !o.Links || o.diverted || o.Err() != nil || o.safe(url) != url {
		o.Printf("%s", text)
		return
	}
	o.w.WriteString(linkBegin + url + linkEnd)
	o.Printf("%s", text)
	o.w.WriteString(linkBegin + linkEnd)
}

// A link is between two of these, the second without a URL.
const linkBegin, linkEnd = "\x1b]8;;", "\x1b\\"

// Err returns why writing fails: ErrInterrupted after an interrupt, the error of the
// underlying writer, or that the output is cut.
func (o *Output) Err() error {
	if o.err == nil || o.err == errCut {
		select {
		case <-o.interrupt:
			o.err = ErrInterrupted
		default:
		}
	}
	return o.err
}

// drain forgets an interrupt that came before a command.
func (o *Output) drain() {
	select {
	case <-o.interrupt:
	default:
	}
}

// Flush writes what is buffered.
func (o *Output) Flush() error {
	if err := o.w.Flush(); o.err == nil {
		o.err = err
	}
	return o.err
}

// resume forgets an interrupt, and drops what is buffered.
func (o *Output) resume() {
	if o.Err() != ErrInterrupted {
		return
	}
	o.err = nil
	o.w.Reset(o.dst)
	if o.color {
		o.w.WriteString("\x1b[0m")
	}
}
