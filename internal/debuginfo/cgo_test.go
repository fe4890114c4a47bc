package debuginfo

import (
	"debug/dwarf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// openCgo builds testdata/cgo, linked by the system's linker, with flags for the C
// compiler.
func openCgo(t *testing.T, cflags string) *sample {
	t.Helper()
	for _, tool := range []string{"go", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s to build the sample with", tool)
		}
	}
	if cflags != "-O2 -g" {
		longtest.Skip(t)
	}
	s := builtOnce(t, mode{name: "cgo " + cflags}, func(s *sample) {
		cmd := exec.Command("go", "build", "-o", s.path, "-gcflags=example.com/cgo/...=-N -l", ".")
		cmd.Dir = filepath.Join("testdata", "cgo")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CC=gcc", "CGO_CFLAGS="+cflags, "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			s.err = fmt.Errorf("%w\n%s", err, out)
			return
		}
		f, err := Open(s.path)
		if err != nil {
			t.Fatal(err)
		}
		s.file = f
	})
	if s.err != nil {
		t.Skipf("cannot build with cgo: %v", s.err)
	}
	if err := s.file.DWARFError(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCgo checks that C code in the file does no harm: Go's functions are described as
// without it, and C's as far as debug/dwarf understands them.
func TestCgo(t *testing.T) {
	for _, cflags := range []string{"-O2 -g", "-O0 -g", "-O2 -gdwarf-4"} {
		t.Run(cflags, func(t *testing.T) {
			s := openCgo(t, cflags)
			// The last line of a function without branches sees all variables.
			fn := s.function(t, "main.goSum")
			var last Call
			for pc := fn.Entry; pc < fn.End; pc++ {
				if c := fn.Calls(pc)[0]; c.Line > last.Line {
					last = c
				}
			}
			var got []string
			for _, v := range last.Variables() {
				got = append(got, s.describe(t, v))
			}
			want := []string{"param n int", "result ~r0 int", "local pairs []main._Ctype_struct_pair",
				"local either [4]uint8", "local name [4]main._Ctype_char escaped", "local total main._Ctype_int"}
			if !slices.Equal(got, want) {
				t.Errorf("variables of main.goSum:\n got %q\nwant %q", got, want)
			}
			s.checkC(t, cflags)
			s.checkEverywhere(t)
		})
	}
}

// checkC checks the C function.
func (s *sample) checkC(t *testing.T, cflags string) {
	t.Helper()
	fn := s.function(t, "sum")
	inlined := false
	for pc := fn.Entry; pc < fn.End; pc++ {
		if again, ok := s.file.Func(pc); !ok || again != fn {
			t.Fatalf("Func(%#x): got %v, want sum", pc, again)
		}
		calls := fn.Calls(pc)
		last := calls[len(calls)-1]
		if last.Name != "sum" || !strings.HasSuffix(last.File, "main.go") || last.Line < 12 || last.Line > 22 ||
			last.Optimized {
			t.Fatalf("%#x: got %+v, want sum in main.go", pc, last)
		}
		if len(calls) == 2 && calls[0].Name == "twice" && calls[0].Line == 10 {
			inlined = true
		}
	}
	if !inlined {
		t.Error("no address of sum is in twice")
	}
	var got []string
	for _, v := range fn.Calls(fn.Entry)[0].Variables() {
		if v.Kind != Param {
			continue
		}
		typ, err := s.file.Type(v.Type)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(v.Name, " ", typ.Kind, " ", typ.Size))
	}
	want := []string{"p ptr 8", "n int32 4", "c uint32 4", "e invalid 4", "name ptr 8"}
	if !slices.Equal(got, want) {
		t.Errorf("parameters of sum: got %q, want %q", got, want)
	}
}

// checkEverywhere asks for the variables of all functions in all units.
func (s *sample) checkEverywhere(t *testing.T) {
	t.Helper()
	for _, u := range s.file.units {
		for _, r := range u.complete().funcs {
			fn := u.function(r)
			for pc := r.low; pc < r.high; pc += 64 {
				for _, c := range fn.Calls(pc) {
					for _, v := range c.Variables() {
						expr, err := v.Location()
						if err == nil {
							_, err = s.file.Eval(expr, testRegs)
						}
						if err != nil && (u.isGo || !strings.Contains(err.Error(), "DW_OP_")) {
							t.Errorf("%s in %s: %v", v.Name, c.Name, err)
						}
					}
				}
			}
			fn.root = nil // those of the whole program would take a lot of memory
		}
	}
}

// TestScanner compares the scanner with debug/dwarf: both must see the same
// entries in the same places, with the same names and addresses.
func TestScanner(t *testing.T) {
	for _, name := range []string{"opt", "noopt", "darwin", "dwarf4opt"} {
		t.Run(name, func(t *testing.T) { open(t, name).compareScanner(t) })
	}
	for _, cflags := range []string{"-O2 -g", "-O2 -gdwarf-4"} {
		t.Run("cgo "+cflags, func(t *testing.T) { openCgo(t, cflags).compareScanner(t) })
	}
}

func (s *sample) compareScanner(t *testing.T) {
	entries := 0
	for _, u := range s.file.units {
		scan := u.scan(u.off, 0)
		r := s.file.dwarf.Reader()
		r.Seek(u.off)
		depth := 0
		for {
			e, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if e == nil || e.Offset >= u.end {
				break
			}
			if e.Tag == 0 {
				depth--
				if depth == 0 {
					break
				}
				continue
			}
			entries++
			d, ok := scan.next()
			if !ok || d.off != e.Offset || d.abbrev.tag != e.Tag || d.depth != depth {
				t.Fatalf("unit %q: got entry %#x %v at depth %d, %v, want %#x %v at depth %d",
					u.name, d.off, d.abbrev.tag, d.depth, ok, e.Offset, e.Tag, depth)
			}
			if name, _ := e.Val(dwarf.AttrName).(string); string(scan.name(d)) != name {
				t.Fatalf("name of entry %#x: got %q, want %q", d.off, scan.name(d), name)
			}
			low, isAddr, ok := scan.number(d, dwarf.AttrLowpc)
			if want, wantOK := e.Val(dwarf.AttrLowpc).(uint64); ok != wantOK || low != want || ok && !isAddr {
				t.Fatalf("address of entry %#x: got %#x, %v, want %#x, %v", d.off, low, ok, want, wantOK)
			}
			if e.Children {
				depth++
			}
		}
		if d, ok := scan.next(); ok {
			t.Fatalf("unit %q: got entry %#x past the end", u.name, d.off)
		}
	}
	if entries < 10000 {
		t.Errorf("compared %d entries, want more", entries)
	}
}
