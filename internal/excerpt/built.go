package excerpt

import (
	"go/build/constraint"
	"go/scanner"
	"go/token"
	"path"
	"slices"
	"strings"
)

// Build is how a program was built.
type Build struct {
	System, Processor string // GOOS, GOARCH
	Version           string // of Go
	Settings          [][2]string
}

// Has reports whether a Go file with this path is in the build, by its name and by the constraint
// before its package clause, as package go/build does. text may be the beginning of the file.
func (b *Build) Has(file, text string) bool {
	name, _, _ := strings.Cut(path.Base(file), ".")
	parts := strings.Split(strings.TrimSuffix(name, "_test"), "_")[1:] // linux.go has no tag
	n := len(parts)
	if n >= 2 && slices.Contains(systems, parts[n-2]) && slices.Contains(processors, parts[n-1]) {
		if !b.tag(parts[n-2]) || !b.tag(parts[n-1]) {
			return false
		}
	} else if n >= 1 && (slices.Contains(systems, parts[n-1]) || slices.Contains(processors, parts[n-1])) {
		if !b.tag(parts[n-1]) {
			return false
		}
	}
	return b.allows(text)
}

// allows reports whether the constraint of a file holds, or it has none.
func (b *Build) allows(text string) bool {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(text)), []byte(text), nil, scanner.ScanComments)
	for {
		switch _, tok, lit := s.Scan(); {
		case tok != token.COMMENT:
			return true
		case constraint.IsGoBuild(lit):
			expr, err := constraint.Parse(lit)
			return err != nil || expr.Eval(b.tag)
		}
	}
}

// The names of systems and processors that a file's name may end in, from Go's
// internal/syslist/syslist.go: Go 1.24 to 1.27 have the same.
var (
	systems = strings.Fields("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd " +
		"openbsd plan9 solaris wasip1 windows zos")
	processors = strings.Fields("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le " +
		"mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")
)

// tag reports whether a tag holds: linux, amd64, cgo, go1.24, or one of the flag -tags.
func (b *Build) tag(name string) bool {
	switch name {
	case b.System, b.Processor, "gc":
		return true
	case "unix":
		return !slices.Contains(strings.Fields("js nacl plan9 wasip1 windows zos"), b.System)
	case "linux", "darwin", "solaris":
		return map[string]string{"android": "linux", "ios": "darwin", "illumos": "solaris"}[b.System] == name
	}
	if minor, ok := strings.CutPrefix(name, "go1."); ok {
		_, have, _ := strings.Cut(b.Version, "go1.")
		return number(minor) <= number(have)
	}
	return slices.ContainsFunc(b.Settings, func(s [2]string) bool {
		return s == [2]string{"CGO_ENABLED", "1"} && name == "cgo" ||
			s == [2]string{"-" + name, "true"} && slices.Contains([]string{"race", "msan", "asan"}, name) ||
			s[0] == "-tags" && slices.Contains(strings.Split(s[1], ","), name)
	})
}

// number returns the number that a text begins with.
func number(s string) (n int) {
	for ; s != "" && '0' <= s[0] && s[0] <= '9' && n < 1<<20; s = s[1:] {
		n = 10*n + int(s[0]-'0')
	}
	return n
}
