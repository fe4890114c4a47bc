package target

import (
	"context"
	"iter"
	"math"
	"reflect"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"coredumpy/internal/debugtest"
	"coredumpy/internal/memory"
)

//go:noinline
func waits(c chan int) int { return <-c }

//go:noinline
func locks(mu *sync.Mutex) { mu.Lock() }

//go:noinline
func selects(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}

//go:noinline
func yields(yield func(int) bool) {
	yield(1)
	yield(2)
}

// lineHere returns the line of its call.
func lineHere() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestDebugStatus(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	var mu sync.Mutex
	mu.Lock()
	go waits(c)
	go locks(&mu)
	go selects(make(chan int), make(chan int))
	debugtest.Await(t, "target.waits", "chan receive")
	debugtest.Await(t, "target.locks", "sync.Mutex.Lock")
	debugtest.Await(t, "target.selects", "select")
	capture(t, func(s *snapshot) {
		for function, want := range map[string]string{
			"target.waits": "chan receive", "target.locks": "sync.Mutex.Lock", "target.selects": "select",
		} {
			if g, _ := s.find(function); g.Status != want {
				t.Errorf("%s: got status %q, want %q", function, g.Status, want)
			}
		}
	})
	c <- 1
	mu.Unlock()
}

func TestDebugParents(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	ids, lines := make(chan int64, 1), make(chan int, 1)
	go func() {
		ids <- ownID()
		lines <- lineHere() + 1
		go waits(c)
		<-c
	}()
	parent, line := <-ids, <-lines
	debugtest.Await(t, "target.waits", "chan receive")
	capture(t, func(s *snapshot) {
		g, _ := s.find("target.waits")
		if g.Parent != parent {
			t.Errorf("got parent %d, want %d", g.Parent, parent)
		}
		by := g.CreatedBy
		if debugtest.Short(by.Func) != "target.TestDebugParents.func1" || !strings.HasSuffix(by.File, "/debug_goroutine_test.go") || by.Line != line {
			t.Errorf("got created by %+v, want TestDebugParents.func1 at line %d", by, line)
		}
		i := slices.IndexFunc(s.gs, func(g *Goroutine) bool { return g.ID == mainGoroutine })
		if i < 0 || s.gs[i].CreatedBy.Func != "" || s.gs[i].Parent != 0 || s.gs[i].System {
			t.Errorf("got goroutine 1 %+v, want one that nobody made", s.gs[i])
		}
	})
	c <- 1
	c <- 1
}

// ownID returns the id of the calling goroutine.
func ownID() (id int64) {
	buf := make([]byte, 64)
	for _, c := range buf[len("goroutine "):runtime.Stack(buf, false)] {
		if c == ' ' {
			break
		}
		id = 10*id + int64(c-'0')
	}
	return id
}

func TestDebugLabels(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go pprof.Do(context.Background(), pprof.Labels("job", "import", "a", "", "tenant", "ü 7"), func(context.Context) { waits(c) })
	debugtest.Await(t, "target.waits", "chan receive")
	capture(t, func(s *snapshot) {
		g, _ := s.find("target.waits")
		want := []string{"a", "", "job", "import", "tenant", "ü 7"}
		if !slices.Equal(g.Labels, want) {
			t.Errorf("got labels %q, want %q", g.Labels, want)
		}
	})
	c <- 1
}

// The collector notes when the cycle began that first found a goroutine waiting.
func TestDebugWait(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	runtime.GC() // ends a cycle under way
	began := time.Now()
	go waits(c)
	debugtest.Await(t, "target.waits", "chan receive")
	start := time.Now()
	runtime.GC() // unless one has found it before
	least := time.Since(start)
	time.Sleep(50 * time.Millisecond)
	capture(t, func(s *snapshot) {
		most := time.Since(began) + 100*time.Millisecond
		if g, _ := s.find("target.waits"); g.Wait < 50*time.Millisecond-least || g.Wait > most {
			t.Errorf("got %v, want 50ms to %v", g.Wait, most)
		}
	})
	c <- 1
}

func TestDebugSystem(t *testing.T) {
	debugtest.Need(t)
	next, stop := iter.Pull(yields)
	next()
	c := make(chan int)
	timer := time.AfterFunc(time.Nanosecond, func() { waits(c) })
	defer timer.Stop()
	debugtest.Await(t, "target.waits", "chan receive")
	runtime.GC()
	capture(t, func(s *snapshot) {
		for function, want := range map[string]bool{
			"target.yields": false, "target.waits": false, "runtime.main": false,
			"runtime.bgsweep": true, "runtime.bgscavenge": true, "runtime.forcegchelper": true,
		} {
			if g, _ := s.find(function); g.System != want {
				t.Errorf("goroutine of %s: got System %v, want %v", function, g.System, want)
			}
		}
	})
	c <- 1
	stop()
}

func begins() {}

// A goroutine that hasn't run yet is at the beginning of its function.
func TestDebugNotStarted(t *testing.T) {
	debugtest.Need(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	pc := reflect.ValueOf(begins).Pointer()
	_, line := runtime.FuncForPC(pc).FileLine(pc)
	for range 1000 {
		seen := false
		capture(t, func(s *snapshot) {
			for _, g := range s.gs {
				if frames := s.stacks[g]; len(frames) > 0 && debugtest.Short(frames[0].Func) == "target.begins" {
					seen = true
					if len(frames) != 2 || frames[1].Func != "runtime.goexit" || frames[0].Line != line {
						t.Errorf("got frames %+v, want target.begins at line %d and runtime.goexit", frames, line)
					}
				}
			}
		}, func(*Process) { go begins() })
		if seen {
			return
		}
	}
	t.Error("got no goroutine that hasn't started, want one in 1000 attempts")
}

func TestDebugMoved(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	done := make(chan int)
	again := make(chan int)
	go waits(c)
	go waits(make(chan int))
	go func() {
		for waits(again) != 0 {
		}
	}()
	defer close(again)
	debugtest.Await(t, "target.waits", "chan receive")
	capture(t, func(s *snapshot) {
		var waiting []*Goroutine
		for _, g := range s.gs {
			if slices.Contains(s.names(g), "target.waits") {
				waiting = append(waiting, g)
			}
		}
		moved := func() (n int) {
			for _, g := range waiting {
				if s.p.Moved(g) {
					n++
				}
			}
			return n
		}
		if n := moved(); n != 0 {
			t.Errorf("got %d goroutines moved, want none", n)
		}
		runtime.GC()
		if n := moved(); n != 0 {
			t.Errorf("got %d goroutines moved by a collection, want none", n)
		}
		c <- 1
		go close(done)
		<-done
		if n := moved(); n != 1 {
			t.Errorf("got %d goroutines moved of %d, want 1", n, len(waiting))
		}
		again <- 1
		for range 100 {
			runtime.Gosched()
		}
		if n := moved(); n != 2 {
			t.Errorf("got %d goroutines moved of %d, want 2, one of which waits where it did before", n, len(waiting))
		}
	})
}

// alternation is what a goroutine in alternates reports.
type alternation struct {
	near  atomic.Uintptr // an address on its stack
	turns atomic.Int64
	stop  atomic.Bool
}

// alternates yields at two depths of its stack in turn, until stop is set. Where the stack
// has a return address at one depth, it has none at the other.
func (a *alternation) alternates() {
	for !a.stop.Load() {
		var here int
		a.near.Store(uintptr(unsafe.Pointer(&here)))
		a.turns.Add(1)
		yieldsWide()
		a.turns.Add(1)
		yieldsBelow(4)
	}
}

//go:noinline
func yieldsWide() int {
	var room [64]int
	runtime.Gosched()
	return room[len(room)-runtime.GOMAXPROCS(0)]
}

//go:noinline
func yieldsBelow(n int) (sum int) {
	var room [16]int
	if n == 0 {
		runtime.Gosched()
	} else {
		room[n] = yieldsBelow(n - 1)
	}
	return room[n] + n
}

// yieldingMemory lets a goroutine run before it reads that goroutine's stack.
type yieldingMemory struct {
	memory.Reader
	of   *alternation
	left int // how many times more
}

func (m *yieldingMemory) Read(b []byte, addr uint64) error {
	near := uint64(m.of.near.Load())
	if m.left > 0 && addr < near && near < addr+uint64(len(b)) {
		m.left--
		for turns := m.of.turns.Load(); m.of.turns.Load() == turns; {
			runtime.Gosched()
		}
	}
	return m.Reader.Read(b, addr)
}

// If a goroutine runs before its stack is copied, the copy doesn't fit the place where the
// goroutine was seen before.
func TestDebugRanBeforeCopy(t *testing.T) {
	debugtest.Need(t)
	var a alternation
	defer a.stop.Store(true)
	go a.alternates()
	for a.turns.Load() == 0 {
		runtime.Gosched()
	}
	for _, tt := range []struct {
		name  string
		times int
		known bool
	}{
		{"once", 1, true},
		{"twice", 2, true},
		{"always", math.MaxInt, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 10 { // it is at either depth
				m := &yieldingMemory{of: &a, left: tt.times}
				capture(t, func(s *snapshot) {
					i := slices.IndexFunc(s.gs, func(g *Goroutine) bool { return debugtest.Short(g.CreatedBy.Func) == "target.TestDebugRanBeforeCopy" })
					if i < 0 {
						t.Error("got no goroutine made by this test")
						return
					}
					g := s.gs[i]
					switch frames, _, err := s.p.Stack(g, 1000); {
					case !tt.known && (err == nil || len(frames) > 0):
						t.Errorf("got %d frames and error %v of a goroutine that always runs, want only an error", len(frames), err)
					case tt.known && (err != nil || !slices.Contains(s.names(g), "target.(*alternation).alternates")):
						t.Errorf("got frames %v and error %v, want target.(*alternation).alternates", s.names(g), err)
					}
				}, func(p *Process) { m.Reader, p.layers.base = p.layers.base, m })
			}
		})
	}
}

//go:noinline
func recurses(n int, c chan int, last *int) int {
	here := n
	if n == 0 {
		return <-c
	}
	n = recurses(n-1, c, &here)
	return n + here + *last
}

const deep = 50_000

func TestDebugDeepStack(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go recurses(deep, c, new(int))
	debugtest.Await(t, "target.recurses", "chan receive")
	capture(t, func(s *snapshot) {
		g, _ := s.find("target.recurses")
		for _, limit := range []int{1, 10, 100, deep + 100} {
			frames, omitted, err := s.p.Stack(g, limit)
			if err != nil || len(frames) > limit || len(frames)+omitted < deep {
				t.Errorf("got %d frames of at most %d, %d omitted, and error %v, want %d in all", len(frames), limit, omitted, err, deep)
			}
		}
	})
	c <- 1
}

// When many stacks are large, only the beginning of each is copied. The rest is read in
// place.
func TestDebugStackCopiedInPart(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go recurses(deep, c, new(int))
	debugtest.Await(t, "target.recurses", "chan receive")
	capture(t, func(s *snapshot) {
		g, _ := s.find("target.recurses")
		if n := len(s.p.CopyOf(g).Data); n != minStackCopy {
			t.Errorf("got %d bytes copied, want %d", n, minStackCopy)
		}
		frames, omitted, err := s.p.Stack(g, deep)
		if err != nil || len(frames)+omitted < deep {
			t.Errorf("got %d frames, %d omitted, and error %v, want %d in all", len(frames), omitted, err, deep)
		}
	}, func(p *Process) { p.layers.copied = maxStackCopies })
	c <- 1
}
