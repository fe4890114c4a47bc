package compare

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/views"
)

// pair is two objects of the two dumps, and how many elements of each are compared, if they
// are compared as elements: slices of different lengths may share an object.
type pair struct {
	a, b     int
	elements bool
	lengths  [2]int
}

// comparison compares the values of one variable.
type comparison struct {
	*Report
	found []Difference
	more  int
	seen  map[pair]bool // by this variable, for cycles
}

func (c *comparison) differ(d Difference) {
	if len(c.found) == maxShown {
		c.more++
		return
	}
	c.found = append(c.found, d)
}

// values compares two values.
func (c *comparison) values(path string, a, b dump.Value, depth int) {
	if c.budget--; c.budget < 0 || depth > deepest {
		c.Partial = true
		return
	}
	if c.budget%1024 == 0 && c.progress(maxPairs-c.budget, maxPairs) {
		c.stopped, c.budget = true, 0
	}
	switch {
	case !a.Valid() || !b.Valid():
		c.Unknown++
		return
	case a.Type().String() != b.Type().String() || a.Kind() != b.Kind() || a.IsNil() != b.IsNil():
		c.differ(Difference{Path: path, What: Changed, A: a, B: b})
		return
	case a.IsNil():
		return
	}
	switch a.Kind() {
	case reflect.Struct:
		if c.syncMaps(path, a, b, depth+1) {
			return
		}
		for i := range max(a.Stored(), b.Stored()) {
			name, _, _ := a.Type().Field(i)
			c.values(path+"."+name, a.Field(i), b.Field(i), depth)
		}
	case reflect.Array, reflect.Slice, reflect.Chan:
		c.lists(path, a, b, depth)
	case reflect.Map:
		if c.unseen(a, b) {
			c.maps(path, a, b, depth+1)
		}
	case reflect.Pointer:
		if c.unseen(a, b) {
			c.values(path, a.Elem(), b.Elem(), depth+1)
		}
	case reflect.Interface:
		if c.unseen(a, b) {
			c.values(path, a.Elem(), b.Elem(), depth+1)
		}
	case reflect.Func:
		switch {
		case a.Func() != b.Func():
			c.differ(Difference{Path: path, What: Changed, A: a, B: b})
		case a.Closure().Valid() && b.Closure().Valid() && c.unseen(a, b):
			c.values(path, a.Closure(), b.Closure(), depth+1)
		}
	default:
		c.leaves(path, a, b)
	}
}

// unseen reports whether two objects have to be compared: this variable hasn't led to them
// before, and no other one has shown them to be equal.
func (c *comparison) unseen(a, b dump.Value) bool {
	k := a.Kind()
	p := pair{a: a.Object(), b: b.Object()}
	if k == reflect.Slice || k == reflect.Map || k == reflect.Chan {
		p.elements, p.lengths = true, [2]int{a.Stored(), b.Stored()}
	}
	if p.a == 0 && p.b == 0 {
		return true
	}
	if c.equal[p] || c.seen[p] {
		return false
	}
	c.seen[p] = true
	return true
}

// leaves compares values that consist of no others.
func (c *comparison) leaves(path string, a, b dump.Value) {
	if a.Kind() == reflect.UnsafePointer {
		return // an address
	}
	x, whole := textOf(a)
	y, also := textOf(b)
	n := min(len(x), len(y))
	switch {
	case a.Redacted() || b.Redacted():
		c.Unknown++
	case a.Len() != b.Len() || x[:n] != y[:n]:
		c.differ(Difference{Path: path, What: Changed, A: a, B: b})
	case !whole || !also:
		c.Unknown++ // what is cut may differ
	}
}

// textOf returns a text, or a number as a text; whole is false if there is more.
func textOf(v dump.Value) (text string, whole bool) {
	if text, ok := v.Text(); ok {
		return text, int64(len(text)) == v.Len()
	}
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case k >= reflect.Int && k <= reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), true
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10), true
	case k == reflect.Float32 || k == reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), true
	case k == reflect.Complex64 || k == reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, 128), true
	}
	return "", false
}

// lists compares arrays, slices, and the contents of channels.
func (c *comparison) lists(path string, a, b dump.Value, depth int) {
	if _, ok := a.Text(); ok {
		c.leaves(path, a, b)
		return
	}
	if a.Len() != b.Len() {
		c.differ(Difference{Path: path, What: Length, N: [2]int64{a.Len(), b.Len()}})
	}
	if a.Kind() == reflect.Chan {
		_, _, closed := a.Waiting()
		if _, _, also := b.Waiting(); closed != also {
			c.differ(Difference{Path: path, What: Closed, A: a, B: b})
		}
	}
	if a.Kind() != reflect.Array && !c.unseen(a, b) {
		return
	}
	n := min(a.Stored(), b.Stored())
	if int64(n) < min(a.Len(), b.Len()) {
		c.Unknown++
	}
	for i := 0; i < n && c.budget > 0; i++ {
		c.values(path+"["+strconv.Itoa(i)+"]", a.Index(i), b.Index(i), depth+1)
	}
	if n > 0 && c.budget <= 0 {
		c.Partial = true
	}
}

// maps compares maps by their keys.
func (c *comparison) maps(path string, a, b dump.Value, depth int) {
	if a.Stored()+b.Stored() > c.budget {
		if c.Partial = true; a.Len() != b.Len() {
			c.differ(Difference{Path: path, What: Length, N: [2]int64{a.Len(), b.Len()}})
		}
		return
	}
	x, y := contentOf(a), contentOf(b)
	if !literal(x.entries) || !literal(y.entries) {
		if c.Unknown++; a.Len() != b.Len() {
			c.differ(Difference{Path: path, What: Length, N: [2]int64{a.Len(), b.Len()}})
		}
		return
	}
	c.entries(path, x, y, depth)
}

// syncMaps compares structs that stand for a map, which keeps its entries in an order of its
// own in each process; ok is false if they don't.
func (c *comparison) syncMaps(path string, a, b dump.Value, depth int) (ok bool) {
	x, ok := mapOf(a)
	if !ok {
		return false
	}
	y, ok := mapOf(b)
	switch {
	case !ok:
		return false
	case len(x.entries)+len(y.entries) > c.budget:
		c.Partial = true
	case !literal(x.entries) || !literal(y.entries):
		c.Unknown++
	default:
		c.entries(path, x, y, depth)
	}
	return true
}

// content is what a dump has of a map.
type content struct {
	entries [][2]dump.Value
	whole   bool // there are no others
}

func contentOf(m dump.Value) content {
	c := content{make([][2]dump.Value, m.Stored()), int64(m.Stored()) == m.Len()}
	for i := range c.entries {
		c.entries[i][0], c.entries[i][1] = m.Entry(i)
	}
	return c
}

func mapOf(v dump.Value) (c content, ok bool) {
	view, ok := views.NewReader(0).Classic(v)
	if !ok || view.Form != views.Map {
		return c, false
	}
	c = content{make([][2]dump.Value, view.Len), view.Missing == caveat.Reason{}}
	for i := range c.entries {
		entry := view.Child(i)
		c.entries[i] = [2]dump.Value{entry.Key, entry.Value}
	}
	return c, true
}

// entries compares entries by their keys.
func (c *comparison) entries(path string, a, b content, depth int) {
	c.budget -= len(b.entries)
	alike := map[string]bool{} // texts of several keys: NaN, say, or what is cut
	there := make(map[string]dump.Value, len(b.entries))
	for _, e := range b.entries {
		text := keyOf(e[0])
		if _, again := there[text]; again {
			alike[text] = true
		}
		there[text] = e[1]
	}
	here := make(map[string]bool, len(a.entries))
	for _, e := range a.entries {
		text := keyOf(e[0])
		if here[text] {
			alike[text] = true
		}
		here[text] = true
	}
	lost, added := Difference{Path: path, What: KeysLost}, Difference{Path: path, What: KeysNew}
	for _, e := range a.entries {
		text := keyOf(e[0])
		if alike[text] {
			c.Unknown++
			delete(there, text)
			continue
		}
		other, ok := there[text]
		if !ok {
			lost.N[0]++
			lost.Keys = append(lost.Keys, text)
			continue
		}
		delete(there, text)
		c.values(path+"["+text+"]", e[1], other, depth)
	}
	for text := range there {
		if alike[text] {
			c.Unknown++
			continue
		}
		added.N[1]++
		added.Keys = append(added.Keys, text)
	}
	for _, d := range []struct {
		Difference
		certain bool
	}{{lost, b.whole}, {added, a.whole}} {
		slices.Sort(d.Keys)
		d.Keys = d.Keys[:min(len(d.Keys), maxKeys)]
		switch {
		case len(d.Keys) == 0:
		case d.certain:
			c.differ(d.Difference)
		default:
			c.Unknown++ // the other may have the key, too
		}
	}
}

// literal reports whether all keys are the same in another dump: they have no addresses.
func literal(entries [][2]dump.Value) bool {
	for _, e := range entries {
		if !withoutAddress(e[0], 0) {
			return false
		}
	}
	return true
}

func withoutAddress(v dump.Value, depth int) bool {
	switch k := v.Kind(); {
	case !v.Valid() || v.Redacted() || depth > deepest:
		return false
	case k == reflect.Interface:
		return v.IsNil() || withoutAddress(v.Elem(), depth+1)
	case k == reflect.Struct:
		for i := range v.Stored() {
			if !withoutAddress(v.Field(i), depth+1) {
				return false
			}
		}
		return true
	case k == reflect.Array:
		_, ok := v.Text()
		for i := 0; !ok && i < v.Stored(); i++ {
			if !withoutAddress(v.Index(i), depth+1) {
				return false
			}
		}
		return true
	case k == reflect.UnsafePointer || k == reflect.Uintptr:
		return false
	}
	_, whole := textOf(v)
	return whole
}

// keyOf returns a key as a text that is the same in both dumps.
func keyOf(key dump.Value) string {
	switch key.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array: // a literal depends on the dump's other types
	default:
		if text := inspector.KeyLiteral(key); text != "" {
			return text
		}
	}
	var b strings.Builder
	const most = 4096
	plain := func(s string) string { return s }
	pretty.Line(&b, key, pretty.Options{String: most, Elements: 64, Depth: 4, Bytes: most, Name: plain})
	return b.String()
}
