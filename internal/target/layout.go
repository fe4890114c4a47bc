package target

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"maps"
	"slices"

	"coredumpy/internal/debuginfo"
)

// The runtime's structs change from release to release. Where their fields are
// comes from the program's debug information, by name; without it, from what
// reads values of our own rightly ([Process.checkTypes], checkMaps, checkChans).
// No version decides anything: a release that nobody has seen costs what it has
// renamed, and the dump says what that was.
//
// Each subject has its layout beside the code that reads it: [typeLayout],
// [mapsLayout], [chanLayout], [tableLayout], [stateLayout].
type layouts struct {
	types  typeLayout
	maps   mapsLayout
	chans  chanLayout
	tables tableLayout
	states stateLayout
}

// newLayouts returns the layouts of Go 1.24 to 1.27.
func newLayouts() *layouts {
	l := &layouts{
		types: newTypeLayout(), maps: newMapsLayout(), chans: newChanLayout(),
		tables: newTableLayout(), states: newStateLayout(),
	}
	for _, s := range l.structs() {
		s.setEnd()
	}
	return l
}

func (l *layouts) structs() []structLayout {
	return slices.Concat(l.types.structs(), l.maps.structs(), l.chans.structs(), l.tables.structs())
}

func (l *layouts) constants() []constantLayout {
	return slices.Concat(l.types.constants(), l.tables.constants(), l.states.constants())
}

// structLayout says what is read of one of the runtime's structs.
type structLayout struct {
	name   string
	older  string // its name in an earlier release
	fields []fieldLayout
	size   *uint64 // gets the size of the struct, in bytes; may be nil
	end    *uint64 // gets where the last of the fields ends, which is what is read of it; may be nil
	err    *error  // gets why it can't be read
}

// fieldLayout is a field of such a struct.
type fieldLayout struct {
	name   string
	size   int64   // bytes it has
	offset *uint64 // gets where it is
}

// maxStruct bounds the size of a struct that is read as a whole.
const maxStruct = 256

// constantLayout is a constant of the runtime, and where its value goes. One that
// isn't there leaves what was there: what hasn't it doesn't use it.
type constantLayout struct {
	name  string
	value *uint64
}

// readLayouts reads the layouts in the debug information.
func (p *Process) readLayouts() {
	l := p.lay
	structs := l.structs()
	names, older := make([]string, len(structs)), []string{}
	for i, s := range structs {
		names[i] = s.name
	}
	found := p.Info.TypesByName(names...)
	for _, s := range structs {
		if _, ok := found[s.name]; !ok && s.older != "" {
			older = append(older, s.older)
		}
	}
	if len(older) > 0 {
		maps.Copy(found, p.Info.TypesByName(older...))
	}
	for i := range structs {
		s := &structs[i]
		off, ok := found[s.name]
		if !ok {
			off, ok = found[s.older]
		}
		if err := s.read(p.Info, off, ok); err != nil && *s.err == nil {
			*s.err = err
		}
	}
	l.maps.err = cmp.Or(l.maps.err, l.types.mapErr)
	if err := l.chans.waitersErr; err != nil {
		l.chans.waitersErr = fmt.Errorf("who waits for a channel isn't known: %w", err)
	}
	readConstants(p.Info, l.constants())
}

// read takes what is asked for from the type at off.
func (s *structLayout) read(info *debuginfo.File, off dwarf.Offset, ok bool) error {
	if !ok {
		return fmt.Errorf("no type %s", s.name)
	}
	t, err := info.Type(off)
	if err != nil {
		return err
	}
	if t.Size < 0 || t.Size > maxStruct {
		return fmt.Errorf("%s not recognised: it has %d bytes", s.name, t.Size)
	}
	for _, want := range s.fields {
		f, ok := info.StructField(off, want.name)
		if !ok {
			return fmt.Errorf("%s not recognised: no field %s", s.name, want.name)
		}
		typ, err := info.Type(f.Type)
		if err != nil {
			return fmt.Errorf("%s not recognised: field %s: %w", s.name, want.name, err)
		}
		if typ.Size != want.size || f.Offset < 0 || f.Offset > t.Size-want.size {
			return fmt.Errorf("%s not recognised: field %s has %d bytes at %d of %d, want %d",
				s.name, want.name, typ.Size, f.Offset, t.Size, want.size)
		}
		*want.offset = uint64(f.Offset)
	}
	if s.size != nil {
		*s.size = uint64(t.Size)
	}
	s.setEnd()
	return nil
}

func (s *structLayout) setEnd() {
	if s.end == nil {
		return
	}
	*s.end = 0
	for _, f := range s.fields {
		*s.end = max(*s.end, *f.offset+uint64(f.size))
	}
}

func readConstants(info *debuginfo.File, constants []constantLayout) {
	names := make([]string, len(constants))
	for i, c := range constants {
		names[i] = c.name
	}
	found := info.ConstantsByName(names...)
	for _, c := range constants {
		if v, ok := found[c.name]; ok {
			*c.value = uint64(v)
		}
	}
}

// Offset returns where a field is in one of the runtime's structs.
func (p *Process) Offset(typ, field string) (uint64, error) {
	t, ok := p.Info.TypeByName(typ)
	if !ok {
		return 0, fmt.Errorf("no type %s", typ)
	}
	off, err := fieldOffset(p.Info, typ, t, [2]string{field})
	return uint64(off), err
}

// elementOf returns the element type of the element type, and so on, of the type at
// typ in the debug information: of a slice of pointers, depth is 2.
func (p *Process) elementOf(typ dwarf.Offset, depth int) (dwarf.Offset, error) {
	for range depth {
		t, err := p.Info.Type(typ)
		if err != nil {
			return 0, err
		}
		typ = t.Elem
	}
	return typ, nil
}

// fieldOffset returns the offset of a field, or of a field of a field, of the
// struct that is called name; -1 if there is none.
func fieldOffset(info *debuginfo.File, name string, typ dwarf.Offset, path [2]string) (off int64, err error) {
	for _, field := range path {
		if field == "" {
			break
		}
		f, ok := info.StructField(typ, field)
		if !ok {
			return -1, fmt.Errorf("%s not recognised: no field %s", name, field)
		}
		off += f.Offset
		typ = f.Type
	}
	return off, nil
}
