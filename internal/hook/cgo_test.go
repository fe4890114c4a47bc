package hook

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"coredumpy/internal/longtest"
)

func TestCgo(t *testing.T) {
	tc := needReports(t)
	longtest.Skip(t)
	if !tc.cgo() {
		t.Skip("needs a C compiler")
	}
	p := build(t, tc, "build", "cgo")
	for _, tt := range []struct {
		name   string
		kind   Kind
		signal syscall.Signal
		frame  string
		code   int
	}{
		{"segv", Signal, syscall.SIGSEGV, "", 2},
		{"abort", Signal, syscall.SIGABRT, "", 2},
		{"thread", Signal, syscall.SIGSEGV, "", -1},
		{"callback", Panic, 0, "main.callback", 2},
		{"thread_callback", Panic, 0, "main.callback", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reports, hooked := watch(t, p, nil, tt.name)
			if plain := start(t, nil, p.plain, tt.name); hooked.code != tt.code || plain.code != tt.code {
				t.Errorf("got exit status %d, without the hook %d, want %d", hooked.code, plain.code, tt.code)
			}
			if len(reports) != 1 {
				t.Fatalf("got %d reports, want 1", len(reports))
			}
			r := reports[0]
			if r.Kind != tt.kind || r.Signal != int(tt.signal) {
				t.Errorf("got %s, signal %d, want %s, signal %d", r.Kind, r.Signal, tt.kind, tt.signal)
			}
			if r.PC == 0 || r.SP == 0 || r.TID == 0 {
				t.Errorf("got zeros in %+v", r.Event)
			}
			if tt.name != "thread" && (r.Goroutine == 0 || r.CurG == 0) {
				t.Errorf("got goroutine %d, curg %#x, want the one that called C", r.Goroutine, r.CurG)
			}
			if !slices.ContainsFunc(r.frames, func(f string) bool { return strings.HasPrefix(f, tt.frame) }) {
				t.Errorf("got frames %q, want %s among them", r.frames, tt.frame)
			}
		})
	}
}
