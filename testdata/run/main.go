//go:build unix

// Run is a program that ends in many ways, named by its first argument, for
// internal/runtest to run. It knows nothing of coredumpy.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

type order struct {
	ID    int
	Items map[string]int
	Next  *order
}

type failure struct{ Code int }

func (f failure) Error() string { return fmt.Sprint("failure ", f.Code) }

type stringer interface{ String() string }

func nilDereference(o *order) int {
	id := o.ID
	return o.Next.ID + id
}

func index(list []int, i int) int {
	double := 2 * i
	return list[double]
}

func bounds(list []int, n int) []int {
	more := n + 5
	return list[:more]
}

func divide(n int) int {
	zero := n - n
	return n / zero
}

func nilMap(o *order, name string) {
	price := 3 * len(name)
	o.Items[name] = price
}

func assert(v any) int {
	name := "assert"
	return v.(int) + len(name)
}

func assertMethod(v any) string {
	name := "method"
	return v.(stringer).String() + name
}

func panicError(code int) {
	err := fmt.Errorf("wrapped: %w", errors.New("inner"))
	_ = code + len(err.Error())
	panic(err)
}

func panicStruct(code int) {
	f := failure{code}
	panic(f)
}

func panicNil(n int) {
	n++
	panic(nil)
}

func explode(n int) {
	half := n / 2
	panic(fmt.Sprint("half ", half))
}

func inDefer(n int) {
	defer func() {
		twice := 2 * n
		panic(fmt.Sprint("deferred ", twice))
	}()
	panic("first")
}

func rePanic(n int) {
	defer func() {
		r := recover()
		n++
		panic(r)
	}()
	panic("again")
}

func inGoexit(n int) {
	defer func() {
		n += 10
		panic("in goexit")
	}()
	runtime.Goexit()
}

func generic[T any](v T, list []T) T {
	all := append(list, v)
	return all[len(all)+1]
}

func method(o *order) func() int { return o.broken }

func (o *order) broken() int {
	key := o.ID * 3
	return []int{1, 2}[key]
}

// nested panics again in a deferred function, which recovers only the second panic.
func nested(n int) {
	defer func() {
		defer func() { _ = recover() }()
		panic("inner")
	}()
	outer := 3 * n
	panic(fmt.Sprint("outer ", outer))
}

func callNil(f func(int), n int) {
	twice := 2 * n
	f(twice)
}

// whileReturning panics while main returns.
func whileReturning(n int, done chan bool) {
	sum := n + 3
	defer close(done)
	panic(fmt.Sprint("returning ", sum))
}

func finalize(o *order) {
	key := o.ID * 3
	panic(fmt.Sprint("finalized ", key))
}

func cleanUp(n int) {
	key := n * 4
	panic(fmt.Sprint("cleaned up ", key))
}

// collect has the garbage collector free what has just been left behind.
func collect() {
	for range 1000 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
}

func iterate(n int) {
	for i := range func(yield func(int) bool) { _ = yield(n) && yield(n+1) } {
		square := i * i
		if i > n {
			panic(square)
		}
	}
}

func closed(n int) {
	c := make(chan int, n)
	c <- n
	close(c)
	close(c)
}

func send(n int) {
	c := make(chan int, n)
	close(c)
	c <- n
}

func waitGroup(n int) {
	var wg sync.WaitGroup
	wg.Add(-n)
}

func mapWrites(m map[int]int, id int) {
	for i := 0; ; i++ {
		m[i%10] = id
	}
}

func lockTwice(mu *sync.Mutex, n int) {
	mine := 10 * n
	mu.Lock()
	mu.Lock()
	fmt.Println(mine)
}

func receive(c chan int, n int) {
	mine := 11 * n
	fmt.Println(<-c, mine)
}

func overflow(o *order, depth int) int {
	var room [1 << 10]int // fewer frames fill the stack
	room[depth%len(room)] = depth
	if o == nil {
		return depth
	}
	return 1 + overflow(o.Next, depth+1) + room[0]
}

func grab(n int) []byte {
	size := n << 47 // more than there are addresses on amd64
	return make([]byte, size)
}

func unlock(mu *sync.Mutex, n int) {
	mine := 12 * n
	mu.Unlock()
	fmt.Println(mine)
}

func kill(sig syscall.Signal) {
	number := int(sig)
	syscall.Kill(syscall.Getpid(), sig)
	time.Sleep(time.Minute)
	fmt.Println(number)
}

func exit(code int) {
	twice := 2 * code
	os.Exit(twice)
}

func fatal(code int) {
	twice := 2 * code
	log.SetFlags(0)
	log.Fatal("fatal ", twice)
}

func goroutine(f func()) {
	go f()
	time.Sleep(time.Minute)
}

func recovered() {
	defer func() { fmt.Println("recovered", recover()) }()
	explode(8)
}

var kinds = map[string]func(){
	"nil":        func() { nilDereference(&order{ID: 7}) },
	"index":      func() { index([]int{1, 2, 3}, 4) },
	"bounds":     func() { bounds([]int{1, 2, 3}, 4) },
	"divide":     func() { divide(5) },
	"nilmap":     func() { nilMap(&order{ID: 9}, "pen") },
	"assert":     func() { assert("text") },
	"method":     func() { assertMethod(5) },
	"error":      func() { panicError(6) },
	"struct":     func() { panicStruct(42) },
	"panicnil":   func() { panicNil(1) },
	"goroutine":  func() { goroutine(func() { explode(10) }) },
	"timer":      func() { time.AfterFunc(time.Millisecond, func() { explode(12) }); time.Sleep(time.Minute) },
	"indefer":    func() { inDefer(3) },
	"repanic":    func() { rePanic(4) },
	"goexit":     func() { goroutine(func() { inGoexit(5) }) },
	"generic":    func() { generic("x", []string{"a", "b"}) },
	"value":      func() { method(&order{ID: 8})() },
	"iterator":   func() { iterate(6) },
	"nested":     func() { nested(6) },
	"callnil":    func() { callNil(nil, 9) },
	"returning":  func() { done := make(chan bool); go whileReturning(4, done); <-done },
	"finalizer":  func() { runtime.SetFinalizer(&order{ID: 14}, finalize); collect() },
	"cleanup":    func() { runtime.AddCleanup(&order{ID: 14}, cleanUp, 15); collect() },
	"closed":     func() { closed(2) },
	"send":       func() { send(3) },
	"waitgroup":  func() { waitGroup(4) },
	"mapwrites":  func() { m := full(); go mapWrites(m, 5); go mapWrites(m, 5); mapWrites(m, 5) },
	"deadlock":   func() { lockTwice(new(sync.Mutex), 6) },
	"receive":    func() { receive(make(chan int), 7) },
	"overflow":   func() { o := &order{ID: 3}; o.Next = o; overflow(o, 0) },
	"memory":     func() { grab(1) },
	"unlock":     func() { unlock(new(sync.Mutex), 8) },
	"quit":       func() { kill(syscall.SIGQUIT) },
	"abort":      func() { kill(syscall.SIGABRT) },
	"terminate":  func() { kill(syscall.SIGTERM) },
	"exit":       func() { exit(2) },
	"log":        func() { fatal(3) },
	"recovered":  recovered,
	"clean":      func() { fmt.Println("clean") },
	"onlygoexit": func() { go runtime.Goexit(); time.Sleep(10 * time.Millisecond); fmt.Println("on") },
	"ten": func() {
		start := make(chan bool)
		for i := range 10 {
			go func() { <-start; explode(2 * i) }()
		}
		time.Sleep(10 * time.Millisecond)
		close(start)
		time.Sleep(time.Minute)
	},
	"stdin": func() {
		var n int
		fmt.Scan(&n)
		explode(n)
	},
}

func main() {
	fmt.Println("begin")
	for _, ways := range []map[string]func(){kinds, throws, methods, children} {
		if way := ways[os.Args[1]]; way != nil {
			way()
		}
	}
}
