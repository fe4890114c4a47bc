package debuginfo

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// These tests run the sample and compare what is read from its file with what its runtime
// says.

// liveModes are modes that run on most machines.
var liveModes = []string{"noopt", "opt", "dwarf4", "trimpath", "pie"}

// A truth is what the sample printed, by kind of line.
type truth struct {
	slide uint64
	lines map[string][][]string
}

func (s *sample) truth(t *testing.T) truth {
	t.Helper()
	tr := truth{lines: map[string][][]string{}}
	for _, line := range s.run(t) {
		fields := strings.Fields(line)
		tr.lines[fields[0]] = append(tr.lines[fields[0]], fields[1:])
	}
	entry := tr.lines["entry"][0]
	tr.slide = number(t, entry[1]) - s.function(t, entry[0]).Entry
	return tr
}

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// printed returns a function's name as the runtime prints it, without type arguments.
func printed(name string) string {
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i] + "[...]" + name[strings.LastIndexByte(name, ']')+1:]
	}
	return name
}

func TestLiveLines(t *testing.T) {
	for _, name := range liveModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			tr := s.truth(t)
			for _, l := range tr.lines["line"] {
				if l[1] == "0" { // the padding after a function
					continue
				}
				pc := number(t, l[0]) - tr.slide
				fn, ok := s.file.Func(pc)
				if !ok {
					t.Fatalf("Func(%#x) found nothing, want the function of %v", pc, l)
				}
				c := fn.Calls(pc)[0]
				got := fmt.Sprint(c.Line, " ", printed(c.Name), " ", c.File)
				want := l[1] + " " + l[2] + " " + l[3]
				if got != want {
					t.Errorf("%#x: got %s, want %s", pc, got, want)
				}
			}
			if len(tr.lines["line"]) < 1000 {
				t.Errorf("sample printed %d lines, want more than 1000", len(tr.lines["line"]))
			}
		})
	}
}

// TestLiveCalls compares the stack that the sample printed from its innermost
// function with the calls at each return address.
func TestLiveCalls(t *testing.T) {
	for _, name := range liveModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			tr := s.truth(t)
			lines := tr.lines["call"]
			for len(lines) > 0 {
				// The runtime gives each inlined call its own pc. The innermost call's is
				// the return address.
				pc := number(t, lines[0][0]) - tr.slide - 1
				fn, ok := s.file.Func(pc)
				if !ok {
					t.Fatalf("Func(%#x) found nothing, want %v", pc, lines[0])
				}
				for _, c := range fn.Calls(pc) {
					if len(lines) == 0 {
						t.Fatalf("%#x: got call of %s beyond the stack", pc, c.Name)
					}
					got := fmt.Sprint(c.Inlined, " ", c.Line, " ", printed(c.Name), " ", c.File)
					if want := strings.Join(lines[0][1:], " "); got != want {
						t.Errorf("%#x: got %s, want %s", pc, got, want)
					}
					lines = lines[1:]
				}
			}
			if n := len(tr.lines["call"]); n != 8 {
				t.Errorf("sample printed %d calls, want 8: calls, liveInner, viaInlined, liveOuter, live, main.main, runtime.main, runtime.goexit", n)
			}
		})
	}
}

// TestLiveTypes compares the addresses of runtime types with those in the entries.
func TestLiveTypes(t *testing.T) {
	for _, name := range liveModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			tr := s.truth(t)
			base, ok := s.symbol(t, "runtime.types")
			if !ok {
				t.Fatal("no symbol runtime.types")
			}
			if len(tr.lines["type"]) < 10 {
				t.Fatalf("sample printed %d types, want more", len(tr.lines["type"]))
			}
			for _, l := range tr.lines["type"] {
				typeName := strings.Join(l[:len(l)-1], " ")
				want := number(t, l[len(l)-1]) - tr.slide - base
				off, ok := s.file.TypeByName(typeName)
				if !ok {
					t.Errorf("TypeByName(%q) found nothing", typeName)
					continue
				}
				typ, err := s.file.Type(off)
				if err != nil {
					t.Errorf("Type(%q): %v", typeName, err)
					continue
				}
				if typ.RuntimeType != want {
					t.Errorf("runtime type of %q: got %#x, want %#x", typeName, typ.RuntimeType, want)
				}
			}
		})
	}
}

// TestLiveVariables evaluates the locations of variables in two functions, one called by
// the other, and compares their addresses with those printed. The only unknown, the outer
// function's CFA, is taken from one of the variables; the inner one's follows from it
// through call-frame information.
func TestLiveVariables(t *testing.T) {
	for _, name := range liveModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			tr := s.truth(t)
			want := map[string]uint64{}
			for _, l := range tr.lines["var"] {
				want[l[0]+" "+l[1]] = number(t, l[2])
			}
			var stack []*Func // from liveInner to liveOuter
			var pcs []uint64
			for _, l := range tr.lines["call"] {
				pc := number(t, l[0]) - tr.slide - 1
				fn, ok := s.file.Func(pc)
				if ok && strings.HasPrefix(l[3], "main.live") || l[3] == "main.viaInlined" {
					stack, pcs = append(stack, fn), append(pcs, pc)
				}
				if fn.Name == "main.liveOuter" {
					break
				}
			}
			last := len(stack) - 1
			cfa := want["main.liveOuter text"] - s.offsets(t, stack[last], pcs[last])["text"]
			compared := 0
			for i := last; i >= 0; i-- {
				for v, off := range s.offsets(t, stack[i], pcs[i]) {
					if w, ok := want[stack[i].Name+" "+v]; ok {
						compared++
						if cfa+off != w {
							t.Errorf("%s %s: got %#x, want %#x", stack[i].Name, v, cfa+off, w)
						}
					}
				}
				// A function's CFA is its caller's stack pointer: the caller's CFA minus
				// the size of its frame.
				row, ok := s.file.Unwind(pcs[i])
				if !ok {
					t.Fatalf("Unwind(%#x) found nothing", pcs[i])
				}
				cfa -= uint64(row.CFAOffset)
			}
			// With optimisation, only the strings have a location.
			if min := map[bool]int{true: 6, false: 2}[s.noopt]; compared < min {
				t.Errorf("compared the addresses of %d variables, want %d", compared, min)
			}
		})
	}
}

// offsets returns the offsets from the CFA of the variables in memory at pc.
func (s *sample) offsets(t *testing.T, fn *Func, pc uint64) map[string]uint64 {
	t.Helper()
	calls := fn.Calls(pc)
	offsets := map[string]uint64{}
	for _, v := range calls[len(calls)-1].Variables() {
		expr, err := v.Location()
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := s.file.Eval(expr, Regs{})
		if err != nil {
			t.Fatal(err)
		}
		if len(pieces) == 1 && pieces[0].Kind == InMemory {
			offsets[v.Name] = pieces[0].Addr
		}
	}
	return offsets
}
