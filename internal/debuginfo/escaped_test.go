package debuginfo

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

// names returns the names of variables, with & before those that escaped.
func names(vars []Variable) []string {
	var out []string
	for _, v := range vars {
		if v.Escaped {
			out = append(out, "&"+v.Name)
		} else {
			out = append(out, v.Name)
		}
	}
	return out
}

// TestEscapedInlined checks that a variable of an inlined function that moved to the heap
// is listed there, and not in the function around it, whose entries hold it. If it may be
// one of two it is listed nowhere.
func TestEscapedInlined(t *testing.T) {
	for _, mode := range optimizedModes {
		t.Run(mode, func(t *testing.T) {
			s := open(t, mode)
			located, inlined, others := false, 0, 0
			for _, function := range []string{"main.around", "main.twiceAround"} {
				fn := s.function(t, function)
				for pc := fn.Entry; pc < fn.End; pc++ {
					for _, c := range fn.Calls(pc) {
						vars := c.Variables()
						i := slices.IndexFunc(vars, func(v Variable) bool { return v.Name == "e" })
						want := c.Name == "main.escapesInlined" && function == "main.around" &&
							c.Line >= marks()["escapesInlined"]-3
						if !want {
							others++
							if i >= 0 {
								t.Fatalf("%#x: %s at line %d inside %s has variables %q",
									pc, c.Name, c.Line, function, names(vars))
							}
							continue
						}
						inlined++
						if i < 0 || !vars[i].Escaped || s.describe(t, vars[i]) != "local e int escaped" {
							t.Fatalf("%#x: %s at line %d has variables %q, want &e", pc, c.Name, c.Line, names(vars))
						}
						if expr, err := vars[i].Location(); err == nil && expr != nil {
							located = true
						}
					}
				}
			}
			// Go 1.24 doesn't say where it is on arm64.
			located = located || strings.HasPrefix(runtime.Version(), "go1.24")
			if inlined == 0 || others == 0 || !located {
				t.Errorf("found %d calls with e, located %v, %d without", inlined, located, others)
			}
		})
	}
}

// TestEscapedUnoptimized checks the same variable where nothing is inlined.
func TestEscapedUnoptimized(t *testing.T) {
	for _, mode := range unoptimizedModes {
		s := open(t, mode)
		got := names(s.at(t, "main.escapesInlined", "escapesInlined")[0].Variables())
		if want := []string{"&n", "~r0", "&e"}; !slices.Equal(got, want) {
			t.Errorf("%s: main.escapesInlined: got %q, want %q", mode, got, want)
		}
		got = names(s.at(t, "main.around", "afterInlined")[0].Variables())
		if want := []string{"n", "~r0", "&q", "p"}; !slices.Equal(got, want) {
			t.Errorf("%s: main.around: got %q, want %q", mode, got, want)
		}
	}
}
