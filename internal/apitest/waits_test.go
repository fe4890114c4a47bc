package apitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A crash doesn't become a success because goroutines that it has woken end the program
// first. If the system takes away the processor at the wrong moment, that can't be
// helped. So one right run of several is enough; without the code under test no run is
// right.
func TestWaits(t *testing.T) {
	program := build(t, "waits", nil)
	for _, tt := range []struct{ how, env string }{
		{"return", "GOMAXPROCS=2"}, {"print", "GOMAXPROCS=1"}, {"close", "GOMAXPROCS=8"}, {"defer", "GOMAXPROCS=2"},
		{"tests", "GOMAXPROCS=2"},
	} {
		var o outcome
		for range 20 {
			cmd := exec.Command(program, tt.how)
			cmd.Env = append(os.Environ(), tt.env)
			if o = command(t, cmd); o.exit == 2 {
				break
			}
			if o.exit != 0 || o.stderr != "" && !strings.HasPrefix(o.stderr, "Your frame stack") {
				t.Errorf("%s: got exit status %d and stderr %.1000q, want 0 and none where it isn't 2",
					tt.how, o.exit, o.stderr)
			}
		}
		if o.exit != 2 {
			t.Errorf("%s: got exit status %d each time, want 2", tt.how, o.exit)
			continue
		}
		if got := onlyDump(t, o.dir).Head().Message; got != "assignment to entry in nil map" {
			t.Errorf("%s: got message %q", tt.how, got)
		}
	}
	if o := command(t, exec.Command(program, "status")); o.exit != 3 || o.stderr != "" {
		t.Errorf("got exit status %d and %q of tests that fail, want 3 and nothing", o.exit, o.stderr)
	}
}

// Code that recovers gets the program back as it was.
func TestHoldEnds(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	goroutines := runtime.NumGoroutine()
	for range 20 {
		crashTo(t, filepath.Join(t.TempDir(), "x.dump"), "recovered later")
		for end := time.Now().Add(time.Minute); runtime.GOMAXPROCS(0) != 3 ||
			runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("got GOMAXPROCS %d and %d goroutines, want 3 and %d",
					runtime.GOMAXPROCS(0), runtime.NumGoroutine(), goroutines)
			}
		}
	}
}
