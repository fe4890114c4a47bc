package dump

import (
	"cmp"
	"slices"
)

// forward puts the references of all nodes together: those of the pieces of the file, which
// are in the order of the nodes, those of objects that were read again, and those of
// variables.
func (b *builder) forward() {
	slices.SortStableFunc(b.extra, func(a, c edge) int { return cmp.Compare(a.from, c.from) })
	for _, e := range b.extra {
		b.first[e.from+1]++
	}
	for i, n := range b.counts {
		b.first[b.objects+1+i+1] = n
	}
	for i := 1; i < len(b.first); i++ {
		b.first[i] += b.first[i-1]
	}
	b.refs = make([]Node, b.first[len(b.first)-1])
	out := 0
	fill := func(end int) { // up to refs[end] with what is next in the pieces
		for out < end {
			n := copy(b.refs[out:end], b.pieces[0])
			out += n
			if b.pieces[0] = b.pieces[0][n:]; len(b.pieces[0]) == 0 {
				b.pieces = b.pieces[1:]
			}
		}
	}
	for rest := b.extra; len(rest) > 0; {
		from, n := rest[0].from, 0
		for n < len(rest) && rest[n].from == from {
			n++
		}
		fill(int(b.first[from+1]) - n)
		for _, e := range rest[:n] {
			b.refs[out] = e.to
			out++
		}
		rest = rest[n:]
	}
	fill(len(b.refs) - len(b.ofRoots))
	copy(b.refs[out:], b.ofRoots)
	b.pieces, b.extra, b.ofRoots, b.counts = nil, nil, nil, nil
}

// backward sorts the references by their targets: those of variables come first, for whoever
// looks at the first ones only.
func (g *Graph) backward() {
	g.back = make([]uint32, g.Nodes()+1)
	g.backs = make([]Node, len(g.refs))
	for _, to := range g.refs {
		g.back[to]++
	}
	sum := uint32(0)
	for i, n := range g.back {
		g.back[i] = sum
		sum += n
	}
	for i := range g.Nodes() {
		from := Node((g.objects + 1 + i) % g.Nodes())
		for _, to := range g.Refs(from) {
			g.backs[g.back[to]] = from
			g.back[to]++
		}
	}
	copy(g.back[1:], g.back) // each is where its references end, which is where the next ones begin
	g.back[0] = 0
}
