package walk

import (
	"iter"

	"coredumpy/internal/gotypes"
)

// objects are the objects of a walk by id, from 1, and a table to find them in. There may
// be millions, and the collector is off, so outgrown memory isn't freed: they are kept in
// pieces, and the table holds only ids, and enough of a hash to tell most objects apart
// without reading them.
type objects struct {
	pieces [][]Object
	n      int
	table  []entry // open addressing; its length is a power of two
}

type entry struct{ id, hash uint32 } // no object has id 0

const objectsInPiece = 1 << 10

// at returns the object with an id.
func (s *objects) at(id int) *Object {
	return &s.pieces[(id-1)/objectsInPiece][(id-1)%objectsInPiece]
}

// all returns the objects in the order of their ids.
func (s *objects) all() iter.Seq2[int, *Object] {
	return func(yield func(int, *Object) bool) {
		for id := 1; id <= s.n && yield(id, s.at(id)); id++ {
		}
	}
}

// find returns the id of the object at an address with a type and a length, as in
// Object.n; 0 if there is none. Memory seen as two types is two objects: a struct and its
// first field have the same address.
func (s *objects) find(addr uint64, t *gotypes.Type, n int64) int {
	if s.n == 0 {
		return 0
	}
	h := hash(addr, n)
	mask := len(s.table) - 1
	for i := int(h) & mask; s.table[i].id != 0; i = (i + 1) & mask {
		if s.table[i].hash != h {
			continue
		}
		id := int(s.table[i].id)
		if o := s.at(id); o.Addr == addr && o.typ == t && o.n == n {
			return id
		}
	}
	return 0
}

// add adds an object that isn't there yet, and returns its id.
func (s *objects) add(o Object) int {
	if s.n%objectsInPiece == 0 {
		s.pieces = append(s.pieces, make([]Object, objectsInPiece))
	}
	s.n++
	*s.at(s.n) = o
	if 4*s.n > 3*len(s.table) {
		old := s.table
		s.table = make([]entry, max(2*len(old), 64))
		for _, e := range old {
			if e.id != 0 {
				s.enter(e)
			}
		}
	}
	s.enter(entry{uint32(s.n), hash(o.Addr, o.n)})
	return s.n
}

func (s *objects) enter(e entry) {
	mask := len(s.table) - 1
	i := int(e.hash) & mask
	for s.table[i].id != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = e
}

// hash mixes an address and a length, as SplitMix64 does (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014), so that objects at regular distances
// don't collide in few places.
func hash(addr uint64, n int64) uint32 {
	z := addr + uint64(n)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return uint32(z ^ z>>31)
}
