package shell

import (
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newTest returns a shell with a few commands, and what it writes. If interrupt isn't
// nil, one of the commands is interrupted.
func newTest(in io.Reader, interrupt chan os.Signal) (s *Shell, out, errs *strings.Builder) {
	out, errs = new(strings.Builder), new(strings.Builder)
	safe := func(s string) string {
		quoted := strconv.QuoteToASCII(s)
		return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	}
	o := NewOutput(out, safe, false, interrupt)
	s = &Shell{In: in, Out: o, Err: errs, Interrupt: interrupt, Commands: []Command{
		{Names: []string{"echo", "e"}, Args: "TEXT", Summary: "print TEXT", Help: "and nothing else", Run: func(args string) error {
			o.Printf("%s\n", args)
			return nil
		}},
		{Names: []string{"fail"}, Run: func(string) error { return errors.New("no \x1bluck") }},
		{Names: []string{"quit"}, Run: func(string) error { return ErrQuit }},
		{Names: []string{"forever"}, Run: func(string) error {
			if interrupt != nil {
				interrupt <- os.Interrupt
			}
			for o.Err() == nil {
				o.Printf("more\n")
			}
			return nil
		}},
	}}
	return s, out, errs
}

func TestLoop(t *testing.T) {
	tests := []struct {
		name, in, prompt string
		out, errs        string
		failed           bool
	}{
		{name: "commands", in: "echo a b\ne  c \n", out: "a b\nc\n"},
		{name: "no newline at the end", in: "echo a", out: "a\n"},
		{name: "repetition", in: "\necho a\n\n \n", prompt: "> ", out: "> > a\n> a\n> a\n> \n"},
		{name: "no person repeats", in: "\necho a\n\n \n", out: "a\n"},
		{name: "comment", in: "# echo a\necho b\n# c\n\n", prompt: "> ", out: "> > b\n> > b\n> \n"},
		{name: "quit", in: "echo a\nquit\necho b\n", out: "a\n"},
		{name: "tab", in: "echo\ta\n", out: "a\n"},
		{name: "windows", in: "echo a\r\n", out: "a\n"},
		{name: "failure", in: "fail\necho a\n", out: "a\n", errs: `no \x1bluck` + "\n", failed: true},
		{name: "control characters", in: "echo \x1b[2J\u202e\n", out: `\x1b[2J\u202e` + "\n"},
		{name: "unknown", in: "bogus\nech\nquti\n", failed: true,
			errs: "unknown command \"bogus\": help lists the commands\nunknown command \"ech\": did you mean echo?\nunknown command \"quti\": did you mean quit?\n"},
		{name: "help", in: "help echo\nhelp nothing\n", out: "echo, e TEXT\n    print TEXT\n    and nothing else\n", failed: true,
			errs: "unknown command \"nothing\": help lists the commands\n"},
		{name: "prompt", in: "echo a\n", prompt: "> ", out: "> a\n> \n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, out, errs := newTest(strings.NewReader(test.in), nil)
			s.Prompt = test.prompt
			if err := s.Loop(); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.out || errs.String() != test.errs {
				t.Errorf("got %q and errors %q, want %q and %q", out, errs, test.out, test.errs)
			}
			if s.Failed() != test.failed {
				t.Errorf("got failed %v, want %v", s.Failed(), test.failed)
			}
		})
	}
}

func TestInterrupt(t *testing.T) {
	t.Run("ends a command and goes back to the prompt", func(t *testing.T) {
		interrupt := make(chan os.Signal, 1)
		s, out, _ := newTest(strings.NewReader("forever\necho after\n"), interrupt)
		s.Prompt = "> "
		if err := s.Loop(); err != nil {
			t.Fatal(err)
		}
		if want := "\n> after\n> \n"; !strings.HasSuffix(out.String(), want) {
			t.Errorf("got output that ends in %.40q, want %q", out.String()[max(0, out.Len()-40):], want)
		}
	})
	t.Run("ends a session without a prompt", func(t *testing.T) {
		interrupt := make(chan os.Signal, 1)
		s, _, _ := newTest(strings.NewReader("forever\necho after\n"), interrupt)
		if err := s.Loop(); !errors.Is(err, ErrInterrupted) {
			t.Errorf("got %v, want %v", err, ErrInterrupted)
		}
	})
	t.Run("while it waits for input", func(t *testing.T) {
		interrupt := make(chan os.Signal, 1)
		in, typed := io.Pipe()
		s, out, _ := newTest(in, interrupt)
		s.Prompt = "> "
		interrupt <- os.Interrupt
		go func() {
			for len(interrupt) > 0 { // until it has been seen
				time.Sleep(time.Millisecond)
			}
			io.WriteString(typed, "echo after\n")
			typed.Close()
		}()
		if err := s.Loop(); err != nil {
			t.Fatal(err)
		}
		// The first prompt may be interrupted on its way out.
		if want := "\n> after\n> \n"; strings.TrimPrefix(out.String(), "> ") != want {
			t.Errorf("got %q, want %q", out, want)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteError(t *testing.T) {
	s, _, _ := newTest(strings.NewReader("echo a\nforever\n"), nil)
	s.Out = NewOutput(brokenPipe{}, func(s string) string { return s }, false, nil)
	s.Commands[0].Run = func(string) error {
		s.Out.Printf("a\n")
		return nil
	}
	if err := s.Loop(); err != io.ErrClosedPipe {
		t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
	}
}

func TestStyles(t *testing.T) {
	var out strings.Builder
	o := NewOutput(&out, func(s string) string { return strings.ReplaceAll(s, "\x1b", `\x1b`) }, true, nil)
	o.Bold("\x1b[2J")
	o.Faint("f")
	o.Highlight("h")
	o.Flush()
	if want := "\x1b[1m\\x1b[2J\x1b[0m\x1b[2mf\x1b[0m\x1b[33mh\x1b[0m"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestLongLine(t *testing.T) {
	in := "echo " + strings.Repeat("x", 2*maxLine) + "\necho after\n"
	s, out, _ := newTest(strings.NewReader(in), nil)
	if err := s.Loop(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "x\nafter\n") || out.Len() > maxLine+1<<17 {
		t.Errorf("got %d bytes that end in %q, want a cut line and then the next", out.Len(), out.String()[out.Len()-20:])
	}
}

func TestComplete(t *testing.T) {
	s, _, _ := newTest(strings.NewReader(""), nil)
	s.Names = func(of string) []string {
		switch of {
		case "":
			return []string{"list", "echoes", "list", "bad\x1bname", "größe", "a.b"}
		case "a.b[i].c", "x", `m["k y"]`:
			return []string{"field", "Field"}
		}
		return nil
	}
	for _, tt := range []struct {
		text string
		from int
		want string
	}{
		{"", 0, "? e echo fail forever h help quit"},
		{"  ec", 2, "echo"},
		{"f", 0, "fail forever"},
		{"z", 0, ""},
		{"help f", 5, "fail forever"},
		{"echo ", 5, "echoes größe list"},
		{"echo l", 5, "list"},
		{"echo grö", 5, "größe"},
		{"echo 1+(*l", 9, "list"},
		{"echo x.", 7, "Field field"},
		{"echo len(x.f", 11, "field"},
		{"echo a.b[i].c.F", 14, "Field"},
		{"echo y[a.b[i].c.F", 16, "Field"},
		{`echo m["k y"].f`, 14, "field"},
		{"echo y.", 7, ""},
		{"echo .", 6, ""},
		{"echo ].", 7, ""},
	} {
		from, words := s.Complete(tt.text)
		var want []string
		for _, w := range strings.Fields(tt.want) {
			if tt.from == 0 || tt.text == "  ec" || strings.HasPrefix(tt.text, "help ") {
				w += " " // a command is finished
			}
			want = append(want, w)
		}
		if from != tt.from || !slices.Equal(words, want) {
			t.Errorf("%q: got %q from %d, want %q from %d", tt.text, words, from, want, tt.from)
		}
	}
	s.Names = nil
	if _, words := s.Complete("echo l"); len(words) != 0 {
		t.Errorf("got %q without names, want none", words)
	}
}

func TestReadLine(t *testing.T) {
	s, out, _ := newTest(strings.NewReader("echo no\n"), nil)
	lines := []string{"echo a", "", "fail", "interrupt"}
	s.ReadLine = func(prompt string, complete func(string) (int, []string)) (string, error) {
		if prompt != "> " || complete == nil {
			t.Errorf("got prompt %q and completion %t", prompt, complete != nil)
		}
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		if lines = lines[1:]; line == "interrupt" {
			return "", ErrInterrupted
		}
		return line, nil
	}
	s.Prompt = "> "
	if err := s.Loop(); err != nil || out.String() != "a\na\n\n\n" {
		t.Errorf("got %q and error %v", out, err)
	}
	s.Prompt = ""
	if err := s.Loop(); err != nil || !strings.HasSuffix(out.String(), "no\n") {
		t.Errorf("got %q and error %v without a prompt, want it read from In", out, err)
	}
}

// Commands that come one by one: an interrupt ends one, and the next runs as ever.
func TestRun(t *testing.T) {
	interrupt := make(chan os.Signal, 1)
	s, out, errs := newTest(nil, interrupt)
	for _, tt := range []struct {
		line, out, err string
	}{
		{"echo a", "a\n", ""},
		{"fail", "", "no \x1bluck"},
		{"quti", "", `unknown command "quti": did you mean quit?`},
		{"forever", "", ErrInterrupted.Error()},
		{"echo b", "b\n", ""},
		{"quit", "", ErrQuit.Error()},
	} {
		out.Reset()
		got := ""
		if err := s.Run(tt.line); err != nil {
			got = err.Error()
		}
		if got != tt.err {
			t.Errorf("%s: got error %q, want %q", tt.line, got, tt.err)
		}
		if tt.out != "" && out.String() != tt.out {
			t.Errorf("%s: got %q, want %q", tt.line, out, tt.out)
		}
	}
	if errs.Len() > 0 {
		t.Errorf("got %q, want errors to be returned", errs)
	}
}

// An error of a command that nobody has just typed says which one it is.
func TestNamed(t *testing.T) {
	s, _, errs := newTest(strings.NewReader("fail\nf  1\nwrong 2\nquti\nfail "+strings.Repeat("ü", 100)+"\n"), nil)
	s.Named = true
	s.Commands = append(s.Commands, Command{Names: []string{"wrong", "f"}, Run: func(args string) error {
		return errors.New("wrong: no " + args)
	}})
	if err := s.Loop(); err != nil {
		t.Fatal(err)
	}
	want := "fail: no \\x1bluck\nf  1: no 1\nwrong 2: no 2\nunknown command \"quti\": did you mean quit?\n" +
		"fail " + strings.Repeat("\\u00fc", 75) + "\\u2026: no \\x1bluck\n"
	if errs.String() != want {
		t.Errorf("got %q, want %q", errs, want)
	}
}

// What begins with a command's name is a command, but not if it gives that name to something.
func TestBare(t *testing.T) {
	s, out, _ := newTest(nil, nil)
	s.Without = map[string]string{"next": "there is none"}
	s.Bare = func(line string) (bool, error) {
		s.Out.Printf("bare %s\n", line)
		return true, nil
	}
	for line, want := range map[string]string{
		"e a": "a\n", "e == a": "== a\n", "e": "\n", "e = a": "bare e = a\n", "e =a": "bare e =a\n",
		"help = 1": "bare help = 1\n", "next = 1": "bare next = 1\n", "next": "", "x": "bare x\n",
	} {
		out.Reset()
		if err := s.Run(line); (err != nil) != (line == "next") || out.String() != want {
			t.Errorf("%s: got %q and error %v, want %q", line, out, err, want)
		}
	}
}

func TestKnows(t *testing.T) {
	s, _, _ := newTest(nil, nil)
	s.Without = map[string]string{"next": "there is none"}
	for word, want := range map[string]bool{"echo": true, "e": true, "help": true, "?": true, "next": true, "ech": false, "": false} {
		if got := s.Knows(word); got != want {
			t.Errorf("%q: got %v, want %v", word, got, want)
		}
	}
}

// A command's output has a limit; the next command has it for itself.
func TestLimit(t *testing.T) {
	s, out, errs := newTest(strings.NewReader("forever\necho ok\necho größer als das Limit\n"), nil)
	s.Out.Limit, s.Out.CutHint = 18, ": see help"
	if err := s.Loop(); err != nil {
		t.Fatal(err)
	}
	want := "more\nmore\nmore\nmor\n(cut after 18 bytes: see help)\nok\n" +
		"gr\\u00f6\\u00dfer als das L\n(cut after 18 bytes: see help)\n"
	if out.String() != want || errs.Len() > 0 || s.Failed() {
		t.Errorf("got %q and errors %q, want %q", out, errs, want)
	}
	out.Reset()
	if err := s.Run("forever"); err != nil || !strings.HasSuffix(out.String(), "(cut after 18 bytes: see help)\n") {
		t.Errorf("got %q and error %v", out, err)
	}
}

// Commands complete their own arguments; expressions have names, and the keys of maps, and nothing in
// strings.
func TestCompleteArguments(t *testing.T) {
	s, _, _ := newTest(nil, nil)
	s.Bare = func(string) (bool, error) { return true, nil }
	s.Names = func(of string) []string {
		return map[string][]string{"": {"echoes", "forever", "order"}, "order": {"Items"}, "(*p)": {"f"}, `m["]("]`: {"g"},
			"f(x).y": {"z"}}[of]
	}
	s.Keys = func(of string) []string {
		return map[string][]string{"m": {`"ann"`, `"bob"`, "\"a\x1bb\""}, "order.Items": {"1", "12"}}[of]
	}
	s.Commands[1].Complete = func(args string) (int, []string) { return CompleteWord([]string{"1", "12", "2 "}, args) }
	s.Aliases = map[string]string{"e2": "echo", "loop": "loop"}
	for _, tt := range []struct {
		text string
		from int
		want string // with _ for a space at the end
	}{
		{"e", 0, "e_ e2_ echo_ echoes"},
		{"ord", 0, "order"},
		{"order.", 6, "Items"},
		{"forever", 0, "forever_"}, // the command
		{"order[or", 6, "order"},
		{"fail 1", 5, "1 12"},
		{"fail 2", 5, "2_"},
		{"e2 order.It", 9, "Items"},
		{"loop x", 6, ""},
		{"echo m[", 7, `"ann"] "bob"]`},
		{`echo m["a`, 7, `"ann"]`},
		{`echo m["an`, 7, `"ann"]`},
		{`m["b`, 2, `"bob"]`},
		{"echo order.Items[1", 17, "12] 1]"},
		{`echo "ord`, 9, ""},
		{"echo 'o", 7, ""},
		{"echo `or", 8, ""},
		{`echo "a" + ord`, 11, "order"},
		{"echo len((*p).", 14, "f"},
		{`echo 1 + m["]("].`, 17, "g"},
		{"echo f(x).y.", 12, "z"},
		{"echo (order).", 13, ""},
		{"echo x).", 8, ""},
		{"echo ord |! ec", 14, ""},
		{"echo ord >! ", 12, ""},
	} {
		from, words := s.Complete(tt.text)
		want := strings.Fields(tt.want)
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], "_", " ")
		}
		if from != tt.from && len(want) > 0 || !slices.Equal(words, want) {
			t.Errorf("%q: got %q from %d, want %q from %d", tt.text, words, from, want, tt.from)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add(`p m["a`)
	f.Add(`gr 1 p (x).y[`)
	f.Fuzz(func(t *testing.T, text string) {
		s, _, _ := newTest(nil, nil)
		s.Bare = func(string) (bool, error) { return true, nil }
		s.Names = func(of string) []string { return []string{"a", of} }
		s.Keys = func(of string) []string { return []string{`"k"`, of} }
		from, words := s.Complete(text)
		if from < 0 || from > len(text) {
			t.Fatalf("%q: got %d", text, from)
		}
		for _, w := range words {
			if !strings.HasPrefix(w, text[from:]) {
				t.Errorf("%q: got %q from %d", text, w, from)
			}
		}
	})
}
