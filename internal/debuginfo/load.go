package debuginfo

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"sync"
)

// ErrNoDWARF is returned by DWARFError for a stripped executable.
var ErrNoDWARF = errors.New("no debug information in the executable")

// DWARFError returns nil when functions, variables and types can be looked up, and
// otherwise the reason. It reads the sections that they are in.
func (f *File) DWARFError() error {
	if !f.loaded {
		f.loaded = true
		f.loadErr = f.load()
	}
	return f.loadErr
}

// Preload reads the sections that a stack with variables needs, several at a time, since
// most of the work is decompressing. Sections that it can't read are read again when they
// are needed, and the error is returned then.
func (f *File) Preload() {
	names := [...]string{"info", "line", "loclists", "frame"} // the largest first
	var contents [len(names)][]byte
	var wg sync.WaitGroup
	for i, name := range names {
		if _, ok := f.sections[name]; ok {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer recoverTo(nil)
			contents[i], _ = f.debug.section(name)
		}()
	}
	wg.Wait()
	for i, name := range names {
		if contents[i] != nil {
			f.sections[name] = contents[i]
		}
	}
}

// load gives debug/dwarf the sections that entries need. Line tables, location lists and
// call-frame information, half of the bytes to decompress, are read when first needed.
func (f *File) load() (err error) {
	defer recoverTo(&err)
	if f.Stripped() {
		if f.unfit != nil {
			return f.unfit
		}
		return ErrNoDWARF
	}
	f.dwarf, err = f.newDWARF("ranges", "addr", "str_offsets", "rnglists")
	if err != nil {
		return fmt.Errorf("load debug information: %w", err)
	}
	if err := f.loadUnits(); err != nil {
		f.dwarf, f.units, f.pcs = nil, nil, nil
		return fmt.Errorf("load debug information: %w", err)
	}
	return nil
}

// Stripped reports whether there is no debug information.
func (f *File) Stripped() bool { return !hasDWARF(f.debug) }

func hasDWARF(c container) bool { return c.hasSection("info") && c.hasSection("abbrev") }

// newDWARF returns the debug information in the sections that entries are written in, and
// in the named ones.
func (f *File) newDWARF(names ...string) (*dwarf.Data, error) {
	data := map[string][]byte{}
	for _, name := range append(names, "abbrev", "info", "str", "line_str") {
		b, err := f.section(name)
		if err != nil {
			return nil, err
		}
		data[name] = b
	}
	d, err := dwarf.New(data["abbrev"], nil, nil, data["info"], data["line"], nil, data["ranges"], data["str"])
	if err != nil {
		return nil, err
	}
	for _, name := range [...]string{"addr", "line_str", "str_offsets", "rnglists"} {
		if data[name] != nil {
			d.AddSection(".debug_"+name, data[name])
		}
	}
	return d, nil
}

// lineData returns the debug information with the line tables.
func (f *File) lineData() (*dwarf.Data, error) {
	if f.lines == nil {
		d, err := f.newDWARF("line")
		if err != nil {
			return nil, fmt.Errorf("load line tables: %w", err)
		}
		f.lines = d
	}
	return f.lines, nil
}

// section returns the contents of a debug section, nil if there is none. It is
// read once.
func (f *File) section(name string) (data []byte, err error) {
	if data, ok := f.sections[name]; ok {
		return data, nil
	}
	defer recoverTo(&err)
	data, err = f.debug.section(name)
	if err != nil {
		return nil, err
	}
	f.sections[name] = data
	return data, nil
}

// entry decodes the entry at off.
func (f *File) entry(off dwarf.Offset) (e *dwarf.Entry, err error) {
	if err := f.DWARFError(); err != nil {
		return nil, err
	}
	defer recoverTo(&err)
	r := f.dwarf.Reader()
	r.Seek(off)
	e, err = r.Next()
	if err != nil {
		return nil, fmt.Errorf("read entry %#x: %w", off, err)
	}
	if e == nil || e.Tag == 0 {
		return nil, fmt.Errorf("read entry %#x: no entry there", off)
	}
	return e, nil
}

// ranges returns the pc ranges of an entry, nil when they can't be read.
func (f *File) ranges(e *dwarf.Entry) (rs [][2]uint64) {
	defer recoverTo(nil)
	rs, err := f.dwarf.Ranges(e)
	if err != nil {
		return nil
	}
	return rs
}

// value returns an attribute of e, or of the abstract entry that e is an
// instance of (DWARF 5, sections 3.3.8.2 and 2.13.2).
func (f *File) value(e *dwarf.Entry, attr dwarf.Attr) any {
	// Abstract entries nest no deeper than an instance of a definition of a declaration;
	// the limit ends a chain that loops.
	for range 4 {
		if v := e.Val(attr); v != nil {
			return v
		}
		off, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			if off, ok = e.Val(dwarf.AttrSpecification).(dwarf.Offset); !ok {
				return nil
			}
		}
		var err error
		if e, err = f.entry(off); err != nil {
			return nil
		}
	}
	return nil
}
