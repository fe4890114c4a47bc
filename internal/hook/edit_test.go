package hook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	const src = "package p\n\nfunc f() {\n\tone()\n\ttwo()\n}\n\nfunc g() {\n\tone()\n\tone()\n}\n"
	for _, tt := range []struct {
		name       string
		edit       edit
		want, fail string
	}{
		{"once", edit{"p/f.go", "func f() {", "\tone()\n", "\tnew(); one()\n"}, strings.Replace(src, "one()", "new(); one()", 1), ""},
		{"no function", edit{"p/f.go", "func h() {", "\tone()\n", ""}, "", `p/f.go: no "func h() {"`},
		{"no anchor", edit{"p/f.go", "func f() {", "three()", ""}, "", `p/f.go: "three()" occurs 0 times in "func f() {", want once`},
		{"two anchors", edit{"p/f.go", "func g() {", "one()", ""}, "", `p/f.go: "one()" occurs 2 times in "func g() {", want once`},
		{"not in the body", edit{"p/f.go", "func f() {", "func g", ""}, "", `p/f.go: "func g" occurs 0 times in "func f() {", want once`},
	} {
		got, err := tt.edit.apply(src)
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if (err == nil) != (tt.fail == "") || err != nil && err.Error() != tt.fail {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.fail)
		}
	}
	if _, err := (&edit{"p/f.go", "func f() {", "one()", ""}).apply("\nfunc f() { one()"); err == nil {
		t.Error("got no error for a function without an end")
	}
}

// Traces of panics have to show the lines that everybody knows.
func TestEditsKeepLines(t *testing.T) {
	for _, e := range edits {
		if strings.Count(e.anchor, "\n") != strings.Count(e.code, "\n") {
			t.Errorf("%s: %q has other lines than %q", e.file, e.code, e.anchor)
		}
		if !strings.Contains(e.code, strings.TrimSpace(e.anchor)) {
			t.Errorf("%s: %q lacks %q", e.file, e.code, e.anchor)
		}
	}
}

// Each file of the toolchain without one of its anchors.
func TestMissingAnchors(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	root := t.TempDir()
	contents := make(map[string]string)
	for _, e := range edits {
		b, err := os.ReadFile(filepath.Join(tc.GOROOT, "src", filepath.FromSlash(e.file)))
		if err != nil {
			t.Fatal(err)
		}
		contents[e.file] = string(b)
		writeFile(t, filepath.Join(root, "src", filepath.FromSlash(e.file)), string(b))
	}
	cache := t.TempDir()
	for _, e := range edits {
		path := filepath.Join(root, "src", filepath.FromSlash(e.file))
		writeFile(t, path, strings.ReplaceAll(contents[e.file], e.anchor, "\n"))
		_, err := Overlay(root, "go1.99", "", cache)
		if err == nil {
			t.Errorf("%s: got no error without %q", e.file, e.anchor)
		} else if s := err.Error(); !strings.Contains(s, e.file) || !strings.Contains(s, "go1.99") {
			t.Errorf("got error %q, want the file %q and the version named", s, e.file)
		}
		writeFile(t, path, contents[e.file])
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) > 0 {
		t.Errorf("got %v left behind, error %v, want nothing", left, err)
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
