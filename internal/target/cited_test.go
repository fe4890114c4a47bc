package target

import (
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var (
	citedRow  = regexp.MustCompile(`^\| (\S+\.(?:go|s))( \([a-z 0-9.]+\))? \| (.*) \| (.*) \|$`)
	citedName = regexp.MustCompile("`(\\w+)`( \\([a-z 0-9.]+\\))?")
	citation  = regexp.MustCompile(`\b((?:runtime|internal/abi|internal/runtime|cmd|reflect|syscall|testing)(?:/\w+)*/[a-z0-9_]+\.(?:go|s))\b`)
)

// citing are the rooms that know about Go's runtime.
var citing = []string{"gotypes", "target", "variables", "cause"}

// README.md lists what these rooms take from Go's source. Each name is in the Go that runs
// the test, and each file that a comment cites is listed.
func TestCited(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("go env GOROOT: %v", err)
	}
	goroot := strings.TrimSpace(string(out))
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		row := citedRow.FindStringSubmatch(strings.TrimSpace(line))
		if row == nil {
			continue
		}
		file, when, names, users := row[1], row[2], row[3], row[4]
		listed[file] = true
		for _, user := range strings.Split(users, ", ") {
			if _, err := os.Stat(filepath.Join("..", user)); err != nil {
				t.Errorf("%s: got a user that isn't there: %v", file, err)
			}
		}
		if !appliesTo(t, when) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(goroot, "src", filepath.FromSlash(file)))
		if err != nil {
			t.Errorf("README.md lists %s, which isn't in %s: %v", file, runtime.Version(), err)
			continue
		}
		for _, name := range citedName.FindAllStringSubmatch(names, -1) {
			there := regexp.MustCompile(`\b` + name[1] + `\b`).Match(text)
			if !there && appliesTo(t, name[2]) {
				t.Errorf("got no %s in %s of %s, want one as README.md says", name[1], file, runtime.Version())
			}
		}
	}
	if len(listed) == 0 {
		t.Error("got no file listed in README.md")
	}
	checkCitations(t, listed)
}

// checkCitations checks that files of Go cited in comments of these rooms are listed.
func checkCitations(t *testing.T, listed map[string]bool) {
	var sources []string
	for _, room := range citing {
		found, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, found...)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, comment, _ := strings.Cut(line, "//")
			for _, m := range citation.FindAllStringSubmatch(comment, -1) {
				if !listed[m[1]] {
					t.Errorf("%s cites %s, want it in README.md", source, m[1])
				}
			}
		}
	}
}

// appliesTo reports whether a remark about versions of Go, such as " (since 1.26)", covers
// the one that runs the test.
func appliesTo(t *testing.T, when string) bool {
	t.Helper()
	now := version.Lang(runtime.Version())
	which, than, _ := strings.Cut(strings.Trim(when, " ()"), " 1.")
	switch which {
	case "":
		return true
	case "since":
		return version.Compare(now, "go1."+than) >= 0
	case "up to":
		return version.Compare(now, "go1."+than) <= 0
	}
	t.Errorf("got %q in README.md, want since or up to a version", when)
	return false
}
