//go:build go1.25

package apitest

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"coredumpy"
)

// In a bubble time stands still while a capture waits for a method.
func TestMessageSaidInBubble(t *testing.T) {
	for name, speak := range map[string]func() string{
		"late": func() string { return "late" },
		// It sleeps by the bubble's clock, which goes on only when nothing else can.
		unasked: func() string { time.Sleep(time.Hour); return "late" },
	} {
		synctest.Test(t, func(t *testing.T) {
			d, _ := crash(t, func() { panic(speaker{speak}) })
			if got := d.Head().Message; got != name {
				t.Errorf("got message %q, want %q", got, name)
			}
			time.Sleep(2 * time.Hour) // for the method to end
		})
	}
}

// lost is a test whose output nobody will see, as that of a bubble when the process ends.
type lost struct{ failing }

func (lost) Output() io.Writer { return io.Discard }

// In a bubble a panic is reported on standard error.
func TestFailureToldInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := quietly(t, func() {
			defer func() { recover() }()
			defer coredumpy.OnFailure(lost{failing{"TestLost"}}, coredumpy.Directory(t.TempDir()))
			panic("in a bubble")
		})
		if !strings.Contains(told, "coredumpy load ") {
			t.Errorf("got %q on standard error, want how to open the dump", told)
		}
	})
}
