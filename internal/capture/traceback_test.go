package capture

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
)

// write writes goroutines in a form that is easy to compare.
func write(gs []*corefile.Goroutine) string {
	var b strings.Builder
	for _, g := range gs {
		fmt.Fprintf(&b, "%d [%s]", g.ID, g.Status)
		if g.Wait > 0 {
			fmt.Fprintf(&b, " %v", time.Duration(g.Wait))
		}
		if len(g.Note) > 0 {
			fmt.Fprintf(&b, " (%s)", g.Note.String())
		}
		for _, f := range g.Frames {
			fmt.Fprintf(&b, "\n%s | %s | %s:%d", f.Package, f.Func, f.File, f.Line)
		}
		if g.More > 0 {
			fmt.Fprintf(&b, "\nand %d more", g.More)
		}
		if by := g.CreatedBy; by != nil {
			fmt.Fprintf(&b, "\nby %d: %s | %s:%d", g.Parent, by.Func, by.File, by.Line)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// tracebacks are as the runtime wrote them.
var tracebacks = []struct{ name, text, want string }{
	{"generics, methods and closures", `goroutine 1 [running]:
main.get[...](0xfb30d606d60, {0x4dbc26?, 0xa8?})
	/tmp/tb/main.go:18 +0x86
main.(*T[...]).Get(...)
	/tmp/tb/main.go:15
example.com/some/where.impl.M({}, {0xfb30d606e18?, 0x4ae4fc?}, {0x4dbc26?, 0xfb30d606d98?})
	/tmp/tb/main.go:24 +0x25
main.main.func4.1()
	/tmp/tb/main.go:38 +0x18
panic({0x4be1c0?, 0x4e6bb0?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
main.glob..func1()
	/tmp/tb/main.go:38 +0x3e
gopkg.in/yaml%2ev3.(*Decoder).Decode-fm(...)
	/tmp/yaml.go:1
created by net/http.(*Server).Serve in goroutine 34
	/usr/local/go/src/net/http/server.go:3285 +0x4b4
`, `1 [running]
main | main.get[...] | /tmp/tb/main.go:18
main | main.(*T[...]).Get | /tmp/tb/main.go:15
example.com/some/where | example.com/some/where.impl.M | /tmp/tb/main.go:24
main | main.main.func4.1 | /tmp/tb/main.go:38
 | panic | /usr/local/go/src/runtime/panic.go:860
main | main.glob..func1 | /tmp/tb/main.go:38
gopkg.in/yaml%2ev3 | gopkg.in/yaml%2ev3.(*Decoder).Decode-fm | /tmp/yaml.go:1
by 34: net/http.(*Server).Serve | /usr/local/go/src/net/http/server.go:3285
`},
	{"states", `goroutine 18 [runnable]:
main.main.func1()
	/src/main.go:1 +0x1
created by main.main in goroutine 1
	/src/main.go:30 +0x58

goroutine 19 [select (no cases), 5 minutes, locked to thread]:
main.main.func2()
	/src/main.go:31 +0x14
created by main.main in goroutine 1
	/src/main.go:31 +0x65

goroutine 20 [chan receive (nil chan), 1440 minutes]:
main.f()
	/src/main.go:9 +0x1

goroutine 21 [sync.Mutex.Lock labels:{"k]": "v, 7 minutes]", "x": "labels:{"}]:
main.g()
	/src/main.go:10 +0x1

goroutine 22 [chan receive (durable), synctest bubble 21]:
main.h()
	/src/main.go:11 +0x1

goroutine 23 [IO wait, 1 minutes]:
main.h()
	/src/main.go:11 +0x1
`, `18 [runnable]
main | main.main.func1 | /src/main.go:1
by 1: main.main | /src/main.go:30
19 [select (no cases)] 5m0s
main | main.main.func2 | /src/main.go:31
by 1: main.main | /src/main.go:31
20 [chan receive (nil chan)] 24h0m0s
main | main.f | /src/main.go:9
21 [sync.Mutex.Lock]
main | main.g | /src/main.go:10
22 [chan receive (durable)]
main | main.h | /src/main.go:11
23 [IO wait] 1m0s
main | main.h | /src/main.go:11
`},
	{"running elsewhere", `goroutine 7 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/src/main.go:12 +0x1d
`, `7 [running] (goroutine running on other thread; stack unavailable)
by 1: main.main | /src/main.go:12
`},
	{"elided", `goroutine 1 [running]:
main.rec(0x0?)
	/src/main.go:26 +0x45
...105 frames elided...
main.main()
	/src/main.go:40 +0x45

goroutine 2 [running]:
main.rec(0x0?)
	/src/main.go:26 +0x45
...additional frames elided...
created by main.main
	/src/main.go:30 +0x58
`, `1 [running]
main | main.rec | /src/main.go:26
main | main.main | /src/main.go:40
and 105 more
2 [running]
main | main.rec | /src/main.go:26
and 1 more
by 0: main.main | /src/main.go:30
`},
	{"Windows", "goroutine 1 [running]:\nmain.f(0x1)\n\tC:/Users/A B/src/main.go:12 +0x1d\nmain.g(...)\n\tD:/x.go:7\nmain.main()\n\t//server/share/main.go:1 +0x0\n", `1 [running]
main | main.f | C:/Users/A B/src/main.go:12
main | main.g | D:/x.go:7
main | main.main | //server/share/main.go:1
`},
	{"GOTRACEBACK=system", `goroutine 1 gp=0x3696f64a01e0 m=2 mp=0x3696f64dc808 [running, locked to thread]:
main.f(0x0)
	/src/main.go:26 +0x45 fp=0x3696f6512dc0 sp=0x3696f6512d90 pc=0x4b2a45
main.g(...)
	/src/main.go:15
runtime.goexit({})
	/usr/local/go/src/runtime/asm_amd64.s:1771 +0x1 fp=0x3696f6512fe8 sp=0x3696f6512fe0 pc=0x47fc21

goroutine 2 gp=0x3696f64a0780 m=nil [force gc (idle), 3 minutes]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	/usr/local/go/src/runtime/proc.go:462 +0xce fp=0x3696f64d8fa8 sp=0x3696f64d8f88 pc=0x479c2e
created by runtime.init.7 in goroutine 1
	/usr/local/go/src/runtime/proc.go:363 +0x1a
`, `1 [running]
main | main.f | /src/main.go:26
main | main.g | /src/main.go:15
runtime | runtime.goexit | /usr/local/go/src/runtime/asm_amd64.s:1771
2 [force gc (idle)] 3m0s
runtime | runtime.gopark | /usr/local/go/src/runtime/proc.go:462
by 1: runtime.init.7 | /usr/local/go/src/runtime/proc.go:363
`},
	{"cgo", `goroutine 1 [syscall]:
non-Go function
	pc=0x7f1234567890
crash
	/src/crash.c:12 pc=0x4010d0
runtime.cgocall(0x47fc80, 0xc00005ee58)
	/usr/local/go/src/runtime/cgocall.go:167 +0x4b
main._Cfunc_crash()
	_cgo_gotypes.go:40 +0x3f
main.main()
	/src/main.go:8 +0xf
`, `1 [syscall]
 | non-Go function | :0
 | crash | /src/crash.c:12
runtime | runtime.cgocall | /usr/local/go/src/runtime/cgocall.go:167
main | main._Cfunc_crash | _cgo_gotypes.go:40
main | main.main | /src/main.go:8
`},
	{"a crash", `panic: boom
	panic: again
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4b2da6]

goroutine 1 [running]:
main.main()
	/src/main.go:8 +0xf
`, `1 [running]
main | main.main | /src/main.go:8
`},
	{"cut short", "goroutine 1 [running]:\nmain.f(0x0, 0x", "1 [running]\nmain | main.f | :0\n"},
	{"cut in a header", "goroutine 1 [runn", "1 [runn]\n"},
	{"nothing", "", ""},
	{"something else", "goroutines 1\n\ngoroutine x [running]:\n\ngoroutine 5\n\ngoroutine", ""},
}

func TestParseTraceback(t *testing.T) {
	for _, tt := range tracebacks {
		if got := write(parseTraceback(tt.text)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func id[T any](v T, f func(T) string) string { return f(v) }

// The runtime's own traceback of this very goroutine is parsed, and agrees with
// runtime.Callers.
func TestParseOwnTraceback(t *testing.T) {
	var pcs [100]uintptr
	text := id(5, func(int) string {
		buf := make([]byte, 64<<10)
		n := runtime.Callers(1, pcs[:])
		defer clear(pcs[n:])
		return string(buf[:runtime.Stack(buf, false)])
	})
	gs := parseTraceback(text)
	if len(gs) != 1 || gs[0].Status != "running" || gs[0].ID == 0 {
		t.Fatalf("got %s, want one running goroutine", write(gs))
	}
	frames := runtime.CallersFrames(pcs[:])
	for i, f := range gs[0].Frames {
		want, more := frames.Next()
		name := want.Function
		if !more || f.File != want.File || f.Line != want.Line && i > 0 || !strings.HasPrefix(name, f.Func[:strings.IndexByte(f.Func+"[", '[')]) {
			t.Errorf("got frame %+v, want %s at %s:%d", f.Place, name, want.File, want.Line)
		}
	}
	if by := gs[0].CreatedBy; by == nil || by.Func != "testing.(*T).Run" || gs[0].Parent == 0 {
		t.Errorf("got created by %+v, want testing.(*T).Run", by)
	}
	stacks, _ := allStacks(maxTraceback)
	all := parseTraceback(stacks)
	if len(all) < 2 || all[0].ID != gs[0].ID {
		t.Errorf("got %d goroutines, want this one first of several", len(all))
	}
}

// If the tracebacks are too long, the last one is left out rather than cut.
func TestTracebacksCut(t *testing.T) {
	const n = 1000
	stop := make(chan bool)
	var begun sync.WaitGroup
	begun.Add(n)
	for range n {
		go func() {
			begun.Done()
			<-stop
		}()
	}
	begun.Wait()
	defer close(stop)
	text, whole := allStacks(64 << 10)
	gs := parseTraceback(text)
	if last := gs[len(gs)-1]; whole || len(gs) < 10 || len(gs) > n-10 || last.CreatedBy == nil || last.Parent == 0 {
		t.Errorf("got whole %t, %d goroutines of %d, the last %+v", whole, len(gs), n, last)
	}
	if text, whole := allStacks(maxTraceback); !whole || len(parseTraceback(text)) < n {
		t.Errorf("got whole %t, %d goroutines, want all of more than %d", whole, len(parseTraceback(text)), n)
	}
}

func TestGoroutineID(t *testing.T) {
	if got, err := GoroutineID("goroutine 1234567890123 [running]:\nmain.main()"); got != 1234567890123 || err != nil {
		t.Errorf("got %d and error %v", got, err)
	}
	for _, text := range []string{"", "goroutine", "goroutine 5", "goroutine x [running]:", "goroutine 99999999999999999999 [running]:", strings.Repeat("x", 1000)} {
		if got, err := GoroutineID(text); err == nil || len(err.Error()) > 100 {
			t.Errorf("got %d and error %v of %.20q, want a short error", got, err, text)
		}
	}
	if got := ownID(); got == 0 {
		t.Error("got no id of this goroutine")
	}
}

// Where a stack can't be read any further, the traceback continues it.
func TestMissed(t *testing.T) {
	at := func(fn string, line int) corefile.Frame {
		return corefile.Frame{Place: corefile.Place{Func: fn, File: "/" + fn, Line: line}}
	}
	text := []corefile.Frame{at("a", 1), at("b", 2), at("c", 3)}
	for _, tt := range []struct {
		frames []corefile.Frame
		want   string
	}{
		{nil, "a b c"},
		{text[:1], "b c"},
		{text[:2], "c"},
		{text, ""},
		{append(text[:3:3], at("d", 4)), ""},
		{[]corefile.Frame{at("a", 1), at("b", 20)}, ""},
		{[]corefile.Frame{at("x", 2)}, ""},
	} {
		var got []string
		for _, f := range missed(slices.Clone(tt.frames), slices.Clone(text)) {
			if got = append(got, f.Func); f.Note.Kind == caveat.None {
				t.Errorf("%v: got no note at %s", tt.frames, f.Func)
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("after %v: got %q, want %q", tt.frames, got, tt.want)
		}
	}
}

func TestTrimTrace(t *testing.T) {
	const trace = `goroutine 1 [running]:
coredumpy.traceback()
	/src/coredumpy.go:1 +0x1
coredumpy.OnPanic({0x0, 0x0, 0x0})
	/src/coredumpy.go:2 +0x1
panic({0x1, 0x2})
	/go/panic.go:3 +0x1
main.main()
	/src/main.go:4 +0x1
`
	for _, tt := range []struct{ trace, entry, want string }{
		{trace, "coredumpy.OnPanic", "goroutine 1 [running]:\npanic({0x1, 0x2})\n\t/go/panic.go:3 +0x1\nmain.main()\n\t/src/main.go:4 +0x1\n"},
		{trace, "coredumpy.Dump", trace},
		{trace, "main.main", "goroutine 1 [running]:\n"},
		{"", "main.main", ""},
		{"goroutine 1 [running]:", "main.main", "goroutine 1 [running]:"},
		{"goroutine 1 [running]:\nmain.main()\n\tcut", "main.main", "goroutine 1 [running]:\nmain.main()\n\tcut"},
	} {
		if got := trimTrace(tt.trace, tt.entry); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.entry, got, tt.want)
		}
	}
}

// Any text is read without a panic, and nothing is made up.
func FuzzTraceback(f *testing.F) {
	for _, tt := range tracebacks {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		gs := parseTraceback(text)
		if again := parseTraceback(text); !reflect.DeepEqual(gs, again) {
			t.Error("got two different results")
		}
		if len(gs) > 1+strings.Count(text, "\n\n") {
			t.Errorf("got %d goroutines in %d blocks", len(gs), 1+strings.Count(text, "\n\n"))
		}
		for _, g := range gs {
			if g.More < 0 || len(g.Frames) > strings.Count(text, "\n") {
				t.Errorf("got %d frames and %d more", len(g.Frames), g.More)
			}
			for _, s := range append(places(g), g.Status, g.Note.String()) {
				if !strings.Contains(text, s) {
					t.Errorf("got %q, which isn't in the text", s)
				}
			}
		}
		trimTrace(text, "main.main")
	})
}

// places returns all names in a goroutine.
func places(g *corefile.Goroutine) (all []string) {
	for _, f := range g.Frames {
		all = append(all, f.Func, f.File, f.Package)
	}
	if by := g.CreatedBy; by != nil {
		all = append(all, by.Func, by.File)
	}
	return all
}
