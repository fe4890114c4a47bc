package main

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/goshim"
)

// TestTellVersion wants a line about a program without the hooks.
func TestTellVersion(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &goshim.Settings{Dir: t.TempDir(), Name: "run"}
	var told []string
	n, err := goshim.Listen(s.Dir, func(_ goshim.Kind, text string) { told = append(told, text) })
	if err != nil {
		t.Fatal(err)
	}
	tellVersion(s, goVersion(), self)
	tellVersion(s, goVersion()+" X:nodwarf5", self)
	tellVersion(s, "go1.1", "/bin/sh")
	tellVersion(s, "go1.1", self)
	n.Close()
	if len(told) != 1 ||
		!strings.Contains(told[0], "its crashes aren't seen: built by "+goVersion()+", and the hooks are for go1.1\n") {
		t.Errorf("got %q, want one line", told)
	}
}

// goVersion returns the Go version that has built this test, without experiments.
func goVersion() string {
	v, _, _ := strings.Cut(runtime.Version(), " ")
	return v
}
