// Package goshim puts a go command of ours before the one that the commands below coredumpy
// run would find. It makes a directory, to be the first in PATH, with a file "go" that is
// coredumpy itself under that name.
//
// Programs that go run, go tool and go generate start find GOROOT/bin before it in PATH. So
// go run runs its programs through coredumpy (-exec), which corrects PATH; the go command
// in front runs tools itself; and go generate gets another GOROOT with such a go command.
//
// The go command in front reads its [Settings] from a file next to it, not from the
// environment, which programs replace.
package goshim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Settings are what coredumpy run tells the go command in front.
type Settings struct {
	Dir    string // of all that belongs to one coredumpy run
	Go     string // the go command behind it
	First  bool   // Go comes before those in PATH
	GOROOT string // for Go, if go generate has replaced it
	Socket string // where programs that crash ask for their dumps
	Name   string // of our command: "run", "test"

	Exit, Recovered, Optimise, Verbose bool
	Terminal                           bool     // a person sees standard error
	Tracing                            []string // the command that traces a program
}

const (
	settingsName = "coredumpy.json"
	goName       = "go"
	farmPrefix   = "goroot-"
)

// Make makes the directory.
func (s *Settings) Make() error {
	if executed() == "" { // or the go command wouldn't know what it is
		return errors.New("make a go command: /proc/self/auxv doesn't say by which name a program was started: " +
			"make the executable of coredumpy readable, and mount /proc")
	}
	if err := s.put(s.bin()); err != nil {
		return fmt.Errorf("make a go command: %w", err)
	}
	return nil
}

// Remove removes the directory of a coredumpy run with all that is in it. The go commands
// are removed first: without settings they wouldn't know what they are.
func Remove(dir string) {
	farms, _ := filepath.Glob(filepath.Join(dir, farmPrefix+"*", "bin", goName))
	for _, name := range append(farms, filepath.Join(dir, "bin", goName)) {
		os.Remove(name)
	}
	os.RemoveAll(dir)
}

func (s *Settings) bin() string { return filepath.Join(s.Dir, "bin") }

// put makes a directory with this program as the go command, and the settings next to it.
func (s *Settings) put(dir string) error {
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
	return os.Symlink(self, filepath.Join(dir, goName))
}

// Process returns the settings if this process is the go command in front, else nil. The
// name of the executed file decides, as callers choose the arguments and the environment.
// The settings are empty if coredumpy run has removed them and ended.
func Process() *Settings {
	name := executed()
	if filepath.Base(name) != goName {
		return nil
	}
	dir := filepath.Dir(name)
	if s, err := read(dir); err == nil {
		return s
	}
	if _, err := os.Lstat(name); err == nil {
		return nil // somebody has given coredumpy this name
	}
	return &Settings{}
}

// Read reads the settings in the directory of a coredumpy run, which may have ended.
func Read(dir string) (*Settings, error) { return read((&Settings{Dir: dir}).bin()) }

// read reads the settings next to a go command. A file of that name may be a user's, for
// something else.
func read(dir string) (*Settings, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	b, err := os.ReadFile(filepath.Join(dir, settingsName))
	if err != nil {
		return nil, err
	}
	s := new(Settings)
	if err := json.Unmarshal(b, s); err != nil {
		return nil, err
	}
	if s.Dir == "" {
		return nil, fs.ErrNotExist
	}
	return s, nil
}

// Behind returns the go command to run if PATH is as given. As for a shell, a relative
// entry counts, and an empty one is the current directory.
func (s *Settings) Behind(path string) string {
	if s.First {
		return s.Go
	}
	for _, dir := range filepath.SplitList(Without(path)) {
		name, err := filepath.Abs(filepath.Join(dir, goName))
		if err != nil {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return name
		}
	}
	return s.Go
}

// Path returns a value of PATH with the directory of our go command first.
func (s *Settings) Path(path string) string {
	if path = Without(path); path == "" {
		return s.bin()
	}
	return s.bin() + string(filepath.ListSeparator) + path
}

// Without returns a value of PATH without the directories of this package. The bin
// directory of a GOROOT that Farm has made is replaced by that of the real GOROOT.
func Without(path string) string {
	list := filepath.SplitList(path)
	if len(list) == 0 {
		return path
	}
	var kept []string
	for _, dir := range list {
		switch s, err := read(dir); {
		case err != nil:
			kept = append(kept, dir)
		case s.GOROOT != "":
			kept = append(kept, filepath.Join(s.GOROOT, "bin"))
		}
	}
	return strings.Join(kept, string(filepath.ListSeparator))
}

// Farm makes a GOROOT that is like goroot except for the go command, and returns its name.
// If the variable GOROOT names the new one, because go generate has set it, the new go
// command sets it back to goroot.
func (s *Settings) Farm(goroot string) (dir string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make a GOROOT like %q: %w", goroot, err)
		}
	}()
	if dir, err = os.MkdirTemp(s.Dir, farmPrefix); err != nil {
		return "", err
	}
	own := *s
	own.Go, own.First, own.GOROOT = filepath.Join(goroot, "bin", goName), true, goroot
	bin := filepath.Join(dir, "bin")
	if err := own.put(bin); err != nil {
		return "", err
	}
	if err := links(filepath.Join(goroot, "bin"), bin, goName); err != nil {
		return "", err
	}
	return dir, links(goroot, dir, "bin")
}

// links makes links to all files of a directory except one.
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

// Farmed returns the settings of a GOROOT that [Settings.Farm] has made, nil for any
// other.
func Farmed(goroot string) *Settings {
	s, err := read(filepath.Join(goroot, "bin"))
	if err != nil || s.GOROOT == "" {
		return nil
	}
	return s
}
