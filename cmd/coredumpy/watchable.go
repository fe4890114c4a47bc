package main

import (
	"debug/buildinfo"
	"fmt"
	"os"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/target"
)

// How a program can be watched.
const (
	unwatched  = iota
	foreign    // not a Go program
	traced     // as by a debugger: it wasn't built with the hook
	tracedTest // the same, and its failures aren't seen
	hooked     // it reports its crashes itself
)

// hookFunction is in every program that reports its crashes, whichever hooks are left out.
const hookFunction = "runtime.coredumpySend"

// watchable returns how a program can be watched, or an error that says why it can't.
func watchable(path string) (how int, err error) {
	if _, err := buildinfo.ReadFile(path); err != nil {
		return foreign, fmt.Errorf("%s is not a Go program, and has started none that can be watched: it must find "+
			"go run, go test, go generate or go tool in PATH, or start a program that coredumpy run go build has built",
			path)
	}
	f, err := target.OpenExecutable(path, os.Getenv(debuginfo.ListVariable))
	if err == nil {
		defer f.Close()
		err = f.DWARFError()
	}
	if err != nil {
		return unwatched, fmt.Errorf("%s: its own crashes aren't seen: %w; build it with coredumpy run go build, "+
			"or keep that in a file, see coredumpy help builds",
			path, err)
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
