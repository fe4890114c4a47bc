package apitest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

var defaultName = regexp.MustCompile(`^coredumpy_([A-Za-z0-9_]*)_(\d+)_(\d{8}_\d{6}_\d{6})\.dump$`)

// The default name holds function, line and time, with and without debug information.
func TestDefaultName(t *testing.T) {
	for _, way := range []struct {
		name   string
		flags  []string
		always bool // not only in the long tests
	}{{"stripped", stripped, true}, {"whole", whole, false}, {"optimised", plain, false}} {
		t.Run(way.name, func(t *testing.T) {
			if !way.always {
				longtest.Skip(t)
			}
			before := time.Now().Add(-time.Second)
			o := command(t, exec.Command(build(t, "names", way.flags)))
			if o.exit != 0 {
				t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
			}
			n := 0
			for sc := bufio.NewScanner(strings.NewReader(o.stdout)); sc.Scan(); n++ {
				want, line, path := "", 0, ""
				if _, err := fmt.Sscan(sc.Text(), &want, &line, &path); err != nil {
					t.Fatalf("%q: %v", sc.Text(), err)
				}
				if dir := filepath.Dir(path); !filepath.IsAbs(path) || !sameFile(dir, o.dir) {
					t.Errorf("got path %q, want one in %s", path, o.dir)
				}
				checkName(t, filepath.Base(path), want, line, before)
				if h := open(t, path).Head(); h.Top == nil || h.Top.Line != line {
					t.Errorf("%s: got top frame %+v, want line %d", want, h.Top, line)
				}
			}
			if n != 14 {
				t.Errorf("got %d names, want 14", n)
			}
		})
	}
}

// Of several OnPanic the innermost one dumps a panic. If it excludes the panic the next
// one dumps it, and still finds it where it was.
func TestNested(t *testing.T) {
	for name, flags := range map[string][]string{"stripped": stripped, "whole": whole} {
		if name == "whole" && !longtest.All() {
			continue
		}
		for _, arg := range []string{"nested", "excluded"} {
			o := command(t, exec.Command(build(t, "names", flags), arg))
			paths, err := filepath.Glob(filepath.Join(o.dir, "coredumpy_nested_*.dump"))
			if o.exit != 2 || err != nil || len(paths) != 1 {
				t.Errorf("%s %s: got exit status %d and %d dumps of nested, want 2 and 1:\n%.600s",
					name, arg, o.exit, len(paths), o.stderr)
			}
			for _, path := range paths {
				if top := open(t, path).top(t); top != "main.nested" {
					t.Errorf("%s %s: got top frame %s, want main.nested", name, arg, top)
				}
			}
		}
	}
}

func checkName(t *testing.T, path, fn string, line int, before time.Time) {
	t.Helper()
	m := defaultName.FindStringSubmatch(path)
	if m == nil {
		t.Errorf("got path %q, want a name in the current directory that matches %v", path, defaultName)
		return
	}
	if m[1] != fn || m[2] != fmt.Sprint(line) {
		t.Errorf("got %s, line %s in %q, want %s, line %d", m[1], m[2], path, fn, line)
	}
	i := strings.LastIndexByte(m[3], '_')
	at, err := time.ParseInLocation("20060102_150405.000000", m[3][:i]+"."+m[3][i+1:], time.Local)
	if err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("got time %v, %v of %q, want the present", at, err, path)
	}
}

// Dumps of one line in a tight loop, and from several goroutines, don't replace each
// other.
func TestDefaultNameUnique(t *testing.T) {
	t.Chdir(t.TempDir())
	config(t, func(c *coredumpy.Configuration) { c.AllGoroutines, c.MaxSource = false, 0 })
	const goroutines, each = 8, 10
	paths := make(chan string, goroutines*each)
	for range goroutines {
		go func() {
			for range each {
				path, err := coredumpy.Dump()
				if err != nil {
					t.Error(err)
				}
				paths <- path
			}
		}()
	}
	seen := map[string]bool{}
	for range goroutines * each {
		path := <-paths
		if seen[path] {
			t.Errorf("got %q twice, want another name", path)
		}
		seen[path] = true
	}
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
