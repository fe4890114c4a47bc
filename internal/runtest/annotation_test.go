package runtest

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAnnotations runs failing tests as a job of a CI system does: one line more tells of
// each dump, and nothing else changes.
func TestAnnotations(t *testing.T) {
	needLinux(t)
	workspace, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dumps := t.TempDir()
	for _, tt := range []struct {
		name string
		env  []string
		want []string // expressions for the lines
	}{
		{"GitHub", []string{"GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + workspace}, []string{
			`^::error file=testdata/failing/error_test\.go,line=\d+::test failure: TestError: got 7, want 8%0Acoredumpy load /.*\.dump$`,
			`^::error file=testdata/failing/panic_test\.go,line=\d+::panic: TestPanic: .*%0Acoredumpy load /.*\.dump$`}},
		{"GitLab", []string{"GITLAB_CI=true", "CI_PROJECT_DIR=" + dumps}, []string{
			`^\[\[ATTACHMENT\|GitLab/coredumpy_TestError_.*\.dump\]\]$`, `^\[\[ATTACHMENT\|GitLab/coredumpy_.*\.dump\]\]$`}},
		{"none", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(dumps, tt.name)
			got := execute(t, root, tt.env, command, "test", "-dir", dir, "-count=1", "-json",
				"-run=^(TestError|TestPanic)$", "./testdata/failing")
			if got.state != "exit status 1" {
				t.Errorf("got %s, want the status of go test", got.state)
			}
			for line := range strings.Lines(got.out) {
				if !json.Valid([]byte(line)) {
					t.Errorf("got %q on standard output, want JSON", line)
				}
			}
			var lines []string
			for line := range strings.Lines(got.err) {
				if strings.HasPrefix(line, "::") || strings.HasPrefix(line, "[[") {
					lines = append(lines, strings.TrimSuffix(line, "\n"))
				}
			}
			if n := strings.Count(got.err, "Your frame stack is dumped"); n != 2 || len(lines) != len(tt.want) {
				t.Fatalf("got %d dumps and lines %q, want 2 and %q\n%s", n, lines, tt.want, got.err)
			}
			for i, want := range tt.want {
				if !regexp.MustCompile(want).MatchString(lines[i]) {
					t.Errorf("got %q, want %q", lines[i], want)
				}
			}
		})
	}
}
