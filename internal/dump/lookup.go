package dump

import "reflect"

// keyIndex finds the entries of a large map.
type keyIndex struct {
	entries map[string]int // by a key's text, see keyText
	hidden  map[int]int    // by the number of a key that is a secret
	unsure  int            // keys that the dump has only in part
}

// largeMap is the minimum number of entries of a map for which an index is made: without one
// each lookup reads all keys.
const largeMap = 256

// Lookup returns the number of the entry of a map with that key, -1 if there is none, and how
// many keys may be equal to it, as the dump holds them only in part. ok is false if the map is
// small or its keys aren't integers or strings: then compare the entries.
func (v Value) Lookup(key Value) (entry, unsure int, ok bool) {
	text, whole := keyText(key)
	number := key.Hidden()
	if !whole && number == 0 || v.Kind() != reflect.Map || v.Object() == 0 || v.parts != nil ||
		v.Stored() < largeMap || key.Kind() != v.typ.Key().Kind() {
		return -1, 0, false
	}
	x := v.core.keys[v.Object()]
	if x == nil {
		x = v.keyIndex()
		v.core.keys[v.Object()] = x
	}
	switch i, found := x.entries[text]; {
	case number > 0:
		if i, found := x.hidden[number]; found {
			return i, 0, true
		}
		unsure := len(x.entries) + x.unsure
		for other := range x.hidden {
			if v.core.series(other) != v.core.series(number) {
				unsure++
			}
		}
		return -1, unsure, true
	case found:
		return i, 0, true
	}
	return -1, len(x.hidden) + x.unsure, true
}

func (v Value) keyIndex() *keyIndex {
	x := &keyIndex{entries: make(map[string]int, v.Stored()), hidden: map[int]int{}}
	for i := range v.Stored() {
		key, _ := v.Entry(i)
		if number := key.Hidden(); number > 0 {
			x.hidden[number] = i
		} else if text, whole := keyText(key); whole {
			x.entries[text] = i
		} else {
			x.unsure++
		}
	}
	return x
}

// keyText returns a text that is the same for equal integers, and for equal strings; whole is
// false for other values, and for values that the dump holds only in part.
func keyText(v Value) (text string, whole bool) {
	switch k := v.Kind(); {
	case !v.Valid():
		return "", false
	case k >= reflect.Int && k <= reflect.Uintptr:
		return string(v.raw), true
	case k == reflect.String:
		return v.text, !v.Redacted() && int64(len(v.text)) == v.Len()
	}
	return "", false
}
