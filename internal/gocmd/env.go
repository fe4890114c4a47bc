package gocmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Env is what the go command says about itself and its environment.
type Env struct {
	Go   string // the go command, ready to be run
	Base string // directory in which the user is
	Dir  string // the directory after -C: where the go command works and runs programs

	GOROOT     string
	GOVERSION  string // "go1.26.8", of the toolchain that go.mod and GOTOOLCHAIN choose
	GOMODCACHE string
	GOCACHE    string
	GOFLAGS    string // from the environment, or else from go env -w
	GOMOD      string // empty: not in module mode; os.DevNull: no module
	GOWORK     string
	GOOS       string
	GOARCH     string
	GOHOSTOS   string
	GOHOSTARCH string

	Modules []string `json:"-"` // paths of the main modules; several with go.work
}

// Query asks the go command for its settings in dir. A nil env means this
// process's. args, if any, are the command line that will be run, go and
// subcommand included: its -C and -modfile are honoured.
//
// The settings are those of the toolchain that will be used, which the go
// command may have to download first.
func Query(gocmd string, dir string, env []string, args ...string) (Env, error) {
	var e Env
	name, err := findGo(gocmd, dir)
	if err != nil {
		return e, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return e, fmt.Errorf("ask go: %w", err)
	}
	l := parse(args, "")
	work := l.within(dir)
	// os/exec has the same error for a missing directory and a missing command.
	if _, err := os.Stat(work); err != nil {
		return e, fmt.Errorf("ask go: %w", err)
	}
	out, err := output(name, work, env, "env", "-json", "GOROOT", "GOVERSION", "GOMODCACHE", "GOCACHE",
		"GOFLAGS", "GOMOD", "GOWORK", "GOOS", "GOARCH", "GOHOSTOS", "GOHOSTARCH")
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(out, &e); err != nil {
		return e, fmt.Errorf("ask go: %s env -json: %w", gocmd, err)
	}
	e.Go, e.Base, e.Dir = name, dir, work
	e.Modules = modules(e, env, args)
	return e, nil
}

// findGo returns the path of the go command that the user has named.
func findGo(gocmd, dir string) (string, error) {
	if filepath.Base(gocmd) != gocmd && !filepath.IsAbs(gocmd) {
		gocmd = filepath.Join(dir, gocmd)
	}
	name, err := exec.LookPath(gocmd)
	if err != nil && !errors.Is(err, exec.ErrDot) { // that a shell would find
		return "", fmt.Errorf("ask go: %w", err)
	}
	if name, err = filepath.Abs(name); err != nil {
		return "", fmt.Errorf("ask go: %w", err)
	}
	return name, nil
}

// modules asks for the main modules. It returns no error: the go command will
// meet it again and print it.
func modules(e Env, env, args []string) []string {
	if e.GOMOD == "" || e.GOMOD == os.DevNull && !hasWorkspace(e) {
		return nil
	}
	// Only the flags about modules may stay in GOFLAGS: -json would change the
	// output. GOFLAGS must not be empty, which would mean that of go env -w.
	flags := []string{"-buildvcs=false"}
	l := parse(args, e.GOFLAGS)
	for _, name := range []string{"mod", "modfile"} {
		if v := l.value(name); v != "" && !strings.ContainsAny(v, `'"`) {
			flags = append(flags, "'-"+name+"="+v+"'")
		}
	}
	if env == nil {
		env = os.Environ()
	}
	env = Setenv(env, "GOFLAGS", strings.Join(flags, " "))
	out, err := output(e.Go, e.Dir, env, "list", "-m", "-f", "{{.Path}}")
	if err != nil {
		return nil
	}
	var list []string
	for _, m := range strings.Fields(string(out)) {
		// This is the name of a module without a module statement.
		if m != "command-line-arguments" {
			list = append(list, m)
		}
	}
	return list
}

// hasWorkspace reports whether a go.work file is in use.
func hasWorkspace(e Env) bool { return e.GOWORK != "" && e.GOWORK != "off" }

// output runs the go command and returns what it prints.
func output(name, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && len(exit.Stderr) > 0:
		return nil, fmt.Errorf("ask go: go %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	case err != nil:
		return nil, fmt.Errorf("ask go: go %s: %w", args[0], err)
	}
	return out, nil
}

// isLocal reports whether arg is the name of a directory or file, and not an import
// path, as go/build's IsLocalImport and filepath.IsAbs do.
func isLocal(arg string) bool {
	if runtime.GOOS == "windows" {
		arg = filepath.ToSlash(arg)
	}
	return arg == "." || arg == ".." || strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, "../") ||
		filepath.IsAbs(arg)
}
