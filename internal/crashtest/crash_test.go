// Package crashtest has no code of its own. Its tests build the programs in
// testdata/crash in many modes, crash them, and compare what they did, and the dumps that
// they left, with what the programs' comments say.
//
//	go test ./internal/crashtest                         two modes, and some programs
//	COREDUMPY_TEST=all go test ./internal/crashtest      all modes that matter
//	go test ./internal/crashtest -full                   every program in every mode
//	go test ./internal/crashtest -run /debug//zoo -v     one program
package crashtest

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

var full = flag.Bool("full", false, "build every program in every mode")

func TestCrash(t *testing.T) {
	programs := readPrograms(t)
	c := haveC(t)
	without := &plainBuilds{t: t, flag: overlay(t), dirs: map[bool]string{}}
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			if len(m.ordinary) == 0 && !*full {
				longtest.Skip(t)
			}
			if m.extra && !*full {
				t.Skip("only with -full")
			}
			if m.cgo && !c {
				t.Skip("needs cgo and a C compiler")
			}
			chosen := choose(&m, programs, c)
			plain := without.dir(&m, programs, c)
			testMode(t, &m, chosen, buildAll(t, &m, chosen), plain)
		})
	}
}

// plainBuilds are the programs without coredumpy, built when first needed: one build with
// and one without optimisation, since inlining changes the names of closures. The modes
// change nothing else in what a program prints. The ordinary suite has only those without
// optimisation.
type plainBuilds struct {
	t    *testing.T // outlives the modes
	flag string
	dirs map[bool]string
}

func (b *plainBuilds) dir(m *mode, programs []*program, haveC bool) string {
	if !m.exact && !longtest.All() && !*full {
		return ""
	}
	if b.dirs[m.exact] == "" {
		// nobody reads its debug information
		base := &mode{exact: m.exact, ordinary: m.ordinary, flags: []string{"-ldflags=-w"}}
		if m.exact {
			base.flags = append(base.flags, debugInfo)
		}
		b.dirs[m.exact] = buildAll(b.t, base, choose(base, programs, haveC), b.flag)
	}
	return b.dirs[m.exact]
}

func choose(m *mode, programs []*program, haveC bool) (chosen []*program) {
	for _, p := range programs {
		if m.selects(p, haveC) {
			chosen = append(chosen, p)
		}
	}
	return chosen
}

func testMode(t *testing.T, m *mode, chosen []*program, with, plain string) {
	// The group returns when all its parallel tests have ended.
	t.Run("run", func(t *testing.T) {
		for _, p := range chosen {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				o := runProgram(t, filepath.Join(with, p.name))
				checkOutcome(t, p, o)
				if !p.anyError && plain != "" {
					comparePlain(t, o, runProgram(t, filepath.Join(plain, p.name)))
				}
				for _, path := range o.dumps {
					checkDump(t, m, p, path)
				}
			})
		}
	})
}

var dumpName = regexp.MustCompile(`^coredumpy_[A-Za-z0-9_]+_\d+_\d{8}_\d{6}_\d{6}\.dump$`)

// checkOutcome checks exit status, messages and the files left behind.
func checkOutcome(t *testing.T, p *program, o outcome) {
	t.Helper()
	if o.exit != p.exit {
		t.Errorf("got exit status %d, want %d; stderr:\n%.4000s", o.exit, p.exit, o.stderr)
	}
	if n := len(o.dumps); n < p.min || n > p.max {
		t.Errorf("got %d dumps, want %d to %d; stderr:\n%.4000s", n, p.min, p.max, o.stderr)
	}
	if text := "panic: " + strings.Join(p.panics, "\n"); len(p.panics) > 0 &&
		!strings.Contains(hex.ReplaceAllString(o.stderr, "0x?"), text) {
		t.Errorf("got stderr %q, want %q in it", o.stderr, text)
	}
	found := len(p.anyOf) == 0
	for _, text := range p.anyOf {
		found = found || strings.Contains(o.stderr, "panic: "+text)
	}
	if !found {
		t.Errorf("got stderr %q, want one of %q in it", o.stderr, p.anyOf)
	}
	paths, _ := announced(o.stderr)
	if p.exit == 2 && p.max == 1 && len(paths) != len(o.dumps) {
		t.Errorf("got %d dumps announced, want %d; stderr:\n%.4000s", len(paths), len(o.dumps), o.stderr)
	}
	for _, path := range o.dumps {
		if base := filepath.Base(path); !dumpName.MatchString(base) {
			t.Errorf("got name %q, want one like %v", base, dumpName)
		}
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if perm := st.Mode().Perm(); runtime.GOOS != "windows" && perm != 0o600 {
			t.Errorf("got mode %v, want -rw-------", perm)
		}
	}
}

// comparePlain compares what a program did with coredumpy and without.
func comparePlain(t *testing.T, with, plain outcome) {
	t.Helper()
	_, stderr := announced(with.stderr)
	if with.exit != plain.exit {
		t.Errorf("got exit status %d, the plain program's is %d", with.exit, plain.exit)
	}
	if with.stdout != plain.stdout {
		t.Errorf("got stdout %q, the plain program's is %q", with.stdout, plain.stdout)
	}
	if err := sameCrash(stderr, plain.stderr); err != nil {
		t.Error(err)
	}
}

// checkDump opens a dump and compares it with the facts about the program.
func checkDump(t *testing.T, m *mode, p *program, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if why := core.Missing(); why != "" {
		t.Errorf("got Missing %q, want a whole file", why)
	}
	checkHead(t, m, p, core.Head())
	c, err := newChecker(core, m.exact)
	if err != nil {
		t.Fatal(err)
	}
	if m.bare {
		p = withoutVariables(p)
	}
	c.check(t, p)
	if m.exact && c.without > 0 {
		t.Errorf("got %d facts without a value, want none", c.without)
	}
	t.Logf("%d facts right, %d without a value, %d stale", c.right, c.without, c.stale)
	checkRedacted(t, m, p, path)
}

func checkHead(t *testing.T, m *mode, p *program, h coredumpy.Head) {
	t.Helper()
	if h.GoVersion != runtime.Version() || h.OS != runtime.GOOS || h.Arch != runtime.GOARCH {
		t.Errorf("got %s %s/%s, want %s %s/%s",
			h.GoVersion, h.OS, h.Arch, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	}
	if n := len(p.panics); n > 0 {
		want := strings.TrimPrefix(strings.TrimLeft(p.panics[n-1], "\t"), "panic: ")
		if !strings.Contains(h.Message, want) && !strings.Contains(want, "0x?") {
			t.Errorf("got message %q, want %q in it", h.Message, want)
		}
	}
	if notes := strings.Join(h.Notes, "\n"); m.bare && !strings.Contains(notes, "-ldflags") {
		t.Errorf("got notes %q, want one with the flag that brings the variables", notes)
	}
}

// withoutVariables keeps the facts that need no debug information.
func withoutVariables(p *program) *program {
	bare := *p
	bare.facts = nil
	for _, f := range p.facts {
		switch f.kind {
		case "frames", "current", "status", "value":
			bare.facts = append(bare.facts, f)
		}
	}
	return &bare
}
