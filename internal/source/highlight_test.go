package source

import "testing"

// Source is highlighted, and what is written behind a line fits into the width.
func TestHighlight(t *testing.T) {
	const text = "package p\n\nfunc f() string {\n\tg(1) // comment\n\treturn \"x\" + `y\nz`\n}\n"
	files := &Files{
		Lookup: func(string) (string, bool) { return text, true },
		Behind: func(_ string, first, last int) map[int]string {
			return map[int]string{3: "a = 1, b = 2", 4: "a = 1, b = 2", 5: "c = 3", 7: "never"}
		},
		Width: func() int { return 41 },
	}
	s, err := files.Open("p.go")
	if err != nil {
		t.Fatal(err)
	}
	var out plain
	if err := s.show(&out, 3, 6, 4); err != nil {
		t.Fatal(err)
	}
	want := "     3:\tk(func) f() string {<  // a = 1, b =…>\n" +
		"=>   4:\t\tg(n(1)) // comment\n" +
		"     5:\t\tk(return) q(\"x\") + q(`y)<  // c = 3>\n" +
		"     6:\tq(z`)\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
