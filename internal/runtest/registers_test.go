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

import "os"

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

func deferring(ms []*msg) uint64 {
	defer println("a deferred call may wait, and go on on another thread")
	return store(ms, 40)
}

func main() {
	ms := []*msg{{1, 2}, {3, 4}}
	if len(os.Args) > 1 {
		println(deferring(ms))
	}
	println(store(ms, 40))
}
`

// A program that is traced has the registers of a fault, as one that dumps itself: but not if
// deferred calls have run since, as they may be those of an earlier fault.
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
	for _, args := range [][]string{{program}, {program, "deferring"}} {
		v := faultingVariable(t, args)
		known := v.Value.Valid() && v.Value.IsNil() && strings.Contains(v.Note, "from the registers")
		if deferring := len(args) > 1; known == deferring || v.Value.Valid() != known {
			t.Errorf("%q: got last = %v, %q, want nil from the registers: %t", args, v.Value.Valid(), v.Note, !deferring)
		}
	}
}

// faultingVariable runs a program, and returns the variable last of the function that faults.
func faultingVariable(t *testing.T, args []string) coredumpy.Variable {
	t.Helper()
	got, dumps := watch(t, nil, args...)
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
			return v
		}
	}
	t.Fatalf("got no variable last in %+v", g.Frames[0])
	return coredumpy.Variable{}
}
