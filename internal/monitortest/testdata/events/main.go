// Command events ends in the way that its first argument names. If the second one is
// "on", Monitor watches it. The third one names what it does between that and its end.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"coredumpy"
)

type order struct {
	ID    int
	Items []string
}

type failure struct{ code int }

func (f *failure) Error() string { return fmt.Sprintf("failure with code %d", f.code) }

type silent struct{}

func (silent) Error() string { panic("no text to be had") }

//go:noinline
func fail(kind string, o *order) int {
	local := o.ID * 2
	var stock map[string]int
	switch kind {
	case "nil-map", "worker":
		stock["x"] = local
	case "nil-pointer":
		o = nil
		return o.ID + local
	case "own-error":
		panic(&failure{local})
	case "wrapped-error":
		panic(fmt.Errorf("order %d: %w", local, &failure{7}))
	case "panic-in-error":
		panic(silent{})
	case "nil":
		os.Setenv("GODEBUG", "panicnil=1")
		panic(nil)
	case "int":
		panic(local)
	case "index":
		return len(o.Items[local])
	case "second-panic":
		defer func() { panic(errors.New("the second")) }()
		panic("the first")
	case "own-error-repanicked":
		defer func() { panic(recover()) }()
		panic(&failure{local})
	case "fault":
		address := uintptr(0x123456789)
		return **(**int)(unsafe.Pointer(&address)) + local
	}
	fmt.Sprint(local)
	return local
}

//go:noinline
func deep(n int, o *order) int {
	var room [64]int
	room[n%64] = n
	if n == o.ID {
		return 0
	}
	return deep(n+1, o) + room[(n+1)%64]
}

var befores = map[string]func(){
	"own-output-before": ownOutput,
	"effective-user": func() {
		if err := syscall.Setresuid(-1, 65534, -1); err != nil {
			panic(err)
		}
	},
	"no-descriptors": func() {
		var limit syscall.Rlimit
		limit.Max = 1 << 10
		for limit.Cur = 3; syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) != nil; limit.Cur++ {
		}
	},
}

// laters are what it can do after Monitor and before it crashes.
var laters = map[string]func(){
	"removed": func() { check(os.Remove(os.Args[0])) },
	"chroot":  func() { check(errors.Join(syscall.Chroot("."), syscall.Chdir("/"))) },
	"setuid":  func() { check(errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534))) },
	"capabilities": func() { // none, but it stays root
		header := struct {
			version uint32
			pid     int32
		}{version: 0x20080522}
		var sets [6]uint32
		if _, _, errno := syscall.AllThreadsSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0); errno != 0 {
			panic(errno)
		}
	},
	"no-sendmsg":          func() { forbid(syscall.SYS_SENDMSG) },
	"no-process-vm-readv": func() { forbid(map[string]int{"amd64": 310, "arm64": 270}[runtime.GOARCH]) },
	"undumpable": func() {
		const setDumpable = 4 // PR_SET_DUMPABLE, linux/prctl.h
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0); errno != 0 {
			panic(errno)
		}
	},
	"seteuid":     func() { check(errors.Join(syscall.Setresgid(-1, 65534, -1), syscall.Setresuid(-1, 65534, -1))) },
	"descriptors": useDescriptors,
	"own-stderr": func() { // as a daemon does
		f, err := os.OpenFile("stderr.txt", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		check(err)
		check(syscall.Dup3(int(f.Fd()), 2, 0))
	},
	"memory-limit": func() {
		b, err := os.ReadFile("/proc/self/statm")
		check(err)
		var pages uint64
		fmt.Sscan(string(b), &pages)
		n, err := strconv.ParseUint(os.Getenv("EVENTS_ROOM"), 10, 64)
		check(err)
		size := pages*uint64(os.Getpagesize()) + n
		check(syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: size, Max: size}))
	},
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// useDescriptors uses up all descriptors.
func useDescriptors() {
	check(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 50, Max: 50}))
	for {
		if _, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0); err != nil {
			return
		}
	}
}

// confined runs the program again, with other arguments, and without the system calls
// that the first argument lists.
func confined(calls string, args []string) {
	var numbers []int
	for _, text := range strings.Split(calls, ",") {
		n, err := strconv.Atoi(text)
		check(err)
		numbers = append(numbers, n)
	}
	forbid(numbers...)
	check(syscall.Exec("/proc/self/exe", append(os.Args[:1:1], args...), os.Environ()))
}

// forbid makes system calls fail with EPERM, on all threads. See seccomp(2),
// linux/filter.h, linux/audit.h.
func forbid(calls ...int) {
	type instruction struct {
		code   uint16
		jt, jf uint8
		k      uint32
	}
	const (
		load, equal, result          = 0x20, 0x15, 0x06 // BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
		allow, fail                  = 0x7fff0000, 0x00050000
		noNewPrivs, setFilter, tsync = 38, 1, 1
	)
	seccomp := map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]
	filter := []instruction{{code: load}} // the number is at the beginning
	for _, n := range calls {
		filter = append(filter, instruction{code: equal, jf: 1, k: uint32(n)}, instruction{code: result, k: fail | uint32(syscall.EPERM)})
	}
	filter = append(filter, instruction{code: result, k: allow})
	program := struct {
		n      uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		panic(errno)
	}
	if other, _, errno := syscall.RawSyscall(seccomp, setFilter, tsync, uintptr(unsafe.Pointer(&program))); errno != 0 || other != 0 {
		panic(fmt.Sprint(errno, " thread ", other))
	}
}

func ownOutput() {
	f, err := os.Create("own.txt")
	if err == nil {
		err = debug.SetCrashOutput(f, debug.CrashOptions{})
	}
	if err != nil {
		panic(err)
	}
}

var endings = map[string]func(o *order){
	"patterns": func(o *order) {
		coredumpy.Config.SecretPatterns = append(coredumpy.Config.SecretPatterns,
			regexp.MustCompilePOSIX("^blue(moon)?$|^blue-[a-z]*$"), regexp.MustCompile("red|red-[a-z]+"))
		coredumpy.Config.SecretPatterns[len(coredumpy.Config.SecretPatterns)-1].Longest()
		if err := coredumpy.Monitor(coredumpy.Path("caf\xe9.dump")); err != nil {
			fmt.Println(err)
		}
		panic("lines:\nblue-curtain\nand red-herring\n")
	},
	"exec": func(*order) { // once the watcher watches
		for {
			comms, _ := filepath.Glob("/proc/[0-9]*/comm")
			for _, path := range comms {
				comm, _ := os.ReadFile(path)
				line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
				if string(comm) == "coredumpy-mon\n" && string(line) == fmt.Sprintf("coredumpy-monitor %d\x00", os.Getpid()) {
					time.Sleep(100 * time.Millisecond)
					fmt.Println(syscall.Exec("/proc/self/exe", []string{os.Args[0], "wait"}, os.Environ()))
				}
			}
		}
	},
	"time-of-call": func(*order) {
		start := time.Now()
		check(coredumpy.Monitor())
		fmt.Println(time.Since(start))
	},
	"wait-for-signal": func(*order) {
		signal.Ignore(syscall.SIGINT)
		time.Sleep(time.Minute)
	},
	"wait":           func(*order) { time.Sleep(2 * time.Second) },
	"return-at-once": func(*order) {},
	"return":         func(*order) { time.Sleep(100 * time.Millisecond) },
	"exit":           func(*order) { os.Exit(3) },
	"worker": func(o *order) {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			fail("worker", o)
		}()
		wg.Wait()
		fmt.Println("main goes on")
	},
	"recovered": func(o *order) {
		func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic()
			fail("nil-map", o)
		}()
		fail("int", o)
	},
	"recovered-same": func(o *order) {
		recovered := func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic()
			fail("nil-map", o)
		}
		recovered()
		done := make(chan int)
		go func() { recovered(); close(done) }()
		<-done
		o.ID++
		fail("nil-map", o)
	},
	"on-panic-in-helper": func(o *order) {
		defer func() { coredumpy.OnPanic() }()
		fail("own-error", o)
	},
	"dump-panic-panicked-again": func(o *order) {
		defer func() {
			r := recover()
			if _, err := coredumpy.DumpPanic(r); err != nil {
				fmt.Println(err)
			}
			panic(r)
		}()
		fail("own-error", o)
	},
	"on-panic-panicked-again": func(o *order) {
		defer func() {
			r := recover()
			deep(0, &order{ID: 100}) // the stack moves
			panic(r)
		}()
		defer coredumpy.OnPanic()
		fail("own-error", o)
	},
	"excluded": func(o *order) {
		defer coredumpy.OnPanic(coredumpy.Exclude(reflect.TypeFor[*failure]()))
		fail("own-error", o)
	},
	"on-panic-text": func(o *order) {
		defer coredumpy.OnPanic()
		panic(fmt.Sprintf("order %d is\nempty", o.ID))
	},
	"on-panic": func(o *order) {
		defer coredumpy.OnPanic()
		fail("own-error", o)
	},
	"map-writes": func(*order) {
		m := map[int]int{}
		for n := range 100 { // while a map grows, such writes may end in a fault
			m[n] = n
		}
		for range 4 {
			go func() {
				for n := 0; ; n++ {
					m[n%100] = n
				}
			}()
		}
		select {}
	},
	"deadlock": waitForEver,
	"children-waited-for": func(o *order) {
		for {
			_, err := syscall.Wait4(-1, nil, 0, nil)
			if err == syscall.ECHILD {
				break
			}
		}
		fail("nil-map", o)
	},
	"overflow": func(o *order) {
		debug.SetMaxStack(64 << 20) // otherwise it takes long
		deep(100, o)
	},
	"out-of-memory": func(o *order) {
		limit := syscall.Rlimit{Cur: 2 << 30, Max: 2 << 30}
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
			panic(err)
		}
		var all [][]byte
		for {
			all = append(all, make([]byte, 64<<20))
			all[len(all)-1][0] = 1
		}
	},
	"effective-user":    func(o *order) { fail("nil-map", o) },
	"own-output-before": func(o *order) { fail("nil-map", o) },
	"no-descriptors":    func(o *order) { fail("nil-map", o) },
	"own-output-after": func(o *order) {
		ownOutput()
		fail("nil-map", o)
	},
	"twice": func(o *order) {
		fmt.Println(coredumpy.Monitor())
		fail("nil-map", o)
	},
	"functions": func(o *order) {
		fmt.Println(coredumpy.Monitor(coredumpy.PathFunc(func() string { return "" })))
		fmt.Println(coredumpy.Monitor(coredumpy.Path("x"), coredumpy.Directory("y")))
	},
	"told": func(o *order) { // it waits until it is told to crash
		os.Stdout.Close()
		syscall.Close(3)
		io.ReadFull(os.Stdin, make([]byte, 1))
		fail("nil-map", o)
	},
	"sigquit": func(o *order) { signaled(syscall.SIGQUIT, o) },
	"sigabrt": func(o *order) { signaled(syscall.SIGABRT, o) },
	"sigquit-busy": func(o *order) {
		go func() {
			time.Sleep(20 * time.Millisecond)
			syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		}()
		for n := 0; ; n++ {
			o.ID = n
		}
	},
	"eight-at-once": func(o *order) {
		runtime.GOMAXPROCS(8)
		var start sync.RWMutex
		start.Lock()
		for n := range 8 {
			go func() {
				runtime.LockOSThread()
				start.RLock()
				fail("nil-map", &order{ID: n})
			}()
		}
		for range 100 {
			runtime.Gosched()
		}
		start.Unlock()
		select {}
	},
}

func waitForEver(o *order) {
	answers := make(chan int)
	fmt.Println(<-answers, o)
}

func signaled(s syscall.Signal, o *order) {
	answers := make(chan int)
	go func() { answers <- fail("", o) + <-answers }()
	time.Sleep(20 * time.Millisecond)
	syscall.Kill(os.Getpid(), s)
	time.Sleep(time.Minute)
}

// main also does what must be done before Monitor.
func main() {
	if f, err := os.OpenFile("mains", os.O_WRONLY|os.O_APPEND, 0); err == nil { // a test that wants to know has made it
		fmt.Fprintln(f, os.Args)
	}
	if os.Args[1] == "confined" {
		confined(os.Args[2], os.Args[3:])
	}
	if before := befores[os.Args[1]]; before != nil {
		before()
	}
	if text := os.Getenv("EVENTS_TIMEOUT"); text != "" {
		d, err := time.ParseDuration(text)
		check(err)
		coredumpy.Config.Timeout = d
	}
	if len(os.Args) > 2 && os.Args[2] == "on" {
		if err := coredumpy.Monitor(); err != nil {
			fmt.Println(err)
		}
	}
	if len(os.Args) > 3 {
		laters[os.Args[3]]()
	}
	o := &order{ID: 21, Items: []string{"tea", "milk"}}
	if end := endings[os.Args[1]]; end != nil {
		end(o)
		return
	}
	fail(os.Args[1], o)
}
