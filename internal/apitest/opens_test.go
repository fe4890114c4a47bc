package apitest

import (
	"testing"

	"coredumpy"
)

//go:noinline
func firstPanic(text string) { panic(text) }

//go:noinline
func passOn() { panic(recover()) }

//go:noinline
func passedOn() {
	defer passOn()
	firstPanic("the first of two")
}

// The frame on which a dump opens is there with every limit, and has the given variables.
func TestPassedOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opts   []coredumpy.Option
		frames int
		top    string // "" is firstPanic
	}{
		{name: "plain"},
		{name: "one frame", frames: 1},
		{name: "two frames", frames: 2},
		{name: "five frames", frames: 5},
		{name: "skip", opts: []coredumpy.Option{coredumpy.Skip(1)}, top: "passedOn"},
		{name: "skip, one frame", opts: []coredumpy.Option{coredumpy.Skip(1)}, frames: 1, top: "passedOn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.frames > 0 {
				config(t, func(c *coredumpy.Configuration) { c.MaxFrames = tt.frames })
			}
			d, _ := crash(t, passedOn, append(tt.opts, coredumpy.Var("n", 7))...)
			want := "coredumpy/internal/apitest.firstPanic"
			if tt.top != "" {
				want = "coredumpy/internal/apitest." + tt.top
			}
			top := d.Head().Top
			if top == nil || top.Func != want {
				t.Fatalf("got a dump that opens on %+v, want %s", top, want)
			}
			frames := d.current(t).Frames
			if tt.frames > 0 && len(frames) > tt.frames {
				t.Errorf("got %d frames, want %d at most", len(frames), tt.frames)
			}
			for _, f := range frames {
				if f.Place != *top {
					continue
				}
				if n := len(f.Vars); n == 0 || f.Vars[n-1].Name != "n" || f.Vars[n-1].Role != coredumpy.Given {
					t.Errorf("got variables %v in the top frame, want n", f.Vars)
				}
				return
			}
			t.Errorf("got no frame of %s in %v", want, frames)
		})
	}
}
