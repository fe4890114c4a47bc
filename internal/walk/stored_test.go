package walk

import (
	"strings"
	"testing"
)

func TestWithoutEnd(t *testing.T) {
	long := strings.Repeat("x", 2*margin)
	for text, want := range map[string]string{
		"":                                    "",
		"wait for it...":                      "wait for it...",
		"a lot...+ more":                      "a lot...+ more",
		"login with swordf...+12 more":        "login with ***redacted***...+12 more",
		"two lines\nswordf...+12 more":        "two lines\n***redacted***...+12 more",
		"login with ...+12 more":              "login with ...+12 more",
		"with ***redacted***...+12 more":      "with ***redacted***...+12 more",
		"with ***redacted***#7...+12 more":    "with ***redacted***...+12 more",
		long + "...+12 more":                  long[:margin] + "***redacted***...+12 more",
		"more...+1 more words, and...+2 more": "more...+1 more words, ***redacted***...+2 more",
	} {
		if got := WithoutEnd(text); got != want {
			t.Errorf("%.50q: got %.50q, want %.50q", text, got, want)
		}
		if got := WithoutEnd(want); got != want {
			t.Errorf("%.50q: got %.50q, want it as it is", want, got)
		}
	}
}
