package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
)

// Package-level variables.
var (
	Text     string
	APIKey   string
	registry struct {
		names []string
		byKey map[string]*inner
	}
)

// started calls f on a goroutine of its own, which waits. It returns nothing to hold: the
// secret is where f has it.
func started(f func(s string, ready func())) func(string) any {
	return func(s string) any {
		var done atomic.Bool
		go f(s, func() { done.Store(true); <-blocked })
		for !done.Load() {
			runtime.Gosched()
		}
		return nil
	}
}

// stacks returns the places on stacks, in package-level variables and in what the runtime
// knows about a goroutine.
func stacks() []place {
	return []place{
		{"package variable", func(s string) any { Text = s; return nil }},
		{"below a package variable", func(s string) any {
			registry.names, registry.byKey = append(registry.names, "a", s), map[string]*inner{"k": {}}
			return nil
		}},
		{marked + "package variable", func(s string) any { APIKey = s; return nil }},
		{"argument", started(argument)},
		{"local", started(func(s string, ready func()) {
			local := []string{s}
			s = ""
			ready()
			fmt.Print(local)
		})},
		{"local array", started(func(s string, ready func()) {
			var local [200]byte
			copy(local[:], s)
			s = ""
			ready()
			fmt.Print(local)
		})},
		{"named result", started(func(s string, ready func()) { result(s, ready) })},
		{"deferred closure", started(func(s string, ready func()) {
			kept := s
			s = ""
			defer func() { fmt.Print(kept) }()
			ready()
		})},
		{"generic argument", started(generic[string])},
		{"argument of a library function", started(func(s string, ready func()) {
			r, w := io.Pipe()
			go func() { b := make([]byte, 1); r.Read(b); ready() }()
			w.Write([]byte("x" + s))
		})},
		{"profiler label", started(func(s string, ready func()) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("label", s)))
			s = ""
			ready()
		})},
		{marked + "argument", started(func(password string, ready func()) { ready(); fmt.Print(password) })},
		{marked + "local", started(func(s string, ready func()) {
			apiToken := []byte(s)
			s = ""
			ready()
			fmt.Print(apiToken)
		})},
		{marked + "captured variable", started(func(s string, ready func()) {
			clientSecret := s
			s = ""
			func() { ready(); fmt.Print(clientSecret) }()
		})},
		{marked + "key of a profiler label", started(func(s string, ready func()) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("session-token", s)))
			s = ""
			ready()
		})},
	}
}

//go:noinline
func argument(s string, ready func()) {
	ready()
	fmt.Print(s)
}

//go:noinline
func result(s string, ready func()) (kept string) {
	kept, s = s, ""
	ready()
	return kept
}

//go:noinline
func generic[T any](v T, ready func()) {
	ready()
	fmt.Print(v)
}
