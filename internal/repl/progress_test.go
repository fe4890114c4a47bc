package repl

import (
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var out strings.Builder
	var now time.Time
	stopped := false
	p := &working{w: &out, stop: func() bool { return stopped }, now: func() time.Time { return now }, start: now}
	step := func(after time.Duration, done int) bool {
		now = now.Add(after)
		return p.step(done, 200)
	}
	step(0, 0)
	step(progressAfter-1, 20)
	p.end()
	if out.Len() > 0 {
		t.Errorf("got %q before a second was over, want nothing", out.String())
	}
	step(1, 30)
	step(1, 31)
	step(progressEvery, 100)
	p.end()
	if got, want := out.String(), "\r15 %, Ctrl-C stops it\x1b[K\r50 %, Ctrl-C stops it\x1b[K\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if stopped = true; !step(0, 101) {
		t.Error("it goes on after an interrupt")
	}
	p = &working{stop: func() bool { return false }, now: func() time.Time { return now }}
	if p.step(1, 0) {
		t.Error("it stops where nobody looks")
	}
	p.end()
}
