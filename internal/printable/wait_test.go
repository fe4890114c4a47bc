package printable

import (
	"testing"
	"time"
)

func TestWaits(t *testing.T) {
	for _, test := range []struct {
		shortest, longest time.Duration
		want              string
	}{
		{0, 0, ""},
		{0, 999 * time.Millisecond, ""},
		{time.Second, 1900 * time.Millisecond, "1s"},
		{5 * time.Minute, 5 * time.Minute, "5m0s"},
		{999 * time.Millisecond, time.Minute, "0s to 1m0s"},
		{time.Second, 5 * time.Minute, "1s to 5m0s"},
	} {
		if got := Waits(test.shortest, test.longest); got != test.want {
			t.Errorf("Waits(%v, %v) = %q, want %q", test.shortest, test.longest, got, test.want)
		}
	}
}
