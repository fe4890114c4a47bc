package destination

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links Linux follows to a file (path_resolution(7)).
const maxLinks = 40

// follow returns the file to replace at path: path itself, or where symbolic links there
// lead. The file needn't exist.
//
// These are errors: anything but a regular file; a descriptor, as in /proc/self/fd, since
// even if a file is open there, that doesn't mean that the program wants it replaced; a
// link that another user has made, since anyone who may make links where the dump goes,
// as in /tmp, could have any of this user's files replaced.
func follow(path string) (string, error) {
	at := path
	for range maxLinks {
		dir, name := split(at)
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		if holdsDescriptors(Absolute(dir)) {
			return "", fmt.Errorf("%s is a descriptor, not a regular file", filepath.Join(dir, name))
		}
		info, err := os.Lstat(at)
		switch {
		case err != nil || info.Mode().IsRegular():
			return filepath.Join(dir, name), nil // if the file can't be made, making it returns the error
		case info.Mode()&fs.ModeSymlink == 0:
			return "", fmt.Errorf("%sa %s, not a regular file", led(path, at), kind(info.Mode()))
		case !trusted(info):
			return "", fmt.Errorf("%sa symbolic link that another user has made", led(path, at))
		}
		to, err := os.Readlink(at)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = dir + string(filepath.Separator) + to // not cleaned: x/.. may be elsewhere
		}
		at = to
	}
	return "", errors.New("too many symbolic links")
}

// split returns the directory of a path, unchanged, and the rest.
func split(path string) (dir, name string) {
	dir, name = filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	return dir, name
}

// led returns the beginning of an error about at, where path leads.
func led(path, at string) string {
	if at == path {
		return "it is "
	}
	return "it leads to " + at + ", "
}

// holdsDescriptors reports whether a directory shows the descriptors of a process:
// /proc/17/fd, /proc/17/task/18/fd, /dev/fd.
func holdsDescriptors(dir string) bool {
	return strings.HasPrefix(dir, "/proc/") && filepath.Base(dir) == "fd" || dir == "/dev/fd"
}

// kind names the kind of a file that isn't regular.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "file of a special kind"
}

// trusted reports whether this user or root made a file.
func trusted(info fs.FileInfo) bool {
	uid, ok := owner(info)
	return !ok || uid == 0 || uid == os.Geteuid()
}

// Absolute returns the absolute path, or path itself if the current directory isn't
// known.
func Absolute(path string) string {
	if dir, name := split(path); strings.Contains(dir, "..") { // ".." is above where a link leads
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			path = filepath.Join(real, name)
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
