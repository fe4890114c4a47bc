package capture

import (
	"maps"
	"testing"
	"time"
)

func TestRunningTests(t *testing.T) {
	for _, tt := range []struct {
		message string
		want    map[string]time.Duration
		first   string
	}{
		{"test timed out after 1s", nil, ""},
		{"test timed out after 1s\n\trunning tests:", nil, ""},
		{"test timed out after 1s\n\trunning tests:\n\t\tTestA (1s)\n", map[string]time.Duration{"TestA": time.Second}, "TestA"},
		{
			"test timed out after 10m0s\n\trunning tests:\n\t\tTestA/n10 (9m59s)\n\t\tTestA/n9 (0s)",
			map[string]time.Duration{"TestA/n10": 9*time.Minute + 59*time.Second, "TestA/n9": 0}, "TestA/n10",
		},
		{"test timed out after 1s\n\trunning tests:\n\t\tTestCut (1", nil, ""},
	} {
		got, first := runningTests(tt.message)
		if !maps.Equal(got, tt.want) || first != tt.first {
			t.Errorf("%q: got %v, %q, want %v, %q", tt.message, got, first, tt.want, tt.first)
		}
	}
}
