package variables

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"coredumpy/internal/debugtest"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// Variables can be read only in a program with debug information.
func TestWithDebugInformation(t *testing.T) { debugtest.Run(t, 12) }

// snapshot is this process at one moment.
type snapshot struct {
	t      *testing.T
	p      *target.Process
	finder *Finder
	gs     []*target.Goroutine
	stacks map[*target.Goroutine][]target.Frame
}

// capture takes a snapshot on another goroutine, as package capture does, and calls check
// with it there.
func capture(t *testing.T, check func(*snapshot), prepare ...func(*target.Process)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		debug.SetPanicOnFault(true)
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		p := target.Self()
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
		s := &snapshot{t: t, p: p, finder: New(p), gs: gs, stacks: map[*target.Goroutine][]target.Frame{}}
		for _, g := range gs {
			frames, _, err := p.Stack(g, 1000)
			if p.CopyOf(g) != nil && (err != nil || len(frames) == 0) {
				t.Errorf("goroutine %d (%s): got %d frames and error %v", g.ID, g.Status, len(frames), err)
			}
			s.stacks[g] = frames
		}
		check(s)
	}()
	<-done
}

// find returns the goroutine and a frame of a function, such as target.f.
func (s *snapshot) find(function string) (*target.Goroutine, *target.Frame) {
	s.t.Helper()
	for _, g := range s.gs {
		for i := range s.stacks[g] {
			if f := &s.stacks[g][i]; debugtest.Short(f.Func) == function {
				return g, f
			}
		}
	}
	s.t.Fatalf("no frame of %s", function)
	return nil, nil
}

// names returns the functions on a goroutine's stack, without the runtime's. Inlined ones
// have an asterisk.
func (s *snapshot) names(g *target.Goroutine) []string {
	var names []string
	for _, f := range s.stacks[g] {
		if f.IsRuntime() {
			continue
		}
		name := debugtest.Short(f.Func)
		if f.Inlined {
			name += "*"
		}
		names = append(names, name)
	}
	return names
}

func (s *snapshot) wantNames(g *target.Goroutine, want ...string) {
	s.t.Helper()
	if debugtest.Unoptimised {
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "*")
		}
	}
	if got := s.names(g); !slices.Equal(got, want) {
		s.t.Errorf("got frames %q, want %q", got, want)
	}
}

// vars returns a frame's variables by name, shadowed ones with a prime.
func (s *snapshot) vars(f *target.Frame) map[string]Variable {
	m := map[string]Variable{}
	for _, v := range s.finder.Of(f) {
		name := v.Name
		if v.Shadowed {
			name += "'"
		}
		m[name] = v
	}
	return m
}

// check compares variables of a frame, written as "name type value", with want. In
// optimised code a value may be missing, but not wrong, unless it is known to be stale.
func (s *snapshot) check(f *target.Frame, want ...string) {
	s.t.Helper()
	vars := s.vars(f)
	for _, line := range want {
		parts := strings.SplitN(line, " ", 3)
		v, ok := vars[parts[0]]
		if !ok {
			if debugtest.Unoptimised {
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
		if got != parts[2] && (debugtest.Unoptimised || v.Reason == nil) && !v.Stale {
			s.t.Errorf("%s: got %s = %s, want %s", f.Func, parts[0], got, parts[2])
		}
	}
}

// show writes a value: scalars, text, and pointers, structs and slices of them.
func (s *snapshot) show(t *gotypes.Type, addr uint64) string {
	b := make([]byte, t.Size)
	if err := s.p.Mem.Read(b, addr); err != nil {
		return "(" + err.Error() + ")"
	}
	switch t.Kind {
	case reflect.Bool:
		return fmt.Sprint(b[0] == 1)
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Uintptr:
		return fmt.Sprint(int64(binary.LittleEndian.Uint64(b)))
	case reflect.Int32:
		return fmt.Sprint(int32(binary.LittleEndian.Uint32(b)))
	case reflect.Uint8:
		return fmt.Sprint(b[0])
	case reflect.Float64:
		return fmt.Sprint(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case reflect.String:
		text, err := s.p.ReadString(addr, 1000)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%q", text)
	case reflect.Pointer:
		if binary.LittleEndian.Uint64(b) == 0 {
			return "nil"
		}
		return "&" + s.show(t.Elem(), s.p.Follow(addr, binary.LittleEndian.Uint64(b)))
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
		for i := range binary.LittleEndian.Uint64(b[gotypes.Word:]) {
			parts = append(parts, s.show(t.Elem(), s.p.Follow(addr, binary.LittleEndian.Uint64(b))+i*uint64(t.Elem().Size)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return "a " + t.Kind.String()
}

func addressOf[T any](v *T) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }

const here = "coredumpy/internal/variables."

type pair[A, B any] struct {
	First  A
	Second B
}
