package gocmd

import (
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// The vocabulary of made-up command lines.
var (
	someFlags = []string{"-race", "-v", "-x", "--cover", "-p=2", "-tags a", "-run X", "-count=1", "-c",
		"-custom", "-custom=1", "--custom", "-test.v", "-short", "-o out", "-mod=mod", "-trimpath", "-json",
		"-bench .", "-h", "-exec 'a b'", "-timeout 1s", "-buildvcs", "-buildvcs=false", "-pgo off"}
	someValues = []string{"-S", "-N -l", "-e -l=4", "", `-d="a b"`, "-X=m.v='x'", "-s -w", "bad", "=bad", "'bad", `-a "bad`}
	somePaths  = []string{"", "all=", "m/...=", "m=", "m/a=", "m/a/...=", "m...=", "...=", "std=", "d.org/...=",
		"d.org/x=", ".../a=", "m2=", "m2/...=", "work=", "./...=", " m/a ="}
	someWords = []string{".", "./...", "m/a", "x.go", "y.go", "fmt", "d.org/x", "-args", "--", "-", "--args", "val", "d.org/x@v1"}
)

func pick(r *rand.Rand, list []string) string { return list[r.Intn(len(list))] }

// someToolFlag returns a -gcflags, -ldflags or -overlay in one of its spellings.
func someToolFlag(r *rand.Rand) []string {
	name := pick(r, []string{"gcflags", "ldflags", "gcflags", "ldflags", "asmflags"})
	value := pick(r, somePaths) + pick(r, someValues)
	switch r.Intn(3) {
	case 0:
		return []string{"-" + name, value}
	case 1:
		return []string{"--" + name + "=" + value}
	}
	return []string{"-" + name + "=" + value}
}

// someLine returns a command line, which the go command need not accept.
func someLine(r *rand.Rand) []string {
	args := []string{"go"}
	if r.Intn(8) == 0 {
		args = append(args, "-C", "d")
	}
	args = append(args, pick(r, []string{"run", "test", "test", "build", "install"}))
	for range r.Intn(9) {
		switch r.Intn(4) {
		case 0:
			args = append(args, someToolFlag(r)...)
		case 1:
			args = append(args, pick(r, someWords))
		default:
			list, _ := split(pick(r, someFlags))
			args = append(args, list...)
		}
	}
	return args
}

func isToolFlag(use flagUse) bool {
	return use.name == "gcflags" || use.name == "ldflags" || use.name == "overlay"
}

// others returns the arguments without the go command's own uses of the three
// flags that may be changed.
func others(l *line) []string {
	var list []string
	for at := 0; at < len(l.args); {
		i := slices.IndexFunc(l.flags, func(u flagUse) bool { return u.at == at && isToolFlag(u) })
		if i >= 0 {
			at += l.flags[i].n
			continue
		}
		list = append(list, l.args[at])
		at++
	}
	return list
}

// effective returns the flags that the go command uses for the package path: those
// of the last pattern that matches. It is written independently for the test, from
// "go help build" and "go help packages".
func effective(l *line, name, path string, named bool, modules []string) string {
	flags := ""
	for _, use := range l.uses(name) {
		v := strings.TrimSpace(use.value)
		if v == "" || v[0] == '-' {
			if _, err := split(v); err == nil && named {
				flags = v
			}
			continue
		}
		pattern, value, ok := strings.Cut(v, "=")
		pattern = strings.TrimSpace(pattern)
		if _, err := split(value); !ok || pattern == "" || strings.ContainsAny(v[:1], `'"`) || err != nil {
			continue
		}
		inModule := slices.ContainsFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
		var match bool
		switch pattern {
		case "all":
			match = true
		case "std", "cmd":
		case "work", "./...":
			match = inModule
		default:
			re := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\.\.\.`, ".*")
			re = regexp.MustCompile(`/\.\*$`).ReplaceAllString(re, `(/.*)?`)
			match = regexp.MustCompile("^" + re + "$").MatchString(path)
		}
		if match {
			flags = value
		}
	}
	return strings.Join(strings.Fields(flags), " ")
}

// TestNothingElseChanges makes up command lines. It wants the program's and test
// binary's arguments, the packages and all other flags to stay where they were, and
// the user's flags in effect for each package, with ours after them where needed.
func TestNothingElseChanges(t *testing.T) {
	n := longtest.Rounds(500, 4000)
	modules := []string{"m", "m2"}
	for seed := range n {
		r := rand.New(rand.NewSource(int64(seed)))
		args := someLine(r)
		e := testEnv(modules...)
		if r.Intn(3) == 0 {
			flag := someToolFlag(r)
			if len(flag) == 1 && !strings.ContainsAny(flag[0], "'") {
				e.GOFLAGS = "'" + flag[0] + "' -v"
			}
		}
		original := slices.Clone(args)
		c, err := Instrument(e, args, nil, Options{Overlay: overlayName})
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		if !slices.Equal(args, original) {
			t.Fatalf("the caller's arguments were changed from %q to %q", original, args)
		}
		before, after := parse(args, e.GOFLAGS), parse(c.Args, e.GOFLAGS)
		if b, a := others(&before), others(&after); !slices.Equal(b, a) {
			t.Fatalf("%q: the other arguments are\n%q, not\n%q", args, a, b)
		}
		if !slices.Equal(before.packages, after.packages) {
			t.Fatalf("%q: got packages %q, want %q", args, after.packages, before.packages)
		}
		if b, a := args[before.program:], c.Args[after.program:]; before.sub == "run" && !slices.Equal(b, a) {
			t.Fatalf("%q: got program arguments %q, want %q", args, a, b)
		}
		if after.value("overlay") != overlayName {
			t.Fatalf("%q: got overlay %q", args, after.value("overlay"))
		}
		checkEffective(t, &before, &after, modules)
	}
}

// checkEffective compares what is in effect before and after for some packages.
func checkEffective(t *testing.T, before, after *line, modules []string) {
	t.Helper()
	artifact := before.sub == "build" || before.sub == "install" || before.set("c")
	gc, ld := "-dwarf=true -N -l=1", "-w=0 -s=0 -compressdwarf=false"
	if artifact {
		gc, ld = "-N -l=1", ""
	}
	for _, p := range []struct {
		path  string
		named bool
	}{{"m", true}, {"m", false}, {"m/a", false}, {"m/a", true}, {"m/a/b", false}, {"m2/z", true}, {"m2", false}} {
		was := effective(before, "gcflags", p.path, p.named, modules)
		got := effective(after, "gcflags", p.path, p.named, modules)
		if want := strings.TrimSpace(was + " " + gc); got != want {
			t.Fatalf("%q: package %s (named %v) is compiled with %q, want %q; became %q",
				before.args, p.path, p.named, got, want, after.args)
		}
		was = effective(before, "ldflags", p.path, p.named, modules)
		got = effective(after, "ldflags", p.path, p.named, modules)
		want := strings.TrimSpace(was + " " + ld)
		if !p.named {
			// Only named packages are linked; their flags must not be lost.
			if !strings.HasPrefix(got, was) {
				t.Fatalf("%q: package %s is linked with %q, want %q; became %q", before.args, p.path, got, was, after.args)
			}
			continue
		}
		if got != want {
			t.Fatalf("%q: package %s is linked with %q, want %q; became %q", before.args, p.path, got, want, after.args)
		}
	}
	// A dependency keeps its optimisation, unless the user's pattern can't be
	// divided, and always the user's flags.
	was := effective(before, "gcflags", "n.net/dep", false, modules)
	got := effective(after, "gcflags", "n.net/dep", false, modules)
	if got != was {
		t.Fatalf("%q: a dependency is compiled with %q, want %q; became %q", before.args, got, was, after.args)
	}
}

// TestBuildKeepsArguments makes up arguments of go run, and wants the program to
// get its own.
func TestBuildKeepsArguments(t *testing.T) {
	for seed := range 500 {
		r := rand.New(rand.NewSource(int64(seed)))
		var flags, rest []string
		for range r.Intn(4) {
			flags = append(flags, pick(r, []string{"-race", "-v", "-p=2", "-gcflags=-S", "-ldflags=-s"}))
		}
		for range r.Intn(4) {
			rest = append(rest, pick(r, []string{"-race", "-gcflags=-S", "--", "x", "", "-o", "y.go"}))
		}
		pkg := pick(r, []string{".", "./cmd/x", "m/cmd/x", "m/cmd/x@v1.0.0"})
		args := slices.Concat(flags, []string{pkg}, rest)
		c, program, err := Build(testEnv("m"), args, nil, Options{Overlay: overlayName}, "/tmp/out")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(program[1:], rest) {
			t.Fatalf("%q: got program %q, want arguments %q", args, program, rest)
		}
		if last := c.Args[len(c.Args)-1]; last != pkg {
			t.Fatalf("%q: got package %q, want %q", args, last, pkg)
		}
		for _, f := range flags {
			if !slices.ContainsFunc(c.Args, func(a string) bool { return strings.HasPrefix(a, f) }) {
				t.Fatalf("%q: lost %q in %q", args, f, c.Args)
			}
		}
	}
}
