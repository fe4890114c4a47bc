package hook

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// failing is a run of the suite's tests, and the reports it must give.
type failing struct {
	run     string // -test.run
	args    []string
	env     []string
	want    []outcome // in any order
	code    int
	loose   bool // its output isn't the same twice
	outside bool // started as a test would start it, not by go test
}

// outcome is one report.
type outcome struct {
	kind  Kind
	name  string
	text  string
	frame string // a function on the stack
}

func failure(name, text, frame string) outcome { return outcome{TestFailure, name, text, frame} }

func testPanic(name, frame string) outcome { return outcome{TestPanic, name, "", frame} }

const pkg = "coredumpy/internal/hook/testdata/suite."

var parallel = []outcome{
	failure("TestParallel/a", "in a", pkg+"TestParallel.func1"),
	failure("TestParallel/b", "in b", pkg+"TestParallel.func1"),
	failure("TestParallel/c", "in c", pkg+"TestParallel.func1"),
}

var failings = []failing{
	{run: "TestPass|TestSkip", code: 0},
	{run: "TestError", want: []outcome{failure("TestError", "got 1, want 2", pkg+"TestError")}, code: 1},
	{run: "TestError", args: []string{"-test.v"},
		want: []outcome{failure("TestError", "got 1, want 2", pkg+"TestError")}, code: 1},
	{run: "TestFatal", want: []outcome{failure("TestFatal", "two\nlines", pkg+"TestFatal")}, code: 1},
	{run: "TestFailNow", want: []outcome{failure("TestFailNow", "", pkg+"TestFailNow")}, code: 1},
	{run: "TestGoroutine", want: []outcome{failure("TestGoroutine", "aside", pkg+"TestGoroutine.func1")}, code: 1},
	{run: "TestNested", want: []outcome{
		failure("TestNested/bad", "deep", pkg+"TestNested.func2"),
		failure("TestNested/worse", "deeper", pkg+"TestNested.func3"),
	}, code: 1},
	{run: "TestParallel", want: parallel, code: 1, loose: true},
	{run: "TestQueue", args: []string{"-test.parallel=20"}, want: queued(), code: 1, loose: true},
	{run: "TestMany", want: []outcome{failure("TestMany", "one of many", pkg+"TestMany.func1")}, code: 1},
	{run: "TestFiles", want: []outcome{failure("TestFiles/sub", "", pkg+"TestFiles.func2")}, code: 1},
	{run: "TestOthersLog", want: []outcome{failure("TestOthersLog", "mine", pkg+"TestOthersLog")}, code: 1},
	{run: "TestCleanup", args: []string{"-test.skip=Panic"},
		want: []outcome{failure("TestCleanup", "not clean", pkg+"TestCleanup.func1")}, code: 1},
	{run: "TestAnother", want: []outcome{testPanic("TestAnother/panics", pkg+"TestAnother.func2")}, code: 2},
	{run: "TestPanic", want: []outcome{testPanic("TestPanic", pkg+"TestPanic")}, code: 2},
	{run: "TestRecovers", want: []outcome{failure("TestRecovers", "recovered: no", pkg+"TestRecovers")}, code: 1},
	{run: "TestCleanupPanic$", want: []outcome{testPanic("TestCleanupPanic", pkg+"TestCleanupPanic.func1")}, code: 2},
	{run: "TestCleanupPanicAfterSubtest",
		want: []outcome{testPanic("TestCleanupPanicAfterSubtest", pkg+"TestCleanupPanicAfterSubtest.func1")}, code: 2},
	{run: "TestGoexit", want: []outcome{testPanic("TestGoexit", pkg+"TestGoexit")}, code: 2},
	{run: "TestParentFailNow", want: []outcome{
		failure("TestParentFailNow", "", pkg+"TestParentFailNow"),
		failure("TestParentFailNow/sub", "test executed panic(nil) or runtime.Goexit: subtest may have called FailNow on a parent test", pkg+"TestParentFailNow"),
	}, code: 1},
	{run: "TestTimeout", args: []string{"-test.timeout=100ms"},
		want: []outcome{{Panic, "", "", "testing.(*M).startAlarm.func1"}}, code: 2},
	{run: "TestLate", want: []outcome{{Panic, "", "", pkg + "TestLate.func1"}}, code: 2},
	{run: "FuzzSeed", want: []outcome{failure("FuzzSeed/seed#1", "two", pkg+"FuzzSeed.func1")}, code: 1},
	{run: "FuzzPanic", want: []outcome{testPanic("FuzzPanic", pkg+"FuzzPanic")}, code: 2},
	{run: "none", args: []string{"-test.bench=Fail"},
		want: []outcome{failure("BenchmarkFail", "slow", pkg+"BenchmarkFail")}, code: 1},
	{run: "none", args: []string{"-test.bench=Panic"},
		want: []outcome{testPanic("BenchmarkPanic", pkg+"BenchmarkPanic")}, code: 2, loose: true},
	{run: "Example",
		want: []outcome{failure("Example_wrong", "got:\nsomething\nwant:\nanything\n", "testing.runExample")}, code: 1},

	{run: "TestPass", env: []string{"SUITE_MAIN=1"}, want: []outcome{{Exit, "", "", pkg + "TestMain"}}, code: 3},
	{run: "TestExits", want: []outcome{{Exit, "", "", pkg + "TestExits"}}, code: 4},
	{run: "TestExits", outside: true, code: 4},
	{run: "TestExits", outside: true, env: []string{ExitEnv + "=1"},
		want: []outcome{{Exit, "", "", pkg + "TestExits"}}, code: 4},
	{run: "TestError", env: []string{ExitEnv + "=1"},
		want: []outcome{failure("TestError", "got 1, want 2", pkg+"TestError")}, code: 1},
}

func queued() (all []outcome) {
	for i := range 20 {
		all = append(all, failure(fmt.Sprint("TestQueue/", i), fmt.Sprint("in ", i), pkg+"TestQueue.func1"))
	}
	return all
}

func TestSuite(t *testing.T) { testSuite(t, needReports(t)) }

func testSuite(t *testing.T, tc *toolchain) {
	p := build(t, tc, "test -c", "suite", "-vet=off")
	for i := range failings {
		f := &failings[i]
		t.Run(strings.Join(append([]string{f.run}, f.args...), " "), func(t *testing.T) { f.check(t, p) })
	}
	t.Run("fuzzing", func(t *testing.T) { fuzz(t, p) })
}

func (f *failing) check(t *testing.T, p pair) {
	args := []string{"-test.run=" + f.run}
	if !f.outside {
		args = append(args, "-test.paniconexit0")
	}
	args = append(args, f.args...)
	reports, hooked := watch(t, p, f.env, args...)
	if hooked.code != f.code {
		t.Errorf("got exit status %d, want %d\n%s%s", hooked.code, f.code, hooked.stdout, hooked.stderr)
	}
	if !f.loose {
		compare(t, hooked, start(t, f.env, p.plain, args...))
	}
	if f.run == "TestPanic" && len(reports) > 0 && (reports[0].said == nil || *reports[0].said != "no way") {
		t.Errorf("got said %v of the panic, want no event", reports[0].said)
	}
	checkOutcomes(t, reports, f.want)
}

// checkOutcomes wants exactly one report for each of want.
func checkOutcomes(t *testing.T, reports []*report, want []outcome) {
	t.Helper()
	for _, o := range want {
		i := slices.IndexFunc(reports, o.matches)
		if i < 0 {
			t.Errorf("got no report of %+v", o)
			continue
		}
		reports = slices.Delete(reports, i, i+1)
	}
	for _, r := range reports {
		t.Errorf("got a report of a %s named %q, text %q, frames %q, which isn't wanted", r.Kind, r.name, r.text, r.frames)
	}
}

func (o *outcome) matches(r *report) bool {
	return r.Kind == o.kind && r.name == o.name && r.text == o.text &&
		r.Goroutine > 0 && r.PC > 0 && r.SP > 0 && (r.Value[0] > 0) == (o.kind == Panic || o.kind == TestPanic) &&
		slices.ContainsFunc(r.frames, func(f string) bool { return strings.HasPrefix(f, o.frame) })
}

// fuzz checks that a fuzz worker reports once, though it fails again and again
// while it minimises an input; then its parent reports.
func fuzz(t *testing.T, p pair) {
	work := t.TempDir()
	r := listen(t, p.hooked)
	cmd := exec.Command(p.hooked, "-test.run=none", "-test.fuzz=FuzzFound", "-test.fuzzcachedir="+work,
		"-test.paniconexit0", "-test.parallel=1")
	cmd.Dir = work
	cmd.Env = append(os.Environ(), SocketEnv+"="+r.path)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("got no failure\n%s", out)
	}
	checkOutcomes(t, r.stop(t), []outcome{
		testPanic("FuzzFound", pkg+"FuzzFound.func1"),
		failure("FuzzFound", "", "testing.(*F).Fuzz"),
	})
}

func TestRace(t *testing.T) {
	tc := needReports(t)
	longtest.Skip(t)
	if !tc.cgo() {
		t.Skip("the race detector needs a C compiler")
	}
	p := build(t, tc, "test -c", "suite", "-vet=off", "-race")
	for _, f := range []failing{
		{run: "TestRace",
			want: []outcome{failure("TestRace", "race detected during execution of test", "testing.tRunner")},
			code: 1, loose: true},
		{run: "TestParallel", want: parallel, code: 1, loose: true},
		{run: "TestPanic", want: []outcome{testPanic("TestPanic", pkg+"TestPanic")}, code: 2},
		{run: "TestQueue", args: []string{"-test.parallel=20"}, want: queued(), code: 1, loose: true},
		{run: "TestMany", want: []outcome{failure("TestMany", "one of many", pkg+"TestMany.func1")}, code: 1},
	} {
		t.Run(f.run, func(t *testing.T) { f.check(t, p) })
	}
}
