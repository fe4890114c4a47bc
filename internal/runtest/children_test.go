package runtest

import (
	"path/filepath"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// TestChildren runs programs that run others. A program that the same go command has
// built is dumped, wherever it runs.
func TestChildren(t *testing.T) {
	plain, hooked := built(t)
	program, stranger := filepath.Join(hooked, "run"), filepath.Join(plain, "run")
	for _, tt := range []struct {
		name string
		args []string
		top  string // of the dump, if there should be one
	}{
		{"itself", []string{program, "spawn", ".", "divide"}, "main.divide"},
		{"grandchild", []string{program, "spawn", program, "spawn", ".", "nilmap"}, "main.nilMap"},
		{"another", []string{program, "spawn", filepath.Join(hooked, "variable")}, "main.positive"},
		{"by a stranger", []string{stranger, "spawn", program, "index"}, "main.index"},
		{"a stranger", []string{program, "spawn", stranger, "divide"}, ""},
		{"a stranger's", []string{stranger, "spawn", stranger, "divide"}, ""},
		{"no Go", []string{program, "spawn", "sh", "-c", "exit 3"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := execute(t, root, nil, tt.args[0], tt.args[1:]...)
			got, dumps := watch(t, nil, tt.args...)
			if got.state != want.state || got.out != want.out || same(got.err) != same(want.err) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if tt.top == "" {
				if len(dumps) > 0 {
					t.Errorf("got %d dumps, want none", len(dumps))
				}
				return
			}
			if len(dumps) != 1 {
				t.Fatalf("got %d dumps, want one\n%s", len(dumps), got.err)
			}
			core, err := coredumpy.Open(dumps[0])
			if err != nil {
				t.Fatal(err)
			}
			h := core.Head()
			if child := tt.args[len(tt.args)-1]; h.Args[len(h.Args)-1] != child ||
				strings.Contains(strings.Join(h.Args, " "), "spawn") {
				t.Errorf("got arguments %q, want %s", h.Args, child)
			}
			if f := topFrame(t, core, ""); f.Func != tt.top {
				t.Errorf("got top %s, want %s", f.Func, tt.top)
			}
		})
	}
}

// TestReturning panics while main returns: the dump is made, and the program ends by the
// panic. The two race. Seldom main is first, and then it waits for the panic only as long
// as the scheduler takes for 1000 turns (runtime/proc.go, main).
func TestReturning(t *testing.T) {
	plain, hooked := built(t)
	for _, program := range []string{hooked, plain} {
		for rounds, first := 0, 0; rounds < longtest.Rounds(2, 5); rounds++ {
			got, dumps := watch(t, nil, filepath.Join(program, "run"), "returning")
			if len(dumps) == 0 && got.state == "exit status 0" && got.err == "" && first < 20 {
				first++
				rounds--
				continue
			}
			if len(dumps) != 1 || got.state != "exit status 2" || !strings.Contains(got.err, "panic: returning 7\n") {
				t.Errorf("%s: got %d dumps and %+v, want one and exit status 2",
					filepath.Base(program), len(dumps), got)
			}
		}
	}
}

// TestNobodyLeft is about a deadlock in which the program has no goroutine left.
func TestNobodyLeft(t *testing.T) {
	plain, hooked := built(t)
	for _, program := range []string{hooked, plain} {
		want := execute(t, root, nil, filepath.Join(plain, "run"), "empty")
		got, dumps := watch(t, nil, filepath.Join(program, "run"), "empty")
		if len(dumps) != 1 || got.state != want.state || same(got.err) != same(want.err) {
			t.Fatalf("got %d dumps and %+v, want one and %+v", len(dumps), got, want)
		}
		core, err := coredumpy.Open(dumps[0])
		if err != nil {
			t.Fatal(err)
		}
		const message = "no goroutines (main called runtime.Goexit) - deadlock!"
		if h := core.Head(); h.Reason != "fatal error" || h.Message != message {
			t.Errorf("got %q, %q, want a fatal error, %q", h.Reason, h.Message, message)
		}
	}
}

// TestOneOfTen has ten goroutines panic at once: the panic that is printed is the one in
// the dump.
func TestOneOfTen(t *testing.T) {
	_, hooked := built(t)
	for range longtest.Rounds(2, 5) {
		got, dumps := watch(t, nil, filepath.Join(hooked, "run"), "ten")
		if len(dumps) != 1 {
			t.Fatalf("got %d dumps, want one\n%s", len(dumps), got.err)
		}
		core, err := coredumpy.Open(dumps[0])
		if err != nil {
			t.Fatal(err)
		}
		message := core.Head().Message
		wantValue(t, topFrame(t, core, ""), "half", strings.TrimPrefix(message, "half "))
		if !strings.Contains(got.err, "panic: "+message+"\n") {
			t.Errorf("got %q in the dump, want what is printed\n%s", message, got.err)
		}
	}
}
