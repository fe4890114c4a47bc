package apitest

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

const bubbleProgram = "coredumpy/internal/apitest/testdata/bubble."

// Tests in bubbles of testing/synctest end as without dumps, whatever is dumped at the
// same time, and their dumps have the system's time, not a bubble's.
func TestBubble(t *testing.T) {
	longtest.Skip(t)
	if strings.HasPrefix(runtime.Version(), "go1.24") {
		t.Skip("testing/synctest came with Go 1.25")
	}
	program := filepath.Join(t.TempDir(), "bubble.test.exe")
	args := append([]string{"test", "-c", "-o", program}, whole...)
	if out, err := exec.Command("go", append(args, "./testdata/bubble")...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	run := func(dir string) outcome {
		cmd := exec.Command(program, "-test.parallel=8")
		cmd.Env = append(os.Environ(), "BUBBLE_DIR="+dir)
		return command(t, cmd)
	}
	dir := t.TempDir()
	want, start := run(""), time.Now()
	got := run(dir)
	if got.exit != want.exit || testLines(got.stdout) != testLines(want.stdout) {
		t.Errorf("got exit status %d and\n%s\nwant %d and\n%s\nstderr:\n%.4000s",
			got.exit, testLines(got.stdout), want.exit, testLines(want.stdout), got.stderr)
	}
	wantLimitLines(t, got.stderr, "MaxPanicsPerSite")
	checkBubble(t, dir, start, time.Now())
}

// testLines returns the output of a test binary in a form to compare: without what
// coredumpy prints, without times, and in an order that doesn't depend on which test was
// faster.
func testLines(out string) string {
	lines := strings.Split(elapsed.ReplaceAllString(out, ""), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return strings.Contains(line, "Your frame stack is dumped") || strings.Contains(line, "coredumpy load ")
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

var (
	elapsed   = regexp.MustCompile(` \(\d+\.\d+s\)`)
	nameStamp = regexp.MustCompile(`_(\d{8}_\d{6})_\d{6}\.dump$`)
)

// checkBubble checks that dumps were made between two times, by their names as well: ten
// for each of the two ways to panic, and four for failures, with a variable of the test.
func checkBubble(t *testing.T, dir string, from, to time.Time) {
	t.Helper()
	from = from.Truncate(time.Second) // as in names
	between := func(what string, made time.Time) {
		if made.Before(from) || made.After(to) {
			t.Errorf("got %s made at %v, want from %v to %v", what, made, from, to)
		}
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, path := range paths {
		m := nameStamp.FindStringSubmatch(path)
		if m == nil {
			t.Fatalf("got name %s, want the time in it", path)
		}
		made, err := time.ParseInLocation("20060102_150405", m[1], time.Local)
		if err != nil {
			t.Fatal(err)
		}
		d := open(t, path)
		between(path, made)
		between("the head of "+path, d.Head().Time)
		top := d.current(t).Frames[0]
		key := top.Func
		for _, v := range top.Vars {
			if v.Name == "owner" {
				key += " " + show(v.Value)
			}
		}
		got[key]++
	}
	want := map[string]int{bubbleProgram + "serve": 20}
	for _, owner := range []string{"Ann", "Bob", "Cid", "Dee"} {
		want[bubbleProgram+"fail "+strconv.Quote(owner)] = 1
	}
	if !maps.Equal(got, want) {
		t.Errorf("got dumps of %v, want %v", got, want)
	}
}
