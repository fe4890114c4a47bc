package capture

import (
	"slices"
	"testing"
)

func TestPanicsIn(t *testing.T) {
	for _, tt := range []struct {
		trace string
		want  [][2]uint64
	}{
		{"", nil},
		{"goroutine 1 [running]:\nmain.main()\n\t/main.go:3 +0x1d\n", nil},
		{"goroutine 1 [running]:\npanic({0x4a1b20?, 0x4e5f60?})\n\t/panic.go:783 +0x132\nmain.f({0x1, 0x2})\n", [][2]uint64{{0x4a1b20, 0x4e5f60}}},
		{"panic({0x1, 0x2})\nmain.f.func1()\npanic({0x3?, 0x4})\nmain.f()\n", [][2]uint64{{1, 2}, {3, 4}}},
		{"panic({0x1, 0x2})\n...12 frames elided...\npanic({0x3, 0x4})\n", [][2]uint64{{1, 2}}},
		{"panic(...)\npanic({0x1})\npanic({0x1, x})\npanic({0x1, 0x2, 0x3})\npanic(", make([][2]uint64, 5)},
	} {
		if got := panicsIn(tt.trace); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %#x, want %#x", tt.trace, got, tt.want)
		}
	}
}
