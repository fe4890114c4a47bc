package target

import (
	"runtime/debug"
	"testing"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/unsafely"
)

func TestHelpers(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	p := Self() // not by the function self, which is a helper, too
	defer p.Close()
	markHelper(t)
	t.Run("sub", func(t *testing.T) {
		markInSub(t)
		const pkg = "coredumpy/internal/target."
		want := []string{pkg + "markHelper", pkg + "markInSub"}
		type wraps struct{ *testing.T }
		type inInterface struct{ testing.TB }
		for name, v := range map[string]any{"test": t, "embedded": wraps{t}, "pointer": &wraps{t}, "interface": inInterface{wraps{t}}} {
			got := map[string]bool{}
			p.Helpers(got, gotypes.TypeAny, unsafely.AddrOf(&v))
			if len(got) != len(want) || !got[want[0]] || !got[want[1]] {
				t.Errorf("%s: got %v, want %q", name, got, want)
			}
		}
		for name, v := range map[string]any{"nil": nil, "number": 3, "nil test": (*testing.T)(nil), "no test": struct{ t *testing.T }{t}, "none embedded": wraps{}} {
			got := map[string]bool{}
			if p.Helpers(got, gotypes.TypeAny, unsafely.AddrOf(&v)); len(got) > 0 {
				t.Errorf("%s: got %v, want none", name, got)
			}
		}
	})
}

//go:noinline
func markHelper(t testing.TB) { t.Helper() }

func markInSub(t *testing.T) { t.Helper() }
