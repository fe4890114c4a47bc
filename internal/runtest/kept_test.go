package runtest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/hook"
	"coredumpy/internal/longtest"
)

// TestKept checks the warning, of one line, about programs that stay and aren't ordinary
// ones.
func TestKept(t *testing.T) {
	needLinux(t)
	const (
		one  = " is for coredumpy run: it isn't optimised, so it is slow, and it reports its crashes if COREDUMPY_SOCKET is set; for any other use, build it without coredumpy"
		many = " are for coredumpy run: they aren't optimised, so they are slow, and they report their crashes if COREDUMPY_SOCKET is set; for any other use, build them without coredumpy"
		fast = " is for coredumpy run: it reports its crashes if COREDUMPY_SOCKET is set; for any other use, build it without coredumpy"
	)
	for _, tt := range []struct {
		long  bool
		env   string
		args  []string // DIR is a directory
		files string   // the files in it that are named; none if empty
		said  string
	}{
		{false, "A=b", []string{"go", "build", "-o", "DIR", "./crashes"}, "crashes", one},
		{true, "A=b", []string{"-O", "go", "build", "-o", "DIR/x", "crashes/main.go"}, "x", fast},
		{true, "GOBIN=DIR", []string{"go", "install", "./..."}, "crashes starts", many},
		{true, "A=b", []string{"go", "build", "./..."}, "", ""},
		{false, "A=b", []string{"go", "test", "-c", "-o", "DIR/", "./looks", "./names"}, "looks.test names.test", many},
		{true, "A=b", []string{"go", "test", "-c", "-ldflags=-s -w", "-o", "DIR/x", "./looks"}, "x", one},
		{true, "A=b", []string{"go", "test", "-c", "-o", "/dev/null", "./looks"}, "", ""},
		{true, "A=b", []string{"go", "test", "-c", "-n", "-o", "DIR", "./looks"}, "", ""},
		{true, "A=b", []string{"go", "test", "-c", "-o", "DIR", "./starts"}, "", ""}, // it has no tests
		{true, "A=b", []string{"go", "test", "-count=1", "-cpuprofile=DIR/cpu", "-o", "DIR/x", "./looks"}, "x", one},
		{true, "GOFLAGS=-c", []string{"go", "-C", "looks", "test", "-o", "DIR/x"}, "x", one},
		{false, "A=b",
			[]string{"sh", "-c",
				"go test -c -o DIR ./looks; go test -c -o DIR ./looks; go test -c -o DIR ./names; rm DIR/names.test"},
			"looks.test", one},
		{true, "A=b", []string{"sh", "-c", "go build -o DIR ./crashes"}, "", ""}, // without the hook
		{true, "A=b", []string{"go", "run", "./starts", "go", "test", "-c", "-o", "DIR", "./looks"}, "looks.test", one},
	} {
		if tt.long && !longtest.All() {
			continue
		}
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var args, want []string
			for _, arg := range tt.args {
				args = append(args, strings.ReplaceAll(arg, "DIR", dir))
			}
			if tt.files != "" {
				files := strings.Fields(tt.files)
				for i, file := range files {
					files[i] = filepath.Join(dir, file)
				}
				want = []string{"coredumpy run: " + strings.Join(files, ", ") + tt.said}
			}
			got, _ := watchIn(t, front, []string{strings.ReplaceAll(tt.env, "DIR", dir)}, args...)
			lines := slices.DeleteFunc(said(got.err),
				func(line string) bool { return !strings.Contains(line, hook.SocketEnv) })
			if !slices.Equal(lines, want) || got.state != "exit status 0" {
				t.Errorf("got %+v, want %q", got, want)
			}
		})
	}
}
