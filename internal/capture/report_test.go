package capture

import "testing"

func TestCrashedGoroutine(t *testing.T) {
	for _, tt := range []struct {
		report string
		want   bool
	}{
		{"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12", true},
		{"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:", false},
		{"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go", false},
		{"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n", false},
		{"panic: x\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/src/main.go:12", false},
		{"goroutine 7 [running]:\nmain.f()\n\t/src/main.go:12 +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:30", true},
		{"goroutine 7 gp=0x1 [running]:\nruntime.goexit({})\n\t/go/src/runtime/asm_amd64.s:1771", true},
		{"/src/main.go:12", false},
		{"", false},
	} {
		if got := CrashedGoroutine(tt.report); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.report, got, tt.want)
		}
	}
}
