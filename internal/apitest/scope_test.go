package apitest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// scopes are expressions and their values, by dump and frame.
var scopes = []struct{ file, frame, expr, want string }{
	{"inlined", "main.inlined", "c.Host", `"primary"`},
	{"inlined", "main.inlined", "spare.Host", `"spare"`},
	{"loop", "main.loop", "i", "14"},
	{"local", "main.local", "n", "3"},
	{"local", "main.local", "name", `"local"`},
	{"local", "main.local", "limit", "1000"},
	{"ranged", "main.ranged-range1", "limit", "2"},
	{"ranged", "main.ranged", "limit", "2"},
	{"constant", "main.constant", "limit", "10"},
	{"constant", "main.constant", "high", "9"},
	{"literal", "main.literal.func1", "name", `"local"`},
	{"literal", "main.literal", "name", `"local"`},
	{"parts", "main.parts", "len(l.l)", "3"},
	{"parts", "main.parts", "cap(l.l)", "100"},
	{"parts", "main.parts", "e[0].error.s", `"e3"`},
	{"funcs", "main.funcs", "check", "main.validator.func1"},
	{"funcs", "main.funcs", "both[0]", "main.validator.func1"},
	{"types", "main.types", "own", "2"},
	{"types", "main.types", "outer", "high (2)"},
	{"types", "main.types", "outer == other", "false"},
	{"types", "main.types", "m[outer]", `"outer"`},
	{"types", "main.types", "m[other]", `"other"`},
	{"types", "main.types", "1<<k", "-9223372036854775808"},
	{"types", "main.types", "1<<k < 0", "true"},
	{"types", "main.types", "uint8(3) + 1<<(k-61)", "7"},
	{"types", "main.types", "1<<(k+7)", "0"},
}

// A name means what it means in the source, or nothing.
func TestScopes(t *testing.T) {
	const nothing = "of which the dump has nothing"
	for _, way := range []struct {
		name  string
		flags []string
	}{
		{"optimised", plain},
		{"inlined", inlined},
		{"whole", whole},
	} {
		t.Run(way.name, func(t *testing.T) {
			if way.name != "optimised" {
				longtest.Skip(t)
			}
			dir := t.TempDir()
			if o := command(t, exec.Command(build(t, "scopes", way.flags), dir)); o.exit != 0 {
				t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
			}
			cores := map[string]*coredumpy.Core{}
			for _, tt := range scopes {
				if cores[tt.file] == nil {
					cores[tt.file] = open(t, filepath.Join(dir, tt.file+".dump")).Core
				}
				core := cores[tt.file]
				frame := frameOf(t, core, tt.frame)
				if frame == "" {
					continue // inlined, with it in optimised code
				}
				var out, errs strings.Builder
				commands := []string{"frame " + frame + " p " + tt.expr}
				coredumpy.Load(core, coredumpy.LoadOptions{Out: &out, Err: &errs, Commands: commands})
				got, note, _ := strings.Cut(strings.TrimSpace(out.String()), "\n")
				switch {
				case got == tt.want:
				case strings.Contains(got+note, "been reused"):
				case strings.HasPrefix(errs.String(), "there are two types called main.level"):
				case got == "" &&
					(strings.Contains(errs.String(), nothing) || strings.Contains(errs.String(), "optimized out")) &&
					way.name != "whole":
				case got == "" && strings.Contains(errs.String(), nothing) &&
					(tt.file == "constant" || strings.HasPrefix(tt.frame, "main.ranged-") ||
						tt.frame == "main.literal.func1"):
					// The closure doesn't have it, or it is a constant.
				case strings.Contains(got, "(unreadable optimized out: "), got == "(optimized out)":
				default:
					t.Errorf("%s: p %s: got %q, note %q, error %q, want %q",
						tt.frame, tt.expr, got, note, &errs, tt.want)
				}
			}
		})
	}
}

// frameOf returns the number of the frame of a function, "" if there is none.
func frameOf(t *testing.T, core *coredumpy.Core, name string) string {
	t.Helper()
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Frames {
		if g.Frames[i].Func == name {
			return string(rune('0' + i))
		}
	}
	return ""
}

// A value that is shown without a caveat is the one that unoptimised code has, however
// the program was built.
func TestScopesAgree(t *testing.T) {
	longtest.Skip(t)
	// shown returns the values by dump, function and name.
	shown := func(flags []string) map[string]string {
		dir := t.TempDir()
		if o := command(t, exec.Command(build(t, "scopes", flags), dir)); o.exit != 0 {
			t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		for _, path := range paths {
			d := open(t, path)
			for _, f := range d.current(t).Frames {
				for _, v := range f.Vars {
					if f.Package == "main" && f.Func != "main.dump" && !v.Shadowed && v.Note == "" && v.Value.Valid() {
						values[filepath.Base(path)+" "+f.Func+" "+v.Name] = show(v.Value)
					}
				}
			}
		}
		return values
	}
	want := shown(whole)
	for _, flags := range [][]string{plain, inlined, {"-gcflags=coredumpy/internal/apitest/...=-l"}} {
		compared := 0
		for name, got := range shown(flags) {
			if want[name] == "" || strings.Contains(got, "been reused") {
				continue // it isn't there, or has a caveat
			}
			if compared++; got != want[name] {
				t.Errorf("%q: %s: got %.200s, want %.200s", flags, name, got, want[name])
			}
		}
		if compared < 5 {
			t.Errorf("%q: %d values were compared", flags, compared)
		}
	}
}
