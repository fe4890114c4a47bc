// Package heap answers questions about the memory in a dump, as data: where a value is, who
// refers to an object, how much is reachable from it, what most of the memory is.
//
// Places are expressions, for whoever wants to look at them: the shortest one that begins
// with a variable that a frame or a package has.
package heap

import (
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// Heap is the memory in a dump. It isn't safe for concurrent use.
type Heap struct {
	in    *inspector.Inspector
	graph *dump.Graph

	parents []dump.Node // the node from which each is reached on the shortest way; nil if not asked for
	located map[dump.Node]located
	where   *dump.Extents   // nil if not asked for
	failed  int             // see maxFailed
	gaveUp  bool            // see to
	recent  *dump.Goroutine // the last one asked for
}

// New returns the memory of a dump, nil if progress stops it.
func New(in *inspector.Inspector, progress dump.Progress) *Heap {
	graph := in.Graph(nil, progress)
	if graph == nil {
		return nil
	}
	return &Heap{in: in, graph: graph, located: map[dump.Node]located{}}
}

// Partial reports whether the dump may lack objects and references that existed: because of a
// limit, because memory couldn't be read, or because the file is damaged.
func (h *Heap) Partial() bool {
	if h.graph.Cut > 0 || h.graph.Failed != nil || h.in.Missing() != "" {
		return true
	}
	return h.reached(func(limit string) bool { return limit != "string" && limit != "source" })
}

// reached reports whether one of some limits cut something.
func (h *Heap) reached(which func(limit string) bool) bool {
	return slices.ContainsFunc(h.in.Head().Cut, func(c dump.Cut) bool { return which(c.Limit) })
}

// goroutine returns a goroutine, nil if it can't be read.
func (h *Heap) goroutine(id int64) *dump.Goroutine {
	if h.recent == nil || h.recent.ID != id {
		g, err := h.in.Goroutine(id)
		if err != nil {
			return nil
		}
		h.recent = g
	}
	return h.recent
}
