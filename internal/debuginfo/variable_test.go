package debuginfo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// unoptimizedModes are the modes in which all variables have a place.
var unoptimizedModes = []string{"noopt", "plain", "dwarf4", "trimpath", "pie", "nosymbols", "arm64",
	"darwin", "darwin-plain", "darwin-dwarf5", "darwin-exe", "darwin-arm64", "windows", "windows-exe", "windows-arm64"}

func (k VarKind) String() string {
	return [...]string{"local", "param", "result", "captured", "global"}[k]
}

// describe writes a variable as "kind name type", followed by its depth, whether it
// escaped, and the index into the dictionary, as far as these apply.
func (s *sample) describe(t *testing.T, v Variable) string {
	t.Helper()
	typ, err := s.file.Type(v.Type)
	if err != nil {
		t.Errorf("%s: type of %q: %v", s.name, v.Name, err)
		return v.Name
	}
	text := v.Kind.String() + " " + v.Name + " " + typ.Name
	if v.Depth > 0 {
		text += fmt.Sprint(" depth ", v.Depth)
	}
	if v.Escaped {
		text += " escaped"
	}
	if typ.DictIndex >= 0 {
		text += fmt.Sprint(" dict ", typ.DictIndex, " ", typ.Kind)
	}
	if v.ClosureOffset >= 0 {
		text += fmt.Sprint(" at ", v.ClosureOffset)
	}
	return text
}

var variableTests = []struct {
	function, mark string
	want           []string
}{
	{"main.signature", "signature", []string{
		"param a int", "param b int", "param name string", "result sum int", "result err error",
		"local x int", "local ratio float64"}},
	{"main.signature", "later", []string{
		"param a int", "param b int", "param name string", "result sum int", "result err error",
		"local x int", "local ratio float64", "local later int"}},
	{"main.unnamed", "unnamed", []string{
		"param n int", "result ~r0 int", "result ~r1 string", "local m int"}},
	{"main.(*Point).Move", "Move", []string{
		"param p *main.Point", "param dx int", "result ~r0 *main.Point"}},
	{"main.blocks", "inner", []string{
		"param n int", "result ~r0 int", "local x int", "local x string depth 1", "local y int depth 1"}},
	{"main.blocks", "other", []string{
		"param n int", "result ~r0 int", "local x int", "local other int depth 1"}},
	{"main.blocks", "outer", []string{
		"param n int", "result ~r0 int", "local x int"}},
	{"main.escapes", "escapes", []string{
		"param n int", "result ~r0 int", "local e int escaped"}},
	{"main.escapingParam", "escapingParam", []string{
		"param n int escaped", "result ~r0 int"}},
	{"main.escapingResult", "escapingResult", []string{
		"result r int escaped"}},
	{"main.closures.func1", "closure", []string{
		"param k int", "result ~r0 int",
		"captured byRef int escaped at 8", "captured byValue int at 16", "captured text string at 24"}},
	{"main.Largest[go.shape.int,go.shape.string]", "generic", []string{
		"param .dict *[4]uintptr", "param xs .param0 dict 0 slice", "param keys .param1 dict 1 map",
		"result ~r0 .param2 dict 2 int", "local best .param2 dict 2 int"}},
	{"main.(*Pair[go.shape.string,go.shape.*uint8]).Swap", "Swap", []string{
		"param p .param0 dict 0 ptr", "param .dict *[3]uintptr", "param b .param1 dict 1 ptr",
		"local old .param1 dict 1 ptr"}},
	{"main.walk", "walk", []string{
		"param c *main.Circle", "param t main.Table", "result ~r0 int",
		"local local main.Circle", "local s example.com/sample/shape.v2.Square",
		"local p *main.Pair[string,*main.Circle]"}},
	{"main.rangeFunc-range1", "rangeFunc", []string{
		"param i int", "captured total int escaped at 16", "local .closureptr *uint8"}},
	{"example.com/sample/shape%2ev2.New", "New", []string{
		"param side float64", "result ~r0 *example.com/sample/shape.v2.Square"}},
}

func TestVariables(t *testing.T) {
	for _, name := range unoptimizedModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			for _, tt := range variableTests {
				calls := s.at(t, tt.function, tt.mark)
				if len(calls) != 1 {
					t.Errorf("%s at %s: got %d calls, want 1", tt.function, tt.mark, len(calls))
				}
				var got []string
				for _, v := range calls[0].Variables() {
					if strings.HasPrefix(v.Name, "#") { // the compiler's state of a range-over-func loop
						continue
					}
					got = append(got, s.describe(t, v))
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s at %s:\n got %q\nwant %q", tt.function, tt.mark, got, tt.want)
				}
			}
		})
	}
}

// TestVariablesInMemory checks that without optimisation every variable has one place in
// memory, and shares it with no other.
func TestVariablesInMemory(t *testing.T) {
	for _, name := range unoptimizedModes {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			for mark, function := range map[string]string{"signature": "main.signature", "inner": "main.blocks",
				"walk": "main.walk", "closure": "main.closures.func1"} {
				used := map[uint64]string{}
				for _, v := range s.at(t, function, mark)[0].Variables() {
					expr, err := v.Location()
					if err != nil {
						t.Errorf("%s %s: %v", function, v.Name, err)
						continue
					}
					const cfa = 1 << 20
					pieces, err := s.file.Eval(expr, Regs{CFA: cfa})
					if err != nil || len(pieces) != 1 || pieces[0].Kind != InMemory || pieces[0].Size != -1 {
						t.Errorf("%s %s: got %+v, %v, want one piece in memory", function, v.Name, pieces, err)
						continue
					}
					addr := pieces[0].Addr
					if addr < cfa-4096 || addr > cfa+4096 {
						t.Errorf("%s %s: got address CFA%+d", function, v.Name, int64(addr-cfa))
					}
					if other := used[addr]; other != "" {
						t.Errorf("%s: %s and %s are both at CFA%+d", function, v.Name, other, int64(addr-cfa))
					}
					used[addr] = v.Name
				}
			}
		})
	}
}

// TestVariablesAcrossFiles checks that executables of other systems, in other formats,
// say the same about the same source as the Linux one.
func TestVariablesAcrossFiles(t *testing.T) {
	for _, pair := range [][2]string{{"noopt", "darwin"}, {"noopt", "windows"}, {"noopt", "plain"}, {"noopt", "dwarf4"},
		{"noopt", "nosymbols"}, {"noopt", "darwin-exe"}, {"noopt", "windows-exe"}, {"darwin", "darwin-plain"},
		{"darwin", "darwin-dwarf5"},
		{"opt", "dwarf4opt"}, {"opt", "darwin-opt"}, {"opt", "windows-opt"}, {"arm64", "darwin-arm64"},
		{"arm64", "windows-arm64"},
		{"arm64opt", "darwin-arm64opt"}, {"arm64opt", "windows-arm64opt"}} {
		t.Run(pair[1], func(t *testing.T) {
			a, b := open(t, pair[0]), open(t, pair[1])
			n := 0
			for _, fn := range a.functions(t, "main") {
				for pc := fn.Entry; pc < fn.End; pc += 3 {
					want := a.everything(t, fn, pc-fn.Entry)
					if got := b.everything(t, b.function(t, fn.Name), pc-fn.Entry); got != want {
						t.Fatalf("%s+%#x:\n got %s\nwant %s", fn.Name, pc-fn.Entry, got, want)
					}
					n++
				}
			}
			if n < 500 {
				t.Errorf("compared %d addresses, want 500", n)
			}
		})
	}
}

// functions returns the functions of a package.
func (s *sample) functions(t *testing.T, pkg string) []*Func {
	t.Helper()
	var fns []*Func
	for _, u := range s.file.packageUnits(pkg) {
		for _, r := range u.complete().funcs {
			if fn := u.function(r); fn != nil {
				fns = append(fns, fn)
			}
		}
	}
	return fns
}

// everything describes all that is known at an offset in a function.
func (s *sample) everything(t *testing.T, fn *Func, offset uint64) string {
	t.Helper()
	var b strings.Builder
	pc := fn.Entry + offset
	row, ok := s.file.Unwind(pc)
	fmt.Fprintln(&b, row, ok, fn.End-fn.Entry)
	for _, c := range fn.Calls(pc) {
		fmt.Fprintln(&b, c.Name, c.Package, c.File, c.Line, c.Inlined, c.Optimized, c.Wrapper)
		for _, v := range c.Variables() {
			expr, err := v.Location()
			if err != nil {
				t.Errorf("%s: location of %s in %s: %v", s.name, v.Name, c.Name, err)
			}
			pieces, err := s.file.Eval(expr, Regs{})
			if err != nil {
				t.Errorf("%s: evaluate %s in %s: %v", s.name, v.Name, c.Name, err)
			}
			fmt.Fprintln(&b, s.describe(t, v), v.DeclLine, pieces)
		}
	}
	return b.String()
}

// TestRegister0 checks that on arm64 nothing is said to be in register 0 except
// parameters that came in it: the compiler writes the zero register in the same way.
func TestRegister0(t *testing.T) {
	for name, only := range map[string]bool{"opt": false, "arm64opt": true, "darwin-arm64opt": true,
		"windows-arm64opt": true} {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			params, others := 0, 0
			for _, fn := range s.functions(t, "main") {
				for pc := fn.Entry; pc < fn.End; pc += 4 {
					for _, c := range fn.Calls(pc) {
						for _, v := range c.Variables() {
							expr, err := v.Location()
							if err != nil {
								t.Fatal(err)
							}
							pieces, err := s.file.Eval(expr, Regs{})
							if err != nil {
								t.Fatal(err)
							}
							if !slices.ContainsFunc(pieces,
								func(p Piece) bool { return p.Kind == InRegister && p.Reg == 0 }) {
								continue
							}
							if v.Kind == Param && !c.Inlined {
								params++
								continue
							}
							others++
							if only {
								t.Fatalf("%s+%#x: got %s of %s in register 0", fn.Name, pc-fn.Entry, v.Name, c.Name)
							}
						}
					}
				}
			}
			if params == 0 || others == 0 && !only {
				t.Errorf("got %d places of parameters and %d others in register 0, want some", params, others)
			}
		})
	}
}

func TestClosureVars(t *testing.T) {
	for _, name := range unoptimizedModes {
		s := open(t, name)
		fn := s.function(t, "main.closures.func1")
		var got []string
		for _, v := range s.file.ClosureVars(fn.Entry) {
			got = append(got, s.describe(t, v))
		}
		want := []string{"captured byRef int escaped at 8", "captured byValue int at 16", "captured text string at 24"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: ClosureVars: got %q, want %q", name, got, want)
		}
		if vars := s.file.ClosureVars(fn.Entry + 1); vars != nil {
			t.Errorf("%s: ClosureVars inside a function: got %v, want none", name, vars)
		}
		if vars := s.file.ClosureVars(s.function(t, "main.escapes").Entry); vars != nil {
			t.Errorf("%s: ClosureVars of what is no closure: got %v, want none", name, vars)
		}
	}
}

func TestGlobals(t *testing.T) {
	want := map[string]string{"main.counter": "int64", "main.table": "main.Table", "main.leaked": "*int",
		"main.sink": "interface {}", "main.zero": "int"}
	for _, m := range modes {
		if m.less {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			s := open(t, m.name)
			found := 0
			for _, v := range s.file.Globals("main") {
				if want[v.Name] == "" {
					continue
				}
				found++
				typ, err := s.file.Type(v.Type)
				if err != nil || typ.Name != want[v.Name] || v.Kind != Global {
					t.Errorf("%s: got %v, %v, %v, want a global of type %s", v.Name, v.Kind, typ, err, want[v.Name])
				}
			}
			if found != len(want) {
				t.Errorf("Globals(main): got %d of %d", found, len(want))
			}
			const slide = 0x1000
			for _, name := range []string{"main.counter", "runtime.allgs", "example.com/sample/shape.v2.Built"} {
				v, ok := s.file.Global(name)
				if !ok || v.Name != name {
					t.Errorf("Global(%q): got %q, %v", name, v.Name, ok)
					continue
				}
				expr, err := v.Location()
				if err != nil {
					t.Errorf("Global(%q): %v", name, err)
				}
				pieces, err := s.file.Eval(expr, Regs{Slide: slide})
				symbol, hasSymbol := s.symbol(t, strings.Replace(name, "shape.v2", "shape%2ev2", 1))
				if err != nil || len(pieces) != 1 || hasSymbol && pieces[0].Addr != symbol+slide {
					t.Errorf("Global(%q): got %+v, %v, want address %#x", name, pieces, err, symbol+slide)
				}
				if hasSymbol != (m.name != "nosymbols") {
					t.Errorf("Symbol(%q): got found %v", name, hasSymbol)
				}
			}
			for _, name := range []string{"main.nothing", "nothing", "", "no/such.thing"} {
				if v, ok := s.file.Global(name); ok {
					t.Errorf("Global(%q): got %v", name, v)
				}
			}
		})
	}
}
