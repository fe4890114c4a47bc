package target

import (
	"runtime"
	"runtime/debug"
	"testing"

	"coredumpy/internal/debugtest"
)

// Goroutines and stacks can be read only in a program with debug information.
func TestWithDebugInformation(t *testing.T) { debugtest.Run(t, 10) }

// snapshot is this process at one moment.
type snapshot struct {
	t      *testing.T
	p      *Process
	gs     []*Goroutine
	stacks map[*Goroutine][]Frame
}

// capture takes a snapshot on another goroutine, as package capture does, and calls check
// with it there.
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

// find returns a frame of a function, such as target.f, and its goroutine.
func (s *snapshot) find(function string) (*Goroutine, *Frame) {
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
func (s *snapshot) names(g *Goroutine) []string {
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
