package delvetest

import (
	"fmt"
	"go/constant"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
)

// dumped returns an inspector of a dump that the fixture has made, in the frame of work.
func dumped(t testing.TB) *inspector.Inspector {
	t.Helper()
	dir := t.TempDir()
	program, file := filepath.Join(dir, "fixture"), filepath.Join(dir, "fixture.dump")
	build := exec.Command("go", "build", "-gcflags=-N -l", "-o", program, "./testdata/fixture")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the fixture: %v\n%s", err, out)
	}
	if out, err := exec.Command(program, file).CombinedOutput(); err != nil {
		t.Fatalf("run the fixture: %v\n%s", err, out)
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
	i := slices.IndexFunc(g.Frames, func(f dump.Frame) bool { return f.Func == "main.work" })
	if err := in.SelectFrame(i); err != nil {
		t.Fatal(err)
	}
	return in
}

// evaluated returns what an expression gives, printed within Delve's limits.
func evaluated(in *inspector.Inspector, expr string) string {
	r, err := in.Evaluate(expr)
	switch {
	case err != nil:
		return err.Error()
	case r.Nil:
		return "nil"
	case r.Const != nil && r.Const.Kind() == constant.Float:
		f, _ := constant.Float64Val(r.Const)
		return strconv.FormatFloat(f, 'f', -1, 64)
	case r.Const != nil:
		return r.Const.ExactString()
	case r.Address:
		return fmt.Sprintf("(*%s)(%#x)", r.Value.Type(), r.Value.Addr())
	case !r.Value.Valid():
		return eval.Missing(expr, r.Value.Reason()).Error()
	}
	var b strings.Builder
	pretty.Lines(&b, r.Value, pretty.Options{String: 64, Elements: 64, Depth: 1})
	return b.String()
}

// address is what differs from run to run.
var address = regexp.MustCompile(`0x[0-9a-f]{6,}|\b[0-9]{12,}\b`)

func normalised(answer string) string {
	answer, _, _ = strings.Cut(answer, "\ngoroutine ") // where Delve has met an error of its own
	return address.ReplaceAllString(answer, "ADDRESS")
}

// A class of expressions that are meant to differ from Delve, and the reason.
type class struct {
	name    string
	expr    string // matches the expression, if it isn't ""
	delve   string // matches what Delve answers, if it isn't ""
	dump    string // matches what the dump answers, if it isn't ""
	because string
}

var classes []class

func (c *class) has(expr, delve, dump string) bool {
	for _, m := range [][2]string{{c.expr, expr}, {c.delve, delve}, {c.dump, dump}} {
		if m[0] != "" && !regexp.MustCompile(m[0]).MatchString(m[1]) {
			return false
		}
	}
	return true
}

// TestDelve compares with what Delve prints, recorded by .ci/delve/expressions.
func TestDelve(t *testing.T) {
	text, err := os.ReadFile("testdata/delve.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := dumped(t)
	var equal, all int
	meant := map[string]int{}
	var report strings.Builder
	for line := range strings.Lines(string(text)) {
		expr, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			t.Fatalf("no answer in %q", line)
		}
		want = normalised(strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(want))
		got := normalised(evaluated(in, expr))
		all++
		if got == want {
			equal++
			continue
		}
		i := slices.IndexFunc(classes, func(c class) bool { return c.has(expr, want, got) })
		if i >= 0 {
			meant[classes[i].name]++
			continue
		}
		fmt.Fprintf(&report, "%s\n   dump %q\n  Delve %q\n", expr, got, want)
	}
	t.Logf("%d of %d print what Delve prints (%.1f %%)", equal, all, 100*float64(equal)/float64(all))
	for _, name := range slices.Sorted(maps.Keys(meant)) {
		t.Logf("%5d differ on purpose: %s", meant[name], name)
	}
	if report.Len() > 0 {
		t.Log(report.String())
	}
}
