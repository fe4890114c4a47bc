// Names calls Dump from functions of all kinds and prints a line for each: the function's
// name as it should be in the file's name, the line of the call, the path. With an
// argument it panics under two OnPanic.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"

	"coredumpy"
)

func report(want string) func(path string, err error) {
	_, _, line, _ := runtime.Caller(1)
	return func(path string, err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(want, line, path)
	}
}

type value struct{ n int }

func (v value) Method()    { report("value_Method")(coredumpy.Dump()) }
func (v *value) Pointer()  { report("value_Pointer")(coredumpy.Dump()) }
func (v *value) under_sc() { report("value_under_sc")(coredumpy.Dump()) }

type list[T any] struct{ items []T }

func (l *list[T]) Push(T) { report("list_Push")(coredumpy.Dump()) }

func generic[K comparable, V any](map[K]V) { report("generic")(coredumpy.Dump()) }

//go:noinline
func inGeneric[T any](T) { func() { report("inGeneric_func1")(coredumpy.Dump()) }() }

//go:noinline
func closures() {
	func() { report("closures_func1")(coredumpy.Dump()) }()
}

var global = func() { report("init_func1")(coredumpy.Dump()) }

func init() {
	if len(os.Args) == 1 {
		report("init_0")(coredumpy.Dump())
	}
}

func große日本() { report("gro_e")(coredumpy.Dump()) }

//go:noinline
func deferred() {
	defer func() { report("deferred_func1")(coredumpy.Dump()) }()
}

func nested(exclude ...any) {
	defer coredumpy.OnPanic(coredumpy.Exclude(exclude...))
	panic("nested")
}

func main() {
	if len(os.Args) > 1 {
		defer coredumpy.OnPanic()
		if os.Args[1] == "excluded" {
			nested(reflect.TypeFor[string]())
		}
		nested()
	}
	report("main")(coredumpy.Dump())
	v := &value{1}
	v.Method()
	v.Pointer()
	v.under_sc()
	f := v.Method
	f()
	(&list[map[string]struct{ A, B int }]{}).Push(nil)
	generic(map[string][]func(int) error{})
	inGeneric(3)
	closures()
	global()
	große日本()
	deferred()
	done := make(chan bool)
	go func() { report("main_func1")(coredumpy.Dump()); close(done) }()
	<-done
}
