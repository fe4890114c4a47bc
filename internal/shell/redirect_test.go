package shell

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		line, command, program, file string
		ok                           bool
	}{
		{"bt |! less", "bt", "less", "", true},
		{"bt -a  |!grep -c 'a |! b' | wc", "bt -a", "grep -c 'a |! b' | wc", "", true},
		{"p x >! a b.txt ", "p x", "", "a b.txt", true},
		{"p x\t>!f", "p x", "", "f", true},
		{`p "a |! b"`, `p "a |! b"`, "", "", false},
		{"p `a |! b\\` |! cat", "p `a |! b\\`", "cat", "", true},
		{`p '"' |! cat`, `p '"'`, "cat", "", true},
		{`p "\" |! " >! f`, `p "\" |! "`, "", "f", true},
		{"find it's |! cat", "find it's", "cat", "", true},
		{`p m["a |! rm b`, `p m["a |! rm b`, "", "", false},
		{`p m["a\" |! rm b`, `p m["a\" |! rm b`, "", "", false},
		{"p m[`a |! rm b", "p m[`a |! rm b", "", "", false},
		{`find it's m["b's |! rm"]`, `find it's m["b's |! rm"]`, "", "", false},
		{`p '\'' + ' ' + '\u00e9' + 'é' |! cat`, `p '\'' + ' ' + '\u00e9' + 'é'`, "cat", "", true},
		{`p '"' + m["a |! rm`, `p '"' + m["a |! rm`, "", "", false},
		{`p '\" |! '`, `p '\" |! '`, "", "", false},
		{"p a|!b", "p a|!b", "", "", false},
		{"p a | !b", "p a | !b", "", "", false},
		{"p a >= !b", "p a >= !b", "", "", false},
		{"|! cat", "", "cat", "", true},
		{"p >!", "p", "", "", true},
		{"p |", "p |", "", "", false},
		{"", "", "", "", false},
	} {
		command, to, ok := Cut(tt.line)
		if command != tt.command || to != (Redirection{tt.program, tt.file}) || ok != tt.ok {
			t.Errorf("%s: got %q, %+v, %v, want %q, program %q, file %q", tt.line, command, to, ok, tt.command, tt.program, tt.file)
		}
	}
}

// What completion inserts may come from a dump: it must not send output anywhere, nor must the
// beginning of several words that are alike.
func TestCompleteRunsNothing(t *testing.T) {
	s, _, _ := newTest(nil, nil)
	s.Names = func(string) []string { return nil }
	s.Keys = func(string) []string { return []string{`"a |! rm \" |! 1"`, `"a |! rm \" |! 2"`} }
	s.Commands[1].Complete = func(args string) (int, []string) {
		return CompleteWord([]string{"x |! rm 1", "x |! rm 2", ">! y", "x", "'x |! rm'"}, args)
	}
	command := s.Commands[1].Names[0]
	for text, want := range map[string]int{command + " ": 1, "echo m[": 2, `echo m["a`: 2, `echo "it's" + m[`: 2} {
		from, words := s.Complete(text)
		if len(words) != want {
			t.Errorf("%s: got %q, want %d words", text, words, want)
		}
		for _, w := range words {
			for end := range len(w) + 1 {
				if line := text[:from] + w[:end]; strings.Contains(line, "|!") {
					if _, to, ok := Cut(line); ok {
						t.Errorf("%s: %s would run %q", text, line, to.Program)
					}
				}
			}
		}
	}
}

// What is cut off is the line's end, behind an operator.
func FuzzCut(f *testing.F) {
	f.Add("p x |! less")
	f.Add(`p "a" >! 'f`)
	f.Fuzz(func(t *testing.T, line string) {
		command, to, ok := Cut(line)
		switch {
		case !ok && command != line:
			t.Errorf("%q: got %q", line, command)
		case ok && (!strings.HasPrefix(strings.TrimSpace(line), command) || !strings.HasSuffix(strings.TrimSpace(line), to.Program+to.File)):
			t.Errorf("%q: got %q and %+v", line, command, to)
		}
		if _, _, again := Cut(command); ok && again {
			t.Errorf("%q: %q has another one", line, command)
		}
	})
}

// target is what output is redirected to.
type target struct {
	strings.Builder
	closed bool
	fails  error
}

func (w *target) Write(p []byte) (int, error) {
	if w.fails != nil {
		return 0, w.fails
	}
	return w.Builder.Write(p)
}

func (w *target) Close() error { w.closed = true; return nil }

func TestRedirected(t *testing.T) {
	s, out, errs := newTest(strings.NewReader("echo a |! cat\necho b\nfail >! f\nforever |! head\necho c |! none\necho d |! full\n"), nil)
	s.Out.color = true
	s.Commands[0].Run = func(args string) error { s.Out.Bold(args); s.Out.Printf("\n"); return nil }
	opened := map[string]*target{}
	s.Redirect = func(to Redirection) (io.WriteCloser, error) {
		w := &target{}
		switch to.Program {
		case "none":
			return nil, errors.New("no such program")
		case "head":
			w.fails = io.ErrClosedPipe
		case "full":
			w.fails = errors.New("no space")
		}
		opened[to.Program+to.File] = w
		return w, nil
	}
	if err := s.Loop(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "\x1b[1mb\x1b[0m\n"; got != want {
		t.Errorf("got output %q, want %q", got, want)
	}
	if got := opened["cat"].String(); got != "a\n" {
		t.Errorf("the program got %q, want it without colours", got)
	}
	for name, w := range opened {
		if !w.closed {
			t.Errorf("%s wasn't closed", name)
		}
	}
	if want := "no \\x1bluck\nno such program\nfull: no space\n"; errs.String() != want {
		t.Errorf("got errors %q, want %q", errs, want)
	}
	if s.Out.Diverted() {
		t.Error("output still goes elsewhere")
	}
}

// A shell whose lines may come from others refuses.
func TestNotRedirected(t *testing.T) {
	s, _, _ := newTest(nil, nil)
	if err := s.Run("echo a >! f"); err == nil || !strings.Contains(err.Error(), "|! and >! are for commands that are typed") {
		t.Errorf("got %v, want it refused", err)
	}
	s.NoRedirect = "not here"
	if err := s.Run("echo a |! true"); err == nil || err.Error() != "not here" {
		t.Errorf("got %v, want not here", err)
	}
}

func TestPager(t *testing.T) {
	long := strings.Repeat("x", 25)
	for _, tt := range []struct {
		name, lines string
		rows        int
		out, paged  string
		interrupt   bool
	}{
		{name: "short", lines: "a\n", rows: 3, out: "a\n"},
		{name: "a screen", lines: "a\nb\nc\n", rows: 3, paged: "a\nb\nc\n"},
		{name: "long lines", lines: long + "\n", rows: 3, paged: long + "\n"},
		{name: "no size", lines: "a\nb\nc\n", out: "a\nb\nc\n"},
	} {
		s, out, _ := newTest(strings.NewReader("echo\n"), nil)
		s.Prompt = "> "
		s.Commands[0].Run = func(string) error { s.Out.Printf("%s", tt.lines); return nil }
		var shown *target
		s.Pager = &Pager{Size: func() (int, int) { return tt.rows, 10 }, Start: func() (io.WriteCloser, error) {
			shown = &target{}
			return shown, nil
		}}
		if err := s.Loop(); err != nil {
			t.Fatal(err)
		}
		if want := "> " + tt.out + "> \n"; out.String() != want {
			t.Errorf("%s: got %q, want %q", tt.name, out, want)
		}
		if (shown != nil) != (tt.paged != "") || shown != nil && (shown.String() != tt.paged || !shown.closed) {
			t.Errorf("%s: the pager got %+v, want %q", tt.name, shown, tt.paged)
		}
	}
}

// A pager that can't be started, one that is left early, and an interrupt while it runs.
func TestPagerEnds(t *testing.T) {
	interrupt := make(chan os.Signal, 1)
	s, out, errs := newTest(strings.NewReader("forever\necho a\n"), interrupt)
	s.Prompt = "> "
	s.Commands[0].Run = func(string) error { s.Out.Printf("1\n2\n3\n"); return nil }
	s.Commands[3].Run = func(string) error {
		for range 1 << 15 {
			s.Out.Printf("more\n")
		}
		interrupt <- os.Interrupt
		for s.Out.Err() == nil {
			s.Out.Printf("more\n")
		}
		return nil
	}
	shown := &target{}
	s.Pager = &Pager{Size: func() (int, int) { return 3, 80 }, Start: func() (io.WriteCloser, error) {
		if shown.Len() > 0 {
			return nil, errors.New("no pager")
		}
		return shown, nil
	}}
	if err := s.Loop(); err != nil {
		t.Fatal(err)
	}
	if want := "> \n> 1\n2\n3\n> \n"; out.String() != want || errs.Len() > 0 || !shown.closed {
		t.Errorf("got %q and errors %q, want %q", out, errs, want)
	}
	s, out, errs = newTest(strings.NewReader("forever\necho a\n"), nil)
	s.Prompt = "> "
	s.Pager = &Pager{Size: func() (int, int) { return 3, 80 }, Start: func() (io.WriteCloser, error) {
		return &target{fails: io.ErrClosedPipe}, nil
	}}
	if err := s.Loop(); err != nil || out.String() != "> > a\n> \n" || errs.Len() > 0 {
		t.Errorf("left early: got %q, errors %q and error %v", out, errs, err)
	}
}

// Links are for terminals: they aren't in what a pager or a program gets.
func TestLink(t *testing.T) {
	var out, paged strings.Builder
	o := NewOutput(&out, func(s string) string { return strings.ReplaceAll(s, "\x1b", "?") }, true, nil)
	o.Link("file:///x.go", "a")
	o.Links = true
	o.Link("", "b")
	o.Link("file:///x.go", "c\x1b")
	o.Link("file:///\x1b", "d")
	o.Flush()
	if got, want := out.String(), "ab\x1b]8;;file:///x.go\x1b\\c?\x1b]8;;\x1b\\d"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w := &unlinked{WriteCloser: struct {
		io.Writer
		io.Closer
	}{&paged, nil}}
	for _, c := range []byte("\x1b[1mx\x1b[0m" + out.String() + "e\n") { // in any pieces
		if n, err := w.Write([]byte{c}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got, want := paged.String(), "\x1b[1mx\x1b[0mabc?de\n"; got != want {
		t.Errorf("the pager got %q, want %q", got, want)
	}
}
