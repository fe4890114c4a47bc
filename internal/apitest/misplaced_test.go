package apitest

import (
	"errors"
	"path/filepath"
	"testing"

	"coredumpy"
)

var errSame = errors.New("always the same value")

// within is a common way to use OnPanic: a function to defer that calls it.
func within(dir string) { coredumpy.OnPanic(coredumpy.Directory(dir)) }

// misplaced are ways to panic with OnPanic called by a deferred function.
var misplaced = []struct {
	name  string
	panic func(dir string)
}{
	{"alone", func(dir string) {
		defer within(dir)
		panic(errSame)
	}},
	{"recovering", func(dir string) {
		defer func() {
			within(dir) // has no effect: its caller isn't called by the panic
			coredumpy.OnPanic(coredumpy.Directory(dir))
			recover()
		}()
		panic(errSame)
	}},
	{"two", func(dir string) {
		defer func() { coredumpy.OnPanic(coredumpy.Directory(dir)) }()
		defer func() { coredumpy.OnPanic(coredumpy.Directory(dir)) }()
		panic(errSame)
	}},
	{"further out", func(dir string) {
		defer within(dir)
		func() {
			defer within(dir)
			panic(errSame)
		}()
	}},
	{"and well placed", func(dir string) {
		defer coredumpy.OnPanic(coredumpy.Directory(dir))
		defer within(dir)
		panic(errSame)
	}},
	{"and well placed further in", func(dir string) {
		defer within(dir)
		defer coredumpy.OnPanic(coredumpy.Directory(dir))
		panic(errSame)
	}},
	{"goroutines", func(dir string) {
		done := make(chan bool)
		go func() {
			defer close(done)
			defer func() { recover() }()
			defer within(dir)
			panic(errSame)
		}()
		<-done
	}},
	{"clean up", func(dir string) {
		defer within(dir)
		defer func() { defer coredumpy.OnPanic(coredumpy.Directory(dir)) }()
		defer func() { defer within(dir) }()
		panic(errSame)
	}},
}

// TestMisplaced has panics pass OnPanic, called within deferred functions and deferred by
// itself, five times at the same place and with the same value: each is dumped once.
func TestMisplaced(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxPanicsPerMinute, c.AllGoroutines = 0, false })
	const n = 5
	for _, tt := range misplaced {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			quietly(t, func() {
				for range n {
					func() {
						defer func() { recover() }()
						tt.panic(dir)
					}()
				}
			})
			got, err := filepath.Glob(filepath.Join(dir, "*.dump"))
			if err != nil || len(got) != n {
				t.Errorf("got %d dumps, %v, want %d", len(got), err, n)
			}
		})
	}
}
