package secrets

import "slices"

// maxWindow is the largest window of an index: no value that is looked for
// inside texts is shorter, unless the environment holds one that is.
const maxWindow = minLearned

// An index finds many values in a text in one pass, after Wu and Manber, "A fast
// algorithm for multi-pattern searching" (1994). A window of as many bytes as
// the shortest value has moves over the text. The last three bytes in it tell
// how far it can move without missing the beginning of a value, which is nearly
// its whole length for most texts, however many values there are. Where it
// can't move, the bytes in the window tell which values may begin there.
type index struct {
	window int              // set before the first add, at least 4
	shift  []uint8          // by block; nil: no values
	sizes  map[string][]int // of the values, by their first window bytes
	values map[string]bool  // true: a secret for certain
}

// blocks is the number of different values of block.
const blocks = 1 << 16

// block spreads the bytes of texts, which are alike, over all its values.
func block(a, b, c byte) uint16 {
	return uint16((uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9e3779b1 >> 16)
}

// add adds a value of at least window bytes.
func (x *index) add(value string, secret bool) {
	if x.shift == nil {
		x.shift = make([]uint8, blocks)
		for i := range x.shift {
			x.shift[i] = uint8(x.window - 2)
		}
		x.sizes = make(map[string][]int)
		x.values = make(map[string]bool)
	}
	was, ok := x.values[value]
	x.values[value] = was || secret
	if ok {
		return
	}
	head := value[:x.window]
	for i := 2; i < len(head); i++ {
		at := &x.shift[block(head[i-2], head[i-1], head[i])]
		*at = min(*at, uint8(len(head)-1-i))
	}
	if !slices.Contains(x.sizes[head], len(value)) {
		x.sizes[head] = append(x.sizes[head], len(value))
	}
}

// find appends where b holds values. They may overlap.
func (x *index) find(b []byte, found []span) []span {
	if x.shift == nil {
		return found
	}
	shift := (*[blocks]uint8)(x.shift) // no bounds checks below
	for last := x.window - 1; last < len(b); {
		if n := shift[block(b[last-2], b[last-1], b[last])]; n > 0 {
			last += int(n)
			continue
		}
		from := last + 1 - x.window
		for _, size := range x.sizes[string(b[from:last+1])] {
			if from+size > len(b) {
				continue
			}
			if _, ok := x.values[string(b[from:from+size])]; ok {
				found = append(found, span{from, from + size})
			}
		}
		last++
	}
	return found
}

// certain reports whether a value is a secret for certain.
func (x *index) certain(value []byte) bool { return x.values[string(value)] }
