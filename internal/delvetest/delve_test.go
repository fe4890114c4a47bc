// Package delvetest has no code of its own. Its tests evaluate expressions in a dump, and
// compare the answers with Delve's for the same program at the same line.
package delvetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
)

// dumped returns an inspector of a dump made by a program, in the frame of a function.
func dumped(t testing.TB, source, function string) *inspector.Inspector {
	t.Helper()
	dir := t.TempDir()
	program, file := filepath.Join(dir, "program"), filepath.Join(dir, "program.dump")
	build := exec.Command("go", "build", "-gcflags=-N -l", "-o", program, ".")
	build.Dir = filepath.Join("testdata", source) // which may be a module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", source, err, out)
	}
	if out, err := exec.Command(program, file).CombinedOutput(); err != nil {
		t.Fatalf("run %s: %v\n%s", source, err, out)
	}
	core, err := dump.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	g, err := in.Selected()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(g.Frames, func(f dump.Frame) bool { return f.Func == function })
	if err := in.SelectFrame(i); err != nil {
		t.Fatal(err)
	}
	return in
}

// delveLimits are the limits of what Delve prints of a value.
var delveLimits = pretty.Options{String: 64, Elements: 64, Depth: 1}

// evaluated returns the value of an expression, printed within Delve's limits.
func evaluated(in *inspector.Inspector, expr string) string {
	r, err := in.Evaluate(expr)
	switch {
	case err != nil:
		return err.Error()
	case r.Nil:
		return "nil"
	case r.Const != nil:
		return pretty.Constant(r.Const, delveLimits)
	case !r.Value.Valid():
		return eval.Missing(expr, r.Value.Reason()).Error()
	}
	var b strings.Builder
	pretty.Lines(&b, r.Value, delveLimits)
	return b.String()
}

// address matches text that differs from run to run.
var address = regexp.MustCompile(`0x[0-9a-f]{6,}|\b[0-9]{12,}\b`)

func normalised(answer string) string {
	return address.ReplaceAllString(answer, "ADDRESS")
}

// A class is a set of expressions that differ from Delve on purpose, with the reason.
type class struct {
	name  string
	count int    // how many expressions it has
	expr  string // matches the expression, if it isn't ""
	delve string // matches Delve's answer, if it isn't ""
	dump  string // matches the dump's answer, if it isn't ""
}

// The classes are tried in this order.
var classes = []class{
	{name: "Delve fails inside, or takes a pointer or function for the text or number that stands for it", count: 63,
		delve: `internal debugger error|constant.Value is|^$|^nil$|unsafe.Pointer\(nil\)|^invalid unary operation .("main|ADDRESS|0$)` +
			`|main.doublemain.double|^invalid binary operation .*ADDRESS|^invalid unary operation .""$|unreadable unknown or unsupported kind`},
	{name: "the same: a pointer is no number", count: 22,
		expr: `^(real|uint8)\((p|up|nilpt|list|ring)|^(pi|up) (<<|>>)|^-?up`, delve: `^(ADDRESS|0|\d{1,3}|shift count type .*)$`},
	{name: "the same: nil and nil compare", count: 4,
		expr: `nil`, delve: `unimplemented comparison of invalid|^(true|false)$`},
	{name: "interfaces compare with values, as in Go, and what is looked at in one is looked at in its value", count: 63,
		expr: `any|err1|errtyped|str|\bma\[`, delve: `interface|error|fmt.Stringer|str\"|errs?[1a-z]*\"|any\w*"|^data is nil$`},
	{name: "channels, and unsafe.Pointer, compare as in Go", count: 6, delve: `can not compare chan variables|comparison of unsafe.Pointer`},
	{name: "floats that aren't finite are calculated with, as in Go", count: 18, expr: `nan|inf`, delve: `non-finite|^0$|^\(0 \+ 0i\)$|invalid argument nan`},
	{name: "constants that their type doesn't have are errors, as in Go", count: 10, dump: `^can not convert -?\d+ constant to u?int`},
	{name: "results are within the range of their type, as in Go", count: 10, expr: `^[-^](u|word|bits)`, delve: `^-`},
	{name: "constants of different kinds don't compare or add, as in Go", count: 9, dump: `^mismatched types|^invalid (binary operation|comparison)`,
		expr: `^(-?[\d.]+i?|'a'|"abc"|true) \S+ (-?[\d.]+i?|'a'|"abc"|"a"|true)$`},
	{name: "a code that no character has is U+FFFD, as in Go", count: 1, expr: `^string\(`, dump: "\ufffd"},
	{name: "constants are integers if their value is, as in Go", count: 3, delve: `can not convert (constant )?1 |shift of type float64`},
	{name: "indices may be of any integer type, as in Go", count: 1, delve: `can not convert value of type uint to int`},
	{name: "an empty string, a nil slice and a text are indexed and sliced, as in Go", count: 5, expr: `empty|slnil|"abc"\[`, delve: `can not (index|slice)`},
	{name: "slices of pointers to arrays, and with three indices, as in Go", count: 3, expr: `parr\[|:2:2`, delve: `can not slice|3-index`},
	{name: "maps are sliced on both ends, and m[n:] has no entries that aren't there", count: 16, expr: `\[\d*:`,
		delve: `second slice argument|more\n\]`},
	{name: "elements of channels", count: 8, expr: `^chp?(nil)?\[|^ch\w*\.buf`},
	{name: "a channel shows its type, length and capacity; elements, and who waits, in lines below", count: 12, expr: `ch|hold`, delve: `qcount|waiting on this channel`},
	{name: "more conversions, as in Go", count: 10, delve: `can not convert "\w+" to|^could not find symbol value for any`,
		expr: `^(complex|uintptr\(up|string\(octs|\(\*int\)|\(\*main|map\[|\(main.counts|any|interface)`},
	{name: "a conversion has its type's name, to compare with", count: 2, expr: `^main.(vector|point)\(`, delve: `"struct main`},
	{name: "literals of slices, arrays and maps, and types of the frame's package without its name", count: 8,
		delve: `CompositeLit|no type entry found|symbol value for color`},
	{name: "method values show what they are bound to", count: 9, expr: `Norm|Twice|String|Error|meth`, dump: `^main`},
	{name: "the dump doesn't hold elements beyond the length, nor other packages' variables", count: 4,
		expr: `slcap|^os.Args`},
	{name: "a message names what is nil", count: 2, dump: ` is nil$`},
	{name: "a message names a type without its kind twice", count: 0, delve: `struct struct`},
	{name: "constants have their types' names only", count: 1, expr: `^dur`, delve: `monitor`},
	{name: "literals that are pointed to are shown", count: 1, expr: `^&main.point`},
	{name: "a conversion to unsafe.Pointer prints as such a variable", count: 1, expr: `^unsafe.Pointer`},
	{name: "how much of a computed text is shown is as of others", count: 1, expr: `^.?long`},
	{name: "an empty slice that was made isn't nil", count: 1, expr: `^\[\]byte\(empty`},
}

// matcher returns a function that reports whether an expression is in the class.
func (c *class) matcher() func(expr, delve, dump string) bool {
	var all []*regexp.Regexp
	for _, pattern := range []string{c.expr, c.delve, c.dump} {
		all = append(all, regexp.MustCompile(pattern)) // an empty one matches everything
	}
	return func(expr, delve, dump string) bool {
		return all[0].MatchString(expr) && all[1].MatchString(delve) && all[2].MatchString(dump)
	}
}

// TestDelve compares with Delve's output, recorded by .ci/delve/expressions.
func TestDelve(t *testing.T) {
	compare(t, dumped(t, "fixture", "main.work"), "testdata/delve.txt", classes)
}

// sameLines reports whether two answers have the same lines: the dump's are in the order of a map's
// keys, Delve's in that of memory.
func sameLines(got, want string) bool {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	if !strings.Contains(want, "map[") && !strings.Contains(want, "sync.Map") {
		return false
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// compare compares recorded answers of Delve with those in a dump. They are equal, or differ for
// the reason of a class.
func compare(t *testing.T, in *inspector.Inspector, recorded string, classes []class) {
	text, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	var equal, all int
	counts := make([]int, len(classes))
	var matchers []func(expr, delve, dump string) bool
	for i := range classes {
		matchers = append(matchers, classes[i].matcher())
	}
	for line := range strings.Lines(string(text)) {
		expr, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			t.Fatalf("no answer in %q", line)
		}
		want = normalised(strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t").Replace(want))
		got := normalised(evaluated(in, expr))
		all++
		if got == want || sameLines(got, want) || want != "" && strings.HasPrefix(got, want+": ") { // Delve's words, and more about the case
			equal++
			continue
		}
		i := slices.IndexFunc(matchers, func(is func(expr, delve, dump string) bool) bool { return is(expr, want, got) })
		if i < 0 {
			t.Errorf("%s\n   dump %q\n  Delve %q", expr, got, want)
			continue
		}
		counts[i]++
	}
	t.Logf("%d of %d print what Delve prints (%.1f %%)", equal, all, 100*float64(equal)/float64(all))
	for i, c := range classes {
		if counts[i] != c.count {
			t.Errorf("%s: got %d expressions that differ for this reason, want %d", c.name, counts[i], c.count)
		}
	}
}
