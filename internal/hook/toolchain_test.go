package hook

import (
	"os"
	"strings"
	"testing"
)

// TestToolchains does it all again with the toolchains that the environment
// variable COREDUMPY_TOOLCHAINS names, such as "go1.24.9 go1.25.5". They live
// beneath GOMODCACHE, so that this is about the other GOROOT as well.
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
