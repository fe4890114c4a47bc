package capture

import "testing"

// A traceback has the arguments of the functions that don't run in secret.
func TestWithoutArguments(t *testing.T) {
	const below = "\nruntime/secret.Do(0x3)\n\t/secret.go:9 +0x1\nmain.main()\n\t/main.go:4 +0x1\n"
	for _, tt := range []struct{ trace, want string }{
		{"goroutine 1 [running]:\nmain.(*key).use(0x1234, {0x5, 0x6})\n\t/main.go:7 (x)\nmain.f(...)" + below,
			"goroutine 1 [running]:\nmain.(*key).use(...)\n\t/main.go:7 (x)\nmain.f(...)" + below},
		{"goroutine 1 [running]:\nmain.f(0x1)\n\t/main.go:7\n", "goroutine 1 [running]:\nmain.f(...)\n\t/main.go:7\n"},
		{"", ""},
	} {
		if got := withoutArguments(tt.trace); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
