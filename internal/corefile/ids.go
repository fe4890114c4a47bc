package corefile

import (
	"bytes"
	"cmp"
	"slices"
)

// index finds the records of one kind by id: where in the file their lines start. Ids are
// dense, so it is a slice; an id far beyond the number of records, which occurs only in a
// damaged or a hostile file, takes no more room than any other.
type index struct {
	dense  []int // offset of the record id at id-1; 0 means none, as the head is there
	sparse []entry
	count  int
}

type entry struct {
	id     int64
	offset int
}

// expect reserves room for n records, as the file claims, but for no more than size bytes
// can hold.
func (x *index) expect(n, size int) {
	const shortest = len("[1,1,0]\n")
	x.dense = make([]int, 0, max(0, min(n, size/shortest)))
}

// add notes where record id is. If several have the same id, the first one counts.
func (x *index) add(id int64, offset int) {
	x.count++
	// The slice may be a few times longer than the number of records so far: they need
	// not be in order.
	if id > int64(4*x.count+4096) {
		x.sparse = append(x.sparse, entry{id, offset})
		return
	}
	if grow := int(id) - len(x.dense); grow > 0 {
		x.dense = append(x.dense, make([]int, grow)...)
	}
	if x.dense[id-1] == 0 {
		x.dense[id-1] = offset
	}
}

// seal ends adding: afterwards no id is in both slices, or twice in one.
func (x *index) seal() {
	kept := x.sparse[:0]
	for _, e := range x.sparse {
		if e.id > int64(len(x.dense)) {
			kept = append(kept, e)
		} else if at := &x.dense[e.id-1]; *at == 0 || *at > e.offset {
			*at = e.offset
		}
	}
	slices.SortStableFunc(kept, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	x.sparse = slices.CompactFunc(kept, func(a, b entry) bool { return a.id == b.id })
}

// find returns the offset of record id.
func (x *index) find(id int64) (offset int, ok bool) {
	if id >= 1 && id <= int64(len(x.dense)) {
		offset = x.dense[id-1]
		return offset, offset != 0
	}
	i, ok := slices.BinarySearchFunc(x.sparse, id, func(e entry, id int64) int { return cmp.Compare(e.id, id) })
	if !ok {
		return 0, false
	}
	return x.sparse[i].offset, true
}

// ids returns all ids in ascending order.
func (x *index) ids() []int64 {
	ids := make([]int64, 0, x.count)
	for i, offset := range x.dense {
		if offset != 0 {
			ids = append(ids, int64(i)+1)
		}
	}
	for _, e := range x.sparse {
		ids = append(ids, e.id)
	}
	return ids
}

// recordID reads only the id at the start of a line, for the kind whose index it goes
// into:
//
//	{"type":{"id":17,"name":"int"...  is  17
//	[17,3,...                         is  17
func recordID(line []byte, k kind) (id int64, ok bool) {
	const maxDigits = 18 // any 18 digits fit into an int64
	rest := line[len("["):]
	if k != kindObject {
		rest, ok = bytes.CutPrefix(line[len(k)+len(`{"":`):], []byte(`{"id":`))
		if !ok {
			return 0, false
		}
	}
	n := 0
	for n < len(rest) && n < maxDigits && '0' <= rest[n] && rest[n] <= '9' {
		id = id*10 + int64(rest[n]-'0')
		n++
	}
	ok = id >= 1 && n < len(rest) && (rest[n] == ',' || rest[n] == '}')
	return id, ok
}
