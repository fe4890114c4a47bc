package walk

import (
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// A reason can name a type with tags, in which anything may stand.
func TestReasonRedacted(t *testing.T) {
	w := &Walker{}
	for _, tt := range []struct{ why, want string }{
		{"depth limit", `{"x":"depth limit"}`},
		{`map of struct { F int "k:hunter2" } not known`, `{"x":"map of struct { F int \"k:***redacted***\" } not known"}`},
	} {
		if got := string(w.Render(nil, notation.Reason(caveat.ParseReason(tt.why)), hunter{})); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.want)
		}
	}
}
