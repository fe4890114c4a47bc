package retain

import (
	"testing"

	"coredumpy/internal/corefile"
)

// What counts as the same crash.
func TestSameCrash(t *testing.T) {
	head := func(change func(h *corefile.Head)) *corefile.Head {
		h := ours.head(began)
		h.Top.File = "/src/shop/charge.go"
		h.Build = &corefile.Build{Path: "example.com/shop"}
		if change != nil {
			change(h)
		}
		return h
	}
	run := func(program string, change func(h *corefile.Head)) *corefile.Head {
		return head(func(h *corefile.Head) {
			h.Program = program
			if change != nil {
				change(h)
			}
		})
	}
	const built, again = "/tmp/go-build123/b001/exe/shop", "/tmp/go-build45/b001/exe/shop"
	for _, tt := range []struct {
		name string
		a, b *corefile.Head
		want bool
	}{
		{"the same", head(nil), head(nil), true},
		{"another time, process and message", head(nil),
			head(func(h *corefile.Head) { h.PID, h.Message = 7, "x"; h.Time = began.AddDate(1, 0, 0) }), true},
		{"another build in the same place", head(nil),
			head(func(h *corefile.Head) { h.Build = nil; h.GoVersion = "go1.27" }), true},
		{"another host", head(nil), head(func(h *corefile.Head) { h.Host = "there" }), false},
		{"another program", head(nil), head(func(h *corefile.Head) { h.Program = "/srv/bank" }), false},
		{"another function", head(nil), head(func(h *corefile.Head) { h.Top.Func = "example.com/bank.charge" }), false},
		{"another line", head(nil), head(func(h *corefile.Head) { h.Top.Line++ }), false},
		{"no host known", head(func(h *corefile.Head) { h.Host = "" }), head(func(h *corefile.Head) { h.Host = "" }),
			false},
		{"no program known", run("", nil), run("", nil), false},
		{"no top known", head(func(h *corefile.Head) { h.Top = nil }), head(func(h *corefile.Head) { h.Top = nil }),
			false},
		{"no function known", head(func(h *corefile.Head) { h.Top.Func = "" }),
			head(func(h *corefile.Head) { h.Top.Func = "" }), false},
		{"go run twice", run(built, nil), run(again, nil), true},
		{"go run twice, on Windows", run(`C:\Temp\go-build12\b001\exe\shop.exe`, nil),
			run(`C:\Temp\go-build9\b001\exe\shop.exe`, nil), true},
		{"coredumpy run twice", run("/tmp/coredumpy-run-12/program", nil), run("/tmp/coredumpy-run-13/program", nil),
			true},
		{"go run and installed", run(built, nil), run("/usr/bin/shop", nil), false},
		{"go run of another package", run(built, nil),
			run(again, func(h *corefile.Head) { h.Build = &corefile.Build{Path: "example.com/bank"} }), false},
		{"go run of another file", run(built, nil),
			run(again, func(h *corefile.Head) { h.Top.File = "/src/bank/charge.go" }), false},
		{"go run of nothing known", run(built, func(h *corefile.Head) { h.Build = nil }),
			run(again, func(h *corefile.Head) { h.Build = nil }), false},
		{"a directory that is named so", run("/srv/go-build/shop", nil), run("/srv/go-builds/shop", nil), false},
	} {
		if got := sameCrash(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if got := sameCrash(tt.b, tt.a); got != tt.want {
			t.Errorf("%s, the other way round: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
