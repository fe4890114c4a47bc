package source

import (
	"strings"
	"testing"
)

// plain is a Writer without styles that stops after a number of lines.
type plain struct {
	strings.Builder
	limit int
}

func (p *plain) Highlight(text string) { p.WriteString(text) }
func (p *plain) Faint(text string)     { p.WriteString(text) }
func (p *plain) Aside(text string)     { p.WriteString("<" + text + ">") }
func (p *plain) Keyword(text string)   { p.WriteString("k(" + text + ")") }
func (p *plain) Quoted(text string)    { p.WriteString("q(" + text + ")") }
func (p *plain) Number(text string)    { p.WriteString("n(" + text + ")") }

func (p *plain) Err() error {
	if p.limit > 0 && strings.Count(p.String(), "\n") >= p.limit {
		return errStopped{}
	}
	return nil
}

type errStopped struct{}

func (errStopped) Error() string { return "stopped" }

const source = `package p

// one is
// documented.
func one() {
	f := func() {
		panic("here")
	}
	f()
}

//line other.go:99

func two() {}

var x = func() int {
	return 1
}()
`

// numbers returns the line numbers that were written, with the mark.
func numbers(out string) string {
	var list []string
	for line := range strings.Lines(out) {
		number, _, _ := strings.Cut(line, ":")
		list = append(list, strings.Join(strings.Fields(number), ""))
	}
	return strings.Join(list, " ")
}

func TestShow(t *testing.T) {
	s := newSource(&Files{}, "p.go", source)
	steps := []struct {
		name string
		show func(w Writer) error
		want string
	}{
		{"around", func(w Writer) error { return s.Around(w, 7, 7) }, "2 3 4 5 6 =>7 8 9 10 11 12"},
		{"next", func(w Writer) error { return s.Next(w, 7) }, "13 14 15 16 17 18"},
		{"previous", func(w Writer) error { return s.Previous(w, 7) }, "2 3 4 5 6 =>7 8 9 10 11 12"},
		{"before the first", func(w Writer) error { return s.Previous(w, 7) }, "1"},
		{"function of a closure, with its comment", func(w Writer) error { return s.Func(w, 7) }, "3 4 5 6 =>7 8 9 10"},
		{"function whatever a line directive says", func(w Writer) error { return s.Func(w, 14) }, "=>14"},
		{"file outside functions", func(w Writer) error { return s.Func(w, 17) }, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 =>17 18"},
	}
	for _, step := range steps {
		var out plain
		if err := step.show(&out); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := numbers(out.String()); got != step.want {
			t.Errorf("%s: got lines %s, want %s", step.name, got, step.want)
		}
	}
}

func TestOutOfRange(t *testing.T) {
	s := newSource(&Files{}, "p.go", source)
	const want = "p.go has lines 1 to 18"
	for _, line := range []int{-100, 0 - context, 100, 1<<63 - 1} {
		if err := s.Around(new(plain), line, 7); err == nil || err.Error() != want {
			t.Errorf("line %d: got error %v, want %s", line, err, want)
		}
	}
}

func TestBrokenSource(t *testing.T) {
	var out plain
	if err := newSource(&Files{}, "p.go", "package p\nfunc f() {\n\tx :=\n}\n\nfunc g() {\n").Func(&out, 3); err != nil {
		t.Fatal(err)
	}
	// The parser guesses where such a function ends.
	if got, want := numbers(out.String()), "2 =>3 4"; !strings.HasPrefix(got, want) {
		t.Errorf("got lines %s, want %s first", got, want)
	}
}

// In a text too long to parse no function is looked for.
func TestLongSource(t *testing.T) {
	var out plain
	text := "package p\n\nfunc f() {\n}\n//" + strings.Repeat(" ", 4<<20) + "\n"
	if err := newSource(&Files{}, "p.go", text).Func(&out, 3); err != nil {
		t.Fatal(err)
	}
	if got, want := numbers(out.String()), "1 2 =>3 4 5"; got != want {
		t.Errorf("got lines %s, want %s", got, want)
	}
}

func TestStops(t *testing.T) {
	out := plain{limit: 2}
	if err := newSource(&Files{}, "p.txt", source).Func(&out, 1); err != nil {
		t.Fatal(err)
	}
	if got, want := numbers(out.String()), "=>1 2"; got != want {
		t.Errorf("got lines %s, want %s", got, want)
	}
}

func TestFiles(t *testing.T) {
	reads := 0
	files := Files{Lookup: func(file string) (string, bool) {
		reads++
		return source, file == "p.go"
	}}
	s, err := files.Open("p.go")
	if err != nil {
		t.Fatal(err)
	}
	s.Around(new(plain), 7, 7)
	files.Rewind()
	again, _ := files.Open("p.go")
	var out plain
	again.Next(&out, 2)
	if got, want := numbers(out.String()), "1 =>2 3 4 5 6 7"; got != want || reads != 1 {
		t.Errorf("got lines %s after %d reads, want %s after 1", got, reads, want)
	}
	for file, want := range map[string]string{
		"q.go": "the source of q.go is not in the dump",
		"":     "the source file is not known",
	} {
		if _, err := files.Open(file); err == nil || err.Error() != want {
			t.Errorf("%q: got error %v, want %s", file, err, want)
		}
	}
}

// Lines that the dump doesn't have are one line, and none is shown of them alone.
func TestGaps(t *testing.T) {
	text := strings.Repeat("x\n", 10) + strings.Repeat("\n", 30) + strings.Repeat("y\n", 20) + strings.Repeat("\n", 40)
	files := Files{
		Lookup:  func(string) (string, bool) { return text, true },
		Omitted: func(string) [][2]int { return [][2]int{{11, 40}, {61, 100}} },
	}
	s, err := files.Open("a.s")
	if err != nil {
		t.Fatal(err)
	}
	const first, second = "(lines 11 to 40 are not in the dump)", "(lines 61 to 100 are not in the dump)"
	for _, tt := range []struct {
		name string
		show func(w Writer) error
		want string
	}{
		{"around", func(w Writer) error { return s.Around(w, 8, 8) }, "3 4 5 6 7 =>8 9 10 " + first},
		{"next", func(w Writer) error { return s.Next(w, 8) }, "41 42 43 44 45 46 47 48 49 50 51"},
		{"next to a gap", func(w Writer) error { return s.Next(w, 8) }, "52 53 54 55 56 57 58 59 60 " + second},
		{"next at the end", func(w Writer) error { return s.Next(w, 8) }, "a.s has lines 1 to 100"},
		{"lines", func(w Writer) error { return s.Lines(w, 42, 43, 0) }, "42 43"},
		{"previous", func(w Writer) error { return s.Previous(w, 8) }, first + " 41"},
		{"before", func(w Writer) error { return s.Previous(w, 8) }, "1 2 3 4 5 6 7 =>8 9 10"},
		{"all", func(w Writer) error { return s.Lines(w, 9, 1000, 0) },
			"9 10 " + first + " 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 " + second},
		{"none", func(w Writer) error { return s.Around(w, 20, 0) },
			"lines 11 to 40 of a.s are not in the dump: see help sources"},
		{"the end", func(w Writer) error { return s.Lines(w, 70, 80, 0) },
			"lines 61 to 100 of a.s are not in the dump: see help sources"},
	} {
		var w plain
		got := ""
		if err := tt.show(&w); err != nil {
			got = err.Error()
		} else {
			got = numbers(w.String())
		}
		if strings.Contains(got, "(") {
			for _, gap := range []string{first, second} {
				got = strings.ReplaceAll(got, strings.ReplaceAll(gap, " ", ""), gap)
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
