package dump

import (
	"encoding/json"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/syntax"
)

// Node is an object, by its id, or a variable: those have numbers after the objects'.
type Node uint32

// Root is a variable from which references start, of a frame or of a package.
type Root struct {
	Goroutine  int64 // 0 for a variable of a package
	Frame, Var int32 // indexes; Frame is -1 for the value of a panic, Var is one of Globals
	// Kind is the same for variables of the same name on the same line of the same function.
	Kind uint32
}

// Graph says which variables and objects refer to which objects. It takes some 40 bytes for
// each object, and holds none of their text.
type Graph struct {
	// Aside has the nodes that hold copies of what goroutines can wait for, whose addresses
	// aren't in the dump: closures that captured it by reference.
	Aside []Node
	// Cut counts references to what isn't in the dump, because of a limit or because memory
	// couldn't be read.
	Cut int
	// Failed is why a goroutine or a variable couldn't be read, nil if all could.
	Failed error

	core    *Core
	plans   map[int]*plan
	objects int
	roots   []Root
	kinds   int      // how many kinds of roots there are
	types   []uint32 // of objects, 0 for one that isn't there
	lengths []uint32 // of the elements of slices, maps and channels, as the references say
	values  nodeSet  // objects that are referred to as a value
	first   []uint32 // where the references of a node begin in refs, and one more at the end
	refs    []Node
	back    []uint32 // likewise, who refers to a node; nil if not asked for
	backs   []Node
	held    []place
	addrs   []uint64 // of objects, in format 1 only
}

// Progress is called now and then while something takes long, with how much of all is done.
// It returns true to stop it.
type Progress func(done, all int) (stop bool)

// Graph returns the references in the dump. It makes the graph once. It calls visit, which may
// be nil, with each goroutine that can be read; the record isn't kept. If progress stops it,
// Graph returns nil.
func (c *Core) Graph(visit func(*Goroutine), progress Progress) *Graph {
	switch {
	case c.graph == nil:
		c.graph = c.newGraph(visit, progress)
	case visit != nil:
		for g, err := range c.AllGoroutines() {
			if err == nil {
				visit(g)
			}
			if progress(0, 1) {
				return nil
			}
		}
	}
	return c.graph
}

// Refs returns what a node refers to.
func (g *Graph) Refs(n Node) []Node { return g.refs[g.first[n]:g.first[n+1]] }

// Backs returns what refers to a node, variables first. The first call makes an index, which
// takes as much memory as all references.
func (g *Graph) Backs(n Node) []Node {
	if g.back == nil {
		g.backward()
	}
	return g.backs[g.back[n]:g.back[n+1]]
}

// Referrers returns what refers to a node, each once and variables last. It looks at all
// references, and needs no index.
func (g *Graph) Referrers(n Node) (from []Node) {
	node := Node(0)
	for i, to := range g.refs {
		if to != n {
			continue
		}
		for g.first[node+1] <= uint32(i) {
			node++
		}
		if len(from) == 0 || from[len(from)-1] != node {
			from = append(from, node)
		}
	}
	return from
}

// Nodes returns how many nodes there are: each is less than that.
func (g *Graph) Nodes() int { return g.objects + len(g.roots) + 1 }

// Objects returns how many objects there may be: ids count from 1, and not each is there.
func (g *Graph) Objects() int { return g.objects }

// Root returns the variable that a node is.
func (g *Graph) Root(n Node) (r Root, ok bool) {
	if int(n) <= g.objects || int(n) >= g.Nodes() {
		return Root{}, false
	}
	return g.roots[int(n)-g.objects-1], true
}

// RootKinds returns how many kinds of variables there are: each is less than that.
func (g *Graph) RootKinds() int { return g.kinds }

// RootNodes calls visit with each variable.
func (g *Graph) RootNodes(visit func(Node, Root)) {
	for i, r := range g.roots {
		visit(Node(g.objects+1+i), r)
	}
}

// Type returns the type of the object that a node is, "" if it is a variable.
func (g *Graph) Type(n Node) string {
	if int(n) > g.objects {
		return ""
	}
	return g.TypeOf(n).String()
}

// TypeOf returns the type of the object that a node is.
func (g *Graph) TypeOf(n Node) *Type {
	if int(n) > g.objects || g.types[n] == 0 {
		return unknownType
	}
	return g.core.typeOf(int(g.types[n]))
}

// Has reports whether a node is an object that is in the dump.
func (g *Graph) Has(n Node) bool { return int(n) <= g.objects && g.types[n] != 0 }

// reasonOf returns why a value is missing, None if it isn't.
func reasonOf(text []byte) caveat.Kind {
	var of struct{ X caveat.Reason }
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &of) != nil {
		return caveat.None
	}
	return of.X.Kind
}

// missing returns 1 if what a value refers to was cut or couldn't be read, otherwise 0. It
// doesn't count the runtime's own structures: they refer to everything, and a program waits
// for none of them. [Frame.Unknown] reports what the compiler didn't keep.
func missing(text []byte) int {
	switch why := reasonOf(text); {
	case why == caveat.None, why == caveat.RuntimeOwn, why >= caveat.OptimizedOut && why <= caveat.NotSetYet:
		return 0
	}
	return 1
}

// Unknown reports whether a variable of the frame that could refer to something has no value.
func (f *Frame) Unknown() bool {
	if f.Note.Kind != caveat.None {
		return true
	}
	for i := range f.Frame.Vars {
		v := &f.Frame.Vars[i]
		if k := f.core.typeOf(v.Type).Kind(); k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String {
			continue // it refers to nothing
		}
		if unset(v) {
			continue
		}
		switch reasonOf(v.Value) {
		case caveat.None, caveat.RuntimeOwn, caveat.NotSetYet:
		default:
			return true
		}
	}
	return false
}

// unset reports whether a variable may not be set yet, or isn't used again.
func unset(v *corefile.Variable) bool {
	switch v.Doubts.First() {
	case caveat.OnLine, caveat.InStatement, caveat.TargetReused, caveat.MemoryReused:
		return true
	}
	return false
}

// TypeOf returns the type of the variable with that index in the frame's record.
func (f *Frame) TypeOf(i int) string { return f.core.typeOf(f.Frame.Vars[i].Type).String() }

// Syntax returns the parsed source file of that path; nil, which has nothing, if the dump
// doesn't hold the file.
func (c *Core) Syntax(path string) *syntax.File { return c.syntax(path) }
