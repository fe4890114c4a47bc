package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// A comment says what its line mentions, and on which line that is declared; 0 is outside of the
// function.
const mentionsSource = `package p

func (s *server) f(n int, err error) (r int) { // s3 n3 err3 r3
	s.n = n                                    // s3 n3
	point{x: n, "y": r}.n()                    // n3 r3
	m := map[string]int{k: n, err.Error(): 2}  // m6 n3 err3
	if n := g(n); n > 0 {                      // n7 g0 n3 n7
		n := n + 1                         // n8 n7
		fmt.Println(n)                     // fmt0 n8
		err, z := g()                      // err10 z10 g0
		use(func(err string) {             // use0 err11
			use(err, z, m)             // use0 err11 z10 m6
		}, err)                            // err10
	}
	r, q := 1, x.(struct{ n, m int })          // r3 q15 x0
n:                                                 //
	for i, n := range m {                      // i17 n17 m6
		continue n                         //
	}
	switch n := any(n).(type) {                // n3
	case int:                                  //
		use(n)                             // use0 n21
	}
	const c = 2                                //
	type t struct{ m int }                     //
	var f func(m int) t                        // f26
	use(c, f, n, q, i, true)                   // use0 f26 n3 q15 i0
	return m[n]                                // m6 n3
}
`

func TestMentions(t *testing.T) {
	f := Parse(mentionsSource)
	if f == nil {
		t.Fatal("can't parse")
	}
	predeclared := strings.NewReplacer("int0", "", "error0", "", "string0", "", "any0", "", "true0", "", "float640", "")
	for i, line := range strings.Split(mentionsSource, "\n") {
		n := i + 1
		_, want, marked := strings.Cut(line, "//")
		if !marked {
			continue
		}
		var got []string
		for _, m := range f.Mentions(4, n, n) {
			at := 0
			if m.Declared != nil {
				at = max(m.Declared.Line, m.Declared.Clause)
			}
			got = append(got, predeclared.Replace(fmt.Sprint(m.Name, at)))
		}
		if got := strings.Join(strings.Fields(strings.Join(got, " ")), " "); got != strings.TrimSpace(want) {
			t.Errorf("line %d: got %q, want %q", n, got, strings.TrimSpace(want))
		}
	}
	if all := f.Mentions(4, 1, 1000); len(all) < 40 {
		t.Errorf("got %d mentions in the function", len(all))
	}
	for _, tt := range [][3]int{{1, 1, 50}, {4, 9, 8}, {1000, 1, 50}} {
		if got := f.Mentions(tt[0], tt[1], tt[2]); len(got) != 0 {
			t.Errorf("around line %d, lines %d to %d: got %v, want none", tt[0], tt[1], tt[2], got)
		}
	}
	renumbered := Parse(strings.Replace(mentionsSource, "package p", "package p\n//line x.y:7", 1))
	if got := renumbered.Mentions(5, 1, 50); len(got) != 0 {
		t.Errorf("with a directive: got %v, want none", got)
	}
	if got := (*File)(nil).Mentions(4, 1, 50); len(got) != 0 {
		t.Errorf("without source: got %v, want none", got)
	}
}
