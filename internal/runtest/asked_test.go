package runtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// asking is one of the ways of testdata/run/asked, a program that dumps its own panics.
type asking struct {
	kind        string
	dumps       int
	message     string // of one of the dumps
	top         string
	expr, value string
	description string
	given       string // a variable in the top frame, as show shows it
	races       bool   // in a program that isn't hooked main may return first
}

var askings = []asking{
	{kind: "own", dumps: 1, message: "9", top: "main.fail", expr: "square", value: "9", description: "of own",
		given: "*result = 7"},
	{kind: "twice", dumps: 1, message: "25", top: "main.fail", expr: "n", value: "5", description: "of twice",
		given: "*result = 7"},
	{kind: "within", dumps: 1, message: "36", top: "main.fail", expr: "n", value: "6", description: "of within"},
	{kind: "known", dumps: 1, message: "wrapped: known", top: "main.fail", expr: "n", value: "5"},
	{kind: "fault", dumps: 1, message: badPointer, top: "main.dereference", expr: "double", value: "10",
		description: "of fault", given: "*result = 7"},
	{kind: "nothing", dumps: 1, message: new(runtime.PanicNilError).Error(), top: "main.fail", expr: "n", value: "7",
		description: "of nothing"},
	{kind: "passed", dumps: 1, message: "36", top: "main.fail", expr: "square", value: "36", description: "of passed",
		given: "*result = 7"},
	{kind: "again", dumps: 3, message: badPointer, top: "main.dereference", expr: "double", value: "10"},
	{kind: "limited", dumps: 2, message: badPointer, top: "main.dereference", expr: "double", value: "10"},
	{kind: "refused", dumps: 2, message: badPointer, top: "main.dereference", expr: "double", value: "10"},
	{kind: "skip", dumps: 1, message: "count 3", top: "main.skipped", expr: "count", value: "3",
		given: `given = interface {}(string) "text"`},
	{kind: "done", dumps: 1, message: "25", top: "main.fail", expr: "n", value: "5", races: true},
	{kind: "donelast", dumps: 1, message: "25", top: "main.fail", expr: "n", value: "5", races: true},
	{kind: "changed", dumps: 2, message: "49", top: "main.fail", expr: "n", value: "7", description: "of changed"},
}

// ordinaryAsking are the ways in the ordinary suite, which are traced as well.
var ordinaryAsking = []string{"own", "within", "fault", "again", "refused", "skip"}

// TestAsked runs a program that dumps its own panics, built with the hook, and built
// without it and traced. The dumps are run's, and there is one of each panic. Apart from
// its own dumps, the program does what it does by itself.
func TestAsked(t *testing.T) {
	plain, hooked := built(t)
	for _, a := range askings {
		if !longtest.All() && !a.races && !slices.Contains(ordinaryAsking, a.kind) {
			continue
		}
		t.Run(a.kind, func(t *testing.T) {
			t.Parallel()
			want := result{state: "exit status 2"}
			if !a.races {
				own := filepath.Join(t.TempDir(), "own")
				want = execute(t, t.TempDir(), []string{"ASKED=" + own}, filepath.Join(plain, "asked"), a.kind)
				if left := dumpPaths(t, own); (len(left) == 0) != (a.kind == "known") {
					t.Errorf("got %q without coredumpy run, want the program's own dumps", left)
				}
			}
			t.Run("hooked", func(t *testing.T) { a.check(t, filepath.Join(hooked, "asked"), want) })
			if !a.races {
				t.Run("traced", func(t *testing.T) { a.check(t, filepath.Join(plain, "asked"), want) })
			}
		})
	}
}

func (a *asking) check(t *testing.T, program string, want result) {
	own := filepath.Join(t.TempDir(), "own")
	got, dumps := watch(t, []string{"ASKED=" + own}, program, a.kind)
	if got.state != want.state || got.out != want.out || !a.races && users(same(got.err)) != users(same(want.err)) {
		t.Errorf("got %s and %q, want %s and %q\n%.2000s\nwant\n%.2000s",
			got.state, got.out, want.state, want.out, got.err, want.err)
	}
	if _, err := os.Stat(own); err == nil {
		t.Errorf("got the program's own dumps %q, want none", dumpPaths(t, own))
	}
	if len(dumps) != a.dumps {
		t.Fatalf("got %d dumps, want %d\n%.2000s", len(dumps), a.dumps, got.err)
	}
	for _, path := range dumps {
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		h := core.Head()
		if h.Reason != "panic" || h.Top == nil || h.Message != a.message {
			if a.kind == "changed" && h.Message == "changed: 49" {
				continue
			}
			t.Fatalf("got %s %q at %v, want panic %q", h.Reason, h.Message, h.Top, a.message)
		}
		f := topFrame(t, core, "")
		if f.Func != a.top || a.dumps == 1 && h.Description != a.description {
			t.Errorf("got %s, description %q, want %s, %q", f.Func, h.Description, a.top, a.description)
		}
		wantValue(t, f, a.expr, a.value)
		if a.given == "" {
			continue
		}
		expr, value, _ := strings.Cut(a.given, " = ")
		wantValue(t, f, expr, value)
		if last := f.Vars[len(f.Vars)-1]; last.Role != coredumpy.Given || last.Name != strings.Trim(expr, "*") {
			t.Errorf("got last variable %s, %s, want %s, given", last.Name, last.Role, expr)
		}
	}
}

// TestAskedByStranger has a watched program start one that isn't watched, with the same
// environment: that one dumps itself, and nobody else dumps it.
func TestAskedByStranger(t *testing.T) {
	plain, hooked := built(t)
	own, dumps := filepath.Join(t.TempDir(), "own"), filepath.Join(t.TempDir(), "dumps")
	got := execute(t, root, []string{"ASKED=" + own}, command, "run", "-recovered", "-dir", dumps,
		filepath.Join(hooked, "asked"), "spawn", filepath.Join(plain, "asked"), "own")
	left := dumpPaths(t, own)
	if len(left) != 1 || got.state != "exit status 1" || !strings.Contains(got.err, left[0]) {
		t.Errorf("got %q, and %s, want one dump of the program's own\n%s", left, got.state, got.err)
	}
	if all := dumpPaths(t, dumps); len(all) > 0 {
		t.Errorf("got %q from run, want none", all)
	}
}

// TestAskedInVain runs where run can't make a dump: the program makes its own.
func TestAskedInVain(t *testing.T) {
	plain, hooked := built(t)
	for _, program := range []string{filepath.Join(hooked, "asked"), filepath.Join(plain, "asked")} {
		own := filepath.Join(t.TempDir(), "own")
		tmp := t.TempDir()
		taken := filepath.Join(tmp, fmt.Sprint("coredumpy-", os.Geteuid()))
		if err := os.WriteFile(taken, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got := execute(t, root, []string{"ASKED=" + own, "TMPDIR=" + tmp}, command, "run", "-dir", "/proc/nowhere",
			program, "passed")
		said := "no dump written: mkdir /proc/nowhere: no such file or directory; " + taken + " is not a directory\n"
		if left := dumpPaths(t, own); len(left) != 1 || got.state != "exit status 0" ||
			strings.Count(got.err, said) != 1 {
			t.Errorf("got %q, and %+v, want one dump of the program's own and %q", left, got, said)
		}
	}
}

// TestAskedUnwanted has run's limits forbid dumps: the program makes none either.
func TestAskedUnwanted(t *testing.T) {
	_, hooked := built(t)
	for _, tt := range []struct {
		flags []string
		kind  string
		dumps int
		said  string
	}{
		{[]string{"-max", "1"}, "again", 1, "coredumpy run: 2 more failures were not dumped: -max 1\n"},
		{[]string{"-exclude", "nil pointer"}, "again", 0, ""},
	} {
		own := filepath.Join(t.TempDir(), "own")
		got, dumps := watch(t, []string{"ASKED=" + own}, append(tt.flags, filepath.Join(hooked, "asked"), tt.kind)...)
		_, err := os.Stat(own)
		if len(dumps) != tt.dumps || err == nil || !strings.Contains(got.err, tt.said) {
			t.Errorf("%q: got %d dumps, own %v, want %d and none by the program itself\n%s",
				tt.flags, len(dumps), err, tt.dumps, got.err)
		}
	}
}

// recovery is one of the ways of testdata/run/recovers.
type recovery struct {
	kind  string
	flags []string
	tops  []string // of the dumps, in any order
	by    string   // the function that recovers
	said  string
}

var recoveries = []recovery{
	{kind: "server", tops: []string{"main.first", "main.second"}, by: "net/http.(*conn).serve.func1"},
	{kind: "aborts"},
	{kind: "control"},
	{kind: "goexit"},
	{kind: "flow", tops: []string{"coredumpy/testdata/run/recovers/flow.check"},
		by: "coredumpy/testdata/run/recovers/flow.Parse.func1"},
	{kind: "method", tops: []string{"main.stringer.String"}, by: "fmt.(*pp).catchPanic"},
	{kind: "storm", tops: []string{"main.explode"}, by: "main.storm.func1.1.1"},
	{kind: "returning", tops: []string{"main.explode"}, by: "main.returning.func1"},
	{kind: "again", tops: []string{"main.explode"}, by: "main.again"},
	{kind: "middle", tops: []string{"main.explode"}, by: "main.again"},
	{kind: "onpanic", tops: []string{"main.explode"}},
	{kind: "nested", tops: []string{"main.explode", "main.second"}},
	{kind: "many", flags: []string{"-max", "2"}, tops: []string{"main.explode", "main.explode"},
		by: "main.quietly.func1", said: "coredumpy run: 3 more failures were not dumped: -max 2\n"},
	{kind: "many", flags: []string{"-recovered=false"}},
}

var ordinaryRecoveries = []string{"server", "aborts", "control", "flow", "again", "onpanic"}

// TestRecovered runs programs that recover panics. They go on as without run, and one
// panic at each place is dumped.
func TestRecovered(t *testing.T) {
	plain, hooked := built(t)
	for _, r := range recoveries {
		if !longtest.All() && !slices.Contains(ordinaryRecoveries, r.kind) {
			continue
		}
		t.Run(r.kind, func(t *testing.T) {
			t.Parallel()
			env := []string{"ASKED=" + t.TempDir()}
			want := execute(t, t.TempDir(), env, filepath.Join(plain, "recovers"), r.kind)
			got, dumps := watch(t, env,
				slices.Concat([]string{"-recovered"}, r.flags, []string{filepath.Join(hooked, "recovers"), r.kind})...)
			err, isSaid := strings.CutSuffix(got.err, r.said)
			if got.state != want.state || got.out != want.out || users(same(err)) != users(same(want.err)) || !isSaid {
				t.Errorf("got %+v, want %+v", got, want)
			}
			var tops []string
			for _, path := range dumps {
				tops = append(tops, r.top(t, path))
			}
			slices.Sort(tops)
			if !slices.Equal(tops, r.tops) {
				t.Errorf("got dumps of %q, want %q", tops, r.tops)
			}
		})
	}
}

// top checks a dump, and returns the function of its top frame.
func (r *recovery) top(t *testing.T, path string) string {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if r.by != "" &&
		(h.Reason != "recovered panic" || !strings.Contains(strings.Join(h.Notes, "\n"), "recovered by "+r.by)) {
		t.Errorf("got %s, notes %q, want it recovered by %s", h.Reason, h.Notes, r.by)
	}
	f := topFrame(t, core, "")
	switch f.Func {
	case "main.second":
		wantValue(t, f, "hits", "*int nil")
	case "main.explode":
		wantValue(t, f, "n == len(how)", "true")
	}
	return f.Func
}

// TestRecoveredTraced checks the message that the flag has no effect.
func TestRecoveredTraced(t *testing.T) {
	plain, _ := built(t)
	program := filepath.Join(plain, "recovers")
	got, dumps := watch(t, nil, "-recovered", program, "returning")
	if want := "coredumpy run: " + program +
		" wasn't built by coredumpy run go build: -recovered has no effect on it\n"; got.err != want ||
		got.out != "16\n" || len(dumps) > 0 {
		t.Errorf("got %d dumps and %+v, want none and %q", len(dumps), got, want)
	}
}

// failuresIn returns the reason, the test, and the function of the top frame of each dump in a
// directory.
func failuresIn(t *testing.T, dir string) (found []string) {
	t.Helper()
	for _, path := range dumpPaths(t, dir) {
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		h, f := core.Head(), topFrame(t, core, "")
		function := strings.TrimPrefix(f.Func, suitePath+"asked.")
		found = append(found, h.Reason+": "+strings.TrimSpace(h.Test+" in "+function))
	}
	slices.Sort(found)
	return found
}

// TestAskedSuite runs tests that dump themselves.
func TestAskedSuite(t *testing.T) {
	needLinux(t)
	binaries := t.TempDir()
	for i, tt := range []struct {
		run   string
		args  []string
		wants []string // reason, test, and function of the top frame
	}{
		{"TestError$", nil, []string{"test failure: TestError in TestError"}},
		{"TestFatal", nil, []string{"test failure: TestFatal in TestFatal"}},
		{"TestPanics", nil, []string{"panic: TestPanics in fail"}},
		{"TestErrorThenPanic", nil,
			[]string{"panic: TestErrorThenPanic in fail", "test failure: TestErrorThenPanic in TestErrorThenPanic"}},
		{"TestOnPanic", nil, []string{"panic: TestOnPanic in fail"}},
		{"TestSub", []string{"-count=2"},
			[]string{"test failure: TestSub/a in TestSub.func1", "test failure: TestSub/a in TestSub.func1",
				"test failure: TestSub/b in TestSub.func1", "test failure: TestSub/b in TestSub.func1"}},
		{"TestPasses", nil, []string{"panic: TestPasses in fail"}},
		{"TestAnother", nil, []string{"test failure: another in TestAnother"}},
	} {
		if !longtest.All() && tt.run != "TestError$" && tt.run != "TestPanics" {
			continue
		}
		t.Run(tt.run, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("ASKED", filepath.Join(dir, "own"))
			args := func(binary string) []string {
				all := []string{"go", "test", "-count=1", "-vet=off", "-run=" + tt.run}
				if i > 0 { // the first is as users write it; go test doesn't link again what -o names
					all = append(all, "-o", filepath.Join(binaries, binary, "asked.test"))
				}
				return slices.Concat(all, tt.args, []string{"./asked"})
			}
			plain := args("plain")
			want := runSuite(t, dir, plain[0], plain[1:]...)
			os.RemoveAll(filepath.Join(dir, "own"))
			dumps := filepath.Join(dir, "dumps")
			got := runSuite(t, dir, command, append([]string{"run", "-dir", dumps}, args("hooked")...)...)
			if got.state != want.state || withoutTold(got.out) != withoutTold(want.out) {
				t.Errorf("got %s\n%s\nwant %s\n%s", got.state, got.out, want.state, want.out)
			}
			if _, err := os.Stat(filepath.Join(dir, "own")); err == nil {
				t.Error("got the test's own dumps, want none")
			}
			if found := failuresIn(t, dumps); !slices.Equal(found, tt.wants) {
				t.Errorf("got dumps %q, want %q", found, tt.wants)
			}
		})
	}
}

var toldInTest = regexp.MustCompile(`(?m)^\s*(x_test\.go:\d+: )?Your frame stack is dumped, open it with\n\s*coredumpy load .*\n(?:\s*for its variables, .*\n)?|[ \t]*note: .*\n`)

// withoutTold leaves out what OnFailure writes to the test's own output, and what differs
// from run to run.
func withoutTold(s string) string { return sameTests(toldInTest.ReplaceAllString(s, "")) }
