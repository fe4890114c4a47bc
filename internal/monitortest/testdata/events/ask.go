package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"coredumpy"
)

// Ways to ask for dumps while the program goes on. Their names begin with "ask-".
func init() {
	for name, ask := range asks {
		endings["ask-"+name] = func(o *order) {
			stop := make(chan bool)
			go waits(stop, o)
			runtime.Gosched()
			ask(o)
			runtime.KeepAlive(o) // otherwise the collector may free it
			close(stop)
		}
	}
}

// stock is a package-level variable.
var stock = []string{"green", "black"}

// waits runs on another goroutine.
func waits(stop chan bool, o *order) {
	items := append(o.Items, stock...)
	<-stop
	fmt.Fprint(io.Discard, items)
}

// report prints what a function of coredumpy has returned.
func report(path string, err error) { fmt.Println(filepath.Base(path), err) }

// recovered calls f, and reports how it panics.
func recovered(f func()) {
	defer func() { fmt.Println("recovered:", recover()) }()
	f()
}

//go:noinline
func helper(o *order, opts ...coredumpy.Option) {
	unseen := o.ID
	report(coredumpy.Dump(opts...))
	runtime.KeepAlive(opts)
	fmt.Fprint(io.Discard, unseen, o)
}

type test struct{ output strings.Builder }

func (*test) Name() string        { return "TestOrder" }
func (*test) Failed() bool        { return true }
func (t *test) Output() io.Writer { return &t.output }

var asks = map[string]func(o *order){
	"dump": func(o *order) {
		items := map[string]int{"tea": o.ID}
		report(coredumpy.Dump(coredumpy.Description("of tea"), coredumpy.Var("given", &items), coredumpy.Depth(2)))
	},
	"skip":      func(o *order) { helper(o, coredumpy.Skip(1)) },
	"json":      func(o *order) { helper(o, coredumpy.Path("x.json")) },
	"path-func": func(o *order) { helper(o, coredumpy.PathFunc(func() string { return "f.dump" })) },
	"create": func(o *order) {
		helper(o, coredumpy.Create(func(string) (io.WriteCloser, error) { return os.Create("created.dump") }))
	},
	"dump-to": func(o *order) {
		f, err := os.Create("to.dump")
		if err == nil {
			err = coredumpy.DumpTo(f, coredumpy.Path("no.dump"))
		}
		fmt.Println(err, f.Close())
	},
	"moved": func(o *order) {
		os.Mkdir("sub", 0o700)
		os.Chdir("sub")
		helper(o, coredumpy.Path("../x.dump"))
	},
	"variable": func(o *order) {
		os.Setenv("COREDUMPY_DIR", "../"+filepath.Base(workingDirectory()))
		helper(o, coredumpy.Directory("/proc/nowhere"))
	},
	"error": askError,
	"fault": askFault,
	"passed-on": func(o *order) {
		recovered(func() {
			defer coredumpy.OnPanic()
			defer func() { panic(fmt.Errorf("passed on: %w", recover().(error))) }()
			fail("own-error", o)
		})
	},
	"dump-panic": func(o *order) {
		defer func() {
			report(coredumpy.DumpPanic(recover(), coredumpy.Description("of a hook")))
		}()
		fail("wrapped-error", o)
	},
	"failure": func(o *order) {
		t := &test{}
		defer func() { fmt.Println(t.output.Len() > 0) }()
		defer coredumpy.OnFailure(t)
		o.ID++
	},
	"excluded": func(o *order) {
		recovered(func() {
			defer coredumpy.OnPanic(coredumpy.Exclude(reflect.TypeFor[*failure]()))
			fail("own-error", o)
		})
	},
	"notify": func(o *order) {
		coredumpy.Config.Notify = func(r coredumpy.Report) {
			fmt.Printf("%v %q %q %q %v %q %q\n", r.Err, r.Reason, r.Message, r.Test, r.Top.Func, r.Description, r.Hint)
		}
		askError(o)
	},
	"limited": func(o *order) {
		coredumpy.Config.MaxPanicsPerSite = 2
		for range 3 {
			askFault(o)
		}
	},
	"secrets": func(o *order) {
		coredumpy.Config.SecretNames = []string{"blend"}
		os.Setenv("TEA_SETTING", "assam-and-ceylon")
		blend, password := "seven-lucky-leaves", "correct-horse-battery"
		texts := []string{"it is seven-lucky-leaves", "assam-and-ceylon, twice: assam-and-ceylon", "no secret"}
		recovered(func() {
			defer coredumpy.OnPanic()
			panic(&failure{len(texts)})
		})
		helper(o, coredumpy.Description("with "+password), coredumpy.Var("texts", texts))
		fmt.Fprint(io.Discard, blend, password)
	},
	"hidden-text": func(o *order) {
		coredumpy.Config.HideText, coredumpy.Config.ShowText = true, []string{"main.order"}
		coredumpy.Config.Notify = func(r coredumpy.Report) { fmt.Printf("%q %q\n", r.Message, r.Description) }
		blend := "seven-lucky-leaves"
		recovered(func() {
			defer coredumpy.OnPanic(coredumpy.Description("of " + blend))
			panic(&failure{len(blend)})
		})
		fmt.Fprint(io.Discard, blend)
	},
	"limits": func(o *order) {
		coredumpy.Config.MaxString, coredumpy.Config.MaxElements, coredumpy.Config.AllGoroutines = 8, 2, false
		long, many := strings.Repeat("tea ", 100), []int{1, 2, 3, 4}
		report(coredumpy.Dump())
		fmt.Fprint(io.Discard, long, many)
	},
	"own-filter": func(o *order) {
		coredumpy.Config.EnvironFilter = func(string) bool { return false }
		helper(o)
	},
	"one-processor": func(o *order) {
		runtime.GOMAXPROCS(1)
		runtime.LockOSThread()
		helper(o)
	},
	"no-time": func(o *order) {
		coredumpy.Config.Timeout = 0
		helper(o)
	},
	"told": func(o *order) { // a dump for each byte of the standard input
		for b := make([]byte, 1); ; {
			if _, err := os.Stdin.Read(b); err != nil {
				return
			}
			_, err := coredumpy.Dump(coredumpy.Path(string(b) + ".dump"))
			fmt.Println(err)
		}
	},
	"deadlock": func(o *order) {
		fmt.Println(coredumpy.DumpTo(io.Discard))
		answers := make(chan int)
		fmt.Println(<-answers)
	},
}

func workingDirectory() string {
	dir, _ := os.Getwd()
	return dir
}

func askError(o *order) {
	result := 7
	recovered(func() {
		defer coredumpy.OnPanic(coredumpy.Var("result", &result))
		fail("own-error", o)
	})
}

func askFault(o *order) {
	recovered(func() {
		defer coredumpy.OnPanic()
		fail("nil-pointer", o)
	})
}
