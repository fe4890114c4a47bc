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

// Output is where commands write. It makes all text safe for a terminal, so that
// no command can forget to; only its own styles are escape sequences. After an
// interrupt or a failure all writing fails, which ends commands with long output.
type Output struct {
	dst       io.Writer
	w         *bufio.Writer
	safe      func(string) string
	color     bool
	interrupt <-chan os.Signal
	err       error
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
	if plain(p) {
		_, o.err = o.w.Write(p)
	} else {
		_, o.err = o.w.WriteString(o.escaped(string(p)))
	}
	return len(p), o.err
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
	bold   = "1"
	faint  = "2"
	yellow = "33"
)

// Bold writes text that should catch the eye.
func (o *Output) Bold(text string) { o.paint(bold, text) }

// Faint writes text that shouldn't distract.
func (o *Output) Faint(text string) { o.paint(faint, text) }

// Highlight writes text that marks a place.
func (o *Output) Highlight(text string) { o.paint(yellow, text) }

func (o *Output) paint(style, text string) {
	if !o.color || o.Err() != nil {
		o.Printf("%s", text)
		return
	}
	o.w.WriteString("\x1b[" + style + "m")
	o.Printf("%s", text)
	o.w.WriteString("\x1b[0m")
}

// Err returns why writing fails: ErrInterrupted after an interrupt, or the error
// of the underlying writer.
func (o *Output) Err() error {
	if o.err == nil {
		select {
		case <-o.interrupt:
			o.err = ErrInterrupted
		default:
		}
	}
	return o.err
}

// flush writes what is buffered.
func (o *Output) flush() error {
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
