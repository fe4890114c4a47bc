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
