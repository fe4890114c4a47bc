package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// packaged returns the files of the package that the command writes.
func packaged(t *testing.T) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.vsix")
	var stdout, stderr bytes.Buffer
	if status := run(nil, &stdout, &stderr, []string{"vscode", "-o", path}); status != statusOK || stdout.String() != "wrote "+path+"\n" {
		t.Fatalf("got status %d, %q, %q", status, &stdout, &stderr)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// The package has what editors look for, each file that another one needs, and nothing that is
// only for tests.
func TestExtensionPackage(t *testing.T) {
	files := packaged(t)
	var manifest struct {
		Metadata struct {
			Identity struct {
				ID        string `xml:"Id,attr"`
				Publisher string `xml:"Publisher,attr"`
				Version   string `xml:"Version,attr"`
			}
		}
		Assets struct {
			Asset []struct {
				Path string `xml:"Path,attr"`
			}
		}
	}
	if err := xml.Unmarshal([]byte(files["extension.vsixmanifest"]), &manifest); err != nil {
		t.Fatal(err)
	}
	e := readExtension()
	if id := manifest.Metadata.Identity; id.ID != e.Name || id.Publisher != e.Publisher || id.Version != e.Version || e.Version == "" {
		t.Errorf("got the identity %+v, want that of %+v", id, e)
	}
	for _, a := range manifest.Assets.Asset {
		if files[a.Path] == "" {
			t.Errorf("the manifest names %s, which isn't there", a.Path)
		}
	}
	for name, text := range files {
		if strings.Contains(name, "test") || strings.Contains(name, "drive") {
			t.Errorf("%s is in the package", name)
		}
		for _, part := range strings.Split(text, "require('./")[1:] {
			needed, _, _ := strings.Cut(part, "'")
			if path := filepath.ToSlash(filepath.Join(filepath.Dir(name), needed+".js")); files[path] == "" {
				t.Errorf("%s needs %s, which isn't there", name, path)
			}
		}
	}
	// What the extension registers is what package.json declares.
	var declared struct {
		Contributes struct {
			Commands      []struct{ Command string }
			CustomEditors []struct{ ViewType string }
			Debuggers     []struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(files["extension/package.json"]), &declared); err != nil {
		t.Fatal(err)
	}
	c := declared.Contributes
	if len(c.Commands) != 4 || len(c.CustomEditors) != 1 || len(c.Debuggers) != 1 {
		t.Fatalf("got %+v, want 4 commands, an editor and a debugger", c)
	}
	for _, command := range c.Commands {
		if name := strings.TrimPrefix(command.Command, "coredumpy."); !strings.Contains(files["extension/extension.js"], "['"+name+"',") {
			t.Errorf("nothing registers the command %s", command.Command)
		}
	}
	if !strings.Contains(files["extension/lib/summary.js"], "viewType = '"+c.CustomEditors[0].ViewType+"'") ||
		!strings.Contains(files["extension/lib/debug.js"], "type = '"+c.Debuggers[0].Type+"'") {
		t.Errorf("nothing registers the editor %s or the debugger %s", c.CustomEditors[0].ViewType, c.Debuggers[0].Type)
	}
}

// The same extension makes the same bytes.
func TestExtensionPackageIsTheSame(t *testing.T) {
	var first, second bytes.Buffer
	if err := writeExtension(&first); err != nil {
		t.Fatal(err)
	}
	if err := writeExtension(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("got other bytes the second time")
	}
	// The first two bytes of a deflated file's header would depend on the version of Go.
	z, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Method != zip.Store }); i >= 0 {
		t.Errorf("%s is compressed", z.File[i].Name)
	}
}

// fakeEditors puts editors into PATH. Each writes its arguments to its name with .args, and
// the package to its name with .vsix.
func fakeEditors(t *testing.T, script string, names ...string) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir = t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Chdir(t.TempDir())
	return dir
}

func TestInstallExtension(t *testing.T) {
	const note = "coredumpy isn't in PATH: the extension looks where go install puts it, or set coredumpy.command in the editor\n"
	record := `echo "$1 $3" >"$0.args"; while read -r line || [ -n "$line" ]; do echo "$line"; done <"$2" >"$0.vsix"`
	dir := fakeEditors(t, record, "code", "cursor", "other")
	for _, tt := range []struct {
		args      []string
		want      string
		installed []string
	}{
		{nil, "installed version 0.1.0 into VS Code: reload its open windows\ninstalled version 0.1.0 into Cursor: reload its open windows\n" + note,
			[]string{"code", "cursor"}},
		{[]string{"other"}, "installed version 0.1.0 into other: reload its open windows\n" + note, []string{"other"}},
	} {
		var stdout, stderr bytes.Buffer
		status := run(nil, &stdout, &stderr, append([]string{"vscode"}, tt.args...))
		if status != statusOK || stdout.String() != tt.want || stderr.Len() > 0 {
			t.Errorf("%q: got status %d, %q and %q, want %q", tt.args, status, &stdout, &stderr, tt.want)
		}
		for _, name := range tt.installed {
			args, _ := os.ReadFile(filepath.Join(dir, name+".args"))
			pkg, _ := os.ReadFile(filepath.Join(dir, name+".vsix"))
			if string(args) != "--install-extension --force\n" || !bytes.Contains(pkg, []byte("extension.vsixmanifest")) {
				t.Errorf("%s: got arguments %q and a package of %d bytes", name, args, len(pkg))
			}
		}
	}
}

func TestInstallExtensionFails(t *testing.T) {
	dir := fakeEditors(t, "echo details; echo 'no room' >&2; exit 3", "codium")
	for _, tt := range []struct{ args, want string }{
		{"", "coredumpy vscode: " + filepath.Join(dir, "codium") + " --install-extension: exit status 3: no room\n"},
		{"nothing", "coredumpy vscode: there is no editor \"nothing\": exec: \"nothing\": executable file not found in $PATH\n"},
		{"-o x code", "coredumpy vscode: -o only writes the file: name no editor; see coredumpy help vscode\n"},
		{"-o /nowhere/x", "coredumpy vscode: open /nowhere/x: no such file or directory\n"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(nil, &stdout, &stderr, append([]string{"vscode"}, strings.Fields(tt.args)...))
		if status == statusOK || stderr.String() != tt.want || stdout.Len() > 0 {
			t.Errorf("%q: got status %d, %q and %q, want %q", tt.args, status, &stdout, &stderr, tt.want)
		}
	}
}

func TestInstallExtensionWithoutEditor(t *testing.T) {
	fakeEditors(t, "")
	if runtime.GOOS == "darwin" {
		t.Skip("an editor may be in the folder of applications")
	}
	var stdout, stderr bytes.Buffer
	const want = "no editor found in PATH: wrote coredumpy-go.vsix\n" +
		"install it by the editor's command \"Extensions: Install from VSIX...\"\n"
	if status := run(nil, &stdout, &stderr, []string{"vscode"}); status != statusOK || stdout.String() != want || stderr.Len() > 0 {
		t.Errorf("got status %d, %q and %q, want %q", status, &stdout, &stderr, want)
	}
	if _, err := zip.OpenReader("coredumpy-go.vsix"); err != nil {
		t.Error(err)
	}
}

// The parts of the extension that don't need an editor are tested by node, where there is one.
func TestExtensionScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs node: ", err)
	}
	version, err := exec.Command(node, "-p", "parseInt(process.versions.node) >= 20").Output()
	if err != nil || string(version) != "true\n" {
		t.Skip("needs node 20: ", err)
	}
	cmd := exec.Command(node, "--test", "extension.test.js", "host.test.js")
	cmd.Dir = "vscode"
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("pass 13")) {
		t.Errorf("got %v\n%s\nwant 13 tests to pass", err, out)
	}
}
