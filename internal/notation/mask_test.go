package notation

import (
	"encoding/base64"
	"strings"
	"testing"
)

// In these texts ~ stands for a mask.
func full(s string) string { return strings.ReplaceAll(s, "~", Mask) }

func TestCutMask(t *testing.T) {
	for _, tt := range []struct {
		text, before string
		number       int
		after        string
		found        bool
	}{
		{"", "", 0, "", false},
		{"none #1", "none #1", 0, "", false},
		{"~", "", 0, "", true},
		{"a ~ b", "a ", 0, " b", true},
		{"a ~#17 b", "a ", 17, " b", true},
		{"~#1~#2", "", 1, "~#2", true},
		{"~#", "", 0, "#", true},
		{"~#x", "", 0, "#x", true},
		{"~#0", "", 0, "", true},
		{"~#017", "", 0, "", true},
		{"~#123456789", "", 123456789, "", true},
		{"~#1234567890", "", 0, "", true},
	} {
		before, number, after, found := CutMask(full(tt.text))
		if before != full(tt.before) || number != tt.number || after != full(tt.after) || found != tt.found {
			t.Errorf("CutMask(%q) = %q, %d, %q, %t, want %q, %d, %q, %t", tt.text, before, number, after, found,
				tt.before, tt.number, tt.after, tt.found)
		}
		want := tt.number
		if tt.before != "" || tt.after != "" {
			want = 0
		}
		if got := MaskNumber(full(tt.text)); got != want {
			t.Errorf("MaskNumber(%q) = %d, want %d", tt.text, got, want)
		}
	}
	if got, want := string(AppendMask(AppendMask(nil, 0), 20)), full("~~#20"); got != want {
		t.Errorf("AppendMask: got %q, want %q", got, want)
	}
}

// Wherever a text is cut, no mask gets another number; and no more is cut than that needs.
func TestMaskCut(t *testing.T) {
	for _, text := range []string{"a#12", "~#123 x", "~#1~#23", "~12", "~#", "~##1", "~#17"} {
		text = full(text)
		for n := range len(text) + 1 {
			got := MaskCut(text, n)
			if got > n || strings.Trim(text[got:n], "#0123456789") != "" {
				t.Fatalf("MaskCut(%q, %d) = %d", text, n, got)
			}
			rest, kept := text, text[:got]
			for {
				_, number, after, found := CutMask(kept)
				if !found {
					break
				}
				_, whole, more, _ := CutMask(rest)
				if number != whole && (number != 0 || after != "") {
					t.Errorf("MaskCut(%q, %d) = %d: the number %d is cut to %d", text, n, got, whole, number)
				}
				if n == len(text) && got < n {
					t.Errorf("MaskCut(%q, %d) = %d, want all", text, n, got)
				}
				kept, rest = after, more
			}
		}
	}
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestLastNumber(t *testing.T) {
	for text, want := range map[string]int{
		"":               0,
		"***redacted***": 0,
		`"***redacted***#3", "***redacted***#21 x***redacted***#4"`:                                          21,
		`{"x":["redacted",17]},{"x":["redacted"]},***redacted***#5`:                                          17,
		`["redacted",123456789012345`:                                                                        123456789,
		`{"b":"` + encoded("\xff***redacted***#30") + `"},{"b":"` + encoded("\xff***redacted***#8 x") + `"}`: 30,
		`["b":"` + encoded("\xff***redacted***#40 and more") + "?":                                           40,
	} {
		if got := LastNumber([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
