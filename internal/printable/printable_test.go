package printable

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "main.T {A: 1}", "main.T {A: 1}"},
		{"letters of the world", "größe 大きさ размер عربى", "größe 大きさ размер عربى"},
		{"emoji with joiner", "👩\u200d💻", "👩\u200d💻"},
		{"backslash stays", `C:\new`, `C:\new`},
		{"newline and tab", "a\nb\tc\r", `a\nb\tc\r`},
		{"clear screen", "\x1b[2J\x1b]0;title\a", `\x1b[2J\x1b]0;title\x07`},
		{"NUL and DEL", "\x00\x7f", `\x00\x7f`},
		{"C1 control", "\u009b2J", `\u009b2J`},
		{"invalid UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"replacement character itself", "\ufffd", "\ufffd"},
		{"bidi override", "if a\u202e\u2066", `if a\u202e\u2066`},
		{"bidi marks", "\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		{"zero width space, BOM, soft hyphen", "\u200b\ufeff\u00ad", `\u200b\ufeff\u00ad`},
		{"tag", "\U000e0041", `\U000e0041`},
		{"line separators", "\u2028\u2029", `\u2028\u2029`},
	} {
		if got := Line(test.in); got != test.want {
			t.Errorf("%s: Line(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestBlock(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"one line", "a", "  a"},
		{"lines", "a\n\nb\n", "  a\n\n  b"},
		{"carriage returns", "a\r\nb\r\n\r\n", "  a\n  b"},
		{"a return that overwrites", "evil\rgood", `  evil\rgood`},
		{"tab stays", "f()\n\tx.go:1", "  f()\n  \tx.go:1"},
		{"escape", "a\n\x1b[2J", "  a\n" + `  \x1b[2J`},
	} {
		if got := Block(test.in, "  "); got != test.want {
			t.Errorf("%s: Block(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestLineCleanTextAllocatesNothing(t *testing.T) {
	s := strings.Repeat("a plain line, größer. ", 50)
	if got := testing.AllocsPerRun(100, func() { Line(s) }); got != 0 {
		t.Errorf("Line of clean text: got %v allocations, want 0", got)
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\nb\x1b[0m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{Line(s),
			strings.ReplaceAll(strings.ReplaceAll(Block(s, ""), "\n", ""), "\t", "")} {
			if !utf8.ValidString(got) {
				t.Fatalf("%q became %q, which is not UTF-8", s, got)
			}
			for _, r := range got {
				if !Safe(r) {
					t.Fatalf("%q became %q, which holds %q", s, got, r)
				}
			}
			if again := Line(got); again != got {
				t.Fatalf("Line(%q) = %q, want it unchanged", got, again)
			}
		}
	})
}

func TestArgument(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"x.dump", "x.dump"},
		{"/tmp/a-b_c/größe,1.dump", "/tmp/a-b_c/größe,1.dump"},
		{"-x/y.dump", "./-x/y.dump"},
		{"Z z/y.dump", "'Z z/y.dump'"},
		{"it's", `'it'\''s'`},
		{"$(rm x)", "'$(rm x)'"},
		{"", "''"},
		{"a\x1bb", `'a\x1bb'`}, // the shell needs something else, but the terminal comes first
	} {
		if got := Argument(tt.in); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 dumps", 1: "1 dump", 2: "2 dumps", -1: "-1 dumps"} {
		if got := Count(n, "dump"); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
