package dump

import (
	"cmp"
	"iter"
	"math"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// nodeSet is a set of nodes, which several goroutines may add to at once.
type nodeSet []uint32

func newNodeSet(n int) nodeSet { return make(nodeSet, n/32+1) }

func (b nodeSet) has(n Node) bool {
	return int(n/32) < len(b) && atomic.LoadUint32(&b[n/32])&(1<<(n%32)) != 0
}

func (b nodeSet) add(n Node) {
	if !b.has(n) {
		atomic.OrUint32(&b[n/32], 1<<(n%32))
	}
}

// builder has what is needed only while a graph is made.
//
// What an object of a slice's type holds depends on what refers to it: a slice refers to its
// elements, a pointer to the slice itself. All objects are read before all references are
// known, so each is first read as elements: in a slice, nothing but numbers, we find no
// references. Those that turn out to be slices themselves are read again.
type builder struct {
	*Graph
	elements nodeSet  // objects that are referred to as elements
	pieces   [][]Node // the references of the objects of each piece
	ofRoots  []Node   // the references of variables
	counts   []uint32 // how many references each variable has
	extra    []edge   // references of objects that were read again
	mu       sync.Mutex
}

type edge struct{ from, to Node }

// reader reads nodes for a builder; several do at once.
type reader struct {
	*builder
	scan    scanner
	current Node
	found   []Node // references
	places  []place
	asides  []Node
	cut     int
}

func (b *builder) newReader() *reader {
	r := &reader{builder: b}
	r.scan = scanner{old: b.core.file.Old(), plans: b.plans, want: references, refer: r.refer,
		missing: func(text []byte) { r.cut += missing(text) }}
	return r
}

// collect adds what a reader has found apart from references.
func (b *builder) collect(r *reader) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held, b.Aside, b.Cut = append(b.held, r.places...), append(b.Aside, r.asides...), b.Cut+r.cut
}

// maxObjects bounds the objects of a graph: no file that can be opened has more.
const maxObjects = 1 << 30

func (c *Core) newGraph(visit func(*Goroutine), progress Progress) *Graph {
	n := min(c.file.MaxObject(), maxObjects)
	b := &builder{Graph: &Graph{core: c, plans: c.plans(), objects: n, types: make([]uint32, n+1),
		lengths: make([]uint32, n+1), values: newNodeSet(n)}, elements: newNodeSet(n)}
	if c.file.Old() {
		b.addrs = make([]uint64, n+1)
	}
	if !b.readRoots(visit, progress) || !b.readObjects(progress) {
		return nil
	}
	b.readAgain()
	for id := range Node(n + 1) {
		if b.types[id] == 0 && (b.values.has(id) || b.elements.has(id)) {
			b.Cut++
		}
	}
	b.sortHeld()
	b.forward()
	return b.Graph
}

// readRoots finds the references of variables.
func (b *builder) readRoots(visit func(*Goroutine), progress Progress) bool {
	r, kinds := b.newReader(), map[string]uint32{}
	var key []byte
	add := func(v *stackVariable) {
		key = append(append(append(append(append(key[:0], v.place...), '|'), v.name...), '|'), v.line...)
		kind, ok := kinds[string(key)]
		if !ok {
			kind = uint32(len(kinds))
			kinds[string(key)] = kind
		}
		v.Kind = kind
		r.root(v)
	}
	globals, failed := b.core.file.Globals()
	for i := range globals {
		g := &globals[i]
		add(&stackVariable{Root: Root{Var: int32(i)}, typ: g.Type, addr: g.Addr, value: g.Value, name: []byte(g.Name)})
	}
	all, done, stopped := len(b.core.Goroutines())+b.core.file.Pieces(), 0, false
	step := func() bool {
		done++
		stopped = stopped || progress(done, all)
		return stopped
	}
	if visit == nil {
		failed = cmp.Or(b.core.stackVariables(add, step), failed)
	} else {
		for g, err := range b.core.AllGoroutines() {
			if step() {
				break
			}
			if err != nil {
				failed = err
				continue
			}
			visit(g)
			decodedVariables(g, add)
		}
	}
	b.ofRoots, b.kinds, b.Failed = r.found, len(kinds), failed
	b.collect(r)
	return !stopped
}

// AllGoroutines reads all goroutines, as many at once as there are processors.
func (c *Core) AllGoroutines() iter.Seq2[*Goroutine, error] {
	const atOnce = 256 // in memory
	return func(yield func(*Goroutine, error) bool) {
		ids := c.Goroutines()
		var read [atOnce]*Goroutine
		var failed [atOnce]error
		for len(ids) > 0 {
			n := min(len(ids), atOnce)
			var wg sync.WaitGroup
			workers := runtime.GOMAXPROCS(0)
			for w := range workers {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for i := w; i < n; i += workers {
						read[i], failed[i] = c.Goroutine(ids[i])
					}
				}()
			}
			wg.Wait()
			for i := range n {
				if !yield(read[i], failed[i]) {
					return
				}
			}
			ids = ids[n:]
		}
	}
}

// root adds a variable.
func (r *reader) root(v *stackVariable) {
	before := r.cut
	p := r.plans[v.typ]
	if p == nil || p.has&references == 0 && !p.waitable {
		if p == nil || p.kind == reflect.Invalid {
			r.cut += missing(v.value)
		}
	} else {
		r.roots = append(r.roots, v.Root)
		r.current = Node(r.objects + len(r.roots))
		if p.waitable && v.addr != 0 {
			r.places = append(r.places, place{v.addr, r.current, uint32(v.typ), 0})
		}
		refs := len(r.found)
		r.scan.value(p, v.value, 0)
		r.counts = append(r.counts, uint32(len(r.found)-refs))
	}
	if r.cut > before && v.unset() {
		r.cut = before // nothing is missing that isn't set
	}
}

// readObjects finds the references of objects.
func (b *builder) readObjects(progress Progress) bool {
	pieces, before := b.core.file.Pieces(), len(b.core.Goroutines())
	b.first = make([]uint32, b.Nodes()+1)
	b.pieces = make([][]Node, pieces)
	return b.core.eachPiece(func() (func(int), func()) {
		r := b.newReader()
		return func(i int) {
			r.found = r.found[:0]
			b.core.file.Piece(i, r.object)
			b.pieces[i] = slices.Clone(r.found)
		}, func() { b.collect(r) }
	}, func(done, all int) bool { return progress(before+done, before+all) })
}

// eachPiece goes through all pieces of the objects, as many at once as there are processors.
// start is called for each goroutine that does so, and returns what it calls for a piece and in
// the end. eachPiece returns false if progress stops it.
func (c *Core) eachPiece(start func() (piece func(i int), end func()), progress Progress) bool {
	all, workers := c.file.Pieces(), runtime.GOMAXPROCS(0)
	if c.file.Old() {
		workers = 1 // the first reference to an object has its address
	}
	var next atomic.Int64
	var stopped atomic.Bool
	work := func(progress Progress) {
		piece, end := start()
		defer end()
		for !stopped.Load() {
			i := int(next.Add(1)) - 1
			if i >= all {
				return
			}
			if piece(i); progress != nil && progress(i+1, all) {
				stopped.Store(true)
			}
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			work(nil)
		}()
	}
	work(progress)
	wg.Wait()
	return !stopped.Load()
}

// object finds the references in an object.
func (r *reader) object(id, typ int, text []byte, addr uint64) {
	p := r.plans[typ]
	if id > r.objects || p == nil {
		return
	}
	r.current, r.types[id] = Node(id), uint32(typ)
	if p.aside {
		r.asides = append(r.asides, r.current)
	}
	before, end := len(r.found), 0
	if p.isList() {
		end = r.scan.content(p, text)
	} else {
		end = r.scan.value(p, text, 0)
	}
	r.first[id+1] = uint32(len(r.found) - before)
	if r.scan.old { // the address follows the value, or is in the references to the object
		if own, digits := number(text, end+1); at(text, end) == ',' && digits > end+1 {
			r.addrs[id] = own
		}
	}
	switch {
	case p.kind == reflect.Chan, p.waitable:
		r.places = append(r.places, place{addr, r.current, uint32(typ), 0})
	case p.kind == reflect.Slice && p.elem.waitable:
		n := min(uint64(count(text)), math.MaxUint32)
		r.places = append(r.places, place{addr, r.current, uint32(p.typ.record().Elem), uint32(n)})
	}
}

// isList reports whether objects of the type may hold the elements of a value of the type.
func (p *plan) isList() bool {
	return p.kind == reflect.Slice || p.kind == reflect.Map || p.kind == reflect.Chan
}

// count returns how many elements the list at the beginning of a text has; if it is a part of
// an object, at least as many.
func count(text []byte) (n int) {
	if at(text, 0) != '[' {
		return len(text)
	}
	for i := 1; i < len(text) && text[i] != ']'; i++ {
		i = skip(text, i)
		n++
		if at(text, i) != ',' {
			break
		}
	}
	return n
}

// refer adds a reference of the current node.
func (r *reader) refer(addr uint64, id int, n uint64, p *plan) {
	if id <= 0 || id > r.objects {
		if p.kind == reflect.Chan { // its content wasn't stored
			r.places = append(r.places, place{addr, r.current, 0, 0})
		}
		return
	}
	r.found = append(r.found, Node(id))
	if r.addrs != nil && r.addrs[id] == 0 && p.kind != reflect.Func {
		r.addrs[id] = addr
	}
	if !p.isList() {
		r.values.add(Node(id))
		return
	}
	r.elements.add(Node(id))
	for length, k := &r.lengths[id], uint32(min(n, math.MaxUint32)); ; {
		before := atomic.LoadUint32(length)
		if k <= before || atomic.CompareAndSwapUint32(length, before, k) {
			break
		}
	}
}

// readAgain reads the slices, maps and channels themselves to which pointers lead.
func (b *builder) readAgain() {
	r := b.newReader()
	read := newNodeSet(b.objects)
	for again := true; again; {
		again = false // one that was read may lead to another one
		for id := range Node(b.objects + 1) {
			if b.values.has(id) && !read.has(id) {
				read.add(id)
				again = b.readValue(r, id) || again
			}
		}
	}
	b.collect(r)
}

// readValue reads an object as a value, unless it was already, and reports whether it has.
func (b *builder) readValue(r *reader, id Node) bool {
	p := b.plans[int(b.types[id])]
	if p == nil || !p.isList() {
		return false
	}
	_, text, _, ok := b.core.file.RawObject(int(id))
	if !ok || at(text, 0) != '[' { // what isn't a list was read as a value, too
		return false
	}
	r.current, r.found = id, r.found[:0]
	r.scan.value(p, text, 0)
	for _, to := range r.found {
		b.extra = append(b.extra, edge{id, to})
	}
	return true
}

// sortHeld keeps the places that are known to be in memory, in the order of the nodes.
func (b *builder) sortHeld() {
	b.held = slices.DeleteFunc(b.held, func(p place) bool {
		return int(p.node) <= b.objects && b.plans[int(b.types[p.node])].isList() && !b.elements.has(p.node)
	})
	for i := range b.held {
		if p := &b.held[i]; p.addr == 0 && b.addrs != nil && int(p.node) <= b.objects {
			p.addr = b.addrs[p.node]
		}
	}
	slices.SortStableFunc(b.held, func(a, c place) int { return cmp.Compare(a.node, c.node) })
	slices.Sort(b.Aside)
}
