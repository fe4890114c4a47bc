package hook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestToolchains runs all these tests with the toolchains that the environment
// variable COREDUMPY_TOOLCHAINS names, such as "go1.24.9 go1.25.5". They are below
// GOMODCACHE, so this tests the other GOROOT as well.
func TestToolchains(t *testing.T) {
	needReports(t)
	names := strings.Fields(os.Getenv("COREDUMPY_TOOLCHAINS"))
	if len(names) == 0 {
		t.Skip("COREDUMPY_TOOLCHAINS is not set")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			tc, err := askToolchain(name)
			if err != nil {
				t.Fatal(err)
			}
			if tc.GOVERSION != name {
				t.Fatalf("got version %s, want %s", tc.GOVERSION, name)
			}
			t.Run("crash", func(t *testing.T) { testWays(t, build(t, tc, "build", "crash")) })
			t.Run("suite", func(t *testing.T) { testSuite(t, tc) })
		})
	}
}

// TestKnownReleases wants a place for each hook in the toolchains at hand, of the
// releases that the package was checked with.
func TestKnownReleases(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	roots := []string{tc.GOROOT}
	for _, release := range []string{"go1.24", "go1.25", "go1.26", "go1.27"} {
		found, err := filepath.Glob(filepath.Join(tc.GOMODCACHE, "golang.org", "toolchain@v0.0.1-"+release+".*"))
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, found...)
	}
	for _, root := range roots {
		if c := choose(root, nil); len(c.left) > 0 {
			t.Errorf("%s: got %q left out, want nothing", root, c.left)
		}
	}
}
