package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"slices"
	"sort"
	"strings"
)

// A lineTable is a unit's line table: which line each address belongs to, and
// the unit's files.
type lineTable struct {
	rows  []lineRow // by address
	files []string  // as numbered in the unit's entries
}

// A lineRow starts at an address and lasts up to the next row. A file of -1 starts a gap
// between sequences.
type lineRow struct {
	addr uint64
	file int32
	line int32
}

const lineGap = -1

// lineAt returns the line of pc, which is in a function that ends at end; ""
// and 0 when it is unknown.
func (u *unit) lineAt(pc, end uint64) (file string, line int) {
	rows := u.lineTable().rows
	i := sort.Search(len(rows), func(i int) bool { return rows[i].addr > pc })
	switch {
	case i > 0 && rows[i-1].file != lineGap:
		i--
	case i < len(rows) && rows[i].addr < end && rows[i].file != lineGap:
		// The compiler writes no row for the start of a function that starts in file 1 at
		// line 1, as generated ones do: a sequence starts with these values (DWARF 5,
		// section 6.2.2). The next row has them.
	default:
		return "", 0
	}
	return u.fileName(int64(rows[i].file)), int(rows[i].line)
}

// eachLine calls visit for each row of the line table after pc and before end.
func (u *unit) eachLine(pc, end uint64, visit func(file string, line int)) {
	rows := u.lineTable().rows
	i := sort.Search(len(rows), func(i int) bool { return rows[i].addr > pc })
	for ; i < len(rows) && rows[i].addr < end; i++ {
		if rows[i].file != lineGap {
			visit(u.fileName(int64(rows[i].file)), int(rows[i].line))
		}
	}
}

// fileName returns the name of a file numbered as in the unit's entries.
func (u *unit) fileName(n int64) string {
	if files := u.lineTable().files; n >= 0 && n < int64(len(files)) {
		return files[n]
	}
	return ""
}

// lineTable decodes the unit's line table; an unreadable one is empty, or ends
// where it cannot be read.
func (u *unit) lineTable() *lineTable {
	if u.lines == nil {
		u.lines = &lineTable{}
		u.readLines(u.lines)
	}
	return u.lines
}

func (u *unit) readLines(t *lineTable) {
	defer recoverTo(nil)
	d, err := u.file.lineData()
	if err != nil || !u.plausibleLines() {
		return
	}
	r, err := d.LineReader(u.entry)
	if err != nil || r == nil {
		return
	}
	index := map[*dwarf.LineFile]int32{}
	number := func() {
		files := r.Files()
		for i := len(t.files); i < len(files); i++ {
			index[files[i]] = int32(i)
			t.files = append(t.files, lineFileName(files[i]))
		}
	}
	number()
	var e dwarf.LineEntry
	var file *dwarf.LineFile // of the last row
	var n int32              // its number
	for r.Next(&e) == nil {
		if e.EndSequence {
			t.rows = append(t.rows, lineRow{e.Address, lineGap, 0})
			continue
		}
		if e.File != file {
			number() // the program may have defined it (DW_LNE_define_file)
			var ok bool
			if n, ok = index[e.File]; !ok {
				continue
			}
			file = e.File
		}
		t.rows = append(t.rows, lineRow{e.Address, n, int32(e.Line)})
	}
	// Rows are in order within a sequence, but sequences needn't be. Where one ends and
	// another starts, the start wins; among rows of one address in a sequence, the last.
	if !slices.IsSortedFunc(t.rows, compareRows) {
		slices.SortStableFunc(t.rows, compareRows)
	}
}

func compareRows(a, b lineRow) int {
	if c := cmp.Compare(a.addr, b.addr); c != 0 {
		return c
	}
	switch aGap, bGap := a.file == lineGap, b.file == lineGap; {
	case aGap && !bGap:
		return -1
	case bGap && !aGap:
		return 1
	}
	return 0
}

// lineFileName returns a file's name as the compiler knew it. Go's linker writes "?" for
// the file 0 that DWARF 5 requires, and "." for the directory of compilation, which
// -trimpath's names are joined with.
func lineFileName(file *dwarf.LineFile) string {
	if file == nil || file.Name == "?" {
		return ""
	}
	return strings.TrimPrefix(file.Name, "./")
}

// plausibleLines checks what debug/dwarf doesn't compare with the size of the section,
// but allocates for: the numbers of directories and files of a DWARF 5 line table
// (section 6.2.4).
func (u *unit) plausibleLines() bool {
	off, ok := u.entry.Val(dwarf.AttrStmtList).(int64)
	if !ok {
		return false
	}
	c := cursorAt(u.file.sections["line"], uint64(off))
	_, is64 := c.length()
	version := c.u16()
	if version < 5 {
		return c.ok()
	}
	c.skip(2) // address_size, segment_selector_size
	c.offset(is64)
	c.skip(5) // minimum_instruction_length to line_range
	opcodes := c.u8()
	c.skip(uint64(max(opcodes, 1)) - 1)
	for range 2 { // directories, then files
		formats := make([]form, c.u8())
		for i := range formats {
			c.uleb() // content type code
			formats[i] = form(c.uleb())
		}
		count := c.uleb()
		if !c.ok() || count > uint64(len(c.data)-c.pos) || len(formats) == 0 && count > 0 {
			return false
		}
		for range count {
			for _, fm := range formats {
				skipForm(&c, fm, int(version), is64)
			}
		}
	}
	return c.ok()
}
