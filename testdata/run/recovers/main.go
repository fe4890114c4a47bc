// Recovers is a program whose panics are recovered.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	"coredumpy"
	"coredumpy/testdata/run/recovers/flow"
)

func main() {
	kind := os.Args[1]
	run := map[string]func(){
		"server":    server,
		"aborts":    aborts,
		"control":   control,
		"flow":      func() { fmt.Println(flow.Parse(4)) },
		"method":    method,
		"storm":     storm,
		"again":     func() { defer again(); explode(kind) },
		"middle":    func() { often(middle) },
		"onpanic":   func() { quietly(onPanic) },
		"goexit":    goexit,
		"nested":    func() { defer nested(); explode(kind) },
		"many":      many,
		"returning": func() { fmt.Println(returning(4)) },
	}[kind]
	run()
}

//go:noinline
func explode(how string) {
	n := len(how)
	panic(fmt.Sprint("exploded ", n))
}

func quietly(f func()) {
	defer func() { recover() }()
	f()
}

func often(f func()) {
	for range 50 {
		quietly(f)
	}
}

// get sends n requests to a handler.
func get(n int, handler http.HandlerFunc) {
	log.SetOutput(io.Discard)
	s := httptest.NewServer(handler)
	defer s.Close()
	for i := range n {
		resp, err := http.Get(s.URL + "/" + strconv.Itoa(i))
		if err == nil {
			resp.Body.Close()
		}
	}
}

func server() {
	get(100, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "1") {
			first(r.URL.Path)
		}
		second(nil, r.URL.Path)
	})
	fmt.Println("served")
}

func first(path string) {
	var hits map[string]int
	hits[path] = 1
}

//go:noinline
func second(hits *int, path string) {
	length := len(path)
	*hits = length
}

// aborts ends requests as net/http wants it.
func aborts() {
	get(20, func(w http.ResponseWriter, r *http.Request) {
		switch len(r.URL.Path) {
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			panic(fmt.Errorf("one: %w", fmt.Errorf("%w and %w", io.EOF, errors.Join(io.EOF, http.ErrAbortHandler))))
		}
	})
}

type unencodable struct{ F func() }

// control makes packages of the standard library panic to return errors.
func control() {
	_, err := json.Marshal(unencodable{func() {}})
	fmt.Println(err)
	fmt.Println(json.Unmarshal([]byte(`{"a": [1, "x"`), new(struct{ A []int })))
	_, err = fmt.Sscanf("x", "%d", new(int))
	fmt.Println(err)
	_, err = parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+strings.Repeat("func {\n", 50), 0)
	fmt.Println(err != nil)
	fmt.Println(template.Must(template.New("").Parse("{{.Missing.Field}}")).Execute(io.Discard, 1))
	_, err = template.New("").Parse("{{")
	fmt.Println(err)
}

type stringer struct{ n int }

func (s stringer) String() string {
	twice := 2 * s.n
	panic(twice)
}

// method makes package fmt call a method that panics.
func method() {
	for range 3 {
		fmt.Println(stringer{4})
	}
}

// storm has thousands of panics at one place, on many goroutines.
func storm() {
	var wg sync.WaitGroup
	var count atomic.Int64
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 500 {
				func() {
					defer func() {
						if r := recover(); r != nil {
							count.Add(1)
						}
					}()
					explode("storm")
				}()
			}
		}()
	}
	wg.Wait()
	fmt.Println(count.Load())
}

// many panics at more places than a run dumps.
func many() {
	for i := range 5 {
		quietly([]func(){func() { explode("0") }, func() { explode("1") }, func() { explode("2") }, func() { explode("3") }, func() { explode("4") }}[i])
	}
}

func again() { panic(recover()) }

// middle is a handler that recovers and panics again.
func middle() {
	defer again()
	explode("middle")
}

func onPanic() {
	defer coredumpy.OnPanic(coredumpy.Directory(os.Getenv("ASKED")))
	explode("onpanic")
}

func goexit() {
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		runtime.Goexit()
	}()
	fmt.Println(<-done)
}

// nested recovers a panic of its own while another goes on.
func nested() {
	quietly(func() { second(nil, "nested") })
	fmt.Println("nested")
}

func returning(n int) (result int) {
	defer func() {
		recover()
		result = n * n
	}()
	explode("returning")
	return 0
}
