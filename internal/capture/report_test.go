package capture

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"coredumpy/internal/cause"
	"coredumpy/internal/corefile"
	"coredumpy/internal/secrets"
)

// As the runtime wrote them.
var causes = []struct{ report, reason, message string }{
	{"panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:3 +0x1d\n", "panic", "boom"},
	{"panic: first line\n\tsecond line\n\t\n\tgoroutine 7 [running]:\n\ngoroutine 1 [running]:\n", "panic", "first line\nsecond line\n\ngoroutine 7 [running]:"},
	{"panic: the first\n\tpanic: the second\n\ngoroutine 1 [running]:\n", "panic", "the second"},
	{"panic: the same [recovered, repanicked]\n\ngoroutine 1 [running]:\n", "panic", "the same"},
	{"panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47f1a2]\n\ngoroutine 1 [running]:\n", "panic", "runtime error: invalid memory address or nil pointer dereference"},
	{"[signal SIGSEGV: segmentation violation code=0x1 addr=0x123456789 pc=0x47f1a2]\n\ngoroutine 1 [running]:\n", "fatal error", "SIGSEGV: segmentation violation"},
	{"SIGQUIT: quit\nPC=0x48c521 m=0 sigcode=0\n\ngoroutine 0 gp=0x9142a0 m=0 mp=0x915060 [idle]:\n", "signal", "SIGQUIT: quit"},
	{"\ngoroutine 1 gp=0xc000002380 m=0 mp=0x9b2560 [running]:\nruntime.throw({0x4d0f3b?, 0x0?})\n", "fatal error", "(its text isn't in the report that the runtime hands over)"},
	{"", "fatal error", "(its text isn't in the report that the runtime hands over)"},
}

func TestCause(t *testing.T) {
	for _, tt := range causes {
		if reason, message := causeIn(tt.report); reason != tt.reason || message != tt.message {
			t.Errorf("%q: got %s, %q, want %s, %q", tt.report, reason, message, tt.reason, tt.message)
		}
	}
}

// asItIs redacts nothing.
type asItIs struct{ Redactor }

func (asItIs) Text(s string) string             { return s }
func (asItIs) Path(s string) string             { return s }
func (asItIs) Trace(s string) string            { return s }
func (asItIs) Source(_, s string) string        { return s }
func (asItIs) Arguments(s []string) []string    { return s }
func (asItIs) Bytes(b []byte) ([]byte, bool)    { return b, false }
func (asItIs) Stale(b []byte) ([]byte, bool)    { return b, false }
func (asItIs) Mask(string, secrets.Rule) string { return "" }
func (asItIs) Number([]byte, secrets.Rule) int  { return 0 }
func (asItIs) Hidden() []secrets.Hidden         { return nil }
func (asItIs) Learn(string)                     {}
func (asItIs) LearnUncommon(string)             {}
func (asItIs) LearnMarked([]byte) bool          { return false }
func (asItIs) LearnPublic(string)               {}
func (asItIs) Problem() string                  { return "" }
func (asItIs) Full() bool                       { return false }

// FuzzReport makes dumps from any text. They must be whole.
func FuzzReport(f *testing.F) {
	for _, tt := range causes {
		f.Add(tt.report)
	}
	for _, tt := range tracebacks {
		f.Add("panic: x\n\n" + tt.text)
	}
	f.Add("goroutine 1 [running]:\nmain.f()\n\n\ngoroutine 1 [running]:\nmain.g()\n")
	f.Fuzz(func(t *testing.T, report string) {
		req := &Request{Head: corefile.Head{Version: corefile.Version}, Redact: asItIs{}}
		req.Limits.AllGoroutines, req.Limits.Goroutines, req.Limits.Frames, req.Limits.String = true, 100, 100, 1<<10
		d, settled := Report(req, report, nil, errors.New("not allowed"))
		if settled {
			t.Fatal("got settled, want a dump")
		}
		var b bytes.Buffer
		if err := d.Write(&b, false); err != nil {
			t.Fatal(err)
		}
		file, err := corefile.Read(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if why := file.Missing(); why != "" {
			t.Errorf("got Missing %q", why)
		}
	})
}

// TestSettledReport reads a report of a panic that is already dumped.
func TestSettledReport(t *testing.T) {
	const report = "panic: x [recovered, repanicked]\n\ngoroutine 1 [running]:\npanic({0x4be1c0?, 0x4e6bb0?})\n\t/go/panic.go:1 +0x1\n"
	for told, want := range map[cause.PanicID]bool{
		{Goroutine: 1, Place: 8, Value: [2]uint64{0x4be1c0, 0x4e6bb0}}: true,
		{Goroutine: 1, Place: 8, Value: [2]uint64{0x4be1c0, 1}}:        false,
	} {
		req := &Request{Head: corefile.Head{Version: corefile.Version}, Redact: asItIs{}}
		req.Limits.Frames = 10
		d, settled := Report(req, report, []cause.PanicID{told}, errors.New("not allowed"))
		if settled != want || (d == nil) != want {
			t.Errorf("%+v: got settled %v, want %v", told, settled, want)
		}
		if d != nil && !strings.Contains(strings.Join(d.head.Notes, " "), "not allowed") {
			t.Errorf("got notes %q, want the reason", d.head.Notes)
		}
	}
}

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
