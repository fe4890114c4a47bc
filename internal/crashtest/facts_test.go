package crashtest

import (
	"bufio"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Programs say in comments what must be true of their dumps. FUNC is a function as in a
// traceback; type arguments are written [...]. VALUE is what Delve's print shows;
// alternatives are separated by " | ".
//
//	want-panic: TEXT                 the panic message, line by line, after "panic: "
//	want-panic-any: TEXT             one of several possible messages
//	want-exit: N                     exit status; 2 if not given
//	want-dumps: N or M-N             how many dumps it writes; 1 if not given
//	want-stderr: any                 output isn't compared with that of the plain program
//	want-frames: FUNC...             the current goroutine's frames, without the runtime's
//	want-current: FUNC               a frame of the current goroutine
//	want-status: FUNC STATUS         status of a goroutine with such a frame
//	want: FUNC EXPR = VALUE          in some frame of FUNC
//	want-stale: FUNC EXPR = VALUE    the same, or a pointer in EXPR says that it is stale
//	want-type: FUNC EXPR = TYPE
//	want-args: FUNC NAME...          the arguments, in order
//	want-none: FUNC NAME             not in scope
//	want-shadowed: FUNC NAME = VALUE hidden by an inner variable of that name
//	want-same: FUNC EXPR EXPR        refer to the same object
//	want-closure: FUNC NAME VARIABLE = VALUE   captured by the func value NAME
//	want-buffer: FUNC NAME INDEX = VALUE       in the channel NAME
//	want-waiting: FUNC NAME N receivers (or: N senders, closed)
//	want-value: EXPR = VALUE         of the panic value, named value
//	want-earlier: VALUE              values of the panics before, latest first
//	want-global: EXPR = VALUE        of package-level variables
type fact struct {
	pos  string // file:line
	kind string // "" is the plain want
	fn   string
	expr string
	want string
}

// matches reports whether got is one of the wanted values.
func (f *fact) matches(got string) bool {
	got = number.ReplaceAllString(got, "***#N")
	for _, w := range strings.Split(f.want, " | ") {
		if got == w {
			return true
		}
	}
	return false
}

// number is that of a secret, which depends on the environment: its values have numbers, too.
var number = regexp.MustCompile(`\*\*\*#\d+`)

// program is one directory of testdata/crash.
type program struct {
	name     string
	dir      string
	cgo      bool
	exit     int
	min, max int // number of dumps
	panics   []string
	anyOf    []string
	anyError bool // stderr isn't compared
	facts    []fact
}

const crashDir = "../../testdata/crash"

func readPrograms(t *testing.T) []*program {
	t.Helper()
	entries, err := os.ReadDir(crashDir)
	if err != nil {
		t.Fatal(err)
	}
	var all []*program
	for _, e := range entries {
		p, err := readProgram(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func readProgram(name string) (*program, error) {
	p := &program{name: name, dir: filepath.Join(crashDir, name), exit: 2, min: 1, max: 1}
	return p, p.readDir(p.dir)
}

// readDir reads the files that belong to this system's build, and those of the packages
// below.
func (p *program) readDir(dir string) error {
	pkg, err := build.ImportDir(dir, 0)
	var ignored *build.NoGoError // all files are ignored if cgo doesn't work
	if err != nil && !errors.As(err, &ignored) {
		return err
	}
	files := append(pkg.GoFiles, pkg.CgoFiles...)
	if len(files) == 0 || len(pkg.CgoFiles) > 0 {
		p.cgo = true
	}
	for _, f := range files {
		if err := p.readFile(filepath.Join(dir, f)); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := p.readDir(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *program) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		rest, ok := strings.CutPrefix(strings.TrimSpace(sc.Text()), "// want")
		if !ok {
			continue
		}
		kind, text, ok := strings.Cut(rest, ": ")
		pos := fmt.Sprintf("%s:%d", filepath.Base(path), n)
		if !ok {
			return fmt.Errorf("%s: %q has no value", pos, sc.Text())
		}
		if err := p.directive(strings.TrimPrefix(kind, "-"), text, pos); err != nil {
			return fmt.Errorf("%s: %w", pos, err)
		}
	}
	return sc.Err()
}

func (p *program) directive(kind, text, pos string) (err error) {
	switch kind {
	case "panic":
		p.panics = append(p.panics, text)
	case "panic-any":
		p.anyOf = append(p.anyOf, text)
	case "exit":
		p.exit, err = strconv.Atoi(text)
	case "stderr":
		p.anyError = true
	case "dumps":
		lo, hi, ok := strings.Cut(text, "-")
		if !ok {
			hi = lo
		}
		if p.min, err = strconv.Atoi(lo); err == nil {
			p.max, err = strconv.Atoi(hi)
		}
	default:
		f, err := parseFact(kind, text)
		f.pos = pos
		p.facts = append(p.facts, f)
		return err
	}
	return err
}

func parseFact(kind, text string) (fact, error) {
	f := fact{kind: kind}
	switch kind {
	case "frames":
		f.want = text
		return f, nil
	case "earlier", "current":
		f.want = text
		return f, nil
	case "value", "global":
	case "", "stale", "type", "args", "none", "shadowed", "same", "closure", "buffer", "waiting", "status":
		f.fn, text, _ = strings.Cut(text, " ")
	default:
		return f, fmt.Errorf("unknown kind of fact %q", kind)
	}
	switch kind {
	case "args", "none", "same", "waiting", "status":
		f.want = text
		return f, nil
	}
	var ok bool
	f.expr, f.want, ok = strings.Cut(text, " = ")
	if !ok {
		return f, fmt.Errorf("%q lacks \" = \"", text)
	}
	return f, nil
}
