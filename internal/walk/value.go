package walk

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
)

// maxRead is the largest value that is read at once; larger ones are read in parts.
const maxRead = 64 << 10

// load appends the value of type t at addr.
func (w *Walker) load(dst []byte, t *gotypes.Type, addr uint64, c context) []byte {
	if t == nil {
		return w.absent(dst, typeUnknown)
	}
	if t.Size > maxRead && (t.Kind == reflect.Struct || t.Kind == reflect.Array) {
		return w.composite(dst, t, addr, nil, c.typed(w.use(t)))
	}
	if t.Size < 0 || t.Size > maxRead {
		return w.absent(dst, caveat.Reason{Kind: caveat.WrongSize, Text: t.Name, N: t.Size})
	}
	data := w.borrow(t.Size)
	defer w.giveBack(data)
	if err := w.p.Mem.Read(data, addr); err != nil {
		return w.partial(dst, t, addr, data, err, c.typed(w.use(t)))
	}
	return w.value(dst, t, addr, data, c)
}

// partial appends a value that can't be read as a whole: optimised code may keep only parts
// of a variable.
func (w *Walker) partial(dst []byte, t *gotypes.Type, addr uint64, data []byte, err error, c context) []byte {
	switch {
	case !target.Synthetic(addr):
	case t.Kind == reflect.Struct:
		return w.composite(dst, t, addr, nil, c)
	case t.Kind == reflect.Slice && w.p.Mem.Read(data[:16], addr) == nil:
		return w.slice(dst, t, addr, data[:16], c)
	}
	return w.absent(dst, caveat.Of(err))
}

// value appends the value of type t whose bytes are data. Package
// notation describes how.
func (w *Walker) value(dst []byte, t *gotypes.Type, addr uint64, data []byte, c context) []byte {
	if t == nil {
		return w.absent(dst, typeUnknown)
	}
	r := w.use(t)
	c = c.typed(r)
	switch t.Kind {
	case reflect.Bool:
		return w.boolean(dst, data[0])
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		if c.hidesNumber(t) || w.marked.overlaps(addr, uint64(t.Size)) {
			return w.hiddenNumber(dst, t.Kind, data, c)
		}
		return number(dst, t.Kind, data)
	case reflect.Uintptr:
		if w.marked.overlaps(addr, uint64(t.Size)) {
			return w.hiddenNumber(dst, t.Kind, data, c)
		}
		return number(dst, t.Kind, data)
	case reflect.UnsafePointer:
		if word(data, 0) == 0 {
			return append(dst, "null"...)
		}
		return strconv.AppendUint(dst, w.p.Follow(addr, word(data, 0)), 10)
	case reflect.String:
		return w.text(dst, w.p.Follow(addr, word(data, 0)), word(data, 1), c.ofText())
	case reflect.Struct, reflect.Array:
		return w.composite(dst, r.t, addr, data, c)
	case reflect.Slice:
		return w.slice(dst, t, addr, data, c)
	case reflect.Interface:
		return w.iface(dst, t, addr, data, c)
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func:
		if word(data, 0) == 0 {
			return append(dst, "null"...)
		}
		return w.reference(dst, t, w.p.Follow(addr, word(data, 0)), c)
	}
	return w.absent(dst, typeUnknown)
}

// hidesNumber reports whether a number of type t is a secret.
func (c context) hidesNumber(t *gotypes.Type) bool {
	return c.has(markNamed) && t.Name == t.Kind.String() &&
		(c.has(markSecret) || c.strength == secrets.IfPIN && !c.has(markSpread))
}

// reference appends a pointer, map, channel or func.
func (w *Walker) reference(dst []byte, t *gotypes.Type, to uint64, c context) []byte {
	c = c.through(t)
	switch t.Kind {
	case reflect.Map:
		n, err := w.p.MapLen(to)
		if err != nil {
			return w.absent(dst, c.why(err)) // without a length it would look empty
		}
		return w.point(dst, to, Object{typ: t, Addr: to}, c, n)
	case reflect.Chan:
		ch, err := w.p.Chan(t, to)
		if err != nil {
			return w.absent(dst, c.why(err))
		}
		return w.point(dst, to, Object{typ: t, Addr: to}, c, ch.Len, ch.Cap)
	case reflect.Func:
		return w.function(dst, to, c)
	}
	switch {
	case t.IsShape():
		return notation.EndReason(notation.Refer(dst, to), caveat.Reason{Kind: caveat.ShapeLost})
	case t.Elem() == nil:
		return notation.EndReason(notation.Refer(dst, to), typeUnknown)
	case internals(t.Elem()):
		return notation.EndReason(notation.Refer(dst, to), caveat.Reason{Kind: caveat.RuntimeOwn})
	}
	return w.point(dst, to, Object{typ: w.nodeType(t.Elem(), to), Addr: to, whole: true}, c)
}

// why returns the reason for a value that can't be read. If it isn't what its type says, and the
// variable isn't used again, its memory holds something else by now.
func (c context) why(err error) caveat.Reason {
	if none := (*gotypes.NoneError)(nil); c.stale && errors.As(err, &none) {
		return caveat.Of(errReused)
	}
	return caveat.Of(err)
}

// A sync.Map is a tree. The type that its nodes are declared with is only the beginning of
// each node (internal/sync/hashtriemap.go, Go 1.24 to 1.27).
const nodeOfTree = "internal/sync.node["

// nodeType returns the type of the value at addr, to which a pointer of element type t leads.
func (w *Walker) nodeType(t *gotypes.Type, addr uint64) *gotypes.Type {
	arguments, ok := strings.CutPrefix(t.Name, nodeOfTree)
	if !ok || len(t.Fields()) != 1 || t.Fields()[0].Name != "isEntry" || t.Size != 1 {
		return t
	}
	isEntry := w.borrow(1)
	defer w.giveBack(isEntry)
	if w.p.Mem.Read(isEntry, addr) != nil {
		return t
	}
	name := "internal/sync.indirect["
	if isEntry[0] != 0 {
		name = "internal/sync.entry["
	}
	real := w.p.Instance(name + arguments)
	if real == nil || len(real.Fields()) == 0 {
		return t
	}
	if first := real.Fields()[0]; first.Name != "node" || first.Type == nil || first.Type.Size != t.Size {
		return t
	}
	return real
}

// internals reports whether a type is an unexported struct of package runtime, such as
// runtime.g. Each of them leads to all of the runtime's memory, which helps nobody.
func internals(t *gotypes.Type) bool {
	name, ok := strings.CutPrefix(t.Name, "runtime.")
	return ok && t.Kind == reflect.Struct && name != "" && (name[0] == '_' || 'a' <= name[0] && name[0] <= 'z')
}

func (w *Walker) function(dst []byte, to uint64, c context) []byte {
	f, err := w.p.Func(to)
	var captured *gotypes.Type
	if err == nil {
		captured = w.captured(f, to)
	}
	switch {
	case !c.stale:
	case err != nil:
		err = errReused
	case captured == nil: // otherwise the object is checked
		err = w.doubtful(to, 8, nil)
	}
	if err != nil {
		return notation.EndReason(notation.Refer(dst, to), caveat.Of(err))
	}
	dst = notation.AppendNaming(append(notation.Refer(dst, f.PC), `,"f":`...), f.Name)
	if f.File != "" {
		dst = append(dst, `,"file":`...)
		dst = notation.AppendPending(dst, notation.PlainPath, f.File)
		dst = strconv.AppendInt(append(dst, `,"line":`...), int64(f.Line), 10)
	}
	if captured == nil {
		return append(dst, '}')
	}
	id, why := w.refer(Object{typ: captured, Addr: to, whole: true}, c)
	if id == 0 {
		return notation.EndReason(dst, why)
	}
	dst = strconv.AppendInt(append(dst, `,"o":`...), int64(id), 10)
	return append(dst, '}')
}

// captured returns the type of a closure's memory. Where debug information leaves two possible,
// only one may have the size of what was allocated, and captured variables that closures point to
// are on a stack or in the heap.
func (w *Walker) captured(f *gotypes.Func, to uint64) *gotypes.Type {
	if f.Holding == nil {
		return f.Captured
	}
	if w.p.InHeap(to) {
		holding, pointing := w.p.Fits(to, uint64(f.Holding.Size)), w.p.Fits(to, uint64(f.Pointing.Size))
		switch {
		case holding && !pointing:
			return f.Holding
		case pointing && !holding:
			return f.Pointing
		}
	}
	fields := f.Holding.Fields()
	last := fields[len(fields)-1]
	first, err := w.p.ReadWord(to + uint64(last.Offset))
	switch {
	case err != nil:
	case !w.p.Managed(first):
		return f.Holding
	case !beginsWithPointer(last.Type):
		return f.Pointing
	}
	return f.Captured
}

// beginsWithPointer reports whether the first word of a value may be an address.
func beginsWithPointer(t *gotypes.Type) bool {
	for t != nil {
		switch t.Kind {
		case reflect.Struct:
			if len(t.Fields()) == 0 {
				return true
			}
			t = t.Fields()[0].Type
		case reflect.Array:
			t = t.Elem()
		default:
			return t.Kind > reflect.Complex128 || t.Kind == reflect.Uintptr
		}
	}
	return true
}

// slice appends a slice, whose elements are an object. If data has no third word, the
// capacity isn't known.
func (w *Walker) slice(dst []byte, t *gotypes.Type, addr uint64, data []byte, c context) []byte {
	first, n := w.p.Follow(addr, word(data, 0)), int64(word(data, 1))
	capacity, stated := n, int64(-1)
	if len(data) > 16 {
		capacity = int64(word(data, 2))
		stated = capacity
	}
	elem := t.Elem()
	switch {
	case first == 0 && n == 0:
		return append(dst, "null"...)
	case elem == nil:
		return w.absent(dst, typeUnknown)
	case n < 0 || n > capacity || elem.Size > 0 && capacity > math.MaxInt64/elem.Size:
		return w.absent(dst, caveat.Reason{Kind: caveat.BadSlice, N: n, M: capacity})
	}
	if n == 0 {
		return notation.AppendEmpty(dst, first, stated)
	}
	c = c.inList()
	if c.hidesList(elem, n) && elem.Kind != reflect.Uint8 && elem.Kind != reflect.Int8 {
		w.mark(first, uint64(n*elem.Size)) // even if the depth limit keeps the elements out
	}
	return w.point(dst, first, Object{typ: t, Addr: first, n: n}, c, n, stated)
}

// iface appends an interface. Small values in it are written in place; structs and arrays
// become objects, so that nesting stays bounded.
func (w *Walker) iface(dst []byte, t *gotypes.Type, addr uint64, data []byte, c context) []byte {
	dyn, at, err := w.p.Dynamic(t, addr, word(data, 0), w.p.Follow(addr+8, word(data, 1)))
	if err != nil {
		return w.absent(dst, c.why(err))
	}
	if dyn == nil {
		return append(dst, "null"...)
	}
	typ := int64(w.use(dyn).id)
	composite := dyn.Kind == reflect.Struct || dyn.Kind == reflect.Array
	switch {
	case dyn.Direct && (!composite || target.Synthetic(addr)):
		// In place, or in registers, as the whole interface is.
		dst = strconv.AppendInt(append(dst, '['), typ, 10)
		dst = w.value(append(dst, ','), dyn, addr+8, data[8:16], c)
		return append(dst, ']')
	case !composite:
		if c.stale {
			if err := w.doubtful(at, uint64(dyn.Size), dyn); err != nil {
				return notation.EndReason(strconv.AppendInt(append(dst, `{"t":`...), typ, 10), caveat.Of(err))
			}
		}
		dst = strconv.AppendInt(append(dst, '['), typ, 10)
		if dst = append(dst, ','); dyn.Kind != reflect.String && w.p.SecretMemory(at) {
			return append(w.hidden(dst, nil, notation.DoValue), ']')
		}
		return append(w.load(dst, dyn, at, c), ']')
	}
	id, why := w.refer(Object{typ: dyn, Addr: at, whole: true}, c.inside())
	if id == 0 {
		dst = strconv.AppendInt(append(dst, `{"t":`...), typ, 10)
		return notation.EndReason(strconv.AppendUint(append(dst, `,"p":`...), at, 10), why)
	}
	return notation.AppendRef(dst, id)
}

// maxNesting bounds how deep structs and arrays nest. A pointer that was never set may lead
// to a type that contains itself.
const maxNesting = 500

// object appends the value of an object.
func (w *Walker) object(dst []byte, o *Object) []byte {
	c := o.context()
	switch {
	case !w.tick(dst):
		return w.absent(dst, w.cut(w.stopped))
	case w.p.SecretMemory(o.Addr) && (o.whole || !leaf(o.typ)):
		return w.hidden(dst, nil, notation.DoValue)
	case o.whole:
		return w.load(dst, o.typ, o.Addr, c)
	case o.typ.Kind == reflect.Map:
		return w.entries(dst, o.typ, o.Addr, c)
	case o.typ.Kind == reflect.Chan:
		return w.buffer(dst, o.typ, o.Addr, c)
	}
	return w.elements(dst, o.typ.Elem(), o.Addr, o.n, nil, c)
}

// buffer appends the buffered values of a channel, in the order in which they would be
// received.
func (w *Walker) buffer(dst []byte, t *gotypes.Type, addr uint64, c context) []byte {
	ch, err := w.p.Chan(t, addr)
	if err != nil {
		return w.absent(dst, caveat.Of(err))
	}
	w.TypeID(t.Elem())
	dst, mark := append(dst, '['), len(dst)
	var why caveat.Reason
	for i := range ch.Len {
		if i == int64(w.lim.Elements) {
			why = w.cut("elements")
			break
		}
		if !w.tick(dst) {
			why = w.cut(w.stopped)
			break
		}
		dst = w.load(notation.Comma(dst, i), t.Elem(), ch.Slot(i), c)
	}
	dst = append(dst, ']')
	recv, send := w.p.Waiting(ch)
	if why.Kind == caveat.None && !ch.Closed && recv == 0 && send == 0 {
		return dst
	}
	dst = notation.ListOf(dst, mark, ch.Len)
	if ch.Closed {
		dst = append(dst, `,"closed":true`...)
	}
	if recv > 0 {
		dst = strconv.AppendInt(append(dst, `,"recv":`...), int64(recv), 10)
	}
	if send > 0 {
		dst = strconv.AppendInt(append(dst, `,"send":`...), int64(send), 10)
	}
	if why.Kind != caveat.None {
		return notation.EndReason(dst, why)
	}
	return append(dst, '}')
}

// point appends a reference to an object at addr, with a length and a capacity if the value
// is of a kind that has them.
func (w *Walker) point(dst []byte, addr uint64, o Object, c context, lens ...int64) []byte {
	id, why := w.refer(o, c)
	if id != 0 {
		return notation.AppendRef(dst, id, lens...)
	}
	dst = notation.Refer(dst, addr)
	for i, n := range lens {
		dst = append(dst, [...]string{`,"len":`, `,"cap":`}[i]...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	return notation.EndReason(dst, why)
}
