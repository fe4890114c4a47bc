package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"coredumpy/internal/printable"
)

var vscodeCommand = command{
	name:    "vscode",
	args:    "[-o FILE] [EDITOR]...",
	summary: "install the extension that opens dumps in VS Code",
	help: `
Vscode installs the extension for VS Code that this command holds. With it, a file
*.dump opens as a summary page, and "Load with coredumpy" in its context menu opens
it in the debugger: threads are goroutines, values stand beside the lines, and the
debug console takes what coredumpy load takes. Nothing is downloaded.

EDITOR is the command of an editor, such as code or its path; without one, it is
each of these that is there:

  code          VS Code
  codium        VSCodium
  cursor        Cursor
  code-server   code-server

If there is none, a file coredumpy-go.vsix is written to the current directory, which
the editor's command "Extensions: Install from VSIX..." installs.

  -o FILE   only write that file to FILE

The extension runs the coredumpy that it finds in PATH or where go install puts it;
the editor's setting coredumpy.command names another one. A link

  vscode://coredumpy.coredumpy-go/open?path=/srv/shop/coredumpy_main.dump
  vscode://coredumpy.coredumpy-go/open?artifact=ADDRESS

opens a dump on this machine, or the artifact of a GitHub run at ADDRESS, which is
downloaded with your GitHub account. The editor asks first.

The exit status is 1 if an editor doesn't install it.
`,
	run: installExtension,
}

// editor is one that extensions of VS Code can be installed into.
type editor struct {
	command string
	title   string
	mac     string // the command in a folder of applications, where PATH doesn't have it
}

var editors = []editor{
	{"code", "VS Code", "Visual Studio Code.app/Contents/Resources/app/bin/code"},
	{"codium", "VSCodium", "VSCodium.app/Contents/Resources/app/bin/codium"},
	{"cursor", "Cursor", "Cursor.app/Contents/Resources/app/bin/cursor"},
	{"code-server", "code-server", ""},
}

func installExtension(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("vscode", flag.ContinueOnError)
	out := flags.String("o", "", "")
	names, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case *out != "" && len(names) > 0:
		return misused(stderr, "vscode", "-o only writes the file: name no editor")
	}
	var pkg bytes.Buffer
	err := writeExtension(&pkg)
	switch {
	case err != nil:
	case *out != "":
		if err = os.WriteFile(*out, pkg.Bytes(), 0o666); err == nil {
			fmt.Fprintf(stdout, "wrote %s\n", printable.Line(*out))
		}
	default:
		err = installInto(stdout, names, pkg.Bytes())
	}
	if err != nil {
		printError(stderr, "vscode", err)
		return statusFailed
	}
	return statusOK
}

// installInto installs a package into the named editors, or into all that are there.
func installInto(stdout io.Writer, names []string, pkg []byte) error {
	found, err := findEditors(names)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		const file = "coredumpy-go.vsix"
		if err := os.WriteFile(file, pkg, 0o666); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "no editor found in PATH: wrote %s\n"+
			"install it by the editor's command \"Extensions: Install from VSIX...\"\n", file)
		return nil
	}
	dir, err := os.MkdirTemp("", "coredumpy-vscode-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "coredumpy-go.vsix")
	if err := os.WriteFile(file, pkg, 0o600); err != nil {
		return err
	}
	version := readExtension().Version
	for _, e := range found {
		if err := install(e, file); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "installed version %s into %s: reload its open windows\n", version, printable.Line(e.title))
	}
	if _, err := exec.LookPath("coredumpy"); err != nil {
		fmt.Fprintln(stdout, "coredumpy isn't in PATH: the extension looks where go install puts it,"+
			" or set coredumpy.command in the editor")
	}
	return nil
}

// findEditors returns the editors of some names, or all that are there if there are no names.
func findEditors(names []string) (found []editor, err error) {
	for _, name := range names {
		file, err := exec.LookPath(name)
		if err != nil {
			return nil, fmt.Errorf("there is no editor %q: %w", name, err)
		}
		found = append(found, editor{command: file, title: name})
	}
	if len(names) > 0 {
		return found, nil
	}
	for _, e := range editors {
		file, err := exec.LookPath(e.command)
		if err != nil && runtime.GOOS == "darwin" && e.mac != "" {
			home, _ := os.UserHomeDir()
			for _, dir := range []string{"/Applications", filepath.Join(home, "Applications")} {
				if app := filepath.Join(dir, e.mac); err != nil && isFile(app) {
					file, err = app, nil
				}
			}
		}
		if err == nil {
			found = append(found, editor{command: file, title: e.title})
		}
	}
	return found, nil
}

// install has an editor install a package.
func install(e editor, file string) error {
	const longest = 3 * time.Minute
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.command, "--install-extension", file, "--force")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	said := strings.TrimSpace(string(out))
	last := said[strings.LastIndexByte(said, '\n')+1:]
	return fmt.Errorf("%s --install-extension: %w: %s", e.command, cmp.Or(ctx.Err(), err), last)
}
