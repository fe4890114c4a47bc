package compare_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"coredumpy/internal/compare"
)

// Keys whose texts are the same aren't taken for one: which values belong together isn't known.
func TestKeysAlike(t *testing.T) {
	long := strings.Repeat("x", 5000)
	type key struct{ a string }
	for _, tt := range []struct {
		name         string
		before, also any
	}{
		{"NaN", map[float64]int{math.NaN(): 1, math.NaN(): 2, 1: 3}, map[float64]int{math.NaN(): 2, math.NaN(): 1, 1: 3}},
		{"one NaN more", map[float64]int{math.NaN(): 1, 1: 3}, map[float64]int{math.NaN(): 2, math.NaN(): 1, 1: 3}},
		{"long texts", map[key]int{{long + "a"}: 1, {long + "b"}: 2}, map[key]int{{long + "b"}: 1, {long + "a"}: 2}},
	} {
		r := compare.Dumps(read(t, tt.before), read(t, tt.also), goOn)
		for _, v := range r.Frame.Variables {
			if v.Name == "v" {
				t.Errorf("%s: got %s, want nothing said about the keys", tt.name, fmt.Sprint(said(v)))
			}
		}
		if r.Unknown == 0 {
			t.Errorf("%s: got nothing that can't be compared", tt.name)
		}
	}
}
