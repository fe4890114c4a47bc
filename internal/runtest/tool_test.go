package runtest

import (
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// TestTool runs a tool of a module: what it does, and where, is the same as without
// coredumpy.
func TestTool(t *testing.T) {
	needLinux(t)
	for _, tt := range []struct {
		long  bool
		dir   string // below the module's
		args  []string
		dumps int
	}{
		{false, "", []string{"go", "tool", "starts", "signal", "9"}, 0},
		{true, "", []string{"go", "tool", "starts", "signal", "15"}, 0},
		{true, "", []string{"go", "tool", "starts", "sh", "-c", "exit 7"}, 0},
		{false, "names", []string{"go", "-C", "..", "tool", "starts", "where", "-C", "x"}, 0},
		{true, "names", []string{"go", "tool", "-C=..", "starts", "where"}, 0},
		{false, "names", []string{"go", "-C", "..", "tool", "starts", "go", "run", "./crashes"}, 1},
		{true, "names", []string{"go", "tool", "-C", "..", "starts", "go", "-C", "crashes", "run", "."}, 1},
		{true, "names", []string{"go", "-C", "..", "generate", "."}, 1},
		{true, "", []string{"go", "tool", "-n", "starts", "signal", "9"}, 0},
		{true, "", []string{"go", "tool", "nosuch"}, 0},
		{true, "", []string{"go", "-C", "names", "tool"}, 0},
	} {
		if tt.long && !longtest.All() {
			continue
		}
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			where := front + "/" + tt.dir
			for _, args := range [][]string{tt.args,
				slices.Concat([]string{"sh", "-c", `"$@"; exit $?`, "sh"}, tt.args)} {
				want := execute(t, where, nil, args[0], args[1:]...)
				got, dumps := watchIn(t, where, nil, args...)
				rest := strings.TrimSuffix(got.err, noGoBelow)
				if got.state != want.state || timeless(got.out) != timeless(want.out) ||
					timeless(rest) != timeless(want.err) || len(dumps) != tt.dumps {
					t.Errorf("%q: got %d dumps and %+v, want %d and %+v", args, len(dumps), got, tt.dumps, want)
				}
			}
		})
	}
}

// TestToolSignaled checks that a signal for go tool reaches the tool.
func TestToolSignaled(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	const script = `
go tool starts signaled >$TMPDIR/out &
until grep -qs ready $TMPDIR/out; do sleep 0.01; done
kill -TERM $!
wait $!
status=$?
cat $TMPDIR/out
rm $TMPDIR/out
exit $status`
	got, _ := watchIn(t, front, nil, "sh", "-c", script)
	if got.state != "exit status 9" || got.out != "ready\nterminated\n" || got.err != "" {
		t.Errorf("got %+v, want exit status 9", got)
	}
}
