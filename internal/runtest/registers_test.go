package runtest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

// faults is a program whose nil pointer is in a register only when it faults.
const faults = `package main

type msg struct{ seq, ts uint64 }

//go:noinline
func store(ms []*msg, seq uint64) uint64 {
	var last *msg
	for _, m := range ms {
		if m.seq == seq {
			last = m
		}
	}
	ts := last.ts + 1
	return ts
}

func main() {
	println(store([]*msg{{1, 2}, {3, 4}}, 40))
}
`

// A program that is traced has the registers of a fault, as one that dumps itself.
func TestFaultRegisters(t *testing.T) {
	needLinux(t)
	if runtime.GOARCH != "amd64" {
		t.Skip("the compiler may keep the variable elsewhere")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/faults\n\ngo 1.24\n", "main.go": faults} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "faults")
	if got := execute(t, dir, nil, "go", "build", "-o", program, "."); got.state != "exit status 0" {
		t.Fatalf("go build: %+v", got)
	}
	got, dumps := watch(t, nil, program)
	if len(dumps) != 1 {
		t.Fatalf("got %d dumps, want one: %+v", len(dumps), got)
	}
	core, err := coredumpy.Open(dumps[0])
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range g.Frames[0].Vars {
		if v.Name == "last" {
			if !v.Value.Valid() || !v.Value.IsNil() || !strings.Contains(v.Note, "from the registers") {
				t.Errorf("got last = %v, %q, want nil from the registers", v.Value.Valid(), v.Note)
			}
			return
		}
	}
	t.Errorf("got no variable last in %+v", g.Frames[0])
}
