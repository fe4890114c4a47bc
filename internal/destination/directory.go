package destination

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// makeDirectory makes a directory with mode 0700, and its parents, if they aren't there.
func makeDirectory(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	var p *fs.PathError
	if errors.As(err, &p) {
		err = &fs.PathError{Op: p.Op, Path: Absolute(p.Path), Err: p.Err}
	}
	return err
}

// privateDirectory returns the directory below [os.TempDir] that is used when no other
// place works: coredumpy-<uid>. It makes it if it isn't there. Others may write to its
// parent, so a directory that isn't this user's alone is an error. Where the parent is
// sticky, as /tmp is, they can't replace the directory afterwards.
func privateDirectory() (string, error) {
	name := "coredumpy"
	if uid := os.Geteuid(); uid >= 0 {
		name += "-" + strconv.Itoa(uid)
	}
	dir := Absolute(filepath.Join(os.TempDir(), name))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	uid, owned := owner(info)
	switch mode := info.Mode(); {
	case !mode.IsDir():
		return "", fmt.Errorf("%s is not a directory", dir)
	case owned && uid != os.Geteuid():
		return "", fmt.Errorf("%s belongs to user %d", dir, uid)
	case owned && mode.Perm()&0o077 != 0:
		return "", fmt.Errorf("%s is open to other users: its mode is %v, want %v", dir, mode, fs.ModeDir|0o700)
	}
	return dir, nil
}
