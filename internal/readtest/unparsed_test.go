package readtest

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

// A program may be written in a later version of Go than the viewer was built with. Then
// its source can't settle the caveats of variables: they stay, and one line says why.
func TestUnparsedSource(t *testing.T) {
	const note = "optimized: it may be out of date"
	understood := "package main\n\nfunc f() {\n\tx := g()\n\th(x)\n}\n"
	for _, tt := range []struct {
		name, source, said string
		caveat             bool
	}{
		{"understood", understood, "", false},
		{"later", understood + "\nfunc (r R) m[T any]() {}\nvar z = later<T>[\n", "line ", true},
		{"none", "", "", true},
	} {
		source := ""
		if tt.source != "" {
			text, err := json.Marshal(tt.source)
			if err != nil {
				t.Fatal(err)
			}
			source = fmt.Sprintf(`{"source":{"id":1,"path":"x.go","text":%s}}`+"\n", text)
		}
		head := strings.Replace(headLine, `"version":1`, `"version":1,"go":"go1.99.1"`, 1)
		dump := head + typeLine + fmt.Sprintf(`{"goroutine":{"id":1,"frames":[{"func":"main.f","file":"x.go","line":5,"optimized":true,"vars":[{"name":"x","type":1,"line":4,"value":7,"note":%q}]}]}}`, note) + "\n" + source
		core, err := coredumpy.Read(strings.NewReader(dump))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		coredumpy.Load(core,
			coredumpy.LoadOptions{Commands: []string{"locals", "locals", "frame"}, Out: &out, Err: &out})
		got := out.String()
		if caveat := strings.Count(got, note) == 2; caveat != tt.caveat {
			t.Errorf("%s: got %q, want the caveat: %v", tt.name, got, tt.caveat)
		}
		said := "(x.go isn't understood: " + tt.said
		want := 0
		if tt.said != "" {
			want = 1
		}
		if strings.Count(got, said) != want || strings.Count(got, "built with "+runtime.Version()) != want {
			t.Errorf("%s: got %q, want it to say %q and the versions of Go %d times", tt.name, got, said, want)
		}
	}
}
