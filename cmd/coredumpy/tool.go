package main

import (
	"bytes"
	"fmt"
	goversion "go/version"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"coredumpy/internal/gocmd"
)

// tool returns the command for the module's tool that go tool would run, to run it without
// GOROOT/bin before our go command in PATH. It is nil for any other tool.
func (r *runner) tool(e gocmd.Env, args, rest []string) *gocmd.Command {
	if r.shim == nil || !hookable(args) {
		return nil
	}
	// With -n go tool builds the tool, and prints its path. The first time, some versions
	// print a file that they then remove (golang.org/issue/72824).
	for range 2 {
		cmd := exec.Command(e.Go, "tool", "-n", rest[0])
		var stderr bytes.Buffer
		cmd.Dir, cmd.Stderr = e.Dir, &stderr
		out, err := cmd.Output()
		if err != nil {
			return nil // go tool will print the error
		}
		path := strings.TrimSpace(string(out))
		if !filepath.IsAbs(path) || !isFile(path) {
			continue // or the tool is for another system, and has a command before it
		}
		fmt.Fprint(os.Stderr, stderr.String()) // about downloads
		return &gocmd.Command{
			Path: path, Args: slices.Concat([]string{path}, rest[1:]), Dir: e.Dir, Cleanup: func() {},
			Tool: &gocmd.Tool{Name: rest[0], GOVERSION: e.GOVERSION},
			Env: gocmd.Setenv(os.Environ(), "PATH",
				r.shim.Path(filepath.Join(e.GOROOT, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))),
		}
	}
	return nil
}

// passesLess reports whether go tool ends with status 1 if a signal has ended the tool
// (golang.org/issue/79540), and passes only some signals on to it. Before Go 1.27 it ended
// with status 0, and passed all on.
func passesLess(t *gocmd.Tool) bool {
	v, _, _ := strings.Cut(t.GOVERSION, " ") // GOEXPERIMENT follows
	return !goversion.IsValid(v) || goversion.Compare(v, "go1.27rc1") >= 0
}

// toolEnded returns how go tool ends if the tool has ended like that, and prints what go
// tool prints (runBuiltTool in cmd/go/internal/tool/tool.go).
func toolEnded(stderr io.Writer, t *gocmd.Tool, ended end) end {
	if ended.signal == nil {
		return ended
	}
	core := ""
	if ended.core {
		core = " (core dumped)"
	}
	fmt.Fprintf(stderr, "go tool %s: signal: %v%s\n", t.Name, ended.signal, core)
	if passesLess(t) {
		return end{status: 1}
	}
	return end{}
}

// runTool runs a tool as go tool does. It returns go tool's exit status; ok is false if the
// tool can't be run.
func runTool(c *gocmd.Command) (status int, ok bool) {
	cmd := &exec.Cmd{Path: c.Path, Args: c.Args, Env: c.Env, Dir: c.Dir, Stdin: os.Stdin,
		Stdout: os.Stdout, Stderr: os.Stderr}
	if cmd.Start() != nil {
		return 0, false
	}
	signals := make(chan os.Signal, 100)
	if passesLess(c.Tool) {
		signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	} else {
		signal.Notify(signals)
	}
	go func() {
		for s := range signals {
			cmd.Process.Signal(s)
		}
	}()
	cmd.Wait()
	return toolEnded(os.Stderr, c.Tool, endOf(cmd.ProcessState)).status, true
}
