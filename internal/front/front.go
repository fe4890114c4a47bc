// Package front puts another go command before the one that a command below coredumpy
// run would find. It is a directory, to be the first in PATH, with a file "go" that is
// coredumpy itself under that name.
//
//	dir/bin/go                 for PATH
//	dir/exec/exec              for -exec of go run, which would put GOROOT/bin before it
//	dir/goroot-1/bin/go        for go generate, which does so as well: a GOROOT otherwise
//	                           as the toolchain's own
//
// Next to each of them is what it has to know, [Settings]. Nothing of it is in the
// environment, which programs replace.
package front

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Settings are what coredumpy run tells the go command that stands in front.
type Settings struct {
	Dir    string // of all that belongs to one coredumpy run
	Go     string // the go command that stands behind
	First  bool   // Go comes before those in PATH
	GOROOT string // for Go, if go generate has replaced it; "" if it isn't to be set
	Socket string // of the programs that crash
	Name   string // of our command: "run", "test"

	Exit, Recovered, Optimise, Verbose bool
	Terminal                           bool     // somebody sits there
	Tracing                            []string // command that traces a program
}

const (
	settingsName = "coredumpy.json"
	goName       = "go"
	execName     = "exec"
)

// Make makes the directory.
func (s *Settings) Make() error {
	if err := s.put(s.bin(), goName); err != nil {
		return fmt.Errorf("make a go command: %w", err)
	}
	if err := s.put(filepath.Dir(s.Exec()), execName); err != nil {
		return fmt.Errorf("make a command for -exec: %w", err)
	}
	return nil
}

func (s *Settings) bin() string { return filepath.Join(s.Dir, "bin") }

// Exec is the command for -exec.
func (s *Settings) Exec() string { return filepath.Join(s.Dir, execName, execName) }

// put makes a directory with this program under a name and the settings next to it.
func (s *Settings) put(dir, name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, settingsName), b, 0o600); err != nil {
		return err
	}
	return os.Symlink(self, filepath.Join(dir, name))
}

// As is what a process is.
type As int

const (
	Itself As = iota // coredumpy
	Go               // the go command in front
	Exec             // the command for -exec
)

// Process tells what this process is, and the settings if it isn't coredumpy itself. It
// goes by the name of the file that was executed: callers choose the arguments and the
// environment.
func Process() (As, *Settings) {
	name := executed()
	as := map[string]As{goName: Go, execName: Exec}[filepath.Base(name)]
	if as == Itself {
		return Itself, nil
	}
	s, err := read(filepath.Dir(name))
	if err != nil {
		return Itself, nil // somebody calls coredumpy so
	}
	return as, s
}

// read reads the settings in a directory.
func read(dir string) (*Settings, error) {
	b, err := os.ReadFile(filepath.Join(dir, settingsName))
	if err != nil {
		return nil, err
	}
	s := new(Settings)
	return s, json.Unmarshal(b, s)
}

// Behind returns the go command that is run if PATH is as given.
func (s *Settings) Behind(path string) string {
	if s.First {
		return s.Go
	}
	for _, dir := range filepath.SplitList(Without(path)) {
		name := filepath.Join(dir, goName)
		if info, err := os.Stat(name); err == nil && filepath.IsAbs(name) && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return name
		}
	}
	return s.Go
}

// Path is a value of PATH that has the front first.
func (s *Settings) Path(path string) string {
	if path = Without(path); path == "" {
		return s.bin()
	}
	return s.bin() + string(filepath.ListSeparator) + path
}

// Without is a value of PATH without the directories of this package.
func Without(path string) string {
	list := filepath.SplitList(path)
	kept := slices.DeleteFunc(list, func(dir string) bool {
		_, err := os.Lstat(filepath.Join(dir, settingsName))
		return err == nil && dir != ""
	})
	if len(kept) == len(list) {
		return path
	}
	return strings.Join(kept, string(filepath.ListSeparator))
}

// Farm makes a GOROOT that is like another one, but for the go command, and returns its
// name. The variable GOROOT is set for the toolchain's go command if it is set now.
func (s *Settings) Farm(goroot string) (dir string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make a GOROOT like %q: %w", goroot, err)
		}
	}()
	if dir, err = os.MkdirTemp(s.Dir, "goroot-"); err != nil {
		return "", err
	}
	own := *s
	own.Go, own.First, own.GOROOT = filepath.Join(goroot, "bin", goName), true, ""
	if os.Getenv("GOROOT") != "" {
		own.GOROOT = goroot
	}
	bin := filepath.Join(dir, "bin")
	if err := own.put(bin, goName); err != nil {
		return "", err
	}
	if err := links(filepath.Join(goroot, "bin"), bin, goName); err != nil {
		return "", err
	}
	return dir, links(goroot, dir, "bin")
}

// links makes links to all files of a directory but one.
func links(from, to, but string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == but {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Farmed returns the settings of a GOROOT that [Settings.Farm] has made, nil if it is
// another one.
func (s *Settings) Farmed(goroot string) *Settings {
	if filepath.Dir(goroot) != s.Dir {
		return nil
	}
	own, err := read(filepath.Join(goroot, "bin"))
	if err != nil {
		return nil
	}
	return own
}
