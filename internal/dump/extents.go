package dump

import (
	"cmp"
	"reflect"
	"slices"
)

// maxBytes bounds the size of an object, so that sizes add up in a forged dump, too.
const maxBytes = 1 << 32

// bytesOf returns how much memory an object takes: for the elements of a slice up to its
// capacity, for a map its keys and elements without what is around them.
func (g *Graph) bytesOf(n Node) int64 {
	t := g.TypeOf(n)
	size := t.Size()
	if !g.values.has(n) && g.plans[int(g.types[n])].isList() {
		size = t.Elem().Size()
		if t.Kind() == reflect.Map {
			size = max(size, 0) + max(t.Key().Size(), 0)
		}
		size = min(max(size, 0), maxBytes) * int64(g.lengths[n])
	}
	return min(max(size, 0), maxBytes)
}

// scattered reports whether the elements of an object aren't all at its address: those of maps
// and channels are elsewhere.
func (g *Graph) scattered(n Node) bool {
	k := g.plans[int(g.types[n])].kind
	return (k == reflect.Map || k == reflect.Chan) && !g.values.has(n)
}

// Extents are where objects are in memory. Objects may overlap: slices of one array, and a
// struct and what points to its fields.
type Extents struct {
	graph *Graph
	addrs []uint64 // of objects, 0 if it isn't known
	order []Node   // objects by address, the larger of two before the smaller
}

// Extents returns where objects are, nil if progress stops it.
func (g *Graph) Extents(progress Progress) *Extents {
	x := &Extents{graph: g, addrs: g.addrs}
	if x.addrs == nil {
		x.addrs = make([]uint64, g.objects+1)
		if !g.core.eachPiece(func() (func(int), func()) {
			return func(i int) {
				g.core.file.Piece(i, func(id, _ int, _ []byte, addr uint64) {
					if id <= g.objects {
						x.addrs[id] = addr
					}
				})
			}, func() {}
		}, progress) {
			return nil
		}
	}
	for id := range Node(g.objects + 1) {
		if g.Has(id) {
			x.order = append(x.order, id)
		}
	}
	slices.SortFunc(x.order, func(a, b Node) int {
		if c := cmp.Compare(x.addrs[a], x.addrs[b]); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(g.bytesOf(b), g.bytesOf(a)), cmp.Compare(a, b))
	})
	return x
}

// Each calls visit with each wanted object, and how many bytes of its memory aren't those of
// another wanted object before it.
func (x *Extents) Each(wanted func(Node) bool, visit func(n Node, bytes int64)) {
	end := uint64(0) // of the memory of those before
	for _, n := range x.order {
		if !wanted(n) {
			continue
		}
		size, start := x.graph.bytesOf(n), x.addrs[n]
		if start != 0 && start+uint64(size) >= start && !x.graph.scattered(n) { // it is known where it is
			from := max(start, end)
			end = max(end, start+uint64(size))
			size = int64(max(start+uint64(size), from) - from)
		}
		visit(n, size)
	}
}

// Hold reports whether an address is in the memory of one of the wanted objects.
func (x *Extents) Hold(addr uint64, wanted func(Node) bool) bool {
	return addr != 0 && slices.ContainsFunc(x.order, func(n Node) bool {
		start := x.addrs[n]
		in := start != 0 && start <= addr && addr-start < uint64(x.graph.bytesOf(n))
		return in && !x.graph.scattered(n) && wanted(n)
	})
}
