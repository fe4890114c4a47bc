package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links may lead to a file, as Linux has it
// (path_resolution(7)).
const maxLinks = 40

// follow returns the file that is to be replaced where path leads: itself, or what a
// symbolic link there names, over others if need be; that file needn't be there. What
// isn't a regular file is an error. Neither is a descriptor, as in /proc/self/fd: what
// is open there may be a file, but whose name says nothing of the program's wish to
// have it replaced. A link of another user's isn't followed: who may make links where
// the dump goes, as in /tmp, could have any file of ours replaced.
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
			return filepath.Join(dir, name), nil // to make the file tells of the error, if it can't be made
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

// split returns the directory of a path, as it is there, and the rest.
func split(path string) (dir, name string) {
	dir, name = filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	return dir, name
}

// led begins what is said of at, where path leads.
func led(path, at string) string {
	if at == path {
		return "it is "
	}
	return "it leads to " + at + ", "
}

// holdsDescriptors reports whether a directory is one in which the system shows a
// process's descriptors: /proc/17/fd, /proc/17/task/18/fd, /dev/fd.
func holdsDescriptors(dir string) bool {
	return strings.HasPrefix(dir, "/proc/") && filepath.Base(dir) == "fd" || dir == "/dev/fd"
}

// kind says what isn't a regular file.
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

// trusted reports whether who made a file is this user or root.
func trusted(info fs.FileInfo) bool {
	uid, ok := owner(info)
	return !ok || uid == 0 || uid == os.Geteuid()
}

// Absolute returns the path from the root, or path itself if the current directory
// isn't known.
func Absolute(path string) string {
	if dir, name := split(path); strings.Contains(dir, "..") { // which is above where a link leads
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			path = filepath.Join(real, name)
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
