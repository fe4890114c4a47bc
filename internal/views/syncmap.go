package views

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// sync.Map keeps its entries in a tree whose nodes have 16 children each
// (internal/sync/hashtriemap.go, Go 1.24 to 1.27). A tree that the dump has in part
// gives part of the entries.
const (
	treeEntry   = "internal/sync.entry["
	treeInner   = "internal/sync.indirect["
	treeNode    = "internal/sync.node["
	treeLevels  = 16 // each for 4 bits of a 64-bit hash
	maxChildren = 16
)

// tree gathers the entries of a sync.Map.
type tree struct {
	entries [][2]dump.Value
	left    *int          // nodes that may still be looked at
	missing caveat.Reason // why a node isn't there
}

// ofSyncMap returns the entries of a sync.Map; ok is false if its layout is another one.
func ofSyncMap(r *Reader, v dump.Value) (view View, ok bool) {
	trie, ok := fieldOf(v, "m")
	if !ok {
		return view, false
	}
	root, ok := fieldOf(trie, "root")
	if !ok {
		return view, false
	}
	first, ok := fieldOf(root, "v")
	if !ok || first.Kind() != reflect.Pointer {
		return view, false
	}
	t := tree{left: &r.left}
	t.pointer(first, treeLevels)
	entry := func(i int) Child { return Child{Key: t.entries[i][0], Value: t.entries[i][1]} }
	return View{Form: Map, Len: len(t.entries), Child: entry, Missing: t.missing}, true
}

var notStored = caveat.Reason{Kind: caveat.NotStored}

// pointer gathers the entries that a pointer to a node leads to.
func (t *tree) pointer(p dump.Value, levels int) {
	for {
		switch {
		case !p.Valid():
			t.missing = cmp.Or(p.Reason(), notStored)
			return
		case p.IsNil():
			return
		case *t.left == 0 || levels < 0:
			t.missing = caveat.Reason{Kind: caveat.TooMany}
			return
		}
		*t.left--
		node := p.Elem()
		name := node.Type().String()
		switch {
		case strings.HasPrefix(name, treeInner):
			t.children(node, levels)
			return
		case !strings.HasPrefix(name, treeEntry):
			why := cmp.Or(node.Reason(), p.Reason())
			if strings.HasPrefix(name, treeNode) && node.Valid() {
				why = caveat.Reason{Kind: caveat.TypeUnknown}
			}
			t.missing = cmp.Or(t.missing, why, notStored)
			return
		}
		key, ok1 := fieldOf(node, "key")
		value, ok2 := fieldOf(node, "value")
		if ok1 && ok2 {
			t.entries = append(t.entries, [2]dump.Value{key, value})
		}
		next, ok := fieldOf(node, "overflow") // an entry with the same hash
		if ok {
			next, ok = fieldOf(next, "v")
		}
		if p = next; !ok || p.Kind() != reflect.Pointer {
			return
		}
	}
}

func (t *tree) children(node dump.Value, levels int) {
	list, ok := fieldOf(node, "children")
	if !ok || list.Kind() != reflect.Array {
		t.missing = cmp.Or(t.missing, node.Reason(), notStored)
		return
	}
	for i := range min(list.Stored(), maxChildren) {
		if child, ok := fieldOf(list.Index(i), "v"); ok && child.Kind() == reflect.Pointer {
			t.pointer(child, levels-1)
		}
	}
	if int64(list.Stored()) < list.Len() {
		t.missing = cmp.Or(t.missing, list.Reason(), notStored)
	}
}
