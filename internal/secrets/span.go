package secrets

import (
	"bytes"
	"cmp"
	"slices"

	"coredumpy/internal/notation"
)

// A span is a part of a text, from its first byte to the byte after its last.
type span struct{ from, to int }

// merge sorts spans of b, joins those that overlap or touch, and drops masked text. It
// widens a span that cuts a mask in two to the whole mask, so that no half masks pile up.
func merge(b []byte, spans []span) []span {
	masks := maskSpans(b)
	for i := range spans {
		s := &spans[i]
		first, _ := slices.BinarySearchFunc(masks, s.from+1, func(m span, from int) int {
			return cmp.Compare(m.to, from) // the first mask that ends after s.from
		})
		for _, m := range masks[first:] {
			if m.from >= s.to {
				break
			}
			s.from, s.to = min(s.from, m.from), max(s.to, m.to)
		}
	}
	slices.SortFunc(spans, func(x, y span) int { return cmp.Compare(x.from, y.from) })
	out := spans[:0]
	for _, s := range spans {
		if !covers(b[s.from:s.to]) {
			continue
		}
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// maskSpans returns the places of masks in b.
func maskSpans(b []byte) []span {
	var masks []span
	for end := 0; ; {
		before, _, after, found := notation.CutMask(b[end:])
		if !found {
			return masks
		}
		masks = append(masks, span{end + len(before), len(b) - len(after)})
		end = len(b) - len(after)
	}
}

// covers reports whether b holds anything other than masks and white space.
func covers(b []byte) bool {
	for {
		before, _, after, found := notation.CutMask(b)
		if len(bytes.TrimSpace(before)) > 0 {
			return true
		}
		if !found {
			return false
		}
		b = after
	}
}

// replace returns a copy of b with a mask instead of each place; keepLines adds its line
// feeds.
func replace(b []byte, places []place, keepLines bool) []byte {
	out := make([]byte, 0, len(b)+len(places)*len(mask))
	end := 0
	for _, s := range places {
		out = append(out, b[end:s.from]...)
		out = append(out, mask...)
		if keepLines {
			for range bytes.Count(b[s.from:s.to], []byte("\n")) {
				out = append(out, '\n')
			}
		}
		end = s.to
	}
	return append(out, b[end:]...)
}
