package inspector

import (
	"fmt"
	"strings"
	"testing"
)

// shownTokens returns the tokens of a line as text: keyword:func.
func shownTokens(line string, tokens []SourceToken) string {
	var all []string
	for _, t := range tokens {
		all = append(all, fmt.Sprintf("%s:%s", t.Kind, line[t.Start:t.End]))
	}
	return strings.Join(all, " ")
}

func TestSourceTokens(t *testing.T) {
	const text = "package p\r\n" +
		"/* a comment\r\n" +
		"\r\n" +
		"func of several */ var s = `raw \"\r\n" +
		"return // in it` + \"é\" // over\r\n" +
		"func f(n int) rune { return 'x' + 0x1p4i }\n" +
		"\tvar broken = \"no end\n" +
		"if `never ends\n" +
		"else"
	want := []string{
		"keyword:package",
		"comment:/* a comment",
		"",
		"comment:func of several */ keyword:var string:`raw \"",
		"string:return // in it` string:\"é\" comment:// over",
		"keyword:func keyword:return string:'x' number:0x1p4i",
		"keyword:var string:\"no end",
		"keyword:if string:`never ends",
		"string:else",
	}
	lines := strings.Split(text, "\n")
	for first := 1; first <= len(want); first++ {
		got := SourceTokens("/src/p.go", text, first, len(want)+5)
		if len(got) != len(want)-first+1 {
			t.Fatalf("from line %d: got %d lines, want %d", first, len(got), len(want)-first+1)
		}
		for i, tokens := range got {
			if got := shownTokens(lines[first-1+i], tokens); got != want[first-1+i] {
				t.Errorf("line %d, from line %d: got %q, want %q", first+i, first, got, want[first-1+i])
			}
		}
	}
}

// What is no Go source, and lines that aren't there, have no tokens.
func TestSourceTokensNone(t *testing.T) {
	const text = "func f() {}\n"
	for _, tt := range []struct {
		file, text  string
		first, last int
	}{
		{"/src/asm.s", text, 1, 1}, {"", text, 1, 1}, {"/src/p.go", text, 3, 5}, {"/src/p.go", text, 0, 1},
		{"/src/p.go", text, 2, 1}, {"/src/p.go", strings.Repeat("if ", maxHighlighted/3+1), 1, 1},
	} {
		if got := SourceTokens(tt.file, tt.text, tt.first, tt.last); got != nil {
			t.Errorf("%s, lines %d to %d: got %v, want none", tt.file, tt.first, tt.last, got)
		}
	}
}

// One long line costs no more than many short ones: a dump may hold any text.
func TestSourceTokensOfLongLine(t *testing.T) {
	const n = 200_000 // its square would take longer than a test may
	for text, lines := range map[string]int{strings.Repeat("if 1\n", n): n, strings.Repeat("if 1 ", n): 1} {
		got := 0
		for _, line := range SourceTokens("p.go", text, 1, lines) {
			got += len(line)
		}
		if got != 2*n {
			t.Errorf("%d lines: got %d tokens, want %d", lines, got, 2*n)
		}
	}
}
