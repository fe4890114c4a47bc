package notation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// List is the elements of a JSON array, found but not decoded: an array of millions of small
// elements takes a few times the memory of its text, not a few dozen times.
type List struct {
	raw  []byte
	ends []uint32 // where each element ends in raw
	from int      // elements removed at the beginning
}

// ParseList finds the elements of raw, which is null or an array that encoding/json accepts.
// It keeps raw.
func ParseList(raw json.RawMessage) (List, error) {
	if int64(len(raw)) > math.MaxUint32 {
		return List{}, fmt.Errorf("a list of %d bytes is too long", len(raw))
	}
	raw = bytes.TrimSpace(raw)
	l := List{raw: raw}
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i += len(Quoted(raw[i:])) - 1
		case '[', '{':
			depth++
		case ',':
			if depth == 1 {
				l.ends = append(l.ends, uint32(i))
			}
		case ']', '}':
			if depth--; depth == 0 && (len(l.ends) > 0 || len(bytes.TrimSpace(raw[1:i])) > 0) {
				l.ends = append(l.ends, uint32(i))
			}
		}
	}
	return l, nil
}

// Quoted returns the string that b starts with, including its quotes.
func Quoted(b []byte) []byte {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i+1]
		}
	}
	return b
}

// Given reports whether there is a list at all, even an empty one.
func (l List) Given() bool { return l.raw != nil }

// Len returns the number of elements.
func (l List) Len() int { return len(l.ends) - l.from }

// At returns element i.
func (l List) At(i int) json.RawMessage {
	i += l.from
	start := uint32(len("["))
	if i > 0 {
		start = l.ends[i-1] + uint32(len(","))
	}
	return bytes.TrimSpace(l.raw[start:l.ends[i]])
}

// From returns the list without its first n elements.
func (l List) From(n int) List {
	l.from = min(l.from+n, len(l.ends))
	return l
}
