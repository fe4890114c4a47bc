package target

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
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
	ifaceMethods  = 56 // slice
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
	if want := sizeOf(t.Kind); t.Kind == reflect.Invalid || t.Kind > reflect.UnsafePointer || t.Size < 0 || want != 0 && t.Size != want {
		return nil, fmt.Errorf("no type at %#x", addr)
	}
	p.rtypes[addr] = t // before the name, which may lead back here
	if err := d.nameAndShape(t); err != nil {
		delete(p.rtypes, addr)
		return nil, err
	}
	t.resolve = func() { d.complete(t) }
	return t, nil
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

// name returns the type's name, qualified with import paths.
func (d *descriptor) name(t *Type) (string, error) {
	if d.flag&tflagNamed == 0 {
		if s := d.composed(t); s != "" {
			return s, nil
		}
	}
	s, err := d.p.nameAt(d.str)
	if err != nil {
		return "", fmt.Errorf("no type at %#x: %w", d.addr, err)
	}
	if d.flag&tflagStar != 0 {
		s = strings.TrimPrefix(s, "*")
	}
	if d.flag&tflagNamed == 0 {
		return s, nil
	}
	path := d.pkgPath()
	if path == "" {
		return s, nil
	}
	return escapePath(path) + "." + baseName(s), nil
}

// baseName cuts the package name off "pkg.Name[path.Arg]".
func baseName(s string) string {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ']':
			depth++
		case '[':
			depth--
		case '.':
			if depth == 0 {
				return s[i+1:]
			}
		}
	}
	return s
}

// composed builds the name of a type that has none of its own from its parts;
// "" if the runtime's string has to do.
func (d *descriptor) composed(t *Type) string {
	elem := func(off uint64) string {
		if a, err := d.word(off); err == nil {
			if e, err := d.p.runtimeType(a); err == nil {
				return e.Name
			}
		}
		return "?"
	}
	switch d.kind {
	case reflect.Pointer:
		return "*" + elem(rtypeElem)
	case reflect.Slice:
		return "[]" + elem(rtypeElem)
	case reflect.Array:
		return "[" + strconv.FormatInt(t.Len, 10) + "]" + elem(rtypeElem)
	case reflect.Map:
		return "map[" + elem(mapKey) + "]" + elem(mapElem)
	case reflect.Chan:
		dir, _ := d.word(chanDir)
		switch reflect.ChanDir(dir) {
		case reflect.RecvDir:
			return "<-chan " + elem(rtypeElem)
		case reflect.SendDir:
			return "chan<- " + elem(rtypeElem)
		}
		return "chan " + elem(rtypeElem)
	case reflect.Func:
		return d.funcName(elem)
	case reflect.Struct:
		return d.structName()
	}
	return ""
}

func (d *descriptor) funcName(elem func(uint64) string) string {
	counts, err := d.word(funcIn)
	if err != nil {
		return ""
	}
	in, out := int(uint16(counts)), int(uint16(counts>>16))
	variadic := out&funcVariadic != 0
	out &^= funcVariadic
	off := uint64(funcHeader)
	if d.flag&tflagUncommon != 0 {
		off += uncommonSize
	}
	list := func(from, n int) string {
		names := make([]string, n)
		for i := range names {
			names[i] = elem(off + uint64(from+i)*word)
		}
		if variadic && from == 0 && n > 0 {
			names[n-1] = "..." + strings.TrimPrefix(names[n-1], "[]")
		}
		return strings.Join(names, ", ")
	}
	s := "func(" + list(0, in) + ")"
	switch out {
	case 0:
	case 1:
		s += " " + list(in, 1)
	default:
		s += " (" + list(in, out) + ")"
	}
	return s
}

func (d *descriptor) structName() string {
	fields, err := d.structFields()
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("struct {")
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if !f.Embedded {
			b.WriteString(f.Name + " ")
		}
		b.WriteString(f.Type.Name)
	}
	if len(fields) > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
	return b.String()
}

// pkgPath returns the import path of a named type, "" for predeclared ones.
func (d *descriptor) pkgPath() string {
	if d.flag&tflagUncommon == 0 {
		return ""
	}
	off, ok := uncommonOff[d.kind]
	if !ok {
		off = rtypeHeader
	}
	n, err := readUint32(d.p.Mem, d.addr+off)
	if err != nil || n == 0 {
		return ""
	}
	s, _ := d.p.nameAt(int32(n))
	return s
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
		t.fields, _ = d.structFields()
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

func (d *descriptor) structFields() ([]Field, error) {
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
	fields := make([]Field, n)
	for i := range fields {
		r := raw[i*structField:]
		name, flag, err := d.p.readName(le64(r))
		if err != nil {
			return nil, err
		}
		typ, err := d.p.runtimeType(le64(r[word:]))
		if err != nil {
			return nil, err
		}
		fields[i] = Field{Name: name, Type: typ, Offset: int64(le64(r[2*word:])), Embedded: flag&nameEmbedded != 0}
	}
	return fields, nil
}

func (d *descriptor) word(off uint64) (uint64, error) { return readWord(d.p.Mem, d.addr+off) }

// nameAt returns the name at an offset from the beginning of the types section.
func (p *Process) nameAt(off int32) (string, error) {
	if off <= 0 {
		return "", fmt.Errorf("no name at offset %d", off)
	}
	s, _, err := p.readName(p.types + uint64(off))
	return s, err
}

// maxName bounds names; generic instantiations get long.
const maxName = 1 << 16

// readName reads a name: a byte of flags, the length as a varint, the text
// (abi.Name).
func (p *Process) readName(addr uint64) (name string, flag byte, err error) {
	var h [4]byte
	if err := p.Mem.Read(h[:], addr); err != nil {
		return "", 0, err
	}
	n, size := int(h[1]&0x7f), 2
	for i := 1; h[i]&0x80 != 0; i++ {
		if i == len(h)-1 {
			return "", 0, fmt.Errorf("no name at %#x", addr)
		}
		n |= int(h[i+1]&0x7f) << (7 * i)
		size++
	}
	if n > maxName {
		return "", 0, fmt.Errorf("no name at %#x", addr)
	}
	b := make([]byte, n)
	err = p.Mem.Read(b, addr+uint64(size))
	return string(b), h[0], err
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
