package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

const action = "../../.github/actions/upload-coredumpy"

// job is a step of a job that runs the action's script.
type job struct {
	dir, page string
	env       []string
}

func newJob(t *testing.T) *job {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs bash: ", err)
	}
	dir := t.TempDir()
	return &job{dir: dir, page: filepath.Join(t.TempDir(), "page"),
		env: []string{"GITHUB_RUN_ID=", "GITHUB_REPOSITORY=", "ARTIFACT=", "UPLOADED=", "COMMAND="}}
}

// run runs the script, which must succeed, and returns the page and the log without the
// lines that stop and allow commands.
func (j *job) run(t *testing.T, env ...string) (page, log string) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join(action, "summary.sh"))
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(j.page)
	cmd := exec.Command("bash", script)
	cmd.Dir = j.dir
	cmd.Env = append(append(append(os.Environ(), "GITHUB_STEP_SUMMARY="+j.page), j.env...), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("got %v, want the script to leave the job's result as it is\n%s", err, out)
	}
	m := framed.FindStringSubmatch(string(out))
	if m == nil || m[1] != m[3] {
		t.Fatalf("got a log of %q, want commands stopped in it", out)
	}
	text, err := os.ReadFile(j.page)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text), m[2]
}

var framed = regexp.MustCompile(`(?s)^::stop-commands::(coredumpy-[0-9a-f]{32})\n(.*)::(coredumpy-[0-9a-f]{32})::\n$`)

// fake is a coredumpy that writes its arguments, and fails.
const fake = "#!/bin/sh\nprintf '<%s>' \"$@\"\necho '::error::from the command' >&2\nexit 1\n"

func TestActionFindsDumps(t *testing.T) {
	j := newJob(t)
	command := filepath.Join(t.TempDir(), "a coredumpy")
	if err := os.WriteFile(command, []byte(fake), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dumps/a.dump", "dumps/b c.dump", "dumps/deep/d.dump", "dumps/notes.txt", "$(touch x).dump",
		"-e.dump", "`touch x`/x;touch x.dump"} {
		path := filepath.Join(j.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ dumps, want string }{
		{"", ""},
		{"nothing\n*.nothing", ""},
		{"dumps/a.dump", "<dumps/a.dump>"},
		{"  dumps/*.dump \r\n", "<dumps/a.dump><dumps/b c.dump>"},
		{"dumps/b c.dump\ndumps/notes.txt", "<dumps/b c.dump><dumps/notes.txt>"},
		{"dumps/*.dump\n!dumps/a*", "<dumps/b c.dump>"},
		{"dumps/deep\n!./dumps/deep/d.dump", ""},
		{"dumps/deep", "<dumps/deep/d.dump>"},
		{"-e.dump", "<./-e.dump>"},
		{"$(touch x).dump", "<$(touch x).dump>"},
		{"`touch x`", "<`touch x`/x;touch x.dump>"},
		{"; touch x #", ""},
	} {
		page, log := j.run(t, "DUMPS="+tt.dumps, "COMMAND="+command)
		switch {
		case tt.want == "" && (page != "" || log != "no dumps to show\n"):
			t.Errorf("%q: got page %q and log %q, want no page", tt.dumps, page, log)
		case tt.want != "" && !strings.Contains(page, "\n<peek><-markdown><-->"+tt.want):
			t.Errorf("%q: got %q, want a command with %s", tt.dumps, page, tt.want)
		case tt.want != "" && (!strings.HasSuffix(page, "coredumpy peek failed: see the log of the step\n") ||
			!strings.HasPrefix(log, "::error::from the command\n")):
			t.Errorf("%q: got page %q and log %q, want them to say that the command failed", tt.dumps, page, log)
		}
	}
	if _, err := os.Stat(filepath.Join(j.dir, "x")); err == nil {
		t.Error("an input was run as shell code")
	}
}

// How to open a dump is only said in words that are safe in a command and in Markdown.
func TestActionSaysHowToOpen(t *testing.T) {
	j := newJob(t)
	write(t, j.dir, "x.dump", `"reason":"panic"`)
	const at = "https://github.com/ann/shop/actions/runs/12/artifacts/34"
	const link = "```\nvscode://coredumpy.coredumpy-go/open?artifact=" + at + "\n```\n\n"
	const load = "Then open a dump with `coredumpy load FILE`.\n\n"
	for _, tt := range []struct{ artifact, uploaded, want, not string }{
		{"dumps", at, "```\ngh run download 12 -R ann/shop -n dumps\n```\n\n" + load, "uploaded:"},
		{"dumps", at, link, "uploaded:"},
		{"dumps", "https://github.example/x", "```\ngh run download 12 -R ann/shop -n dumps\n```\n\n" + load, "vscode:"},
		{"dumps", at + "\n`x`", load, "vscode:"},
		{"dumps", "", "They could not be uploaded: the log of the step says why.\n\n", "download"},
		{"a`b", at, "the artifact of this run.\n\n" + load, "gh run"},
		{"-x", at, "the artifact of this run.\n\n" + load, "gh run"},
		{"", at, "the artifact of this run.\n\n" + load, "gh run"},
	} {
		page, _ := j.run(t, "DUMPS=x.dump", "GITHUB_RUN_ID=12", "GITHUB_REPOSITORY=ann/shop", "ARTIFACT="+tt.artifact,
			"UPLOADED="+tt.uploaded, "COMMAND=echo ran")
		if !strings.Contains(page, tt.want) || strings.Contains(page, tt.not) || !strings.HasSuffix(page, "\nran peek -markdown -- x.dump\n") {
			t.Errorf("%q, %q: got %q, want %q and no %q, and what the command prints", tt.artifact, tt.uploaded, page, tt.want, tt.not)
		}
	}
	page, _ := j.run(t, "DUMPS=x.dump", "PATH="+pathWithoutGo(t))
	if !strings.HasSuffix(page, "no coredumpy found to say what the dumps are about: set the input command\n") {
		t.Errorf("got %q, want it to say that there is no command", page)
	}
}

// pathWithoutGo returns a PATH with what the script needs, but go and coredumpy.
func pathWithoutGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bash", "od", "tr", "find", "tee"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Without a command, it is that of the module's go.mod, here this module.
func TestActionRunsTheModulesCommand(t *testing.T) {
	j := newJob(t)
	path := write(t, j.dir, "x.json", `"reason":"panic","message":"<b>\n::error::forged"`)
	j.dir = "../.."
	page, log := j.run(t, "DUMPS="+path)
	if !strings.Contains(page, "<h3><code>panic&#58; &#60;b&#62;...</code></h3>\n") || strings.Contains(page+log, "::error") {
		t.Errorf("got page %q and log %q, want the page of the dump", page, log)
	}
}

// The runner replaces ${{ }} by text before it runs a script: there, an input would be code.
func TestActionPassesInputsAsVariables(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(action, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(line), "- "), ":")
		if key != "run" {
			continue
		}
		runs++
		if strings.ContainsAny(value, "|>{") { // a script over several lines would be unseen here
			t.Errorf("got %q, want one line without an expression", line)
		}
	}
	if runs != 1 {
		t.Errorf("got %d scripts, want 1", runs)
	}
	for _, name := range []string{"path", "name", "command", "if-no-files-found"} {
		if strings.Count(string(text), "${{ inputs."+name+" }}") == 0 || !strings.Contains(string(text), "\n  "+name+":\n") {
			t.Errorf("got no use or no declaration of the input %s", name)
		}
	}
	// Jobs of a matrix, and attempts, must not upload to one name.
	for _, part := range []string{"github.job", "strategy.job-index", "github.run_attempt"} {
		if !strings.Contains(string(text), "default: coredumpy-dumps-") || !strings.Contains(string(text), "${{ "+part+" }}") {
			t.Errorf("got no %s in the default name of the artifact", part)
		}
	}
}
