package longtest

import "testing"

func TestSkip(t *testing.T) {
	for value, want := range map[string]bool{"": false, "all": true, "1": false} {
		t.Setenv(variable, value)
		skipped, rounds := true, Rounds(2, 20)
		t.Run(value, func(t *testing.T) {
			Skip(t)
			skipped = false
		})
		if All() != want || skipped == want || (rounds == 20) != want {
			t.Errorf("%q: got all %v, skipped %v, %d rounds, want all %v", value, All(), skipped, rounds, want)
		}
	}
}
