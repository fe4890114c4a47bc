package pretty

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// How sync.Map keeps its entries: in a tree whose nodes have 16 children each
// (internal/sync/hashtriemap.go, Go 1.24 to 1.27). The tree is cut where the
// dump's is.
const (
	syncMap     = "sync.Map"
	treeEntry   = "internal/sync.entry["
	treeInner   = "internal/sync.indirect["
	treeNode    = "internal/sync.node["
	treeLevels  = 16 // by 4 bits of a hash of 64
	maxChildren = 16
	maxTreeSize = 1 << 16 // nodes that a printer looks at: a forged tree may go round in circles
)

// tree gathers the entries of a sync.Map.
type tree struct {
	entries [][2]dump.Value
	left    *int   // nodes that may still be looked at
	missing string // why a node isn't there
}

// readTree returns the entries of a sync.Map; ok is false if v is none, or one of
// another kind.
func (p *printer) readTree(v dump.Value) (t tree, ok bool) {
	if v.Type().String() != syncMap {
		return t, false
	}
	trie, ok := fieldOf(v, "m")
	if !ok {
		return t, false
	}
	root, ok := fieldOf(trie, "root")
	if !ok {
		return t, false
	}
	first, ok := fieldOf(root, "v")
	if !ok || first.Kind() != reflect.Pointer {
		return t, false
	}
	t.left = &p.nodes
	t.pointer(first, treeLevels)
	return t, true
}

func fieldOf(v dump.Value, name string) (field dump.Value, ok bool) {
	if v.Kind() != reflect.Struct || !v.Valid() {
		return field, false
	}
	for i := range min(v.Type().NumField(), v.Stored()) {
		if is, _, _ := v.Type().Field(i); is == name {
			return v.Field(i), true
		}
	}
	return field, false
}

// pointer gathers what a pointer to a node leads to.
func (t *tree) pointer(p dump.Value, levels int) {
	for {
		switch {
		case !p.Valid():
			t.missing = cmp.Or(p.Reason(), "not in the dump")
			return
		case p.IsNil():
			return
		case *t.left == 0 || levels < 0:
			t.missing = "there are too many"
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
			if strings.HasPrefix(name, treeNode) {
				why = "type not known"
			}
			t.missing = cmp.Or(t.missing, why, "not in the dump")
			return
		}
		key, ok1 := fieldOf(node, "key")
		value, ok2 := fieldOf(node, "value")
		if ok1 && ok2 {
			t.entries = append(t.entries, [2]dump.Value{key, value})
		}
		next, ok := fieldOf(node, "overflow") // one with the same hash
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
		t.missing = cmp.Or(t.missing, node.Reason(), "not in the dump")
		return
	}
	for i := 0; i < min(list.Stored(), maxChildren) && *t.left > 0; i++ {
		if child, ok := fieldOf(list.Index(i), "v"); ok && child.Kind() == reflect.Pointer {
			t.pointer(child, levels-1)
		}
	}
	if int64(list.Stored()) < list.Len() {
		t.missing = cmp.Or(t.missing, list.Reason(), "not in the dump")
	}
}

// syncMap writes a sync.Map as a map.
func (p *printer) syncMap(t tree, f flags, depth int, indent string) {
	if f.has(withType) {
		p.put(syncMap + " ")
	}
	stored := min(len(t.entries), p.opt.Elements)
	if depth >= p.opt.Depth { // keys and values are in interfaces, which would not show
		stored = 0
	}
	nl := f.has(newlines) && stored > 0
	p.put("[")
	for i := 0; i < stored && !p.done(); i++ {
		if nl {
			p.putf("\n%s\t", indent)
		}
		p.value(t.entries[i][0], 0, depth+1, indent+"\t")
		p.put(": ")
		p.value(t.entries[i][1], only(newlines, nl), depth+1, indent+"\t")
		p.put(", ")
	}
	if rest := len(t.entries) - stored; rest > 0 {
		p.more(int64(rest), false, nl, indent)
	}
	p.close(nl, indent)
	p.missing(t.missing)
}
