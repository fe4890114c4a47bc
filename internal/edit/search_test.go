package edit

import (
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

// Keys that use the history, and text that is pasted.
func TestHistoryKeys(t *testing.T) {
	history := []string{"p order.ID", "locals -v", "p order.Items[0]", "bt"}
	for _, tt := range []struct{ name, keys, want string }{
		{"search", "\x12ord\r", "p order.Items[0]"},
		{"search further", "\x12ord\x12\r", "p order.ID"},
		{"no further one", "\x12ord\x12\x12\x12\r", "p order.ID"},
		{"search less", "\x12ordx\x7f\r", "p order.Items[0]"},
		{"search and edit", "\x12local\x05 x\r", "locals -v x"},
		{"search and give up", "p x\x12ord\x07\r", "p x"},
		{"nothing found", "p x\x12none\r", "p x"},
		{"search in the new line", "p new\x12new\r", "p new"},
		{"go on from there", "\x12locals\x1b[B\r", "p order.Items[0]"},
		{"search and complete nothing", "\x12locals\x1bz\x1b[C\r", "locals -v"},
		{"last word", "whatis \x1b.\r", "whatis bt"},
		{"last word of earlier lines", "whatis \x1b.\x1b.\r", "whatis order.Items[0]"},
		{"before all", "whatis \x1b.\x1b.\x1b.\x1b.\x1b.\x1b.\r", "whatis bt"},
		{"two last words", "\x1b. \x1b.\r", "bt bt"},
		{"words are removed", "p one.two three\x1b\x7f\x1b\x7f\r", "p one."},
		{"words to the right", "p one two\x01\x1bd\x1bd\r", " two"},
		{"paste", "p \x1b[200~a\tb\x12\x1bx\x1b[201~\x01\x04\x04x\r", "xa b"},
	} {
		s := &screen{t: t}
		e := New(strings.NewReader(tt.keys), s)
		e.History = history
		got, err := e.Line("> ")
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q and error %v, want %q", tt.name, got, err, tt.want)
		}
		if shown := s.lines[len(s.lines)-1]; shown != "> "+got {
			t.Errorf("%s: the line shown is %q, want the prompt and %q", tt.name, shown, got)
		}
	}
}

// Lines that are pasted are lines: none is lost, and a tab completes nothing.
func TestPasteLines(t *testing.T) {
	e := New(strings.NewReader("\x1b[200~p a\nlo\tx\np c\x1b[201~\r"), io.Discard)
	e.Complete = words("locals")
	for _, want := range []string{"p a", "lo x", "p c"} {
		if got, err := e.Line("> "); err != nil || got != want {
			t.Errorf("got %q and error %v, want %q", got, err, want)
		}
	}
}

// Ctrl-C ends what is pasted, too: after it keys are keys, even if the end of the paste was lost.
func TestPasteEnds(t *testing.T) {
	e := New(strings.NewReader("\x1b[200~p a\x03x\x01p \r"), io.Discard)
	if got, err := e.Line("> "); err != ErrInterrupted {
		t.Errorf("got %q and error %v, want an interrupt", got, err)
	}
	if got, err := e.Line("> "); err != nil || got != "p x" {
		t.Errorf("got %q and error %v, want the line with what was put at its beginning", got, err)
	}
}

// Wide characters are shown as far as there are columns.
func TestWide(t *testing.T) {
	for _, tt := range []struct {
		width          int
		keys, want     string
		cursor, column int
	}{
		{20, "世界世界世界世界", "世界世界世界世界", 8, 0}, // 2 for the prompt, 16, and one that stays empty
		{18, "世界世界世界世界", "界世界世界世界", 7, 0},
		{17, "世界世界世界世界", "界世界世界世界", 7, 0},
		{8, "a世界世界", "世界", 2, 0},
		{8, "世界世界\x01", "世界", 0, 0},
		{8, "e\u0301e\u0301e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301e\u0301e\u0301", 10, 0},
	} {
		s := &screen{t: t}
		e := New(strings.NewReader(tt.keys), s)
		e.Width = tt.width
		e.Line("> ")
		if got := strings.TrimPrefix(string(s.line), "> "); got != tt.want || s.cursor-2 != tt.cursor {
			t.Errorf("%q in %d columns: got %q and cursor %d, want %q and %d", tt.keys, tt.width, got, s.cursor-2,
				tt.want, tt.cursor)
		}
	}
}

// The line follows the width of the terminal, and is shown again on demand.
func TestColumns(t *testing.T) {
	in, keys := io.Pipe()
	s := &screen{t: t}
	e := New(in, s)
	var width atomic.Int64
	width.Store(80)
	e.Columns = func() int { return int(width.Load()) }
	done := make(chan struct{})
	go func() { defer close(done); e.Line("> ") }()
	keys.Write([]byte("0123456789"))
	keys.Write([]byte("a")) // the one before has been read
	width.Store(8)
	keys.Write([]byte("b"))
	keys.Write([]byte("c"))
	e.Redraw()
	keys.Close()
	<-done
	if got := string(s.line); got != "> 89abc" {
		t.Errorf("got %q, want the end of the line", got)
	}
	e.Redraw()
	if got := string(s.line); got != "> 89abc" {
		t.Errorf("got %q after the line, want it unchanged", got)
	}
}
