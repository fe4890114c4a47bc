package dump

import (
	"fmt"
	"reflect"
	"slices"

	"coredumpy/internal/corefile"
)

// At is the place of a channel, or of what else goroutines wait for, in the memory of a node.
type At struct {
	Node
	Addr  uint64
	Type  *Type
	Steps string // from the node's value to it: .mu, [3].mu
}

// place is the memory of a node, or a part of it, that goroutines may wait for: a value of a
// type, or n of them.
type place struct {
	addr uint64
	node Node
	typ  uint32 // 0 for a channel whose content wasn't stored
	n    uint32 // 0 if it isn't an array
}

// At says where addresses are that goroutines wait for.
func (g *Graph) At(sought []uint64) map[uint64][]At {
	found := map[uint64][]At{}
	sought = slices.Compact(slices.Sorted(slices.Values(sought)))
	for _, p := range g.held {
		g.within(p, sought, found)
	}
	return found
}

// within notes which of the addresses sought are in a place.
func (g *Graph) within(p place, sought []uint64, found map[uint64][]At) {
	t := g.core.typeOf(int(p.typ))
	size := uint64(max(t.Size(), 1)) * max(uint64(p.n), 1)
	if p.typ == 0 || t.Kind() == reflect.Chan {
		size = 1
	}
	i, _ := slices.BinarySearch(sought, p.addr)
	for ; i < len(sought) && sought[i]-p.addr < size; i++ {
		at, off := At{Node: p.node, Addr: p.addr, Type: t}, sought[i]-p.addr
		if elem := uint64(t.Size()); p.n > 0 && elem > 0 {
			at.Steps, at.Addr = fmt.Sprintf("[%d]", off/elem), p.addr+off/elem*elem
			off %= elem
		}
		if t.Kind() == reflect.Chan || p.typ == 0 || at.descend(off) {
			found[sought[i]] = append(found[sought[i]], at)
		}
	}
}

// descend continues with the outermost struct around an offset that goroutines wait for, and
// reports whether there is one.
func (a *At) descend(off uint64) bool {
	const deepest = 100
	for n := 0; !Waitable(a.Type.String()); n++ {
		if n == deepest {
			return false
		}
		in := int64(off)
		switch rec := a.Type.record(); a.Type.Kind() {
		case reflect.Array:
			elem := a.Type.Elem()
			if elem.Size() <= 0 || in/elem.Size() >= rec.Len {
				return false
			}
			a.Steps += fmt.Sprintf("[%d]", in/elem.Size())
			in -= in % elem.Size()
			a.Type = elem
		case reflect.Struct:
			i := slices.IndexFunc(rec.Fields, func(f corefile.Field) bool {
				return !f.Indirect && f.Offset <= in && in < f.Offset+a.Type.ref(f.Type).Size()
			})
			if i < 0 {
				return false
			}
			in = rec.Fields[i].Offset
			a.Steps += "." + rec.Fields[i].Name
			a.Type = a.Type.ref(rec.Fields[i].Type)
		default:
			return false
		}
		a.Addr += uint64(in)
		off -= uint64(in)
	}
	return true
}
