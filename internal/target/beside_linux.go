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
	path, root := linkOf(pid, "exe"), fmt.Sprintf("/proc/%d/root", pid)
	own, its := beside(path, os.Getenv(debuginfo.ListVariable)), beside(path, listOf(pid))
	if !sameFile(root, "/") || !sameMounts(pid) {
		own.Dir, its.Root = "", root
		// The link has the path in the mount namespace, whose root directory may be another one.
		if in := linkOf(pid, "root"); in != "" && its.Dir != "" {
			its.Dir = below(in, its.Dir)
		}
	}
	f.LookBeside(own, its)
	return f, nil
}

// linkOf returns the path of a file that a process has open, "" if there is none.
func linkOf(pid int, name string) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/%s", pid, name))
	path = strings.TrimSuffix(path, " (deleted)")
	if err != nil || !filepath.IsAbs(path) {
		return ""
	}
	return path
}

// below returns a path as it is below a root directory, or as it is if it isn't below that.
func below(root, path string) string {
	if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
		return filepath.Join("/", rel)
	}
	return path
}

func sameFile(a, b string) bool {
	first, err1 := os.Stat(a)
	second, err2 := os.Stat(b)
	return err1 != nil || err2 != nil || os.SameFile(first, second)
}

// sameMounts reports whether a process has the mounts of this one. Otherwise another file may have the
// same path, or none.
func sameMounts(pid int) bool {
	its, err1 := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", pid))
	own, err2 := os.Readlink("/proc/self/ns/mnt")
	return err1 != nil || err2 != nil || its == own
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
			return absolute(list, below(linkOf(pid, "root"), linkOf(pid, "cwd")))
		}
	}
	return ""
}

// absolute returns a list with absolute paths, of a process with the given working directory.
func absolute(list, cwd string) string {
	paths := filepath.SplitList(list)
	for i, path := range paths {
		if path != "" && !filepath.IsAbs(path) && cwd != "" {
			paths[i] = filepath.Join(cwd, path)
		}
	}
	return strings.Join(paths, string(filepath.ListSeparator))
}
