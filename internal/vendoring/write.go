package vendoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Write makes dir a copy that has these files and is imported by the path as. Either dir
// doesn't exist, or it holds nothing but a go.mod and go.sum, or an earlier copy in which
// nothing was changed or added. Anything else is an error, and stays. changed is false if the copy is
// already there.
//
// Write makes the directory beside dir, and renames it when it is whole. If ctx ends before
// that, or something fails, all stays as it was.
func Write(ctx context.Context, dir, as string, files Files) (changed bool, err error) {
	dir, err = resolve(dir)
	if err != nil {
		return false, err
	}
	there, err := look(dir)
	if err != nil {
		return false, err
	}
	all := Files{manifestName: manifest(as, files)}
	for name, text := range files {
		all[name] = text
	}
	if there.is(all) {
		return false, nil
	}
	if inside(dir) {
		return false, fmt.Errorf("%s is replaced as a whole, so the current directory can't be in it: "+
			"run this from above", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return false, err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), ".coredumpy-vendor-")
	if err != nil {
		return false, err
	}
	keep := false // whether to keep work
	defer func() {
		if !keep {
			err = errors.Join(err, os.RemoveAll(work))
		}
	}()
	for name, text := range there.own {
		all[name] = text
	}
	fresh := filepath.Join(work, "new")
	if err := writeAll(ctx, fresh, there.mode, all); err != nil {
		return false, err
	}
	if !there.exists {
		return true, os.Rename(fresh, dir)
	}
	keep, err = replace(dir, fresh, filepath.Join(work, "old"))
	return err == nil, err
}

// replace renames dir to old, and fresh to dir. If the second fails it undoes the first;
// stranded is true if it can't.
func replace(dir, fresh, old string) (stranded bool, err error) {
	if err := os.Rename(dir, old); err != nil {
		return false, err
	}
	if err = os.Rename(fresh, dir); err == nil {
		return false, nil
	}
	if back := os.Rename(old, dir); back != nil {
		return true, fmt.Errorf("%w; the old %s is now %s", err, dir, old)
	}
	return false, err
}

// resolve returns a directory's absolute path. For a symbolic link it is the directory that
// the link leads to, so that the link isn't replaced.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if stat, err := os.Lstat(dir); err == nil && stat.Mode()&fs.ModeSymlink != 0 {
		return filepath.EvalSymlinks(dir)
	}
	return dir, nil
}

// inside reports whether the current directory is dir or below it.
func inside(dir string) bool {
	current, err := os.Getwd()
	if err != nil {
		return false
	}
	want, err := os.Stat(dir)
	if err != nil {
		return false
	}
	for {
		if stat, err := os.Stat(current); err == nil && os.SameFile(stat, want) {
			return true
		}
		if current == filepath.Dir(current) {
			return false
		}
		current = filepath.Dir(current)
	}
}

// writeAll writes files to a new directory.
func writeAll(ctx context.Context, dir string, mode fs.FileMode, files Files) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for _, name := range files.names() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, files[name], 0o666); err != nil {
			return err
		}
	}
	if mode != 0 {
		return os.Chmod(dir, mode)
	}
	return nil
}

// content is what a directory holds.
type content struct {
	exists bool
	mode   fs.FileMode // of the directory
	files  Files       // of a copy
	own    Files       // the user's go.mod and go.sum, which stay
}

// is reports whether the copy has exactly these files.
func (c *content) is(files Files) bool {
	if len(c.files) != len(files) {
		return false
	}
	for name, text := range files {
		if there, ok := c.files[name]; !ok || sum(there) != sum(text) {
			return false
		}
	}
	return true
}

// look returns what is in a directory, and an error if it is more than a copy.
func look(dir string) (*content, error) {
	c := &content{files: Files{}, own: Files{}}
	stat, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, nil
	case err != nil:
		return nil, err
	case !stat.IsDir():
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	c.exists, c.mode = true, stat.Mode().Perm()
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	isCopy := err == nil
	changed, foreign, err := c.read(dir, parseManifest(text))
	switch {
	case err != nil:
		return nil, err
	case len(foreign) > 0 && !isCopy:
		return nil, fmt.Errorf("%s isn't empty, and isn't a copy that this command has made: "+
			"it has no %s; name another directory", dir, manifestName)
	case len(foreign) > 0:
		return nil, fmt.Errorf("%s has more than the copy: %s; move that away first", dir, some(foreign))
	case len(changed) > 0:
		return nil, fmt.Errorf("in %s the copy was changed: %s; move that away first, and run this again",
			dir, some(changed))
	}
	return c, nil
}

// read reads the directory of a copy. sums are those in its manifest. changed are the files
// with other sums; foreign are the files and directories that aren't in the manifest.
func (c *content) read(dir string, sums map[string]string) (changed, foreign []string, err error) {
	dirs := map[string]bool{".": true}
	for name := range sums {
		for d := filepath.Dir(filepath.FromSlash(name)); !dirs[d]; d = filepath.Dir(d) {
			dirs[d] = true
		}
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		local, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(local)
		switch _, known := sums[name]; {
		case entry.IsDir() && dirs[local]:
			return nil
		case entry.IsDir():
			foreign = append(foreign, name)
			return fs.SkipDir
		case !entry.Type().IsRegular() || !known && !ofModule(name) && name != manifestName:
			foreign = append(foreign, name)
			return nil
		}
		same, err := c.readFile(path, name, sums[name])
		if !same {
			changed = append(changed, name)
		}
		return err
	})
	return changed, foreign, err
}

// ofModule reports whether a file belongs to the module that the copy may be.
func ofModule(name string) bool { return name == "go.mod" || name == "go.sum" }

// readFile reads a file of a copy, and reports whether it is as the manifest says.
func (c *content) readFile(path, name, wantSum string) (same bool, err error) {
	text, err := os.ReadFile(path)
	switch {
	case err != nil:
		return true, err
	case ofModule(name):
		c.own[name] = text
	case name != manifestName && sum(text) != wantSum:
		return false, nil
	default:
		c.files[name] = text
	}
	return true, nil
}

// some lists the first few names, and how many more there are.
func some(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
