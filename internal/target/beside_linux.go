package target

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"coredumpy/internal/debuginfo"
)

// openProcess opens the executable of another process, and the file with its debug information
// if the executable has none. That is looked for where this process would find it, and where
// the other one would.
func openProcess(pid int) (*debuginfo.File, error) {
	exe := fmt.Sprintf("/proc/%d/exe", pid) // the file itself, even if it has been replaced
	f, err := debuginfo.Open(exe)
	if err != nil {
		return nil, err
	}
	if !f.Stripped() {
		return f, nil
	}
	path, err := os.Readlink(exe)
	path = strings.TrimSuffix(path, " (deleted)")
	if err != nil || !filepath.IsAbs(path) {
		path = ""
	}
	own, its := beside(path, os.Getenv(debuginfo.ListVariable)), beside(path, listOf(pid))
	if root := fmt.Sprintf("/proc/%d/root", pid); !sameFile(root, "/") {
		own.Dir, its.Root = "", root
	}
	f.LookBeside(own, its)
	return f, nil
}

func sameFile(a, b string) bool {
	first, err1 := os.Stat(a)
	second, err2 := os.Stat(b)
	return err1 != nil || err2 != nil || os.SameFile(first, second)
}

// maxStartEnviron bounds how much of the environment is read that a process was started with.
const maxStartEnviron = 1 << 20

// listOf returns the list of files and directories in the environment of a process.
func listOf(pid int) string {
	file, err := os.Open(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, maxStartEnviron)) // what could be read
	for entry := range strings.SplitSeq(string(text), "\x00") {
		if list, ok := strings.CutPrefix(entry, debuginfo.ListVariable+"="); ok {
			return absolute(list, fmt.Sprintf("/proc/%d/cwd", pid))
		}
	}
	return ""
}

// absolute returns a list with absolute paths, of a process with the given working directory.
func absolute(list, cwd string) string {
	dir, err := os.Readlink(cwd)
	paths := filepath.SplitList(list)
	for i, path := range paths {
		if path != "" && !filepath.IsAbs(path) && err == nil {
			paths[i] = filepath.Join(dir, path)
		}
	}
	return strings.Join(paths, string(filepath.ListSeparator))
}
