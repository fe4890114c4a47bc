package gotypes

import (
	"fmt"
	"reflect"
	"unicode/utf8"
)

// typeLayout holds the offsets of the fields that we read of the runtime's type
// descriptors (internal/abi/type.go, map.go and iface.go; as in [newTypeLayout] from Go
// 1.24 to 1.27, except for the size of MapType). [Process.checkTypes] compares types read
// by it with what is known otherwise, before it is trusted.
type typeLayout struct {
	// abi.Type, with which the others begin
	size, tflag, kind, str uint64
	end                    uint64

	ptrElem, sliceElem             uint64
	arrayElem, arrayLen            uint64
	chanElem, chanDir              uint64
	funcIn, funcOut                uint64
	structPkg, structFields        uint64
	ifacePkg, ifaceMethods         uint64
	mapKey, mapElem, mapGroup      uint64
	fieldName, fieldType, fieldOff uint64 // StructField
	methodName, methodType         uint64 // Imethod
	uncommonPkg                    uint64 // UncommonType
	uncommonCount, uncommonMethods uint64 // the same: how many methods, and where
	ownName, ownType               uint64 // Method
	itabType                       uint64 // ITab

	// Sizes.
	header, field, method, uncommon, own                           uint64
	ptr, slice, array, channel, function, structure, iface, mapped uint64

	// Flags.
	isUncommon, hasStar, isNamed, isDirect uint64

	err    error
	mapErr error // affects maps only
	ownErr error // affects methods only
}

func newTypeLayout() typeLayout {
	return typeLayout{
		size: 0, tflag: 20, kind: 23, str: 40,
		ptrElem: 48, sliceElem: 48, arrayElem: 48, arrayLen: 64, chanElem: 48, chanDir: 56,
		funcIn: 48, funcOut: 50, structPkg: 48, structFields: 56, ifacePkg: 48, ifaceMethods: 56,
		mapKey: 48, mapElem: 56, mapGroup: 64,
		fieldName: 0, fieldType: 8, fieldOff: 16, methodName: 0, methodType: 4, uncommonPkg: 0, itabType: 8,
		uncommonCount: 4, uncommonMethods: 8, ownName: 0, ownType: 4,
		header: 48, field: 24, method: 8, uncommon: 16, own: 16,
		ptr: 56, slice: 56, array: 72, channel: 64, function: 56, structure: 80, iface: 80, mapped: 136,
		isUncommon: 1 << 0, hasStar: 1 << 1, isNamed: 1 << 2, isDirect: 1 << 5,
	}
}

func (l *typeLayout) structs() []StructLayout {
	return []StructLayout{
		{Name: "internal/abi.Type", Size: &l.header, end: &l.end, Err: &l.err, Fields: []FieldLayout{
			{"Size_", 8, &l.size}, {"TFlag", 1, &l.tflag}, {"Kind_", 1, &l.kind},
			{"Str", 4, &l.str},
		}},
		{Name: "internal/abi.PtrType", Size: &l.ptr, Err: &l.err, Fields: []FieldLayout{
			{"Elem", 8, &l.ptrElem},
		}},
		{Name: "internal/abi.SliceType", Size: &l.slice, Err: &l.err, Fields: []FieldLayout{
			{"Elem", 8, &l.sliceElem},
		}},
		{Name: "internal/abi.ArrayType", Size: &l.array, Err: &l.err, Fields: []FieldLayout{
			{"Elem", 8, &l.arrayElem}, {"Len", 8, &l.arrayLen},
		}},
		{Name: "internal/abi.ChanType", Size: &l.channel, Err: &l.err, Fields: []FieldLayout{
			{"Elem", 8, &l.chanElem}, {"Dir", 8, &l.chanDir},
		}},
		{Name: "internal/abi.FuncType", Size: &l.function, Err: &l.err, Fields: []FieldLayout{
			{"InCount", 2, &l.funcIn}, {"OutCount", 2, &l.funcOut},
		}},
		{Name: "internal/abi.StructType", Size: &l.structure, Err: &l.err, Fields: []FieldLayout{
			{"PkgPath", 8, &l.structPkg}, {"Fields", 24, &l.structFields},
		}},
		{Name: "internal/abi.InterfaceType", Size: &l.iface, Err: &l.err, Fields: []FieldLayout{
			{"PkgPath", 8, &l.ifacePkg}, {"Methods", 24, &l.ifaceMethods},
		}},
		{Name: "internal/abi.MapType", Older: "internal/abi.SwissMapType",
			Size: &l.mapped, Err: &l.mapErr, Fields: []FieldLayout{
				{"Key", 8, &l.mapKey}, {"Elem", 8, &l.mapElem}, {"Group", 8, &l.mapGroup},
			}},
		{Name: "internal/abi.StructField", Size: &l.field, Err: &l.err, Fields: []FieldLayout{
			{"Name", 8, &l.fieldName}, {"Typ", 8, &l.fieldType}, {"Offset", 8, &l.fieldOff},
		}},
		{Name: "internal/abi.Imethod", Size: &l.method, Err: &l.err, Fields: []FieldLayout{
			{"Name", 4, &l.methodName}, {"Typ", 4, &l.methodType},
		}},
		{Name: "internal/abi.UncommonType", Size: &l.uncommon, Err: &l.err, Fields: []FieldLayout{
			{"PkgPath", 4, &l.uncommonPkg},
		}},
		{Name: "internal/abi.UncommonType", Err: &l.ownErr, Fields: []FieldLayout{
			{"Mcount", 2, &l.uncommonCount}, {"Moff", 4, &l.uncommonMethods},
		}},
		{Name: "internal/abi.Method", Size: &l.own, Err: &l.ownErr, Fields: []FieldLayout{
			{"Name", 4, &l.ownName}, {"Mtyp", 4, &l.ownType},
		}},
		{Name: "internal/abi.ITab", Err: &l.err, Fields: []FieldLayout{{"Type", 8, &l.itabType}}},
	}
}

func (l *typeLayout) constants() map[string]*uint64 {
	return map[string]*uint64{
		"internal/abi.TFlagUncommon":    &l.isUncommon,
		"internal/abi.TFlagExtraStar":   &l.hasStar,
		"internal/abi.TFlagNamed":       &l.isNamed,
		"internal/abi.TFlagDirectIface": &l.isDirect,
	}
}

// elem returns the offset of the element type in a descriptor of kind k.
func (l *typeLayout) elem(k reflect.Kind) uint64 {
	switch k {
	case reflect.Pointer:
		return l.ptrElem
	case reflect.Slice:
		return l.sliceElem
	case reflect.Array:
		return l.arrayElem
	case reflect.Chan:
		return l.chanElem
	}
	return l.mapElem
}

// sizeOf returns the size of a descriptor of kind k; an UncommonType follows it.
func (l *typeLayout) sizeOf(k reflect.Kind) uint64 {
	switch k {
	case reflect.Pointer:
		return l.ptr
	case reflect.Slice:
		return l.slice
	case reflect.Array:
		return l.array
	case reflect.Chan:
		return l.channel
	case reflect.Func:
		return l.function
	case reflect.Struct:
		return l.structure
	case reflect.Interface:
		return l.iface
	case reflect.Map:
		return l.mapped
	}
	return l.header
}

// The kind has five bits. Up to Go 1.25 the sixth bit says what a flag says since.
const (
	kindMask   = 1<<5 - 1
	kindDirect = 1 << 5
)

// From internal/abi/type.go: FuncType, and Name.
const (
	funcVariadic = 1 << 15
	nameExported = 1 << 0
	nameTag      = 1 << 1
	namePkg      = 1 << 2
	nameEmbedded = 1 << 3
)

// maxFields bounds the fields that a damaged descriptor can ask for.
const maxFields = 1 << 17

// RuntimeType returns the type whose descriptor is at addr.
func (p *Process) RuntimeType(addr uint64) (*Type, error) {
	if t := p.rtypes[addr]; t != nil {
		return t, nil
	}
	if p.typesErr != nil {
		return nil, p.typesErr
	}
	if addr == 0 || addr%word != 0 {
		return nil, &NoneError{"type", addr}
	}
	l := &p.lay.types
	h := make([]byte, l.end)
	if err := p.Mem.Read(h, addr); err != nil {
		return nil, &NoneError{"type", addr}
	}
	d := &descriptor{
		p: p, l: l, addr: addr,
		kind: reflect.Kind(h[l.kind] & kindMask), flag: uint64(h[l.tflag]), str: int32(le32(h[l.str:])),
	}
	t := &Type{Kind: d.kind, Size: int64(le64(h[l.size:]))}
	t.Direct = h[l.kind]&kindDirect != 0 || d.flag&l.isDirect != 0
	if !t.plausible() {
		return nil, &NoneError{"type", addr}
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

// plausible reports whether a type of this kind can have this size.
func (t *Type) plausible() bool {
	want := sizeOf(t.Kind)
	return t.Kind != reflect.Invalid && t.Kind <= reflect.UnsafePointer &&
		t.Size >= 0 && (want == 0 || t.Size == want) && (!t.Direct || t.Size == word)
}

func (p *Process) addIndex(t *Type) {
	p.lastType++
	t.Index = p.lastType
}

// descriptor is a runtime type descriptor being read.
type descriptor struct {
	p    *Process
	l    *typeLayout
	addr uint64
	kind reflect.Kind
	flag uint64
	str  int32
}

// nameAndShape sets the fields that a Type must have from the start.
func (d *descriptor) nameAndShape(t *Type) (err error) {
	if d.kind == reflect.Array {
		n, err := d.word(d.l.arrayLen)
		if err != nil || int64(n) < 0 {
			return fmt.Errorf("no array type at %#x", d.addr)
		}
		t.Len = int64(n)
	}
	if d.kind == reflect.Interface {
		n, err := d.word(d.l.ifaceMethods + word)
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

// complete sets the fields that a Type needs only when its parts are asked for. Parts that
// can't be read stay nil.
func (d *descriptor) complete(t *Type) {
	ref := func(off uint64) *Type {
		a, err := d.word(off)
		if err != nil {
			return nil
		}
		r, _ := d.p.RuntimeType(a)
		return r
	}
	switch d.kind {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		t.elem = ref(d.l.elem(d.kind))
	case reflect.Struct:
		fields, _ := d.structFields()
		t.fields = make([]Field, len(fields))
		for i := range fields {
			t.fields[i] = fields[i].Field
		}
	case reflect.Map:
		if d.l.mapErr == nil {
			t.key, t.elem = ref(d.l.mapKey), ref(d.l.mapElem)
			t.maps = groupLayout(ref(d.l.mapGroup), t.key, t.elem)
		}
	}
}

// field is a field of a struct, as in the descriptor.
type field struct {
	Field
	name name
}

func (d *descriptor) structFields() ([]field, error) {
	base, err := d.word(d.l.structFields)
	if err != nil {
		return nil, err
	}
	n, err := d.word(d.l.structFields + word)
	if err != nil || n > maxFields {
		return nil, fmt.Errorf("no struct type at %#x", d.addr)
	}
	size := d.l.field
	raw := make([]byte, n*size)
	if err := d.p.Mem.Read(raw, base); err != nil {
		return nil, err
	}
	fields := make([]field, n)
	for i := range fields {
		r := raw[uint64(i)*size:]
		f := &fields[i]
		if f.name, err = d.p.readName(le64(r[d.l.fieldName:])); err != nil {
			return nil, err
		}
		if f.Type, err = d.p.RuntimeType(le64(r[d.l.fieldType:])); err != nil {
			return nil, err
		}
		f.Name, f.Offset, f.Embedded = f.name.text, int64(le64(r[d.l.fieldOff:])), f.name.flag&nameEmbedded != 0
	}
	return fields, nil
}

func (d *descriptor) word(off uint64) (uint64, error) { return d.p.ReadWord(d.addr + off) }

// nameAt returns the name at an offset from the beginning of the types section.
func (p *Process) nameAt(off int32) (string, error) {
	if off <= 0 {
		return "", fmt.Errorf("no name at offset %d", off)
	}
	n, err := p.readName(p.types + uint64(off))
	return n.text, err
}

// maxName bounds names and tags; names of generic instances get long.
const maxName = 1 << 16

// name is the name of a type, field or method (abi.Name).
type name struct {
	flag      byte
	text, tag string
	pkg       int32 // offset of the import path of an unexported name; 0: the path of the type it belongs to
}

// readName reads a name: a byte of flags, the text, and what the flags announce.
func (p *Process) readName(addr uint64) (n name, err error) {
	if n.flag, err = p.readByte(addr); err != nil {
		return n, err
	}
	n.text, addr, err = p.readText(addr + 1)
	if err == nil && n.flag&nameTag != 0 {
		n.tag, addr, err = p.readText(addr)
	}
	if err == nil && n.flag&namePkg != 0 {
		var off uint32
		off, err = p.ReadUint32(addr)
		n.pkg = int32(off)
	}
	return n, err
}

// readText reads a varint and as many bytes, and returns the address after
// them.
func (p *Process) readText(addr uint64) (text string, end uint64, err error) {
	n, more := 0, true
	for shift := 0; more; shift += 7 {
		b, err := p.readByte(addr)
		if err != nil {
			return "", 0, err
		}
		n |= int(b&0x7f) << shift
		if n > maxName || shift > 14 {
			return "", 0, fmt.Errorf("no name at %#x", addr)
		}
		more = b&0x80 != 0
		addr++
	}
	b := make([]byte, n)
	if err = p.Mem.Read(b, addr); err == nil && !utf8.Valid(b) {
		err = fmt.Errorf("no name at %#x", addr)
	}
	return string(b), addr + uint64(n), err
}
