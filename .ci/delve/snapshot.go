package main

import (
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"path/filepath"
	"strings"

	"coredumpy"
)

// snapshot is what Delve sees of a program when coredumpy is about to capture it, and
// what coredumpy then writes.
type snapshot struct {
	stacks []stack
	core   *coredumpy.Core
}

// stack is one goroutine as Delve sees it.
type stack struct {
	goroutine
	frames []stackframe
	err    error
}

// captures are functions at whose beginning Delve looks, the best one first. By then the
// current goroutine waits for the capture, and its stack no longer moves.
var captures = []string{
	"coredumpy/internal/capture.(*capturer).goroutinesAndVariables",
	"coredumpy/internal/capture.Own",
}

// take runs the program until its first dump.
func take(dlv, program string, args []string, cfg loadConfig, output io.Writer) (*snapshot, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "delve")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	d, err := start(dlv, dir, program, args, output)
	if err != nil {
		return nil, err
	}
	defer d.stop()
	id, err := breakAtCapture(d)
	if err != nil {
		return nil, err
	}
	s, err := reach(d, id, cfg)
	if err != nil {
		return nil, err
	}
	if err := d.clear(id); err != nil {
		return nil, err
	}
	// The panic that goes on after the dump stops the program once more.
	if _, err := d.run(); err != nil {
		return nil, err
	}
	s.core, err = firstDump(dir)
	return s, err
}

func breakAtCapture(d *delve) (id int, err error) {
	for _, name := range captures {
		if id, err = d.breakAt(name); err == nil {
			return id, nil
		}
	}
	return 0, err
}

// reach continues until the program captures, and looks at everything.
func reach(d *delve, id int, cfg loadConfig) (*snapshot, error) {
	st, err := d.run()
	switch {
	case err != nil:
		return nil, err
	case st.Exited:
		return nil, fmt.Errorf("exited with status %d before it dumped", st.ExitStatus)
	case st.CurrentThread == nil || st.CurrentThread.Breakpoint == nil:
		return nil, errors.New("stopped, but not at a breakpoint")
	case st.CurrentThread.Breakpoint.ID != id:
		return nil, fmt.Errorf("stopped at %s before it dumped", st.CurrentThread.Breakpoint.Name)
	}
	s := &snapshot{}
	return s, s.look(d, cfg)
}

// look collects all goroutines that run user code.
func (s *snapshot) look(d *delve, cfg loadConfig) error {
	gs, err := d.goroutines()
	if err != nil {
		return err
	}
	for _, g := range gs {
		if system(g) {
			continue
		}
		st := stack{goroutine: g}
		st.frames, st.err = d.stack(g.ID, &cfg)
		if answered := rpc.ServerError(""); st.err != nil && !errors.As(st.err, &answered) {
			return st.err
		}
		s.stacks = append(s.stacks, st)
	}
	return nil
}

// system reports whether g belongs to the runtime.
func system(g goroutine) bool {
	name := g.StartLoc.name()
	return strings.HasPrefix(name, "runtime.") && name != "runtime.main"
}

// firstDump opens the dump in dir that was written first.
func firstDump(dir string) (*coredumpy.Core, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil {
		return nil, err
	}
	var first os.FileInfo
	for _, path := range paths {
		st, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if first == nil || st.ModTime().Before(first.ModTime()) {
			first = st
		}
	}
	if first == nil {
		return nil, errors.New("the program wrote no dump")
	}
	return coredumpy.Open(filepath.Join(dir, first.Name()))
}
