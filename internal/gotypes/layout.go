package gotypes

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"maps"
	"slices"

	"coredumpy/internal/debuginfo"
)

// The runtime's structs change from release to release. We take the offsets of their
// fields from the program's debug information, by name. Without it we use known offsets,
// if values of our own are read correctly with them ([Process.checkTypes], checkMaps,
// checkChans). No version decides anything: in an unknown release we lose only what it has
// renamed, and the dump says what that was.
//
// Each layout is beside the code that reads by it: [typeLayout], [mapsLayout],
// [chanLayout], and those that other packages pass in.
type layouts struct {
	types typeLayout
	maps  mapsLayout
	chans chanLayout
}

// newLayouts returns the layouts of Go 1.24 to 1.27.
func newLayouts() *layouts {
	l := &layouts{types: newTypeLayout(), maps: newMapsLayout(), chans: newChanLayout()}
	for _, s := range l.structs() {
		s.setEnd()
	}
	return l
}

func (l *layouts) structs() []StructLayout {
	return slices.Concat(l.types.structs(), l.maps.structs(), l.chans.structs())
}

// Layouts are structs and constants that are looked up together, which is quicker.
type Layouts struct {
	Structs   []StructLayout
	Constants map[string]*uint64 // get the values; a constant that isn't there stays as it was
}

// StructLayout names a struct of the runtime and the fields that we read.
type StructLayout struct {
	Name   string
	Older  string // its name in an earlier release
	Fields []FieldLayout
	Size   *uint64 // gets the size of the struct, in bytes; may be nil
	end    *uint64 // gets where the last of the fields ends: so much of the struct is read; may be nil
	Err    *error  // gets why it can't be read
}

// FieldLayout is a field of such a struct.
type FieldLayout struct {
	Name   string
	Size   int64   // its size in bytes
	Offset *uint64 // gets its offset
}

// maxStruct bounds the size of a struct that is read at once.
const maxStruct = 256

// readLayouts reads the layouts from the debug information, the others included.
func (p *Process) readLayouts(others Layouts) {
	l := p.lay
	structs := append(l.structs(), others.Structs...)
	names, older := make([]string, len(structs)), []string{}
	for i, s := range structs {
		names[i] = s.Name
	}
	found := p.Info.TypesByName(names...)
	for _, s := range structs {
		if _, ok := found[s.Name]; !ok && s.Older != "" {
			older = append(older, s.Older)
		}
	}
	if len(older) > 0 {
		maps.Copy(found, p.Info.TypesByName(older...))
	}
	for i := range structs {
		s := &structs[i]
		off, ok := found[s.Name]
		if !ok {
			off, ok = found[s.Older]
		}
		if err := s.read(p.Info, off, ok); err != nil && *s.Err == nil {
			*s.Err = err
		}
	}
	l.maps.err = cmp.Or(l.maps.err, l.types.mapErr)
	if err := l.chans.waitersErr; err != nil {
		l.chans.waitersErr = fmt.Errorf("who waits for a channel isn't known: %w", err)
	}
	constants := l.types.constants()
	maps.Copy(constants, others.Constants)
	readConstants(p.Info, constants)
}

// read sets the offsets from the type at off.
func (s *StructLayout) read(info *debuginfo.File, off dwarf.Offset, ok bool) error {
	if !ok {
		return fmt.Errorf("no type %s", s.Name)
	}
	t, err := info.Type(off)
	if err != nil {
		return err
	}
	if t.Size < 0 || t.Size > maxStruct {
		return fmt.Errorf("%s not recognised: it has %d bytes", s.Name, t.Size)
	}
	for _, want := range s.Fields {
		f, ok := info.StructField(off, want.Name)
		if !ok {
			return fmt.Errorf("%s not recognised: no field %s", s.Name, want.Name)
		}
		typ, err := info.Type(f.Type)
		if err != nil {
			return fmt.Errorf("%s not recognised: field %s: %w", s.Name, want.Name, err)
		}
		if typ.Size != want.Size || f.Offset < 0 || f.Offset > t.Size-want.Size {
			return fmt.Errorf("%s not recognised: field %s has %d bytes at %d of %d, want %d",
				s.Name, want.Name, typ.Size, f.Offset, t.Size, want.Size)
		}
		*want.Offset = uint64(f.Offset)
	}
	if s.Size != nil {
		*s.Size = uint64(t.Size)
	}
	s.setEnd()
	return nil
}

func (s *StructLayout) setEnd() {
	if s.end == nil {
		return
	}
	*s.end = 0
	for _, f := range s.Fields {
		*s.end = max(*s.end, *f.Offset+uint64(f.Size))
	}
}

// readConstants reads constants by their names. A constant that isn't there stays as it
// was: a release without it doesn't use it.
func readConstants(info *debuginfo.File, constants map[string]*uint64) {
	for name, v := range info.ConstantsByName(slices.Collect(maps.Keys(constants))...) {
		if value := constants[name]; value != nil {
			*value = uint64(v)
		}
	}
}

// Offset returns the offset of a field in one of the runtime's structs.
func (p *Process) Offset(typ, field string) (uint64, error) {
	t, ok := p.Info.TypeByName(typ)
	if !ok {
		return 0, fmt.Errorf("no type %s", typ)
	}
	off, err := FieldOffset(p.Info, typ, t, [2]string{field})
	return uint64(off), err
}

// ElementOf returns the element type of the type at typ in the debug information, depth
// times over: for a slice of pointers, depth is 2.
func (p *Process) ElementOf(typ dwarf.Offset, depth int) (dwarf.Offset, error) {
	for range depth {
		t, err := p.Info.Type(typ)
		if err != nil {
			return 0, err
		}
		typ = t.Elem
	}
	return typ, nil
}

// FieldOffset returns the offset of a field, or of a field of a field, of the struct named
// name; -1 if there is none.
func FieldOffset(info *debuginfo.File, name string, typ dwarf.Offset, path [2]string) (off int64, err error) {
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
