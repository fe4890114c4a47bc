// Package linktest tests what the rooms import, how long files and functions are, and what
// importing coredumpy links into a program.
package linktest

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
)

// A program that only dumps itself has no viewer, no readers of other systems'
// executables, and no packages for networks or cryptography. It has the initialisers of
// those that are imported.
func TestLinked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads an ELF executable, as Linux has it")
	}
	exe := filepath.Join(t.TempDir(), "linked")
	if out, err := exec.Command("go", "build", "-o", exe, "../../testdata/linked").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]int{} // functions, by package
	for _, s := range symbols {
		name := function.FindStringSubmatch(s.Name)
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && name != nil && !initial.MatchString(name[2]) {
			linked[name[1]]++
		}
	}
	for _, pkg := range []string{"coredumpy", "coredumpy/internal/capture", "coredumpy/internal/monitor",
		"debug/elf", "debug/dwarf"} {
		if linked[pkg] == 0 {
			t.Errorf("got no function of %s, want the test to see them", pkg)
		}
	}
	for pkg, n := range linked {
		if unwanted.MatchString(pkg) {
			t.Errorf("got %d functions of %s, want none", n, pkg)
		}
	}
}

var (
	function = regexp.MustCompile(`^([\w./-]*?[\w-]+)\.([^/]+)$`)
	initial  = regexp.MustCompile(`^(init|map\.init)\b`)
	unwanted = regexp.MustCompile(`^(coredumpy/internal/(dump|edit|eval|hook|inspector|pretty|repl|shell|source|syntax|vendoring|views|waits|gocmd)|` +
		`debug/(buildinfo|macho|pe|plan9obj)|internal/xcoff|crypto/.*|net|net/http|go/(ast|parser|printer|types)|testing)$`)
)
