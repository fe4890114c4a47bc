package hook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	const src = "package p\n\nfunc f() {\n\tone()\n\ttwo()\n}\n\nfunc g() {\n\tone()\n\tone()\n}\n\nfunc h(s string, more bool) {\n\tif more {\n\t}\n}\n\nfunc i(\n\ts string) {\n}\n"
	replaced := func(before, after string) string { return strings.Replace(src, before, after, 1) }
	for _, tt := range []struct {
		name string
		edit edit
		want string
		line int
		fail string
	}{
		{"once", edit{"p/f.go", "func f() {", "\tone()\n", "\tnew(); one()\n"}, replaced("one()", "new(); one()"), 4, ""},
		{"opening", edit{"p/f.go", "func h(s string", "", "new(s)"}, replaced("bool) {\n", "bool) { new(s)\n"), 13, ""},
		{"no opening", edit{"p/f.go", "func i(", "", "new(s)"}, "", 0, `p/f.go has no "{" in "func i("`},
		{"no function", edit{"p/f.go", "func no() {", "\tone()\n", ""}, "", 0, `p/f.go has no "func no() {"`},
		{"no anchor", edit{"p/f.go", "func f() {", "three()", ""}, "", 0, `p/f.go has no "three()" in "func f() {"`},
		{"two anchors", edit{"p/f.go", "func g() {", "one()", ""}, "", 0, `p/f.go has "one()" 2 times in "func g() {"`},
		{"not in the body", edit{"p/f.go", "func f() {", "func g", ""}, "", 0, `p/f.go has no "func g" in "func f() {"`},
	} {
		got, line, err := tt.edit.apply(src)
		if got != tt.want || line != tt.line {
			t.Errorf("%s: got %q at line %d, want %q at %d", tt.name, got, line, tt.want, tt.line)
		}
		if (err == nil) != (tt.fail == "") || err != nil && err.Error() != tt.fail {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.fail)
		}
	}
	if _, _, err := (&edit{"p/f.go", "func f() {", "one()", ""}).apply("\nfunc f() { one()"); err == nil {
		t.Error("got no error for a function without an end")
	}
}

// Traces of panics must show the lines of the original source.
func TestEditsKeepLines(t *testing.T) {
	for _, p := range parts {
		for _, e := range p.edits {
			if strings.Count(e.anchor, "\n") != strings.Count(e.code, "\n") {
				t.Errorf("%s: %q has other lines than %q", e.file, e.code, e.anchor)
			}
			if !strings.Contains(e.code, strings.TrimSpace(e.anchor)) {
				t.Errorf("%s: %q lacks %q", e.file, e.code, e.anchor)
			}
		}
	}
}

// Parts have what they need, and what they call.
func TestParts(t *testing.T) {
	known := make(map[string]*part)
	for i := range parts {
		p := &parts[i]
		if known[p.name] != nil {
			t.Errorf("%s: got two of this name", p.name)
		}
		reach := []*part{p}
		for _, need := range p.needs {
			if known[need] == nil {
				t.Errorf("%s: needs %s, which is not above it", p.name, need)
				continue
			}
			reach = append(reach, known[need])
		}
		known[p.name] = p
		for _, e := range p.edits {
			for _, function := range ownName.FindAllString(e.code, -1) {
				found := false
				for _, other := range reach {
					found = found || other.declares(function)
				}
				if !found {
					t.Errorf("%s: calls %s, which none of %q declares", p.name, function, p.needs)
				}
			}
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
