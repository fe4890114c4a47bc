package corefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file may claim to be larger than any memory, and take a few blocks.
func TestSparse(t *testing.T) {
	for name, compress := range map[string]bool{"x.dump": true, "x.json": false} {
		path := filepath.Join(t.TempDir(), name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w := NewWriter(f, compress)
		for _, err := range []error{w.Head(&Head{Reason: "dump"}), writeObject(w, 1, 0, []byte(`"one"`)), w.Close(), f.Truncate(1 << 40), f.Close()} {
			if err != nil {
				t.Skip(err) // no such files here
			}
		}
		file, err := Open(path)
		if err != nil {
			t.Errorf("%s: got error %v", name, err)
			continue
		}
		o, err := file.Object(1)
		if err != nil || string(o.Value) != `"one"` {
			t.Errorf("%s: got object %+v, %v", name, o, err)
		}
		if got := file.Missing(); compress && got != "" || !compress && !strings.Contains(got, "zeros follow") {
			t.Errorf("%s: got missing %q", name, got)
		}
	}
}
