package destination

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The names of all dumps of a function and line have the same stem. Other names have
// another one, or none.
func TestStem(t *testing.T) {
	for _, tt := range []struct {
		function string
		line     int
		want     string
	}{
		{"main.handle", 49, "coredumpy_handle_49_"},
		{"example.com/shop.(*Cart).add.func1", 7, "coredumpy_Cart_add_func1_7_"},
		{"main.size_2", 0, "coredumpy_size_2_0_"},
		{"", 0, "coredumpy__0_"},
		{"main.日本", 12, "coredumpy__12_"},
		{"main." + strings.Repeat("f", 300), 1, "coredumpy_" + strings.Repeat("f", maxFunc) + "_1_"},
	} {
		for range 2 {
			name := Name(tt.function, tt.line)
			if got, ok := Stem(name); got != tt.want || !ok {
				t.Errorf("%s: got %q and %v, want %q", name, got, ok, tt.want)
			}
		}
	}
	for _, name := range []string{
		"", "x.dump", "coredumpy_.dump", "coredumpy_handle_49.dump", "coredumpy_20261122_101500_000000.dump",
		"coredumpy_handle_49_20261122_101500_000000.json", "coredumpy_handle_49_20261122_101500_000000.dump.gz",
		"coredumpy_handle_49_20261122_101500_00000.dump", "my_coredumpy_handle_49_20261122_101500_000000.dump",
		"coredumpy_handle_x_20261122_101500_000000.dump", "coredumpy_a b_49_20261122_101500_000000.dump",
		"coredumpy_handle_49_20261122_101500_000000.dump\n", "coredumpy_handle_49_2026112２_101500_000000.dump",
	} {
		if got, ok := Stem(name); ok {
			t.Errorf("%q: got stem %q, want none", name, got)
		}
	}
}

// An unfinished file has a name that shows it.
func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	_, err := Write(filepath.Join(dir, "x.dump"), func(io.Writer) error {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || !Unfinished(entries[0].Name()) {
			t.Errorf("got files %v and error %v, want an unfinished one", entries, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names(t, dir) {
		if Unfinished(name) {
			t.Errorf("got %s, want it finished", name)
		}
	}
	if Unfinished("coredumpy-1.tmp") || Unfinished(".coredumpy-1.tmp.gz") {
		t.Error("got somebody else's name as unfinished")
	}
}
