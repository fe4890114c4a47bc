package retain

import (
	"testing"

	"coredumpy/internal/corefile"
)

// shopHead returns the head of a dump, changed by change unless that is nil.
func shopHead(change func(h *corefile.Head)) *corefile.Head {
	h := ours.head(began)
	h.Top.File = "/src/shop/charge.go"
	h.Build = &corefile.Build{Path: "example.com/shop"}
	if change != nil {
		change(h)
	}
	return h
}

// programHead returns shopHead's for a dump of another program.
func programHead(program string, change func(h *corefile.Head)) *corefile.Head {
	h := shopHead(change)
	h.Program = program
	return h
}

// What counts as the same crash.
func TestSameCrash(t *testing.T) {
	const built, again = "/tmp/go-build123/b001/exe/shop", "/tmp/go-build45/b001/exe/shop"
	for _, tt := range []struct {
		name string
		a, b *corefile.Head
		want bool
	}{
		{"the same", shopHead(nil), shopHead(nil), true},
		{"another time, process and message", shopHead(nil),
			shopHead(func(h *corefile.Head) { h.PID, h.Message = 7, "x"; h.Time = began.AddDate(1, 0, 0) }), true},
		{"another build in the same place", shopHead(nil),
			shopHead(func(h *corefile.Head) { h.Build = nil; h.GoVersion = "go1.27" }), true},
		{"another host", shopHead(nil), shopHead(func(h *corefile.Head) { h.Host = "there" }), false},
		{"another program", shopHead(nil), shopHead(func(h *corefile.Head) { h.Program = "/srv/bank" }), false},
		{"another function", shopHead(nil),
			shopHead(func(h *corefile.Head) { h.Top.Func = "example.com/bank.charge" }), false},
		{"another line", shopHead(nil), shopHead(func(h *corefile.Head) { h.Top.Line++ }), false},
		{"no host known", shopHead(func(h *corefile.Head) { h.Host = "" }),
			shopHead(func(h *corefile.Head) { h.Host = "" }),
			false},
		{"no program known", programHead("", nil), programHead("", nil), false},
		{"no top known", shopHead(func(h *corefile.Head) { h.Top = nil }),
			shopHead(func(h *corefile.Head) { h.Top = nil }),
			false},
		{"no function known", shopHead(func(h *corefile.Head) { h.Top.Func = "" }),
			shopHead(func(h *corefile.Head) { h.Top.Func = "" }), false},
		{"go run twice", programHead(built, nil), programHead(again, nil), true},
		{"go run twice, on Windows", programHead(`C:\Temp\go-build12\b001\exe\shop.exe`, nil),
			programHead(`C:\Temp\go-build9\b001\exe\shop.exe`, nil), true},
		{"coredumpy run twice", programHead("/tmp/coredumpy-run-12/program", nil),
			programHead("/tmp/coredumpy-run-13/program", nil),
			true},
		{"go run and installed", programHead(built, nil), programHead("/usr/bin/shop", nil), false},
		{"go run of another package", programHead(built, nil),
			programHead(again, func(h *corefile.Head) { h.Build = &corefile.Build{Path: "example.com/bank"} }), false},
		{"go run of another file", programHead(built, nil),
			programHead(again, func(h *corefile.Head) { h.Top.File = "/src/bank/charge.go" }), false},
		{"go run of nothing known", programHead(built, func(h *corefile.Head) { h.Build = nil }),
			programHead(again, func(h *corefile.Head) { h.Build = nil }), false},
		{"a directory that is named so", programHead("/srv/go-build/shop", nil),
			programHead("/srv/go-builds/shop", nil), false},
	} {
		if got := sameCrash(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if got := sameCrash(tt.b, tt.a); got != tt.want {
			t.Errorf("%s, the other way round: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
