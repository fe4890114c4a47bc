// Command crash ends in the way that its argument names.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"coredumpy/internal/runclient"
)

// failure is an error whose first word can be recognised in memory.
type failure struct{ mark uint64 }

func (f *failure) Error() string { return "it failed" }

// unprintable is an error whose Error method doesn't return.
type unprintable struct{ how string }

func (u *unprintable) Error() string {
	if u.how == "exit" {
		os.Exit(9)
	}
	panic(u.how)
}

type node struct{ next *node }

var (
	table   map[string]int
	nothing *node
	sink    []byte
	number  int
	value   any = "text"
	mutex   sync.Mutex
)

//go:noinline
func fail(how string) {
	switch how {
	case "nil":
		panic(nil)
	case "deref":
		nothing.next = nil
	case "index":
		sink[number] = 1
	case "divide":
		number = 1 / number
	case "map":
		table["a"] = 1
	case "assertion":
		number = value.(int)
	default:
		panic(&failure{0xfeedbeef})
	}
}

func deferred() {
	defer func() { fail("error") }()
}

func second() {
	defer func() { fail("error") }()
	fail("index")
}

func repanic() {
	defer func() { panic(recover()) }()
	fail("error")
}

func goexit() {
	defer fail("error")
	runtime.Goexit()
}

func recovered() {
	defer func() { recover() }()
	fail("error")
}

// asked has the panic reported before it goes on, as coredumpy.OnPanic does.
func asked() {
	defer func() {
		r := recover()
		req := &runclient.Request{Texts: make([]string, runclient.Names), Values: []any{r}}
		req.Numbers[runclient.Panic] = 1
		runclient.Dump(req)
		panic(r)
	}()
	fail("error")
}

func askedPasses() {
	defer func() { recover() }()
	asked()
}

func often() {
	for range 1000 {
		recovered()
	}
}

// control has packages recover panics of their own.
func control() {
	_, err := json.Marshal(func() {})
	fmt.Println(err)
	_, err = fmt.Sscanf("x", "%d", new(int))
	fmt.Println(err)
}

// abort panics with an error that has the text of http.ErrAbortHandler.
func abort() {
	err := errors.New("net/http: abort Handler")
	for _, err := range []error{err, fmt.Errorf("1: %w", err), fmt.Errorf("%w, %w", os.ErrExist, err), errors.Join(os.ErrExist, err)} {
		func() {
			defer func() { recover() }()
			panic(err)
		}()
	}
}

func overflow(a [100]byte) int { return overflow(a) + int(a[0]) }

func block() { <-make(chan int) }

func aside(f func()) {
	go f()
	block()
}

// ten has ten goroutines fail at the same moment.
func ten() {
	start := make(chan bool)
	for range 10 {
		go func() {
			<-start
			fail("error")
		}()
	}
	close(start)
	time.Sleep(time.Minute)
}

// stress has ten goroutines fail while others allocate and one never pauses.
func stress() {
	for range 3 {
		go func() {
			for {
				small := make([][]byte, 100)
				for i := range small {
					small[i] = make([]byte, 1000)
				}
			}
		}()
	}
	go func() {
		for i := 0; ; i++ {
		}
	}()
	time.Sleep(2 * time.Millisecond)
	ten()
}

// writers has goroutines write to one map until the runtime sees it. The keys are there
// before: while a map grows, such writes may end in a fault.
func writers() {
	runtime.GOMAXPROCS(4)
	m := make(map[int]int)
	for i := range 100 {
		m[i] = i
	}
	for range 4 {
		go func() {
			for i := 0; ; i++ {
				m[i%100] = i
			}
		}()
	}
	time.Sleep(time.Minute)
}

// unmapped writes to memory that was unmapped.
func unmapped() {
	b, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err == nil {
		err = syscall.Munmap(b)
	}
	if err != nil {
		log.Fatal(err)
	}
	b[0] = 1
}

func late() {
	go fail("error")
	for i := 0; i < 1000; i++ {
		runtime.Gosched()
	}
}

func exitTooSoon() {
	go fail("error")
	time.Sleep(10 * time.Millisecond) // less than the reader takes
	os.Exit(0)
}

var ways = map[string]func(){
	"goroutine":   func() { aside(func() { fail("error") }) },
	"timer":       func() { time.AfterFunc(time.Millisecond, func() { fail("error") }); block() },
	"deferred":    deferred,
	"second":      second,
	"repanic":     repanic,
	"goexit":      func() { aside(goexit) },
	"ten":         ten,
	"stress":      stress,
	"late":        late,
	"soon":        exitTooSoon,
	"unprintable": func() { panic(&unprintable{"twice"}) },
	"exitprint":   func() { panic(&unprintable{"exit"}) },

	"writers":  writers,
	"deadlock": block,
	"main":     runtime.Goexit,
	"overflow": func() { debug.SetMaxStack(1 << 16); overflow([100]byte{}) },
	"unlock":   func() { mutex.Unlock() },
	"memory":   func() { sink = make([]byte, 1<<47) },
	"fault":    unmapped,
	"quit":     func() { syscall.Kill(os.Getpid(), syscall.SIGQUIT); block() },

	"exit":        func() { os.Exit(3) },
	"logfatal":    func() { log.Fatal("no") },
	"clean":       func() {},
	"exit0":       func() { os.Exit(0) },
	"recovered":   recovered,
	"asked":       asked,
	"askedpasses": askedPasses,
	"often":       often,
	"control":     control,
	"abort":       abort,
	"leaving":     func() { go goexitQuietly(); time.Sleep(time.Millisecond) },
}

func goexitQuietly() { runtime.Goexit() }

func main() {
	how := os.Args[1]
	if way := ways[how]; way != nil {
		way()
	} else {
		fail(how)
	}
	fmt.Println("end")
}
