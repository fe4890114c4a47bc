package clock

import (
	"testing"
	"time"
)

// sound checks that the clock runs as the system's clock does.
func sound(t *testing.T, system func() time.Time) {
	t.Helper()
	before, now, after := system(), Now(), system()
	// The clocks have different resolutions.
	if now.Before(before.Add(-time.Second)) || now.After(after.Add(time.Second)) {
		t.Errorf("got %v, want a time from %v to %v", now, before, after)
	}
	if now.Location() != time.Local {
		t.Errorf("got location %v, want the local one", now.Location())
	}
	for start := Now(); Now().Sub(start) < 20*time.Millisecond; { // ends
		Sleep(time.Millisecond)
	}
	Sleep(-1)
}

func TestNow(t *testing.T) {
	sound(t, time.Now)
	if Fake() {
		t.Error("got a fake clock outside a bubble")
	}
	if d := time.Since(system()).Abs(); d > time.Minute {
		t.Errorf("got a clock that differs from the system's by %v", d)
	}
	if n := testing.AllocsPerRun(100, func() { Now() }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func BenchmarkNow(b *testing.B) {
	b.Run("time", func(b *testing.B) {
		for range b.N {
			time.Now()
		}
	})
	b.Run("clock", func(b *testing.B) {
		for range b.N {
			Now()
		}
	})
}
