//go:build go1.25

package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if !Fake() {
			t.Error("got no fake clock in a bubble")
		}
		sound(t, system)
		if d := time.Since(start); d != 0 {
			t.Errorf("got %v passed by the bubble's clock, want none", d)
		}
		if year := Now().Year(); year < 2020 {
			t.Errorf("got the year %d, want the present one", year)
		}
	})
}
