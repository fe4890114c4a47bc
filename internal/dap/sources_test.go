package dap

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSourceMap(t *testing.T) {
	tests := []struct {
		raw, file, want string
	}{
		{`{"/src":"/home/ann"}`, "/src/shop/main.go", "/home/ann/shop/main.go"},
		{`{"/src/":"/home/ann/"}`, "/src/shop/main.go", "/home/ann/shop/main.go"},
		{`[{"from":"/src","to":"/a"},{"from":"/src/shop","to":"/b"}]`, "/src/shop/main.go", "/b/main.go"},
		{`{"/src":"/a","/src/shop":"/b"}`, "/src/shopping/main.go", "/a/shopping/main.go"},
		{`{"C:\\src":"/a"}`, `C:\src\x\main.go`, "/a/x/main.go"},
		{`{"/other":"/a"}`, "/src/main.go", "/src/main.go"},
		{`{"/src/main.go":"/a"}`, "/src/main.go", "/src/main.go"},
		{`{}`, "/src/main.go", "/src/main.go"},
	}
	for _, tt := range tests {
		var m sourceMap
		if err := json.Unmarshal([]byte(tt.raw), &m); err != nil {
			t.Errorf("%s: %v", tt.raw, err)
			continue
		}
		if got := filepath.ToSlash(m.here(tt.file)); got != tt.want {
			t.Errorf("%s: got %q for %q, want %q", tt.raw, got, tt.file, tt.want)
		}
	}
	for _, raw := range []string{`"x"`, `[1]`, `{"a":1}`} {
		var m sourceMap
		if err := json.Unmarshal([]byte(raw), &m); err == nil {
			t.Errorf("%s: got %v, want an error", raw, m)
		}
	}
}

// The text in the dump is shown if the file isn't on this machine, or has another text.
func TestSourceHere(t *testing.T) {
	const text = "package main\n"
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("same.go", text)
	write("other.go", strings.ToUpper(text))
	write("longer.go", text+"\n")
	write("notheld.go", text)
	if err := os.Mkdir(filepath.Join(dir, "directory.go"), 0o777); err != nil {
		t.Fatal(err)
	}
	var frames, sources []string
	names := []string{"same", "other", "longer", "directory", "absent", "notheld", "nowhere"}
	for i, name := range names {
		frames = append(frames, fmt.Sprintf(`{"func":"main.f","file":"/build/%s.go","line":1}`, name))
		if name != "notheld" && name != "nowhere" {
			sources = append(sources, fmt.Sprintf(`{"source":{"id":%d,"path":"/build/%s.go","text":%q}}`, i+1, name, text))
		}
	}
	o := of(`{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"goroutine":{"id":1,"status":"running","frames":[` + strings.Join(frames, ",") + "]}}\n" + strings.Join(sources, "\n") + "\n")
	to, err := json.Marshal(dir)
	if err != nil {
		t.Fatal(err)
	}
	input := asked(`initialize {"pathFormat":"path"}`, `launch {"dump":"x","sourceMap":{"/build":`+string(to)+`}}`, `stackTrace {"threadId":1}`,
		`source {"sourceReference":1}`, `source {"source":{"sourceReference":4}}`, `source {"sourceReference":5}`, `source {"source":{"path":"/x"}}`)
	all := replies(t, o, input)
	wantReference := map[string]bool{"other": true, "longer": true, "directory": true, "absent": true}
	for i, f := range body[stackTraceBody](t, all, 3).StackFrames {
		name := names[i]
		if f.Source.Path != filepath.Join(dir, name+".go") || f.Source.Name != name+".go" ||
			(f.Source.Reference != 0) != wantReference[name] || (f.Source.Origin == "") != (name == "same" || name == "notheld") {
			t.Errorf("%s: got %+v", name, f.Source)
		}
	}
	for n := 4; n <= 5; n++ {
		if got := body[sourceBody](t, all, n); got.Content != text {
			t.Errorf("request %d: got %q, want %q", n, got.Content, text)
		}
	}
	for _, m := range all[len(all)-2:] {
		if m.Success {
			t.Errorf("got %s, want an error", m.Body)
		}
	}
}

// Of a file that the dump has in part, the client reads the one that is here if it has the same
// lines, or else gets the text of the dump, which says what it lacks.
func TestSourceInPart(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"same.go":   "package main\n\nvar left = 1\n\nfunc f() {}\n",
		"other.go":  "package main\n\nvar left = 1\n\nfunc g() {}\n",
		"longer.go": "package main\n\nvar left = 1\n\nfunc f() {}\n\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var frames, sources []string
	names := []string{"same", "other", "longer", "absent"}
	for i, name := range names {
		frames = append(frames, fmt.Sprintf(`{"func":"main.f","file":"/build/%s.go","line":5}`, name))
		sources = append(sources, fmt.Sprintf(`{"source":{"id":%d,"path":"/build/%s.go",`+
			`"text":"package main\n\n\n\nfunc f() {}\n","omitted":[[2,4]]}}`, i+1, name))
	}
	o := of(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"goroutine":{"id":1,"status":"running","frames":[` + strings.Join(frames, ",") + "]}}\n" + strings.Join(sources, "\n") + "\n")
	to, err := json.Marshal(dir)
	if err != nil {
		t.Fatal(err)
	}
	input := asked(`initialize {"pathFormat":"path"}`, `launch {"dump":"x","sourceMap":{"/build":`+string(to)+`}}`,
		`stackTrace {"threadId":1}`, `source {"sourceReference":1}`)
	all := replies(t, o, input)
	for i, f := range body[stackTraceBody](t, all, 3).StackFrames {
		if got, want := f.Source.Reference != 0, names[i] != "same"; got != want {
			t.Errorf("%s: got the text of the dump: %t, want %t", names[i], got, want)
		}
	}
	const want = "package main\n// Lines 2 to 4 are not in the dump.\n\n\nfunc f() {}\n"
	if got := body[sourceBody](t, all, 4).Content; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A path in a dump may not be a file, or may be on another machine.
func TestNotRegular(t *testing.T) {
	for _, path := range []string{"", "x.go", "/dev/zero", "/dev/null", `\\host\share\x.go`, "//host/share/x.go", t.TempDir()} {
		if isRegular(path) {
			t.Errorf("%q: got a file, want none", path)
		}
	}
}

func TestFileURI(t *testing.T) {
	for path, want := range map[string]string{
		"/a b/ö.go": "file:///a%20b/%C3%B6.go", "C:/x.go": "file:///C:/x.go",
	} {
		if got := fileURI(path); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

// A client may count lines and columns from 0, and want URIs.
func TestCounting(t *testing.T) {
	input := asked(`initialize {"linesStartAt1":false,"columnsStartAt1":false,"pathFormat":"uri"}`, `launch {"dump":"shop.dump"}`,
		`stackTrace {"threadId":7}`, `completions {"text":"p pan","column":5,"frameId":1}`, `completions {"text":"😀 + pan","column":8}`, `variables {"variablesReference":1}`)
	all := replies(t, options(), input)
	frames := body[stackTraceBody](t, all, 3).StackFrames
	if f := frames[0]; f.Source == nil || !strings.HasPrefix(f.Source.Path, "file:///") || f.Column != 0 {
		t.Errorf("got %+v, want a URI and column 0", f)
	}
	for n, want := range map[int]completionItem{
		4: {Label: "panic", Type: "variable", Start: 2, Length: 3},
		5: {Label: "panic", Type: "variable", Start: 5, Length: 3}, // 😀 is two code units
	} {
		if got := body[completionsBody](t, all, n).Targets; len(got) != 1 || got[0] != want {
			t.Errorf("request %d: got %v, want %v", n, got, want)
		}
	}
	if body[stackTraceBody](t, all, 3).TotalFrames < len(frames) {
		t.Errorf("got fewer frames in all than there are")
	}
}
