package capture

import (
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
)

// A file of format 1, or of another version, has sentences that this version doesn't know, and
// so doesn't know either what they tell. They are redacted as any text.

// sentences redacts the unknown sentences about a goroutine and its frames.
func (s *Stored) sentences(g *corefile.Goroutine) {
	g.Note = slices.Clone(g.Note)
	for i := range g.Note {
		s.reason(&g.Note[i])
	}
	for i := range g.Frames {
		s.reason(&g.Frames[i].Note)
	}
}

func (s *Stored) reason(r *caveat.Reason) {
	switch r.Kind {
	case caveat.Other, caveat.OtherLimit, caveat.Unknown:
		r.Text = s.Redact.Text(r.Text)
	}
}

// doubts redacts the unknown sentences about a variable. Variables may share their doubts.
func (s *Stored) doubts(v *corefile.Variable) {
	cloned := false
	for i, d := range v.Doubts {
		if d.Kind != caveat.OtherDoubt && d.Kind != caveat.UnknownDoubt {
			continue
		}
		if text := s.Redact.Text(d.Text); text != d.Text {
			if !cloned {
				v.Doubts, cloned = slices.Clone(v.Doubts), true
			}
			v.Doubts[i].Text = text
		}
	}
}
