package secrets

import (
	"encoding/json"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// In texts that nobody wrote as tests, 999 of 1000 values stay unchanged. All are in Go's
// own tree, which is wherever tests are run.
func TestOrdinaryCorpora(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	root := strings.TrimSpace(string(out))
	if _, statErr := os.Stat(filepath.Join(root, "src")); err != nil || statErr != nil {
		t.Skip("no sources of Go: ", err, statErr)
	}
	dirs := []string{"src/net", "src/encoding", "src/go", "src/os"}
	if longtest.All() {
		dirs = []string{"src"}
	}
	words, source := map[string]bool{}, map[string]bool{}
	eachFile(t, root, dirs, ".go", func(path, text string) {
		if !strings.HasSuffix(path, "_test.go") {
			goValues(text, words, source)
		}
	})
	licence, logs, api := map[string]bool{}, map[string]bool{}, map[string]bool{}
	eachFile(t, root, []string{"LICENSE", "PATENTS", "README.md", "SECURITY.md", "CONTRIBUTING.md"}, "", func(_, text string) { addLines(licence, text) })
	eachFile(t, root, []string{"src/cmd/internal/test2json/testdata"}, ".test", func(_, text string) { addLines(logs, text) })
	eachFile(t, root, []string{"src/cmd/internal/test2json/testdata"}, ".json", func(_, text string) { addJSON(logs, text) })
	eachFile(t, root, []string{"src/cmd/vendor/golang.org/x/arch/arm64/arm64asm", "src/crypto/internal/fips140test"}, ".json",
		func(_, text string) { addJSON(api, text) })
	eachFile(t, root, []string{"api"}, ".txt", func(_, text string) { addLines(api, text) })
	for name, values := range map[string]map[string]bool{
		"dictionary": words, "Go's source": source, "licence": licence, "log lines": logs, "API": api,
	} {
		wantOrdinary(t, name, values)
	}
}

// wantOrdinary checks that nearly all values stay unchanged, each by itself.
func wantOrdinary(t *testing.T, name string, values map[string]bool) {
	t.Helper()
	r, changed := newRedactor(), 0
	for value := range values {
		if got := r.Text(value); got != value {
			if changed++; changed <= 200 {
				t.Logf("%s: %.300q\n is %.300q", name, value, got)
			}
		}
	}
	t.Logf("%s: %d of %d values changed", name, changed, len(values))
	if len(values) < 100 || 1000*changed > len(values) {
		t.Errorf("%s: got %d of %d values changed, want 1 of 1000, and 100 values or more", name, changed, len(values))
	}
}

func eachFile(t *testing.T, root string, dirs []string, ext string, visit func(path, text string)) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil || e.IsDir():
				return nil // other versions of Go have other files
			case ext != "" && filepath.Ext(path) != ext, ext == ".go" && strings.Contains(path, "testdata"):
				return nil
			}
			text, err := os.ReadFile(path)
			if err == nil {
				visit(path, string(text))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func addLines(values map[string]bool, text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			values[line] = true
		}
	}
}

// addJSON adds all texts of a JSON value, or of one on each line, and the whole value.
func addJSON(values map[string]bool, text string) {
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var v any
		if decoder.Decode(&v) != nil {
			return
		}
		addTexts(values, v)
	}
}

func addTexts(values map[string]bool, v any) {
	switch v := v.(type) {
	case string:
		values[v] = true
	case []any:
		for _, one := range v {
			addTexts(values, one)
		}
	case map[string]any:
		for key, one := range v {
			values[key] = true
			addTexts(values, one)
		}
	}
}

// goValues adds the names and the words in comments of a Go file to words, and its strings
// and lines of comments to source.
func goValues(text string, words, source map[string]bool) {
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", fset.Base(), len(text)), []byte(text), nil, scanner.ScanComments)
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return
		case token.IDENT:
			words[lit] = true
		case token.STRING:
			if value, err := strconv.Unquote(lit); err == nil {
				source[value] = true
			}
		case token.COMMENT:
			addLines(source, lit)
			for word := range strings.FieldsSeq(lit) {
				words[word] = true
			}
		}
	}
}
