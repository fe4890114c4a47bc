package vendoring

import (
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// minimum is the version of Go that the source needs, as go.mod says.
const minimum = "1.24"

// ImportPath returns the import path of a package in dir, which need not exist: the path of
// the module around it, and the directories between. If as isn't "", it returns as.
func ImportPath(dir, as string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	root, mod, err := moduleAround(dir)
	if err != nil {
		return "", err
	}
	if mod != nil && version.Compare("go"+mod.goVersion, "go"+minimum) < 0 {
		return "", fmt.Errorf("%s is for Go %s, and coredumpy needs %s: go mod edit -go=%s",
			filepath.Join(root, "go.mod"), mod.goVersion, minimum, minimum)
	}
	if as != "" {
		return as, checkImportPath(as)
	}
	if mod == nil {
		return "", fmt.Errorf("there is no go.mod in %s or above: make one with go mod init, or use -as IMPORT/PATH",
			dir)
	}
	if mod.path == "" {
		return "", fmt.Errorf("%s names no module: use -as IMPORT/PATH", filepath.Join(root, "go.mod"))
	}
	between, err := filepath.Rel(root, dir)
	if err != nil {
		return "", err
	}
	as = path.Join(mod.path, filepath.ToSlash(between))
	if err := checkImportPath(as); err != nil {
		return "", fmt.Errorf("%w; name another directory", err)
	}
	return as, nil
}

// checkImportPath returns an error for an import path that the go command doesn't accept
// (golang.org/x/mod/module, CheckImportPath), or that a copy can't have.
func checkImportPath(as string) error {
	wrong := func(why string) error { return fmt.Errorf("%q can't be the import path of a copy: %s", as, why) }
	elements := strings.Split(as, "/")
	for _, element := range elements {
		switch {
		case element == "":
			return wrong("an element is empty")
		case element[0] == '.' || element[len(element)-1] == '.':
			return wrong("an element begins or ends with a dot")
		case element[0] == '-':
			return wrong("an element begins with -")
		case element == "vendor":
			return wrong("go mod vendor replaces the files in a directory vendor")
		}
		for _, c := range element {
			letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
			if c >= 0x80 || !letter && !digit && !strings.ContainsRune("-._~+", c) {
				return wrong(fmt.Sprintf("it must not contain %q", c))
			}
		}
	}
	// In names of functions the dot would be escaped (cmd/internal/objabi, PathToPrefix).
	if last := elements[len(elements)-1]; strings.Contains(last, ".") {
		return wrong("its last element has a dot")
	}
	return nil
}

// module is what matters in a go.mod.
type module struct{ path, goVersion string }

// moduleAround reads the go.mod in dir or the nearest one above. mod is nil if there is
// none.
func moduleAround(dir string) (root string, mod *module, err error) {
	for root = dir; ; root = filepath.Dir(root) {
		text, err := os.ReadFile(filepath.Join(root, "go.mod"))
		switch {
		case err == nil:
			return root, parseModule(string(text)), nil
		case isDirectory(filepath.Join(root, "go.mod")):
			// The go command ignores it, too.
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
			return "", nil, err
		}
		if root == filepath.Dir(root) {
			return "", nil, nil
		}
	}
}

func isDirectory(name string) bool {
	stat, err := os.Stat(name)
	return err == nil && stat.IsDir()
}

// defaultGo is the version of Go for a go.mod that has none.
const defaultGo = "1.16"

// parseModule reads a go.mod, whose lines may be in blocks (go.dev/ref/mod).
func parseModule(text string) *module {
	mod := &module{goVersion: defaultGo}
	block := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		if len(words) != 2 {
			continue
		}
		word := words[1]
		if unquoted, err := strconv.Unquote(word); err == nil {
			word = unquoted
		}
		switch words[0] {
		case "module":
			mod.path = word
		case "go":
			mod.goVersion = word
		}
	}
	return mod
}
