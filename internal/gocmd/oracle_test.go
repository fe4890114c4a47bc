package gocmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestFlagsOfSource compares the tables of flags with the source of the go
// command, where the toolchain has it.
func TestFlagsOfSource(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "src/cmd/go/internal")
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Skip(err)
		}
		return string(data)
	}
	// Flags with a type of their own that are booleans on the command line.
	ownBooleans := map[string]bool{"buildvcs": true, "v": true}
	declared := regexp.MustCompile(`(?:Flag|cf|flags)\.(Bool|BoolVar|String|StringVar|Int|IntVar|Var|DurationVar|Func)\([^"\n]*"([\w-]+)", `)
	check := func(sub string, names ...string) {
		t.Helper()
		n := 0
		for _, name := range names {
			for _, m := range declared.FindAllStringSubmatch(read(name), -1) {
				n++
				want := valued
				if strings.HasPrefix(m[1], "Bool") || ownBooleans[m[2]] {
					want = boolean
				}
				if m[2] == "o" && sub != "test" && sub != "build" || m[2] == "coverprofile" && sub != "test" {
					continue // work/build.go has it, but not for all of its subcommands
				}
				if got := arityOf(sub, m[2]); got != want {
					t.Errorf("go %s -%s: got arity %d, want %d as in %s (%s)", sub, m[2], got, want, name, m[0])
				}
			}
		}
		if n < 30 {
			t.Errorf("go %s: found only %d flags in %q", sub, n, names)
		}
	}
	common := []string{"work/build.go", "base/flag.go"}
	check("build", common...)
	check("install", common...)
	check("run", append(common, "run/run.go")...)
	check("test", append(common, "test/testflag.go")...)
	for _, m := range regexp.MustCompile(`(?m)^\t"(\w+)": +true,`).FindAllStringSubmatch(
		strings.Split(read("test/flagdefs.go"), "passAnalyzersToVet")[0], -1) {
		if arityOf("test", "test."+m[1]) == unknown {
			t.Errorf("go test -test.%s: not known", m[1])
		}
	}
}

// TestSameTestBinaryArguments has the go command print what it would run, for
// odd command lines, with our flags and without.
func TestSameTestBinaryArguments(t *testing.T) {
	long(t)
	r := newRig(t, `
-- go.mod --
module example.com/m
go 1.24
-- m_test.go --
package m

import "testing"

func TestM(t *testing.T) {}
`)
	execution := regexp.MustCompile(`(?m)^\$WORK\S*/m\.test(?:\.exe)? (.*)$`)
	link := regexp.MustCompile(`(?m)^.*/link(?:\.exe)? .*$`)
	for _, line := range []string{
		"-run X . -custom val -v -gcflags=-e x -race y",
		"-custom val -gcflags -e -v . -count=2",
		"-custom -ldflags=-s . -v",
		". -args -gcflags=-S",
		". -ldflags=-X=a.b=c -- -ldflags=-s",
		"-custom=1 -gcflags all=-e .",
	} {
		args := append([]string{"go", "test", "-n", "-vet=off"}, strings.Fields(line)...)
		plain := exec.Command("go", args[1:]...)
		plain.Dir, plain.Env = r.dir, r.env
		was, err := plain.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, was)
		}
		got, _ := r.run(t, args...)
		want := execution.FindStringSubmatch(string(was))
		if want == nil {
			t.Fatalf("%s: no test in\n%s", line, was)
		}
		if m := execution.FindStringSubmatch(got); m == nil || m[1] != want[1] {
			t.Errorf("%s: the test's arguments are %q, want %q", line, m, want)
		}
		l := link.FindString(got)
		if drop, keep := strings.LastIndex(l, " -s"), strings.LastIndex(l, keepSymbols); keep < 0 ||
			drop > keep+len(keepSymbols) {
			t.Errorf("%s: linked with %q, want %s after each -s", line, l, keepSymbols)
		}
	}
}

// TestPlatformOfHost wants the real go command to answer for the platform that this
// test was built for.
func TestPlatformOfHost(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to run")
	}
	dir := t.TempDir()
	env := Setenv(os.Environ(), "GOFLAGS", "-x")
	e, err := Query("go", dir, env, "go", "test", "-C", ".")
	if err != nil {
		t.Fatal(err)
	}
	if e.GOHOSTOS != runtime.GOOS || e.GOHOSTARCH != runtime.GOARCH || e.GOFLAGS != "-x" || !filepath.IsAbs(e.Go) {
		t.Errorf("got %+v", e)
	}
	if e.GOMOD != os.DevNull || e.Modules != nil || e.Dir != dir {
		t.Errorf("got module %q, main modules %q, directory %q", e.GOMOD, e.Modules, e.Dir)
	}
	if _, err := Query("go", dir, nil, "go", "test", "-C", "nowhere"); err == nil ||
		!strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got error %v for a directory that isn't there", err)
	}
	if _, err := Query("no-such-go", dir, nil); err == nil || !strings.Contains(err.Error(), "no-such-go") {
		t.Errorf("got error %v for a go command that isn't there", err)
	}
	// GOFLAGS as go env -w has it, with a flag that changes what go list prints.
	good := filepath.Join(dir, "good")
	writeFile(t, filepath.Join(good, "alt.mod"), "module other.org/x\ngo 1.24\n")
	writeFile(t, filepath.Join(good, "go.mod"), "module x\ngo 1.24\n")
	writeFile(t, filepath.Join(dir, "env"), "GOFLAGS=-json -v\n")
	env = Setenv(Setenv(env, "GOENV", filepath.Join(dir, "env")), "GOFLAGS", "")
	for args, want := range map[string]string{"go test": "x", "go test -modfile=alt.mod": "other.org/x",
		"go -C .. test": ""} {
		e, err := Query("go", good, env, strings.Fields(args)...)
		if got := strings.Join(e.Modules, " "); err != nil || got != want || e.GOFLAGS != "-json -v" {
			t.Errorf("%s: got main modules %q, GOFLAGS %q, error %v, want %q", args, got, e.GOFLAGS, err, want)
		}
	}
	// The go command reports its own errors.
	bad := filepath.Join(dir, "bad")
	writeFile(t, filepath.Join(bad, "go.mod"), "module x\ngo 99.0\n")
	env = Setenv(env, "GOTOOLCHAIN", "local")
	if e, err := Query("go", bad, env); err == nil {
		if c, err := Instrument(e, []string{"go", "test"}, env, Options{}); err != nil || !c.Watched {
			t.Errorf("got %v, error %v", c, err)
		}
	} else if !strings.Contains(err.Error(), "99.0") {
		t.Errorf("got error %v for a go.mod that is too new", err)
	}
}
