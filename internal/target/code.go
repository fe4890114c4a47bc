package target

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"coredumpy/internal/gotypes"
)

// The runtime's tables say which words of a frame hold pointers that will still be used:
// runtime/symtab.go (moduledata, pcvalue, stackmap), runtime/runtime2.go (_func),
// runtime/stack.go, internal/abi/symtab.go.

// tableLayout holds the offsets of the fields that we read of them, as in Go 1.24 to 1.27.
type tableLayout struct {
	defers, nPCData, nFuncData, fn          uint64 // _func, and its size
	entry, function, functab                uint64 // functab, and its size
	maps, bits, data                        uint64 // stackmap
	objectOff, objectSize, object           uint64 // stackObjectRecord, and its size
	pcStackMap, fdArgs, fdLocals, fdObjects uint64 // indexes of tables
	err                                     error
}

func newTableLayout() tableLayout {
	return tableLayout{
		defers: 12, nPCData: 28, nFuncData: 43, fn: 44, entry: 0, function: 4, functab: 8,
		maps: 0, bits: 4, data: 8, objectOff: 0, objectSize: 4, object: 16,
		pcStackMap: 1, fdArgs: 0, fdLocals: 1, fdObjects: 2,
	}
}

func (l *tableLayout) structs() []gotypes.StructLayout {
	field := func(name string, size int64, offset *uint64) gotypes.FieldLayout {
		return gotypes.FieldLayout{Name: name, Size: size, Offset: offset}
	}
	return []gotypes.StructLayout{
		{Name: "runtime._func", Size: &l.fn, Err: &l.err, Fields: []gotypes.FieldLayout{
			field("deferreturn", 4, &l.defers), field("npcdata", 4, &l.nPCData),
			field("nfuncdata", 1, &l.nFuncData),
		}},
		{Name: "runtime.functab", Size: &l.functab, Err: &l.err, Fields: []gotypes.FieldLayout{
			field("entryoff", 4, &l.entry), field("funcoff", 4, &l.function),
		}},
		{Name: "runtime.stackmap", Err: &l.err, Fields: []gotypes.FieldLayout{
			field("n", 4, &l.maps), field("nbit", 4, &l.bits), field("bytedata", 1, &l.data),
		}},
		{Name: "runtime.stackObjectRecord", Size: &l.object, Err: &l.err, Fields: []gotypes.FieldLayout{
			field("off", 4, &l.objectOff), field("size", 4, &l.objectSize),
		}},
	}
}

func (l *tableLayout) constants() map[string]*uint64 {
	return map[string]*uint64{
		"internal/abi.PCDATA_StackMapIndex":       &l.pcStackMap,
		"internal/abi.FUNCDATA_ArgsPointerMaps":   &l.fdArgs,
		"internal/abi.FUNCDATA_LocalsPointerMaps": &l.fdLocals,
		"internal/abi.FUNCDATA_StackObjects":      &l.fdObjects,
	}
}

const (
	noFuncdata         = 1<<32 - 1
	maxStackMapBits    = 1 << 24
	maxStackObjects    = 1 << 16
	maxFunctions       = 1 << 24
	maxPCTable         = 1 << 20
	pcTableBuffer      = 512
	argsAboveCFAArm64  = word
	maxFuncdataEntries = 1 << 6
)

// codeTables are the runtime's tables of functions.
type codeTables struct {
	l                          *tableLayout
	text, funcs, pctab, gofunc uint64
	ftab                       []byte
	data                       [2][2]uint64 // where read-only data is, and what comes after the code
}

// codeTables finds the tables.
func (p *Process) codeTables() (*codeTables, error) {
	if p.code == nil && p.tablesErr == nil {
		if p.code, p.tablesErr = p.readCodeTables(); p.tablesErr != nil {
			p.tablesErr = fmt.Errorf("which variables are still used isn't known: %w", p.tablesErr)
		}
	}
	return p.code, p.tablesErr
}

func (p *Process) readCodeTables() (*codeTables, error) {
	md, typ, err := p.Global("runtime.firstmoduledata")
	if err != nil {
		return nil, err
	}
	t := &codeTables{l: &p.tables}
	if t.l.err != nil {
		return nil, t.l.err
	}
	var ftab, n, size uint64
	for _, f := range []struct {
		to   *uint64
		name string
		off  uint64
	}{
		{&t.text, "text", 0}, {&t.funcs, "pclntable", 0}, {&t.pctab, "pctab", 0}, {&t.gofunc, "gofunc", 0},
		{&ftab, "ftab", 0}, {&n, "ftab", word}, {&t.data[0][0], "rodata", 0}, {&size, "pclntable", word},
		{&t.data[1][0], "etext", 0}, {&t.data[1][1], "end", 0},
	} {
		field, ok := p.Info.StructField(typ, f.name)
		if !ok {
			return nil, fmt.Errorf("runtime.moduledata not recognised: no field %s", f.name)
		}
		if *f.to, err = p.ReadWord(md + uint64(field.Offset) + f.off); err != nil {
			return nil, err
		}
	}
	t.data[0][1] = t.funcs + size // the last of what is read-only
	if n > maxFunctions {
		return nil, fmt.Errorf("runtime.moduledata has %d functions", n)
	}
	t.ftab = make([]byte, n*t.l.functab)
	if err := p.Mem.Read(t.ftab, ftab); err != nil {
		return nil, err
	}
	return t, nil
}

// function returns the address of the _func for pc.
func (t *codeTables) function(pc uint64) (addr, entry uint64, ok bool) {
	size := int(t.l.functab)
	n := len(t.ftab) / size
	off := pc - t.text
	i := sort.Search(n, func(i int) bool { return uint64(le32(t.ftab[i*size+int(t.l.entry):])) > off }) - 1
	if i < 0 || i >= n-1 { // the last entry is the end
		return 0, 0, false
	}
	e := t.ftab[i*size:]
	return t.funcs + uint64(le32(e[t.l.function:])), t.text + uint64(le32(e[t.l.entry:])), true
}

// TablesErr says why the tables of functions can't be used; it is nil if they can, and
// until they are first needed.
func (p *Process) TablesErr() error { return p.tablesErr }

// Defers reports whether the function at pc, behind a call, has defer statements, as far as is
// known. Those of the runtime and of package testing don't count.
func (p *Process) Defers(pc uint64) bool {
	f := p.FuncAt(pc - 1)
	if f == nil || strings.HasPrefix(f.Name, "runtime.") || strings.HasPrefix(f.Name, "testing.") {
		return false
	}
	t, err := p.codeTables()
	if err != nil {
		return true
	}
	fn, _, ok := t.function(pc)
	if !ok {
		return true
	}
	at, err := p.ReadUint32(fn + t.l.defers)
	return err != nil || at != 0
}

// StackMaps says which words of a frame are live at a pc.
type StackMaps struct {
	Locals, Args Bitmap
	Objects      []StackObject
}

// Bitmap has a bit for each word of a part of a frame.
type Bitmap struct {
	N int    // of words
	b []byte // nil: all of them
}

// Has reports whether the bit of the i-th word is set.
func (m Bitmap) Has(i int) bool { return m.b == nil || m.b[i/8]&(1<<(i%8)) != 0 }

// StackObject is a variable whose address is taken. It is live if something live points to
// it.
type StackObject struct{ Off, Size int64 } // Off: from varp if negative, else from argp

// StackMaps returns the maps of the frame whose return address is pc. If before is set, it
// returns those of the call before that one in the function's code.
func (p *Process) StackMaps(pc uint64, before bool) (*StackMaps, error) {
	t, err := p.codeTables()
	if err != nil {
		return nil, err
	}
	fn, entry, ok := t.function(pc)
	if !ok {
		return nil, fmt.Errorf("no function at %#x", pc)
	}
	h := make([]byte, t.l.fn)
	if err := p.Mem.Read(h, fn); err != nil {
		return nil, err
	}
	npcdata, nfuncdata := uint64(le32(h[t.l.nPCData:])), uint64(h[t.l.nFuncData])
	if npcdata > maxFuncdataEntries || nfuncdata > maxFuncdataEntries {
		return nil, fmt.Errorf("function table not recognised")
	}
	m := &StackMaps{}
	index := int32(0)
	if pc != entry && npcdata > t.l.pcStackMap {
		at, last, err := p.pcValue(t, fn+t.l.fn+t.l.pcStackMap*4, entry, pc-1)
		if err != nil {
			return nil, err
		}
		if before {
			at = last
		}
		index = max(at, 0)
	}
	data := func(i uint64) uint64 {
		if i >= nfuncdata {
			return 0
		}
		off, err := p.ReadUint32(fn + t.l.fn + npcdata*4 + i*4)
		if err != nil || off == noFuncdata {
			return 0
		}
		return t.gofunc + uint64(off)
	}
	if m.Locals, err = p.stackMap(data(t.l.fdLocals), index); err != nil {
		return nil, err
	}
	if m.Args, err = p.stackMap(data(t.l.fdArgs), index); err != nil {
		return nil, err
	}
	m.Objects, err = p.stackObjects(data(t.l.fdObjects))
	return m, err
}

// pcValue decodes the table whose offset is at addr, up to pc. last is the value before
// that; -1 if there is none.
func (p *Process) pcValue(t *codeTables, addr, entry, pc uint64) (value, last int32, err error) {
	off, err := p.ReadUint32(addr)
	if err != nil || off == 0 {
		return -1, -1, err
	}
	quantum := uint64(1)
	if p.Info.GOARCH() == "arm64" {
		quantum = 4
	}
	r := byteReader{p: p, addr: t.pctab + uint64(off)}
	at := entry
	value, last = -1, -1
	seen := int32(-1)
	for first := true; r.read < maxPCTable; first = false {
		delta := uint32(r.varint())
		if r.err != nil || delta == 0 && !first {
			break
		}
		value += int32(-(delta & 1) ^ (delta >> 1))
		at += r.varint() * quantum
		if value >= 0 && value != seen {
			last, seen = seen, value
		}
		if pc < at {
			if value != seen {
				last = seen // at pc there is no call
			}
			return value, last, r.err
		}
	}
	return -1, -1, r.err
}

// byteReader reads bytes from memory one by one.
type byteReader struct {
	p    *Process
	addr uint64
	buf  []byte
	read int
	err  error
}

func (r *byteReader) varint() (v uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if len(r.buf) == 0 {
			r.buf = make([]byte, pcTableBuffer)
			if r.err = r.p.Mem.Read(r.buf, r.addr); r.err != nil {
				return 0
			}
			r.addr += pcTableBuffer
		}
		b := r.buf[0]
		r.buf = r.buf[1:]
		r.read++
		v |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			break
		}
	}
	return v
}

// stackMap reads the Bitmap with the given index.
func (p *Process) stackMap(addr uint64, index int32) (Bitmap, error) {
	if addr == 0 {
		return Bitmap{}, nil
	}
	l := &p.tables
	n, err1 := p.ReadUint32(addr + l.maps)
	bits, err2 := p.ReadUint32(addr + l.bits)
	if err := errors.Join(err1, err2); err != nil {
		return Bitmap{}, err
	}
	nbit := int(int32(bits))
	if nbit == 0 {
		return Bitmap{}, nil
	}
	if index >= int32(n) || nbit < 0 || nbit > maxStackMapBits {
		return Bitmap{}, fmt.Errorf("stack map not recognised")
	}
	size := (nbit + 7) / 8
	m := Bitmap{nbit, make([]byte, size)}
	err := p.Mem.Read(m.b, addr+l.data+uint64(int(index)*size))
	return m, err
}

func (p *Process) stackObjects(addr uint64) ([]StackObject, error) {
	if addr == 0 {
		return nil, nil
	}
	n, err := p.ReadWord(addr)
	if err != nil || n > maxStackObjects {
		return nil, fmt.Errorf("stack objects not recognised")
	}
	l := &p.tables
	raw := make([]byte, n*l.object)
	if err := p.Mem.Read(raw, addr+word); err != nil {
		return nil, err
	}
	objects := make([]StackObject, n)
	for i := range objects {
		r := raw[uint64(i)*l.object:]
		objects[i] = StackObject{int64(int32(le32(r[l.objectOff:]))), int64(int32(le32(r[l.objectSize:])))}
	}
	return objects, nil
}
