package debuginfo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// record makes a record of .debug_frame: a CIE when id is cieID32.
func record(id uint32, body ...[]byte) []byte {
	contents := binary.LittleEndian.AppendUint32(nil, id)
	for _, b := range body {
		contents = append(contents, b...)
	}
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(contents))), contents...)
}

func addresses(addrs ...uint64) []byte {
	var b []byte
	for _, a := range addrs {
		b = binary.LittleEndian.AppendUint64(b, a)
	}
	return b
}

// goCIE is what Go's linker writes for amd64: version 3, no augmentation, code
// alignment 1, data alignment -4, return address in column 16, CFA at rsp+8,
// return address at CFA-8.
var goCIE = record(cieID32, []byte{3, 0, 1, 0x7c, 16, cfaDefCFA, 7, 8, cfaOffsetExtended, 16, 2, 0, 0})

// The function of unwindTests.
const start, size = 0x1000, 0x100

var unwindTests = []struct {
	name    string
	program []byte
	pc      uint64
	want    string // CFA register and offset, saved registers; "" for none
}{
	{"nothing", nil, start, "7+8 map[16:-8]"},
	{"before", nil, start - 1, ""},
	{"last", nil, start + size - 1, "7+8 map[16:-8]"},
	{"after", nil, start + size, ""},
	{"go before the push", []byte{cfaDefCFAOffsetSf, 0x7e, cfaAdvanceLoc | 4, cfaDefCFAOffsetSf, 0x7c}, start + 3,
		"7+8 map[16:-8]"},
	{"go after the push", []byte{cfaDefCFAOffsetSf, 0x7e, cfaAdvanceLoc | 4, cfaDefCFAOffsetSf, 0x7c}, start + 4,
		"7+16 map[16:-8]"},
	{"advance 1", []byte{cfaAdvanceLoc1, 0x80, cfaDefCFAOffset, 32}, start + 0x7f, "7+8 map[16:-8]"},
	{"advanced 1", []byte{cfaAdvanceLoc1, 0x80, cfaDefCFAOffset, 32}, start + 0x80, "7+32 map[16:-8]"},
	{"advanced 2", []byte{cfaAdvanceLoc2, 0x80, 0, cfaDefCFAOffset, 32}, start + 0x80, "7+32 map[16:-8]"},
	{"advanced 4", []byte{cfaAdvanceLoc4, 0x80, 0, 0, 0, cfaDefCFAOffset, 32}, start + 0x80, "7+32 map[16:-8]"},
	{"set location", append(append([]byte{cfaSetLoc}, addresses(start+16)...), cfaDefCFAOffset, 32), start + 16,
		"7+32 map[16:-8]"},
	{"set later", append(append([]byte{cfaSetLoc}, addresses(start+16)...), cfaDefCFAOffset, 32), start + 15,
		"7+8 map[16:-8]"},
	{"frame pointer", []byte{cfaDefCFA, 6, 16, cfaOffset | 6, 4}, start, "6+16 map[6:-16 16:-8]"},
	{"register only", []byte{cfaDefCFARegister, 6}, start, "6+8 map[16:-8]"},
	{"signed", []byte{cfaDefCFASf, 6, 0x7c, cfaOffsetExtendedSf, 3, 6}, start, "6+16 map[3:-24 16:-8]"},
	{"same value", []byte{cfaSameValue, 16}, start, "7+8 map[]"},
	{"undefined", []byte{cfaUndefined, 16}, start, "7+8 map[] outermost"},
	{"undefined no more", []byte{cfaUndefined, 16, cfaOffset | 16, 2}, start, "7+8 map[16:-8]"},
	{"restore", []byte{cfaOffset | 16, 6, cfaOffset | 3, 4, cfaRestore | 16, cfaRestoreExtended, 3}, start,
		"7+8 map[16:-8]"},
	{"remember", []byte{cfaRememberState, cfaDefCFAOffset, 64, cfaOffset | 3, 4, cfaRestoreState}, start,
		"7+8 map[16:-8]"},
	{"remembered",
		[]byte{cfaRememberState, cfaDefCFAOffset, 64, cfaOffset | 3, 4, cfaAdvanceLoc | 1, cfaRestoreState}, start,
		"7+64 map[3:-16 16:-8]"},
	{"in a register", []byte{cfaRegister, 16, 3}, start, "7+8 map[]"},
	{"value", []byte{cfaValOffset, 16, 3, cfaValOffsetSf, 3, 0x7f}, start, "7+8 map[]"},
	{"by expression", []byte{cfaExpression, 16, 2, 1, 2, cfaValExpression, 3, 1, 9}, start, "7+8 map[]"},
	{"passed over", []byte{cfaNop, cfaWindowSave, cfaGNUArgsSize, 16, cfaGNUNegOffset, 3, 1}, start,
		"7+8 map[3:4 16:-8]"},
	{"CFA by expression", []byte{0x0f, 1, 0x9c}, start, ""},
	{"unknown", []byte{0x3f}, start, ""},
	{"truncated", []byte{cfaDefCFA, 7}, start, ""},
	{"truncated advance", []byte{cfaAdvanceLoc4, 1}, start, ""},
	{"nothing to restore", []byte{cfaRestoreState}, start, ""},
	{"impossible register", []byte{cfaOffsetExtended, 0xff, 0xff, 0xff, 0x7f, 2}, start, "7+8 map[16:-8]"},
}

func TestUnwindTable(t *testing.T) {
	for _, tt := range unwindTests {
		t.Run(tt.name, func(t *testing.T) {
			data := append(append([]byte{}, goCIE...), record(0, addresses(start, size), tt.program)...)
			table := parseFrames(data)
			// Twice, because a row must not change what the next one starts from.
			for range 2 {
				row, ok := table.row(tt.pc)
				got := ""
				if ok {
					got = fmt.Sprintf("%d+%d %v", row.CFAReg, row.CFAOffset, row.Saved)
					if row.Outermost {
						got += " outermost"
					}
				}
				if got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			}
		})
	}
}

// sectionTests are .debug_frame sections with a function of 16 bytes at 0x10.
var sectionTests = func() []sectionTest {
	fde := func(cie uint32, low uint64) []byte { return record(cie, addresses(low, 16)) }
	join := func(parts ...[]byte) []byte {
		var all []byte
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	cie := func(body ...byte) []byte { return record(cieID32, body) }
	version4 := cie(4, 0, 8, 0, 1, 0x7c, 16, cfaDefCFA, 7, 8)
	version1 := cie(1, 0, 1, 0x7c, 16, cfaDefCFA, 7, 8)
	long := append([]byte{0xff, 0xff, 0xff, 0xff}, addresses(8+7, cieID64)...)
	long = append(long, 3, 0, 1, 0x7c, 16, cfaDefCFARegister, 7)
	longFDE := append([]byte{0xff, 0xff, 0xff, 0xff}, addresses(24, 0, 0x10, 16)...)
	return []sectionTest{
		{"empty", nil, false},
		{"one", join(goCIE, fde(0, 0x10)), true},
		{"out of order", join(goCIE, fde(0, 0x30), fde(0, 0x10), fde(0, 0x20)), true},
		{"version 4", join(version4, fde(0, 0x10)), true},
		{"version 1", join(version1, fde(0, 0x10)), true},
		{"64-bit format", join(long, longFDE), true},
		{"second CIE", join(goCIE, version4, fde(uint32(len(goCIE)), 0x10)), true},
		{"no CIE", join(goCIE, fde(4, 0x10)), false},
		{"augmentation", join(cie(3, 'z', 'R', 0, 1, 0x7c, 16, 1, 0, cfaDefCFA, 7, 8), fde(0, 0x10)), false},
		{"other address size", join(cie(4, 0, 4, 0, 1, 0x7c, 16, cfaDefCFA, 7, 8), fde(0, 0x10)), false},
		{"truncated", join(goCIE, fde(0, 0x10)[:20]), false},
		{"truncated CIE", join(goCIE[:len(goCIE)-2]), false},
		{"wraps around", join(goCIE, record(0, addresses(0x10, ^uint64(0)))), false},
		{"no size", join(goCIE, record(0, addresses(0x10, 0))), false},
		{"too short", join(goCIE, record(0, []byte{1, 2, 3})), false},
	}
}()

type sectionTest struct {
	name string
	data []byte
	want bool // a row for 0x10
}

func TestUnwindSections(t *testing.T) {
	for _, tt := range sectionTests {
		if _, ok := parseFrames(tt.data).row(0x10); ok != tt.want {
			t.Errorf("%s: got a row %v, want %v", tt.name, ok, tt.want)
		}
	}
}

// TestUnwind checks rows of real functions.
func TestUnwind(t *testing.T) {
	for _, name := range []string{"noopt", "opt", "dwarf4", "pie", "arm64opt", "darwin-arm64opt", "windows-arm64opt",
		"darwin", "windows"} {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			fns := append(s.functions(t, "main"), s.functions(t, "runtime")...)
			if len(fns) < 500 {
				t.Fatalf("got %d functions", len(fns))
			}
			for _, fn := range fns {
				s.checkRows(t, fn)
			}
		})
	}
}

// checkRows checks the rows of a function: at the entry everything is where a call leaves
// it, and inside, where the frame is larger, the return address is saved.
func (s *sample) checkRows(t *testing.T, fn *Func) {
	t.Helper()
	const (
		rsp, ripColumn = 7, 16  // System V ABI for AMD64, figure 3.36
		sp, lr         = 31, 30 // DWARF for the Arm 64-bit Architecture, section 4.1
	)
	reg, ra, atEntry := rsp, ripColumn, "8 map[16:-8]"
	if s.arch() == "arm64" {
		reg, ra, atEntry = sp, lr, "0 map[]"
	}
	for pc := fn.Entry; pc < fn.End; pc += 8 {
		row, ok := s.file.Unwind(pc)
		if !ok {
			t.Fatalf("Unwind(%#x) in %s found nothing", pc, fn.Name)
		}
		// runtime.call1073741824 has the largest frame. On arm64 the end of
		// runtime.asyncPreempt pops 16 bytes that a signal handler pushed.
		if row.CFAReg != reg || row.RAReg != ra || row.CFAOffset < -16 || row.CFAOffset > 1<<30+64 {
			t.Fatalf("Unwind(%#x) in %s: got %+v", pc, fn.Name, row)
		}
		if got := fmt.Sprint(row.CFAOffset, " ", row.Saved); pc == fn.Entry && got != atEntry {
			t.Errorf("Unwind at the entry of %s: got %s, want %s", fn.Name, got, atEntry)
		}
		switch saved, ok := row.Saved[ra]; {
		case row.Outermost && s.arch() == "amd64":
			t.Errorf("Unwind(%#x) in %s: got outermost", pc, fn.Name)
		case s.arch() == "amd64" && saved != -8:
			t.Errorf("Unwind(%#x) in %s: return address is saved at %d, %v", pc, fn.Name, saved, ok)
		case s.arch() == "arm64" && !row.Outermost && row.CFAOffset > 0 && saved != -row.CFAOffset:
			t.Errorf("Unwind(%#x) in %s: return address is saved at %d, %v, want %d",
				pc, fn.Name, saved, ok, -row.CFAOffset)
		}
	}
	row, _ := s.file.Unwind(fn.Entry)
	if topFrames[fn.Name] && s.arch() == "arm64" && !row.Outermost {
		t.Errorf("Unwind in %s: got %+v, want outermost", fn.Name, row)
	}
}

// topFrames are functions that nobody calls, marked TOPFRAME in package runtime.
var topFrames = map[string]bool{"runtime.goexit": true, "runtime.mstart": true, "runtime.rt0_go": true}

// FuzzUnwind checks that no section makes the parser or a program panic or hang.
func FuzzUnwind(f *testing.F) {
	fde := record(0, addresses(0x1000, 0x100), []byte{cfaDefCFAOffsetSf, 0x7e, cfaAdvanceLoc | 4, cfaRememberState,
		cfaDefCFAOffsetSf, 0x7c, cfaAdvanceLoc1, 9, cfaRestoreState, cfaRestore | 16, cfaSameValue, 3})
	f.Add(append(append([]byte{}, goCIE...), fde...), uint64(0x1008))
	f.Add(append(record(cieID32, []byte{4, 0, 8, 0, 1, 0x7c, 30, cfaDefCFA, 31, 0, cfaUndefined, 30}), fde...),
		uint64(0x1000))
	for _, tt := range unwindTests {
		f.Add(append(bytes.Clone(goCIE), record(0, addresses(start, size), tt.program)...), tt.pc)
	}
	for _, tt := range sectionTests {
		f.Add(tt.data, uint64(0x10))
	}
	f.Fuzz(func(t *testing.T, data []byte, pc uint64) {
		table := parseFrames(data)
		for _, fde := range table.fdes {
			if row, ok := table.row(fde.low); ok && row.Saved == nil {
				t.Errorf("row at %#x without a map", fde.low)
			}
		}
		row, ok := table.row(pc)
		again, okAgain := table.row(pc)
		if ok != okAgain || ok && !maps.Equal(row.Saved, again.Saved) {
			t.Errorf("row of %#x: got %+v, then %+v", pc, row, again)
		}
	})
}

// TestFuncsBySuffix finds functions of packages below other ones, but not those whose
// name only ends the same.
func TestFuncsBySuffix(t *testing.T) {
	s := open(t, "opt")
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"runtime.gopanic", []string{"runtime.gopanic"}},
		{"maps.newTable", []string{"internal/runtime/maps.newTable"}},
		{"aps.newTable", nil},
		{"maps.nothing", nil},
	} {
		var got []string
		for _, fn := range s.file.FuncsBySuffix(tt.name) {
			got = append(got, fn.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
