package main

import (
	"debug/buildinfo"
	"fmt"

	"coredumpy/internal/debuginfo"
)

// How a program can be watched.
const (
	unwatched  = iota
	foreign    // no Go program
	traced     // a debugger's way: it wasn't built with the hook
	tracedTest // the same, and its failures aren't seen
	hooked     // it tells by itself
)

// hookFunction is in a program that tells of its crashes, whichever hooks are left out.
const hookFunction = "runtime.coredumpySend"

// watchable tells how a program can be watched, and if it can't, why.
func watchable(path string) (how int, err error) {
	if _, err := buildinfo.ReadFile(path); err != nil {
		return foreign, fmt.Errorf("%s is no Go program, and has started none that can be watched: "+
			"it has to find go run, go test, go generate or go tool by PATH, or start what coredumpy run go build has built", path)
	}
	f, err := debuginfo.Open(path)
	if err == nil {
		defer f.Close()
		err = f.DWARFError()
	}
	if err != nil {
		return unwatched, fmt.Errorf("%s: its own crashes aren't seen: %w; build it with coredumpy run go build", path, err)
	}
	if _, ok := f.FuncByName(hookFunction); ok {
		return hooked, nil
	}
	if _, ok := f.FuncByName("runtime.gopanic"); !ok {
		return unwatched, fmt.Errorf("%s: its own crashes aren't seen: it has another runtime than Go's own", path)
	}
	if _, ok := f.FuncByName("testing.(*M).Run"); ok {
		return tracedTest, nil
	}
	return traced, nil
}
