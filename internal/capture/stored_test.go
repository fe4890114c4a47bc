package capture

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
	"coredumpy/internal/secrets"
)

// redactText redacts a dump, and returns the new one, uncompressed.
func redactText(t *testing.T, f *corefile.File, strict bool) string {
	t.Helper()
	redact := secrets.New(secrets.Rules{HideSecret: true})
	redact.LearnArguments(f.Head.Args)
	s := &Stored{File: f, Redact: redact, SecretName: secrets.SecretName}
	if strict {
		s.ShowsText = func(pkg, name string) bool { return pkg == "main" && strings.HasSuffix(name, "s") }
	}
	var out bytes.Buffer
	if err := s.Write(&out, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// checkStored redacts a dump twice. Any file that can be opened gives a whole dump, which
// doesn't change any more.
func checkStored(t *testing.T, text []byte, strict bool) {
	t.Helper()
	f, err := corefile.Read(bytes.NewReader(text))
	if err != nil {
		return
	}
	once := redactText(t, f, strict)
	again, err := corefile.Read(strings.NewReader(once))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, once)
	}
	if why := again.Missing(); why != "" {
		t.Errorf("got Missing %q, want a whole dump\n%.2000s", why, once)
	}
	got, want := strings.Split(redactText(t, again, strict), "\n"), strings.Split(once, "\n")
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("got another dump when it was redacted again, from line %d:\n%.1000q\nwant\n%.1000q",
				i+1, got[i:], want[i:])
		}
	}
}

// recordedDumps returns the dumps of earlier versions, and damaged and forged ones, as text.
func recordedDumps(t testing.TB) (texts [][]byte) {
	t.Helper()
	for _, pattern := range []string{"*.dump", "format2/*.dump"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "recorded", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("got %d dumps, %v", len(paths), err)
		}
		for _, path := range paths {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			text, _ := io.ReadAll(z) // one of them is cut
			texts = append(texts, text)
			f.Close()
		}
	}
	return texts
}

func TestStored(t *testing.T) {
	for _, text := range recordedDumps(t) {
		for _, strict := range []bool{false, true} {
			checkStored(t, text, strict)
		}
	}
}

// Cut at any place, a dump gives one with what is there.
func TestStoredCut(t *testing.T) {
	for _, text := range recordedDumps(t) {
		if len(text) < 20_000 {
			for n := range 7 {
				checkStored(t, text[:len(text)*(n+1)/8], n%2 == 0)
			}
		}
	}
}

func FuzzStored(f *testing.F) {
	for _, text := range recordedDumps(f) {
		if len(text) < 20_000 {
			f.Add(text, false)
			f.Add(text, true)
		}
	}
	f.Fuzz(checkStored)
}
