package secrets

import (
	"encoding/binary"
	"slices"
)

// maxWindow is the largest window of an index: all values that are looked for inside texts
// are at least so long, except for shorter ones in the environment.
const maxWindow = minLearned

// An index finds many values in a text in one pass, after Wu and Manber, "A fast algorithm
// for multi-pattern searching" (1994). A window as long as the shortest value moves over
// the text. The last three bytes in it say how far it can move without missing the
// beginning of a value. For most texts that is nearly the window's length, however many
// values there are. Where it can't move, the bytes in the window say which values may
// begin there.
type index struct {
	window int                 // set before the first add, at least 4
	shift  []uint8             // by block; nil: no values
	sizes  map[string][]int    // of the values, by their first window bytes in small letters
	values map[string]bool     // true: certainly a secret
	folded map[string]bool     // the certain secrets, in small letters: they are found in any case
	parts  map[uint64][]string // see addParts
}

// fold turns capitals into small letters.
var fold = func() (fold [256]byte) {
	for i := range fold {
		fold[i] = byte(i)
		if isCapital(byte(i)) {
			fold[i] = byte(i) | 0x20
		}
	}
	return fold
}()

// foldInto stores b in small letters in to, and returns it.
func foldInto(to *[maxValue]byte, b []byte) []byte {
	for i, c := range b {
		to[i] = fold[c]
	}
	return to[:len(b)]
}

// blocks is the number of different values of block.
const blocks = 1 << 16

// block hashes three bytes in any case, given as the upper three of a number, and spreads
// those of texts over all its values.
func block(bytes uint32) uint16 { return uint16((bytes>>8 | 0x202020) * 0x9e3779b1 >> 16) }

// add adds a value of at least window bytes.
func (x *index) add(value string, secret bool) {
	if x.shift == nil {
		x.shift = make([]uint8, blocks)
		for i := range x.shift {
			x.shift[i] = uint8(x.window - 2)
		}
		x.sizes = make(map[string][]int)
		x.values = make(map[string]bool)
		x.folded = make(map[string]bool)
	}
	was, ok := x.values[value]
	x.values[value] = was || secret
	var buf [maxValue]byte
	if secret && !was {
		x.folded[string(foldInto(&buf, []byte(value)))] = true
	}
	if ok {
		return
	}
	head := string(foldInto(&buf, []byte(value[:x.window])))
	x.stopAt(head)
	if !slices.Contains(x.sizes[head], len(value)) {
		x.sizes[head] = append(x.sizes[head], len(value))
	}
}

// stopAt lets the window move no further than to the beginning of a value.
func (x *index) stopAt(head string) {
	for i := 2; i < len(head); i++ {
		at := &x.shift[block(uint32(head[i-2])<<8|uint32(head[i-1])<<16|uint32(head[i])<<24)]
		*at = min(*at, uint8(len(head)-1-i))
	}
}

// find appends the places of values in b. They may overlap.
func (x *index) find(b []byte, found []span) []span { return x.search(b, false, found) }

// search is find; if partly is set, it also appends the places of parts of secrets.
func (x *index) search(b []byte, partly bool, found []span) []span {
	if x.shift == nil {
		return found
	}
	shift := (*[blocks]uint8)(x.shift) // no bounds checks below
	most := x.window - 2
	for last := x.window - 1; last < len(b); {
		n := int(shift[block(binary.LittleEndian.Uint32(b[last-3:]))])
		switch n {
		case most:
			// A processor that foresees this goes on before it has the number from memory.
			last += most
		case 0:
			found = x.beginning(b, last+1-x.window, found)
			if partly {
				found = x.part(b, last+1-x.window, found)
			}
			last++
		default:
			last += n
		}
	}
	return found
}

// beginning appends the places of the values that begin at b[from].
func (x *index) beginning(b []byte, from int, found []span) []span {
	var head [maxWindow]byte
	for i := range x.window {
		head[i] = fold[b[from+i]]
	}
	for _, size := range x.sizes[string(head[:x.window])] {
		if from+size <= len(b) && x.holds(b[from:from+size]) {
			found = append(found, span{from, from + size})
		}
	}
	return found
}

// holds reports whether a part of a text is one of the values, or a certain secret in
// another case.
func (x *index) holds(part []byte) bool {
	if _, ok := x.values[string(part)]; ok {
		return true
	}
	var buf [maxValue]byte
	return x.folded[string(foldInto(&buf, part))]
}

// certain reports whether a value is certainly a secret.
func (x *index) certain(value []byte) bool {
	var buf [maxValue]byte
	return x.values[string(value)] || len(value) <= maxValue && x.folded[string(foldInto(&buf, value))]
}
