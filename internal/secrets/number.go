package secrets

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"coredumpy/internal/notation"
)

// A mask has a number, by which a reader of the dump can tell equal secrets from others
// without knowing them. Numbers count in the order in which secrets are first replaced, so
// they say nothing of the secrets themselves. They are found by the whole secret, not by a
// hash of it: so no two secrets have the same number.

// Limits of the secrets that have numbers: how many, and how many bytes in total. Beyond
// them a new secret has no number.
const (
	maxNumbers     = 100_000
	maxNumberBytes = 16 << 20
)

// numbers are those of the secrets that were replaced so far.
type numbers struct {
	mu    sync.Mutex
	of    map[string]int
	bytes int
	by    map[counted]bool
	count map[Rule]int
	again bool // see KeepNumbers
	last  int  // the largest number of another redactor's
}

// KeepNumbers is for texts of a dump in which masks have numbers up to last. These stay as
// they are, as they are the same in other parts of the dump, and new ones are larger.
func (d *Redactor) KeepNumbers(last int) {
	if last > maxLast {
		d.numbers = nil
	}
	if d.numbers != nil {
		d.numbers.again, d.numbers.last = true, last
	}
}

// maxLast is the largest number up to which masks are kept, so that new ones aren't too long.
const maxLast = 900_000_000

// keptNumber returns the number of a text that was hidden before, and whether another one can't be
// given to it: if a part was hidden without a number, it may be a different text than one
// that looks the same.
func keptNumber(text []byte) (number int, only bool) {
	number = notation.MaskNumber(text)
	for rest, found := text, true; found && number == 0; {
		var n int
		if _, n, rest, found = notation.CutMask(rest); found && n == 0 {
			return 0, true
		}
	}
	return number, number > 0
}

func newNumbers() *numbers {
	return &numbers{of: map[string]int{}, by: map[counted]bool{}, count: map[Rule]int{}}
}

// counted is a secret that was counted for a rule.
type counted struct {
	number int
	rule   Rule
}

// Number returns the number of a secret that a rule hides, 0 if it has none, such as an empty
// one: that stands for one of which only a part is known. It is safe for concurrent use.
func (d *Redactor) Number(secret []byte, by Rule) int {
	s := d.numbers
	if s == nil {
		return 0
	}
	if n, only := keptNumber(secret); s.again && only {
		return n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.of[string(secret)]
	if !ok && len(secret) > 0 && len(s.of) < maxNumbers && len(secret) <= maxNumberBytes-s.bytes {
		s.bytes += len(secret)
		n = s.last + len(s.of) + 1
		s.of[string(secret)] = n
	}
	if c := (counted{n, by}); by != noRule && (n == 0 || !s.by[c]) {
		s.count[by]++
		s.by[c] = true
	}
	return n
}

// Hidden returns how many secrets the rules have hidden so far, in the order of the rules'
// names. A secret without a number counts each time.
func (d *Redactor) Hidden() []Hidden {
	if d.numbers == nil {
		return nil
	}
	d.numbers.mu.Lock()
	defer d.numbers.mu.Unlock()
	var all []Hidden
	for _, r := range slices.Sorted(maps.Keys(d.numbers.count)) {
		all = append(all, Hidden{string(r), d.numbers.count[r]})
	}
	return all
}

// Hidden says how many secrets a rule has hidden.
type Hidden struct {
	Rule  string
	Count int
}

// Mask returns the mask of a text that is a secret as a whole.
func (d *Redactor) Mask(secret string, by Rule) string {
	return string(notation.AppendMask(nil, d.Number([]byte(secret), by)))
}

// numbered returns a copy of b with a mask and a number instead of each place; keepLines adds
// its line feeds. What follows a mask must not look like its number, or like more
// digits of that.
func (d *Redactor) numbered(b []byte, places []place, keepLines bool) []byte {
	out := make([]byte, 0, len(b)+len(places)*(len(mask)+len("#123")))
	end := 0
	for i, s := range places {
		out = d.renumbered(out, b[end:s.from])
		end = s.to
		lines, next := maskedLen(b, s.span, keepLines)-len(mask), byte(0)
		if lines == 0 && end < len(b) && (i+1 == len(places) || places[i+1].from > end) {
			next = b[end]
		}
		secret := b[s.from:s.to]
		if s.rule == ByFragment {
			secret = nil // the same text may be shown elsewhere, so it mustn't become another secret's
		}
		n := d.Number(secret, s.rule)
		switch {
		case d.numbers != nil && isDigit(next):
			n = 0
		case n == 0 && next == '#':
			end++
		}
		out = notation.AppendMask(out, n)
		for range lines {
			out = append(out, '\n')
		}
	}
	return d.renumbered(out, b[end:])
}

// renumbered appends a text in which no secret was found. It may hold a mask with a number,
// from another dump say: that gets a number of this one, as if it were a secret.
func (d *Redactor) renumbered(dst, text []byte) []byte {
	for d.numbers != nil && !d.numbers.again {
		before, _, after, found := notation.CutMask(text)
		if !found {
			break
		}
		dst = append(dst, before...)
		n, old := 0, text[len(before):len(text)-len(after)]
		if len(old) > len(mask) {
			n = d.Number(old, noRule)
		}
		dst = notation.AppendMask(dst, n)
		text = after
	}
	return append(dst, text...)
}

// hidden returns the places to hide in b, in order: those found, and those that are found in
// the text that is left.
func (d *Redactor) hidden(b []byte, found []span, by tags, w way) (hidden []place) {
	text := b
	for range maxPasses {
		if found == nil {
			return hidden
		}
		more := places(text, found, by)
		if len(more) == 0 {
			return hidden
		}
		hidden = inOriginal(b, hidden, more, w.keepLines)
		text = replace(b, hidden, w.keepLines)
		found, by = d.all(text, w)
	}
	// A pattern matches the text around its own mask, and wouldn't stop.
	return []place{{span{0, len(b)}, ByPattern}}
}

// inOriginal returns the places in b to hide, in order: those in hidden, and those found in
// the text that replace makes of b and hidden. Both are in order. What was found covers a
// mask or none of it, but it may begin or end among the line feeds behind one.
func inOriginal(b []byte, hidden, found []place, keepLines bool) []place {
	all := make([]place, 0, len(hidden)+len(found))
	shift := 0 // what is behind hidden[0] is so much further on in the text than in b
	next := func() (h place) {
		h, hidden = hidden[0], hidden[1:]
		shift += maskedLen(b, h.span, keepLines) - (h.to - h.from)
		return h
	}
	for _, f := range found {
		for len(hidden) > 0 && hidden[0].from+shift < f.from {
			all = append(all, next())
		}
		s := place{span{from: f.from - shift}, f.rule}
		for len(hidden) > 0 && hidden[0].from+shift < f.to {
			s.to = next().to
		}
		s.to = max(s.to, f.to-shift)
		if n := len(all); n > 0 {
			s.from = max(s.from, all[n-1].to)
		}
		if s.from < s.to {
			all = append(all, s)
		}
	}
	return append(all, hidden...)
}

// maskedLen returns the length of what replaces a span.
func maskedLen(b []byte, s span, keepLines bool) int {
	if !keepLines {
		return len(mask)
	}
	return len(mask) + bytes.Count(b[s.from:s.to], []byte("\n"))
}
