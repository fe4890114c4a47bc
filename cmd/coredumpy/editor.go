package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/printable"
)

// fileEditor opens files in the user's editor.
type fileEditor struct {
	src            *os.Root // directory of source files, or nil
	shelf          *shelf   // or nil
	stdin          io.Reader
	stdout, stderr io.Writer
}

// open opens the file that has a path in the dump. text is what the dump has of it, or "".
func (e *fileEditor) open(path, text string, line int) error {
	command := strings.Fields(cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR")))
	if len(command) == 0 {
		return errors.New("name your editor in the environment: VISUAL or EDITOR")
	}
	file, err := e.local(path)
	if err != nil {
		return err
	}
	if b, err := readSource(file); err == nil && text != "" && !sameSource(string(b), text) {
		fmt.Fprintf(e.stdout, "(%s differs from the source in the dump: lines may be elsewhere)\n",
			printable.Line(file))
	}
	cmd := exec.Command(command[0], append(command[1:], placeArguments(command[0], file, line)...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.stdin, e.stdout, e.stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", command[0], err)
	}
	return nil
}

// local returns the file of this machine for a path of the dump: an absolute path, which no
// editor takes for a flag or a command.
func (e *fileEditor) local(path string) (string, error) {
	if filepath.IsAbs(path) {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return filepath.Clean(path), nil
		}
	}
	if e.shelf != nil {
		if file, ok := e.shelf.find(path); ok {
			return file, nil
		}
	}
	if e.src == nil {
		return "", fmt.Errorf("%s is not on this machine: coredumpy load -src DIR says where the source is", path)
	}
	name, ok := sourceName(e.src, path)
	if !ok {
		return "", fmt.Errorf("%s is neither on this machine nor in %s", path, e.src.Name())
	}
	return filepath.Abs(filepath.Join(e.src.Name(), filepath.FromSlash(name)))
}

// sameSource reports whether a text is that of a file of which a dump may have only some lines: the
// others are empty there.
func sameSource(text, dumped string) bool {
	lines, have := strings.Split(text, "\n"), strings.Split(dumped, "\n")
	if len(lines) != len(have) {
		return false
	}
	for i, line := range have {
		if line != "" && line != lines[i] {
			return false
		}
	}
	return true
}

// known returns the file of this machine for a path of the dump, if it is in the directory of -src, or
// among the user's own files. Others aren't looked for unless the user asks for it: a dump may name a
// file of another machine, and to look would tell that who is asking.
func (e *fileEditor) known(path string) (file string, ok bool) {
	if e.src != nil {
		if name, ok := sourceName(e.src, path); ok {
			return filepath.Join(e.src.Name(), filepath.FromSlash(name)), true
		}
	}
	if !filepath.IsAbs(path) {
		return "", false
	}
	file = filepath.Clean(path)
	home, _ := os.UserHomeDir()
	here, _ := os.Getwd()
	for _, dir := range []string{home, here} {
		if len(dir) > 1 && strings.HasPrefix(file, dir+string(filepath.Separator)) {
			info, err := os.Stat(file)
			return file, err == nil && info.Mode().IsRegular()
		}
	}
	return "", false
}

func readSource(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSource+1))
}

// These editors want the line in another way than vi, nano, emacs and most others: +LINE FILE.
var (
	gotoEditors  = []string{"code", "code-insiders", "codium", "cursor", "windsurf"} // -g FILE:LINE
	colonEditors = []string{"subl", "zed", "hx", "helix", "micro"}                   // FILE:LINE
	lineEditors  = []string{"goland", "idea", "kate"}                                // --line LINE FILE
)

// placeArguments returns the arguments that make an editor open a file at a line.
func placeArguments(editor, file string, line int) []string {
	name := strings.TrimSuffix(filepath.Base(editor), ".exe")
	number := strconv.Itoa(line)
	switch {
	case line < 1:
		return []string{file}
	case slices.Contains(gotoEditors, name):
		return []string{"-g", file + ":" + number}
	case slices.Contains(colonEditors, name):
		return []string{file + ":" + number}
	case slices.Contains(lineEditors, name):
		return []string{"--line", number, file}
	}
	return []string{"+" + number, file}
}
