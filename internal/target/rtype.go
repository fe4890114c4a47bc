package target

import (
	"fmt"
	"reflect"
	"unicode/utf8"
)

// The layout of runtime type descriptors, from internal/abi/type.go and
// map.go. Unchanged from Go 1.24 to 1.26. [Process.checkTypes] compares what is
// read by it with package reflect before it is trusted.
const (
	rtypeSize     = 0
	rtypeTFlag    = 20
	rtypeKind     = 23
	rtypeStr      = 40
	rtypeHeader   = 48 // sizeof(abi.Type)
	rtypeElem     = 48 // PtrType, SliceType, ArrayType, ChanType
	arrayLen      = 64
	chanDir       = 56
	funcIn        = 48 // InCount uint16, OutCount uint16
	funcHeader    = 56
	pkgPathName   = 48 // of unexported names: StructType, InterfaceType
	ifaceMethods  = 56 // slice
	ifaceMethod   = 8  // sizeof: Name, Typ int32, offsets in the types section
	structFields  = 56 // slice
	structField   = 24 // sizeof: Name *byte, Typ *Type, Offset uintptr
	mapKey        = 48
	mapElem       = 56
	mapGroupSize  = 80
	mapSlotSize   = 88
	mapElemOff    = 96
	mapFlags      = 104
	uncommonSize  = 16
	tflagUncommon = 1 << 0
	tflagStar     = 1 << 1
	tflagNamed    = 1 << 2
	tflagDirect   = 1 << 5 // since Go 1.26
	kindDirect    = 1 << 5 // until Go 1.25
	kindMask      = 1<<5 - 1

	mapIndirectKey  = 1 << 2
	mapIndirectElem = 1 << 3
	funcVariadic    = 1 << 15
	nameExported    = 1 << 0
	nameTag         = 1 << 1
	namePkg         = 1 << 2
	nameEmbedded    = 1 << 3
)

// uncommonOff is where UncommonType follows the descriptor of a kind.
var uncommonOff = map[reflect.Kind]uint64{
	reflect.Struct: 80, reflect.Pointer: 56, reflect.Func: funcHeader, reflect.Slice: 56,
	reflect.Array: 72, reflect.Chan: 64, reflect.Map: 112, reflect.Interface: 80,
}

// maxFields bounds what a damaged descriptor can ask for.
const maxFields = 1 << 17

// runtimeType returns the type whose descriptor is at addr.
func (p *Process) runtimeType(addr uint64) (*Type, error) {
	if t := p.rtypes[addr]; t != nil {
		return t, nil
	}
	if p.typesErr != nil {
		return nil, p.typesErr
	}
	if addr == 0 || addr%word != 0 {
		return nil, fmt.Errorf("no type at %#x", addr)
	}
	var h [rtypeHeader]byte
	if err := p.Mem.Read(h[:], addr); err != nil {
		return nil, fmt.Errorf("no type at %#x", addr)
	}
	d := &descriptor{p: p, addr: addr, kind: reflect.Kind(h[rtypeKind] & kindMask), flag: h[rtypeTFlag], str: int32(le32(h[rtypeStr:]))}
	t := &Type{Kind: d.kind, Size: int64(le64(h[rtypeSize:]))}
	t.Direct = h[rtypeKind]&kindDirect != 0 || h[rtypeTFlag]&tflagDirect != 0
	if want := sizeOf(t.Kind); t.Kind == reflect.Invalid || t.Kind > reflect.UnsafePointer || t.Size < 0 || want != 0 && t.Size != want || t.Direct && t.Size != word {
		return nil, fmt.Errorf("no type at %#x", addr)
	}
	p.rtypes[addr] = t // before the name, which may lead back here
	p.addIndex(t)
	if err := d.nameAndShape(t); err != nil {
		delete(p.rtypes, addr)
		return nil, err
	}
	t.resolve = func() { d.complete(t) }
	return t, nil
}

// addIndex gives a new type its index.
func (p *Process) addIndex(t *Type) {
	p.lastType++
	t.Index = p.lastType
}

// descriptor is a runtime type descriptor being read.
type descriptor struct {
	p    *Process
	addr uint64
	kind reflect.Kind
	flag byte
	str  int32
}

// nameAndShape fills what a Type must have from the start.
func (d *descriptor) nameAndShape(t *Type) (err error) {
	if d.kind == reflect.Array {
		n, err := d.word(arrayLen)
		if err != nil || int64(n) < 0 {
			return fmt.Errorf("no array type at %#x", d.addr)
		}
		t.Len = int64(n)
	}
	if d.kind == reflect.Interface {
		n, err := d.word(ifaceMethods + word)
		if err != nil {
			return err
		}
		t.Empty = n == 0
	}
	if t.Name, err = d.name(t); err != nil {
		return err
	}
	return nil
}

// complete fills what a Type needs only when it is looked into. Parts that
// can't be read stay nil.
func (d *descriptor) complete(t *Type) {
	ref := func(off uint64) *Type {
		a, err := d.word(off)
		if err != nil {
			return nil
		}
		r, _ := d.p.runtimeType(a)
		return r
	}
	switch d.kind {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		t.elem = ref(rtypeElem)
	case reflect.Struct:
		fields, _ := d.structFields()
		t.fields = make([]Field, len(fields))
		for i := range fields {
			t.fields[i] = fields[i].Field
		}
	case reflect.Map:
		t.key, t.elem = ref(mapKey), ref(mapElem)
		t.maps = d.mapLayout()
	}
}

func (d *descriptor) mapLayout() *mapLayout {
	group, err1 := d.word(mapGroupSize)
	slot, err2 := d.word(mapSlotSize)
	elem, err3 := d.word(mapElemOff)
	flags, err4 := d.word(mapFlags)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		return nil
	}
	return &mapLayout{
		groupSize: int64(group), slotSize: int64(slot), elemOff: int64(elem),
		indirectKey: flags&mapIndirectKey != 0, indirectElem: flags&mapIndirectElem != 0,
	}
}

// field is a field of a struct as the descriptor has it.
type field struct {
	Field
	name name
}

func (d *descriptor) structFields() ([]field, error) {
	base, err := d.word(structFields)
	if err != nil {
		return nil, err
	}
	n, err := d.word(structFields + word)
	if err != nil || n > maxFields {
		return nil, fmt.Errorf("no struct type at %#x", d.addr)
	}
	raw := make([]byte, n*structField)
	if err := d.p.Mem.Read(raw, base); err != nil {
		return nil, err
	}
	fields := make([]field, n)
	for i := range fields {
		r := raw[i*structField:]
		f := &fields[i]
		if f.name, err = d.p.readName(le64(r)); err != nil {
			return nil, err
		}
		if f.Type, err = d.p.runtimeType(le64(r[word:])); err != nil {
			return nil, err
		}
		f.Name, f.Offset, f.Embedded = f.name.text, int64(le64(r[2*word:])), f.name.flag&nameEmbedded != 0
	}
	return fields, nil
}

func (d *descriptor) word(off uint64) (uint64, error) { return readWord(d.p.Mem, d.addr+off) }

// nameAt returns the name at an offset from the beginning of the types section.
func (p *Process) nameAt(off int32) (string, error) {
	if off <= 0 {
		return "", fmt.Errorf("no name at offset %d", off)
	}
	n, err := p.readName(p.types + uint64(off))
	return n.text, err
}

// maxName bounds names and tags; generic instantiations get long.
const maxName = 1 << 16

// name is the name of a type, field or method (abi.Name).
type name struct {
	flag      byte
	text, tag string
	pkg       int32 // offset of the import path of a name that isn't exported; 0: that of what it is in
}

// readName reads a name: a byte of flags, the text, and what the flags tell of.
func (p *Process) readName(addr uint64) (n name, err error) {
	var flag [1]byte
	if err := p.Mem.Read(flag[:], addr); err != nil {
		return n, err
	}
	n.flag = flag[0]
	n.text, addr, err = p.readText(addr + 1)
	if err == nil && n.flag&nameTag != 0 {
		n.tag, addr, err = p.readText(addr)
	}
	if err == nil && n.flag&namePkg != 0 {
		var off uint32
		off, err = readUint32(p.Mem, addr)
		n.pkg = int32(off)
	}
	return n, err
}

// readText reads a varint and as many bytes, and returns the address after
// them.
func (p *Process) readText(addr uint64) (text string, end uint64, err error) {
	n, more := 0, true
	for shift := 0; more; shift += 7 {
		var b [1]byte
		if err := p.Mem.Read(b[:], addr); err != nil {
			return "", 0, err
		}
		n |= int(b[0]&0x7f) << shift
		if n > maxName || shift > 14 {
			return "", 0, fmt.Errorf("no name at %#x", addr)
		}
		more = b[0]&0x80 != 0
		addr++
	}
	b := make([]byte, n)
	if err = p.Mem.Read(b, addr); err == nil && !utf8.Valid(b) {
		err = fmt.Errorf("no name at %#x", addr)
	}
	return string(b), addr + uint64(n), err
}

// typesBase finds where name offsets count from, without symbols: from the text
// of a name and its offset in a descriptor of this very process.
func typesBase(m Memory) (uint64, error) {
	t := reflect.TypeFor[Type]()
	off, err := readUint32(m, typeAddr(t)+rtypeStr)
	if err != nil {
		return 0, err
	}
	s := t.String() // a substring of the name's text
	var flag [1]byte
	if err := m.Read(flag[:], typeAddr(t)+rtypeTFlag); err != nil {
		return 0, err
	}
	text := textAddr(s)
	if flag[0]&tflagStar != 0 {
		text--
	}
	return text - 2 - uint64(off), nil // a byte of flags, one of length (the name is short)
}

// checkTypes compares types read by this file's layout with what reflect says
// of them. Types aren't read from memory if it disagrees.
func (p *Process) checkTypes() error {
	type probe struct {
		A int
		b map[string][3]*Field
		error
		c <-chan func(...any) (bool, error)
	}
	for _, want := range []reflect.Type{reflect.TypeFor[probe](), reflect.TypeFor[*Type](), reflect.TypeFor[map[[200]byte]error]()} {
		got, err := p.runtimeType(typeAddr(want))
		if err != nil {
			return fmt.Errorf("type descriptors not recognised: %w", err)
		}
		if !sameType(got, want, 4) {
			return fmt.Errorf("type descriptors not recognised: %v read as %s", want, got.Name)
		}
	}
	return nil
}

// sameType compares names, kinds and shapes, depth levels deep.
func sameType(got *Type, want reflect.Type, depth int) bool {
	if got == nil || got.Kind != want.Kind() || got.Size != int64(want.Size()) {
		return false
	}
	if want.Name() != "" && baseName(got.Name) != want.Name() {
		return false
	}
	if depth == 0 {
		return true
	}
	switch want.Kind() {
	case reflect.Struct:
		if len(got.Fields()) != want.NumField() {
			return false
		}
		for i, f := range got.Fields() {
			w := want.Field(i)
			if f.Name != w.Name || f.Offset != int64(w.Offset) || f.Embedded != w.Anonymous || !sameType(f.Type, w.Type, depth-1) {
				return false
			}
		}
		return true
	case reflect.Map:
		return sameType(got.Key(), want.Key(), depth-1) && sameType(got.Elem(), want.Elem(), depth-1)
	case reflect.Array:
		return got.Len == int64(want.Len()) && sameType(got.Elem(), want.Elem(), depth-1)
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		return sameType(got.Elem(), want.Elem(), depth-1)
	}
	return true
}
