package corefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coredumpy/internal/caveat"
)

// randomFrames returns frames with some members of each kind.
func randomFrames(r *rand.Rand) []Frame {
	text := func() string {
		return []string{"", "main.f", "/src/main.go", "T[go.shape.int]·1", "a<b>&c", "\"\\\n\x01\x7f", "\u2028é€", "\xff"}[r.IntN(8)]
	}
	some := func() bool { return r.IntN(3) == 0 }
	all := make([]Frame, r.IntN(4))
	for i := range all {
		f := &all[i]
		f.Place = Place{text(), text(), r.IntN(3)}
		f.PC, f.Package, f.Inlined, f.Optimized = uint64(r.IntN(2))*r.Uint64(), text(), some(), some()
		if some() {
			f.Note = caveat.Reason{Kind: caveat.Other, Text: "why <" + strings.ToValidUTF8(text(), "")}
		}
		f.Vars = make([]Variable, r.IntN(4))
		for j := range f.Vars {
			v := &f.Vars[j]
			v.ID, v.Name, v.Role, v.Type, v.Line = r.IntN(2), text(), text(), r.IntN(3), r.IntN(3)
			v.Addr, v.Shadowed = []uint64{0, 1, 1 << 40, 1<<64 - 1}[r.IntN(4)], some()
			if some() {
				v.Doubts = caveat.Only(caveat.OutOfDate).And(caveat.OnLine)
			}
			v.Value = []json.RawMessage{nil, json.RawMessage(`[1,"x<y"]`), json.RawMessage(`null`)}[r.IntN(3)]
		}
	}
	return all
}

// Frames are written as package json would write them, with differences instead of
// addresses.
func TestFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		g := Goroutine{ID: 1, Status: "running", Frames: randomFrames(r), More: r.IntN(2)}
		var out bytes.Buffer
		w := NewWriter(&out, false)
		if err := w.Head(&Head{}); err != nil {
			t.Fatal(err)
		}
		if err := w.Goroutine(&g); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		last := uint64(0)
		for i := range g.Frames {
			for j := range g.Frames[i].Vars {
				v := &g.Frames[i].Vars[j]
				switch at := v.Addr; {
				case at == 0:
				case last == 0 || at == last:
					last = at
				default:
					v.Addr, v.Difference, last = 0, int64(at-last), at
				}
			}
		}
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(&g); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s%s}\n", kindGoroutine.prefix(), strings.TrimSuffix(want.String(), "\n"))
		if got := out.String(); !strings.Contains(got, line) {
			t.Fatalf("got %s\nwant the line %s", got, line)
		}
	}
}
