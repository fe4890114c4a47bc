package gocmd

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// IsPackage reports whether the first argument of a command line is for Build (a
// package, a .go file, package@version, or a build flag), and not the name of an
// executable file. As in a shell, a name without a slash is an executable file if
// there is one in PATH.
//
// Names of files and directories are relative to the working directory. If arg is
// neither, the error says what to write.
func IsPackage(arg string) (bool, error) {
	switch {
	case arg == "":
		return false, fmt.Errorf("run %q: name a package, like . or ./cmd/server, or an executable file", arg)
	case strings.HasPrefix(arg, "-"), hasVersion(arg):
		return true, nil
	}
	info, err := os.Stat(arg)
	found := err == nil
	switch {
	case strings.HasSuffix(arg, ".go"):
		if !found {
			return false, fmt.Errorf("run %q: %w; name an existing .go file or a package", arg, reason(err))
		}
		return true, nil
	case isLocal(arg):
		return localPackage(arg, info, err)
	}
	if !strings.ContainsAny(arg, `/\`) {
		if _, err := exec.LookPath(arg); err == nil {
			return false, nil
		}
		if found && executableFile(arg, info) {
			return false, fmt.Errorf("run %q: not in PATH; write %q for the file in this directory", arg, "./"+arg)
		}
		return true, nil
	}
	// bin/server is a file if there is one, as in a shell; anything else is an
	// import path, and the go command knows whether it exists.
	return !(found && executableFile(arg, info)), nil
}

// localPackage is IsPackage for a name that begins with a dot or is absolute.
func localPackage(arg string, info fs.FileInfo, err error) (bool, error) {
	switch {
	case strings.Contains(arg, "..."):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("run %q: %w; name an existing directory of a package or executable file",
			arg, reason(err))
	case info.IsDir():
		return true, nil
	case executableFile(arg, info):
		return false, nil
	case info.Mode().IsRegular():
		return false, fmt.Errorf("run %q: not an executable file, nor a package; chmod +x it, or name a directory", arg)
	}
	return false, fmt.Errorf("run %q: neither a directory nor a regular file (%v)", arg, info.Mode().Type())
}

// reason returns err without the operation and the name.
func reason(err error) error {
	if p, ok := err.(*fs.PathError); ok {
		return p.Err
	}
	return err
}

func executableFile(name string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() {
		return false
	}
	if runtime.GOOS == "windows" {
		return strings.EqualFold(filepath.Ext(name), ".exe")
	}
	return info.Mode().Perm()&0o111 != 0
}
