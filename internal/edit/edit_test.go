package edit

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"coredumpy/internal/printable"
)

// screen is a terminal of one line that understands what an Editor writes.
type screen struct {
	t      testing.TB
	lines  []string // earlier lines
	line   []rune
	cursor int
}

func (s *screen) Write(p []byte) (int, error) {
	for text := string(p); text != ""; {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case strings.HasPrefix(text, "\x1b[K"):
			s.line, n = s.line[:s.cursor], 3
		case strings.HasPrefix(text, pasteOn), strings.HasPrefix(text, pasteOff):
			n = len(pasteOn)
		case strings.HasPrefix(text, "\x1b[H\x1b[2J"):
			*s, n = screen{t: s.t}, 7
		case r == '\n':
			s.lines = append(s.lines, string(s.line))
			s.line, s.cursor = nil, 0
		case r == '\r':
			s.cursor = 0
		case r < ' ':
			s.t.Fatalf("%q was written", p)
		default:
			s.line = slices.Replace(s.line, s.cursor, min(s.cursor+1, len(s.line)), r)
			s.cursor++
		}
		text = text[n:]
	}
	return len(p), nil
}

// words completes words of letters.
func words(all ...string) func(string) (int, []string) {
	return func(text string) (from int, found []string) {
		from = strings.LastIndexAny(text, " .") + 1
		for _, w := range all {
			if strings.HasPrefix(w, text[from:]) {
				found = append(found, w)
			}
		}
		return from, found
	}
}

func TestLine(t *testing.T) {
	for _, tt := range []struct{ name, keys, want string }{
		{"plain", "p x\n", "p x"},
		{"return", "p x\r", "p x"},
		{"empty", "\n", ""},
		{"insert", "px\x1b[D \n", "p x"},
		{"beginning", "x\x01p \n", "p x"},
		{"home and end", "x\x1b[Hp \x1b[F.y\n", "p x.y"},
		{"home and end of VT220", "x\x1b[1~p \x1b[4~.y\n", "p x.y"},
		{"application keys", "px\x1bOD \x1bOC.y\n", "p x.y"},
		{"beyond both ends", "a\x1b[D\x1b[D\x1b[D\x1b[C\x1b[C\x1b[Cb\n", "ab"},
		{"backspace", "p xy\x7f\x08y\n", "p y"},
		{"backspace in an empty line", "\x7f\x7fp\n", "p"},
		{"delete", "pq x\x01\x1b[C\x1b[3~\n", "p x"},
		{"delete at the end", "p\x1b[3~\x04\n", "p"},
		{"kill the rest", "p x.y\x01\x06\x0b\n", "p"},
		{"kill and yank", "one two\x17\x01\x19 \n", "two one "},
		{"kill to the beginning", "one two\x1b[D\x15\n", "o"},
		{"words", "p a.bc\x1bb\x1bbx\x1b[1;5C!\n", "p xa!.bc"},
		{"characters", "p \"é\x7fü世\x7f界\"\n", "p \"ü界\""},
		{"unknown keys", "p\x1b[15~\x1b[202~\x1bz\x00\x1f x\n", "p x"},
		{"invalid", "p \xff\xc3\n", "p ��"},
		{"history", "one\ntwo\n\x1b[A\x1b[A\n", "one"},
		{"history and back", "one\ntwo\nthr\x10\x10\x0eX\n", "twoX"},
		{"new line kept", "one\nnew\x1b[A\x1b[B!\n", "new!"},
		{"history's end", "one\n\x1b[A\x1b[A\x1b[A\x1b[B\x1b[B\x1b[Bx\n", "x"},
		{"no empty lines in history", "one\n\n\n\x1b[A\n", "one"},
		{"no repetition in history", "one\ntwo\ntwo\n\x1b[A\x1b[A\n", "one"},
		{"changed history", "one\ntwo\n\x1b[AX\x1b[A\x1b[B\n", "twoX"},
		{"history isn't changed", "one\n\x1b[AX\x1b[B.\n\x1b[A\x1b[A\n", "one"},
		{"clear", "p x\x0c.y\n", "p x.y"},
		{"complete", "gorou\ts\n", "goroutines"},
		{"complete a name", "ba\t[1]\n", "bar[1]"},
		{"complete in the middle", "p bax\x1b[D\t\n", "p barx"},
		{"complete nothing", "p zz\t\n", "p zz"},
		{"complete a field", "p x.ba\t\n", "p x.bar"},
		{"complete a command", "qui\tx\n", "quit x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &screen{t: t}
			e := New(strings.NewReader(tt.keys), s)
			e.Complete = words("goroutine", "goroutines", "bar", "quit ")
			got, n := "", strings.Count(tt.keys, "\n")+strings.Count(tt.keys, "\r")
			for range n {
				line, err := e.Line("> ")
				if err != nil {
					t.Fatal(err)
				}
				got = line
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if shown := s.lines[len(s.lines)-1]; shown != "> "+got {
				t.Errorf("the line shown is %q, want the prompt and %q", shown, got)
			}
			if _, err := e.Line("> "); err != io.EOF {
				t.Errorf("got error %v in the end, want EOF", err)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	for _, tt := range []struct {
		keys string
		want error
	}{
		{"\x04", io.EOF},
		{"", io.EOF},
		{"p x", io.EOF},
		{"\x1b", io.EOF},
		{"\x1b[", io.EOF},
		{"p x\x03", ErrInterrupted},
	} {
		if line, err := New(strings.NewReader(tt.keys), io.Discard).Line(""); line != "" || err != tt.want {
			t.Errorf("%q: got %q and error %v, want %v", tt.keys, line, err, tt.want)
		}
	}
	e := New(strings.NewReader("p x\x03p y\n"), io.Discard)
	e.Line("")
	if line, err := e.Line(""); line != "p y" || err != nil {
		t.Errorf("after Ctrl-C: got %q and %v, want %q", line, err, "p y")
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteError(t *testing.T) {
	if _, err := New(strings.NewReader("p x\n"), broken{}).Line("> "); err != errBroken {
		t.Errorf("got error %v, want %v", err, errBroken)
	}
}

// If several words are possible, the text is completed as far as they agree; then they
// are offered.
func TestOffer(t *testing.T) {
	s := &screen{t: t}
	e := New(strings.NewReader("p g\t\t"), s)
	e.Width = 24
	e.Complete = words("goone", "gotwo", "gothree", "gofour", "x")
	e.Line("> ")
	want := []string{"> p go", "goone  gotwo  gothree", "gofour"}
	if got := strings.Join(s.lines, "\n"); got != strings.Join(want, "\n") || string(s.line) != "> p go" {
		t.Errorf("got %q and %q, want %q and %q", s.lines, string(s.line), want, "> p go")
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = "go" + strings.Repeat("o", i)
	}
	s = &screen{t: t}
	e = New(strings.NewReader("go\t"), s)
	e.Complete = words(many...)
	e.Line("> ")
	if got := s.lines[len(s.lines)-1]; !strings.HasSuffix(got, "...") {
		t.Errorf("got %.50q at the end of many words, want ...", got)
	}
}

// A text longer than the line is shown around the cursor.
func TestNarrow(t *testing.T) {
	const prompt = "(x) "
	for _, width := range []int{1, 5, 6, 20, 80} {
		in, keys := io.Pipe()
		s := &screen{t: t}
		e := New(in, s)
		e.Width = width
		ended := make(chan struct{})
		go func() { defer close(ended); e.Line(prompt) }()
		text := strings.Repeat("0123456789", 4)
		for _, k := range []string{text, "\x01", "\x1b[C", "\x05", "\x1b[D", "\x1bb"} {
			keys.Write([]byte(k))
		}
		keys.Close()
		<-ended
		room := max(width-len(prompt)-1, 1)
		if len(s.line) > max(width, len(prompt)+2) || !strings.HasPrefix(string(s.line), prompt) {
			t.Errorf("width %d: got %q", width, string(s.line))
		}
		if want := text[:min(room, len(text))]; string(s.line[len(prompt):]) != want || s.cursor != len(prompt) {
			t.Errorf("width %d: got %q and cursor %d, want %q", width, string(s.line), s.cursor, want)
		}
	}
}

// Whatever is typed, the screen shows the line, with the cursor where it is.
func FuzzKeys(f *testing.F) {
	for _, keys := range []string{"p x\n", "\x1b[A\x1b[D\x7f\x03", "a b\x17\x19\x19\t\x0c", "\x1b[1;5C\x1bf世\n\x10\x0e"} {
		f.Add(keys, 10)
	}
	f.Fuzz(func(t *testing.T, typed string, width int) {
		s := &screen{t: t}
		e := New(strings.NewReader(typed), s)
		e.Width, e.Complete = width%100, words("one", "once", "two")
		for {
			line, err := e.Line("> ")
			if err == nil {
				if room := e.width() - 3; printable.Width(line, 0) <= room && s.lines[len(s.lines)-1] != "> "+line {
					t.Errorf("got %q on the screen for %q", s.lines[len(s.lines)-1], line)
				}
				continue
			}
			if err != ErrInterrupted {
				break
			}
		}
		if e.cursor < 0 || e.cursor > len(e.line) {
			t.Errorf("the cursor is at %d of %d", e.cursor, len(e.line))
		}
	})
}
