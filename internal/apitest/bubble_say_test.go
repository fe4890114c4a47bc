//go:build go1.25

package apitest

import (
	"testing"
	"testing/synctest"
	"time"
)

// In a bubble time stands still while a method is waited for.
func TestMessageSaidInBubble(t *testing.T) {
	for name, speak := range map[string]func() string{
		"late": func() string { return "late" },
		// By the bubble's clock, which goes on once nothing else can.
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
