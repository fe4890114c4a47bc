package target

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Goroutines, stacks and variables can be read only of a program with debug
// information, which go test leaves out. So TestWithDebugInformation builds
// this package's tests once more, with it, and runs those named TestDebug...,
// which are skipped otherwise.

var debugModes = []struct {
	name  string
	flags []string
}{
	{"debug", []string{"-gcflags=-N -l"}},
	{"optimised", nil},
}

func TestWithDebugInformation(t *testing.T) {
	if haveDebugInformation(t) {
		t.Skip("this is it")
	}
	dir := t.TempDir()
	for _, m := range debugModes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, m.name+".exe")
			args := append([]string{"test", "-c", "-o", path}, m.flags...)
			if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
				t.Fatalf("go %v: %v\n%s", args, err, out)
			}
			cmd := exec.Command(path, "-test.run=^TestDebug", "-test.v", "-test.timeout=9m")
			cmd.Env = append(os.Environ(), "TARGET_MODE="+m.name, "GODEBUG=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if n := bytes.Count(out, []byte("--- PASS: TestDebug")); n < 10 {
				t.Errorf("got %d tests passed, want more:\n%s", n, out)
			}
			t.Logf("%s", out)
		})
	}
}

// unoptimised reports whether this package was compiled so that every variable
// has its value.
var unoptimised = os.Getenv("TARGET_MODE") == "debug"

func haveDebugInformation(t *testing.T) bool {
	t.Helper()
	infoOnce.Do(func() { haveInfo = self(t).Info != nil })
	return haveInfo
}

var (
	infoOnce sync.Once
	haveInfo bool
)

func needDebugInformation(t *testing.T) {
	t.Helper()
	if !haveDebugInformation(t) {
		t.Skip("no debug information; see TestWithDebugInformation")
	}
}

// snapshot is this process at one moment.
type snapshot struct {
	t      *testing.T
	p      *Process
	gs     []*Goroutine
	stacks map[*Goroutine][]Frame
}

// capture takes a snapshot on a goroutine of its own, as package capture does,
// and calls check with it there.
func capture(t *testing.T, check func(*snapshot), prepare ...func(*Process)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		debug.SetPanicOnFault(true)
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		p := Self()
		defer p.Close()
		for _, f := range prepare {
			f(p)
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		gs, omitted, err := p.Goroutines(0, 0)
		if err != nil || omitted != 0 {
			t.Errorf("got %d goroutines omitted and error %v, want neither", omitted, err)
			return
		}
		s := &snapshot{t: t, p: p, gs: gs, stacks: map[*Goroutine][]Frame{}}
		for _, g := range gs {
			frames, _, err := p.Stack(g, 1000)
			if g.stack >= 0 && (err != nil || len(frames) == 0) {
				t.Errorf("goroutine %d (%s): got %d frames and error %v", g.ID, g.Status, len(frames), err)
			}
			s.stacks[g] = frames
		}
		check(s)
	}()
	<-done
}

// short cuts the import path off a function's name.
func short(name string) string { return strings.TrimPrefix(name, "coredumpy/internal/") }

// find returns the goroutine and frame of a function, such as target.f.
func (s *snapshot) find(function string) (*Goroutine, *Frame) {
	s.t.Helper()
	for _, g := range s.gs {
		for i := range s.stacks[g] {
			if f := &s.stacks[g][i]; short(f.Func) == function {
				return g, f
			}
		}
	}
	s.t.Fatalf("no frame of %s", function)
	return nil, nil
}

// await waits until a goroutine has the function on its stack, in the state.
func await(t *testing.T, function, state string) {
	t.Helper()
	buf := make([]byte, 1<<20)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			head, frames, _ := strings.Cut(g, "\n")
			if strings.Contains(head, "["+state) && strings.Contains(frames, "/"+function+"(") {
				return
			}
		}
	}
	t.Fatalf("%s doesn't get to %q", function, state)
}

// vars returns a frame's variables by name, shadowed ones with a prime.
func (s *snapshot) vars(f *Frame) map[string]Variable {
	m := map[string]Variable{}
	for _, v := range s.p.Variables(f) {
		name := v.Name
		if v.Shadowed {
			name += "'"
		}
		m[name] = v
	}
	return m
}

// check holds variables of a frame, written as "name type value", against want.
// In optimised code a value may be missing, but not wrong. It may be wrong if it
// is known to be stale.
func (s *snapshot) check(f *Frame, want ...string) {
	s.t.Helper()
	vars := s.vars(f)
	for _, line := range want {
		parts := strings.SplitN(line, " ", 3)
		v, ok := vars[parts[0]]
		if !ok {
			if unoptimised {
				s.t.Errorf("%s: no variable %s", f.Func, parts[0])
			}
			continue
		}
		if v.Type == nil || v.Type.Name != parts[1] {
			s.t.Errorf("%s: got type %v of %s, want %s", f.Func, v.Type, parts[0], parts[1])
			continue
		}
		got := s.show(v.Type, v.Addr)
		if v.Reason != nil {
			got = "(" + v.Reason.Error() + ")"
		}
		if got != parts[2] && (unoptimised || v.Reason == nil) && !v.Stale {
			s.t.Errorf("%s: got %s = %s, want %s", f.Func, parts[0], got, parts[2])
		}
	}
}

// show writes a value: scalars, text, and pointers, structs and slices of them.
func (s *snapshot) show(t *Type, addr uint64) string {
	b := make([]byte, t.Size)
	if err := s.p.Mem.Read(b, addr); err != nil {
		return "(" + err.Error() + ")"
	}
	switch t.Kind {
	case reflect.Bool:
		return fmt.Sprint(b[0] == 1)
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Uintptr:
		return fmt.Sprint(int64(le64(b)))
	case reflect.Int32:
		return fmt.Sprint(int32(le32(b)))
	case reflect.Uint8:
		return fmt.Sprint(b[0])
	case reflect.Float64:
		return fmt.Sprint(fromBytes[float64](b))
	case reflect.String:
		text, err := s.p.ReadString(addr, 1000)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%q", text)
	case reflect.Pointer:
		if le64(b) == 0 {
			return "nil"
		}
		return "&" + s.show(t.Elem(), s.p.Follow(addr, le64(b)))
	case reflect.Struct:
		var parts []string
		for _, f := range t.Fields() {
			at := addr + uint64(f.Offset)
			if f.Indirect {
				at, _ = s.p.PointerAt(at)
			}
			parts = append(parts, s.show(f.Type, at))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case reflect.Slice:
		var parts []string
		for i := range le64(b[word:]) {
			parts = append(parts, s.show(t.Elem(), s.p.Follow(addr, le64(b))+i*uint64(t.Elem().Size)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return "a " + t.Kind.String()
}

// names returns the functions on a goroutine's stack, those inlined with an
// asterisk, without the runtime's.
func (s *snapshot) names(g *Goroutine) []string {
	var names []string
	for _, f := range s.stacks[g] {
		if f.IsRuntime() {
			continue
		}
		name := short(f.Func)
		if f.Inlined {
			name += "*"
		}
		names = append(names, name)
	}
	return names
}

func (s *snapshot) wantNames(g *Goroutine, want ...string) {
	s.t.Helper()
	if unoptimised {
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "*")
		}
	}
	if got := s.names(g); !slices.Equal(got, want) {
		s.t.Errorf("got frames %q, want %q", got, want)
	}
}
