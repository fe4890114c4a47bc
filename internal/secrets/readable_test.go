package secrets

import (
	"flag"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// The most frequent texts of a dump stay readable.
func TestReadable(t *testing.T) {
	r := plantedRedactor()
	for _, text := range []string{
		"main.(*Server).handle", "map[string]*github.com/acme/tools/v2.Tree[string,*main.Circle]", "func(http.ResponseWriter, *http.Request)",
		"struct { Password string; next *main.node }", "go.shape.struct { A int; B []uint8 }", "chan<- struct {}",
		"main.aFunctionWhoseNameIsRatherLong", "interface conversion: interface {} is *main.Token, not *main.Secret",
		"runtime error: index out of range [5] with length 3", "open /etc/app/secrets/token.json: no such file or directory",
		"/home/somebody/go/pkg/mod/golang.org/x/tools@v0.21.1-0.20240508182429-e35e4ccd0d2d/go/ssa/func.go",
		`C:\Users\somebody\AppData\Local\Temp\go-build2345678901\b001\exe\main.exe`,
		"v1.2.3-0.20240102030405-0123456789ab+dirty", "sha256:0123456789ab", "0123456789abcdef0123456", "0xc000123456 0x1d",
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", // identifiers, not secrets by themselves
		"2024-01-02T03:04:05.123456789+02:00", "Tue, 02 Jan 2024 03:04:05 GMT", "3.14159265358979", "1e-300", "18446744073709551615", "-9223372036854775808",
		"10.0.0.1:5432", "[2001:db8::1]:443", "https://example.org:8443/a/b?page=2&sort=-name#top", "bob@example.org", "00:1b:44:11:3a:b7",
		"tokens per second: 5", "the password is too short", "session expired, log in again", "key not found", "missing API key", "no cookie, no token",
		"SELECT id, name FROM users WHERE token_count > 5 AND password_changed_at < now()", `{"type":"token","id":7,"keys":["a","b"],"token_type":"bearer"}`,
		"GET /login?next=%2Fhome HTTP/1.1", "Content-Type: application/json; charset=utf-8", "Accept-Encoding: gzip, deflate, br",
		"--- FAIL: TestToken/bad_password (0.00s)", "ok  \tacme/auth\t0.123s", "token_test.go:42: got 3 tokens, want 4",
		"password: ******", "Usage: app [-password string]", "goroutine 7 [chan receive, 2 minutes, locked to thread]:",
		strings.Repeat("-", 80), strings.Repeat("=", 80), "żółć gęś 日本語 😀", "\x00\x01\xff\xfe", "", " ", "\n",
	} {
		if got := r.Text(text); got != text {
			t.Errorf("Text(%q) = %q, want it unchanged", text, got)
		}
		if got := r.Path(text); got != text {
			t.Errorf("Path(%q) = %q, want it unchanged", text, got)
		}
		if got := r.Arguments([]string{"app", text}); got[1] != text {
			t.Errorf("Arguments(%q) = %q, want it unchanged", text, got[1])
		}
	}
	const trace = "goroutine 1 [running]:\nmain.(*Token).aFunctionWhoseNameIsJustABitTooLong(0xc000123456, {0x1, 0x2})\n\t/src/auth/token.go:42 +0x1d\n"
	if got := r.Trace(trace); got != trace {
		t.Errorf("Trace(%q) = %q, want it unchanged", trace, got)
	}
}

var corpus = flag.String("corpus", "", "directory with Go sources and texts for TestReadableCorpus, instead of some of GOROOT")

// In sources and texts with few secrets, little is hidden: no code, and less than one of
// 500 lines.
func TestReadableCorpus(t *testing.T) {
	roots := []string{*corpus}
	if *corpus == "" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		src := filepath.Join(strings.TrimSpace(string(out)), "src")
		if _, statErr := os.Stat(src); err != nil || statErr != nil {
			t.Skip("no sources of the standard library: ", err, statErr)
		}
		roots = []string{filepath.Join(src, "net", "http")}
		if longtest.All() {
			for _, dir := range []string{"go", "os", "encoding", "runtime", "testing", "cmd/go"} {
				roots = append(roots, filepath.Join(src, filepath.FromSlash(dir)))
			}
		}
	}
	r := newRedactor()
	var files, lines, hidden int
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			ext := filepath.Ext(path)
			if err != nil || e.IsDir() || strings.Contains(path, "testdata") || ext != ".go" && ext != ".md" && ext != ".txt" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n := wantReadable(t, r, path, string(text))
			files, lines, hidden = files+1, lines+strings.Count(string(text), "\n"), hidden+n
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d lines in %d files have something hidden", hidden, lines, files)
	if files == 0 || hidden > lines/400 {
		t.Errorf("got %d of %d lines hidden in %d files, want less than 1 in 400", hidden, lines, files)
	}
}

// wantReadable checks that a file has the same code as before, and returns how many of its
// lines have something hidden.
func wantReadable(t *testing.T, r *Redactor, path, text string) (hidden int) {
	t.Helper()
	got := r.Source(path, text)
	if got == text {
		return 0
	}
	if strings.HasSuffix(path, ".go") && code(strings.ReplaceAll(got, mask, "x")) != code(text) {
		t.Errorf("%s: got other code than in the file", path)
	}
	before, after := strings.Split(text, "\n"), strings.Split(got, "\n")
	if len(before) != len(after) {
		t.Fatalf("%s: got %d lines, want %d", path, len(after), len(before))
	}
	for i := range before {
		if before[i] == after[i] {
			continue
		}
		if hidden++; testing.Verbose() && *corpus != "" {
			t.Logf("%s:%d: %.200s", path, i+1, after[i])
		}
	}
	return hidden
}

// code returns the tokens of a Go file, without comments and the contents of strings.
func code(text string) string {
	var b strings.Builder
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(text)), []byte(text), nil, 0)
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return b.String()
		case token.STRING, token.CHAR:
			lit = ""
		}
		b.WriteString(tok.String() + lit + " ")
	}
}
