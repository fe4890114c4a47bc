package repl

import (
	"strings"
	"testing"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
)

// Stacks show the files that are on this machine, and link to source.
func TestLocalFiles(t *testing.T) {
	g := &dump.Goroutine{Goroutine: &corefile.Goroutine{}}
	for _, file := range []string{"/build/a b.go", "/build/x.desktop", "/build/none.go"} {
		g.Frames = append(g.Frames, dump.Frame{Frame: &corefile.Frame{Place: corefile.Place{Func: "main.f", File: file, Line: 12}}})
	}
	local := func(path string) string {
		if strings.Contains(path, "none") {
			return ""
		}
		return strings.Replace(path, "/build", "/home/ann", 1)
	}
	own := func(*dump.Frame) frameKind { return ownFrame }
	for columns, want := range map[int]string{
		0: "0  0x0000000000000000 in main.f\n   <file:///home/ann/a%20b.go at /home/ann/a b.go:12>\n" +
			"1  0x0000000000000000 in main.f\n   at /home/ann/x.desktop:12\n2  0x0000000000000000 in main.f\n   at /build/none.go:12\n",
		80: "0  main.f  <file:///home/ann/a%20b.go build/a b.go:12>\n1  main.f  build/x.desktop:12\n2  main.f  build/none.go:12\n",
	} {
		var out plain
		w := stackWriter{w: &out, limit: 9, kind: own, columns: columns, local: local}
		w.write(g)
		if out.String() != want {
			t.Errorf("in %d columns: got\n%swant\n%s", columns, out.String(), want)
		}
	}
}
