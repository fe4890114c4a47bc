package ci

import (
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"coredumpy/internal/corefile"
	"coredumpy/internal/printable"
)

const hostile = "x\n::error file=a.go::forged\n ::add-mask::x ##[error]y\r::stop-commands::z\n" +
	"</code></pre><script>alert(1)</script> [a](https://evil.example) @team #12 ![i](//e) www.evil.example\n" +
	"``` | ~~~ <!-- &lt; $x$ :tada: \x1b[2J\u202e\u2028::error::late %0A::error::decoded"

// live finds what a reader of Markdown, HTML or GitHub's log may take for more than text.
var live = regexp.MustCompile("[<>\"'`*_~\\[\\]!|\\\\@:$^]|www\\.|&([^#]|$)|#([^0-9]|$)|(^|[^&])#")

func FuzzEscape(f *testing.F) {
	f.Add(hostile)
	f.Add("&&#60;#1##[x")
	f.Add("wwww.x\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := escape(text)
		if at := live.FindString(got); at != "" {
			t.Fatalf("escape(%q) = %q, which has a live %q", text, got, at)
		}
		if want := printable.Block(text, ""); html.UnescapeString(got) != want {
			t.Fatalf("escape(%q) shows %q, want %q", text, html.UnescapeString(got), want)
		}
		short := clipped(got, 40)
		if len(short) > 80 || !utf8.ValidString(short) || live.MatchString(short) {
			t.Fatalf("clipped(%q) = %q", got, short)
		}
	})
}

func TestClipped(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want string
	}{
		{"", 0, ""},
		{"ab\ncd", 5, "ab\ncd"},
		{"ab\ncd", 4, "ab\n...1 more line"},
		{"ab\ncd\nef", 2, "ab\n...2 more lines"},
		{"abc", 2, "...1 more line"},
	} {
		if got := clipped(tt.text, tt.most); got != tt.want {
			t.Errorf("clipped(%q, %d) = %q, want %q", tt.text, tt.most, got, tt.want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"abcd\nab", "abcd\nab"},
		{"abcde\nab", "abcd...+1 more bytes\nab"},
		{"abcéf", "abc...+3 more bytes"},
		{"\x80\x80\x80\x80\x80", "...+5 more bytes"},
	} {
		if got := shortened(tt.text, 4); got != tt.want {
			t.Errorf("shortened(%q, 4) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// write writes a dump about h, and returns its path.
func write(t *testing.T, dir, name, members string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	text := `{"coredumpy":{"version":1,"time":"2026-03-01T12:00:00Z","go":"go1.26.0","os":"linux","arch":"amd64",` +
		`"goroutine":1,"goroutines":1,` + members + `}}` + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The page stays below GitHub's limit, whatever the dumps, and says what it leaves out.
func TestPageIsBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range 400 {
		write(t, dir, strings.Repeat("x", 1+i%200)+string(rune('a'+i/200))+".json",
			`"reason":"panic","message":"`+strings.Repeat(strings.Repeat("<", 400)+`\n`, 40)+`"`)
	}
	var out strings.Builder
	read, err := Markdown(&out, []string{dir})
	if read != 400 || err != nil {
		t.Errorf("got %d dumps read, %v; want 400", read, err)
	}
	if n := out.Len(); n < maxPage/2 || n > maxPage {
		t.Errorf("got %d bytes, want at most %d and not much less", n, maxPage)
	}
	if !regexp.MustCompile(`\nThe page is full: \d+ more dumps not shown\.\n$`).MatchString(out.String()) {
		t.Errorf("got an end of %q, want it to say what isn't shown", out.String()[out.Len()-100:])
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestMarkdownFails(t *testing.T) {
	dir := t.TempDir()
	if read, err := Markdown(&strings.Builder{}, []string{dir}); read != 0 || err == nil {
		t.Errorf("got %d, %v without dumps, want an error", read, err)
	}
	path := write(t, dir, "x.json", `"reason":"panic"`)
	if _, err := Markdown(broken{}, []string{path}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v, want the error of writing", err)
	}
}

func TestAnnotation(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "shop,a", "b:c.go")
	quote := func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }
	top := func(file string) string {
		return `"reason":"panic","message":"100%\nat","top":{"func":"main.f","file":"` + quote(file) + `","line":7}`
	}
	github := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": dir}
	gitlab := map[string]string{"GITLAB_CI": "true", "CI_PROJECT_DIR": dir}
	const rest = `::panic: 100%25%0Aat%0Acoredumpy load PATH`
	for _, tt := range []struct {
		name, file, members string
		env                 map[string]string
		want                string
	}{
		{"no CI", "x.json", top(inside), nil, ""},
		{"another CI", "x.json", top(inside), map[string]string{"CI": "true", "GITHUB_ACTIONS": "false"}, ""},
		{"GitHub", "x.json", top(inside), github, "::error file=shop%2Ca/b%3Ac.go,line=7" + rest + "\n"},
		{"no workspace", "x.json", top(inside), map[string]string{"GITHUB_ACTIONS": "true"}, "::error" + rest + "\n"},
		{"outside", "x.json", top(filepath.Join(dir, "..", "x.go")), github, "::error" + rest + "\n"},
		{"trimmed path", "x.json", top("shop/x.go"), github, "::error" + rest + "\n"},
		{"no place", "x.json", `"reason":"dump"`, github, "::error::dump%0Acoredumpy load PATH\n"},
		{"GitLab", "x.json", top(inside), gitlab, "[[ATTACHMENT|x.json]]\n"},
		{"GitLab, a name that ends the tag", "x]].json", top(inside), gitlab, ""},
		{"GitLab, outside", "x.json", top(inside),
			map[string]string{"GITLAB_CI": "true", "CI_PROJECT_DIR": filepath.Join(dir, "other")}, ""},
	} {
		path := write(t, dir, tt.file, tt.members)
		want := strings.ReplaceAll(tt.want, "PATH", printable.Argument(path))
		if got := Annotation(path, func(name string) string { return tt.env[name] }); got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
	if got := Annotation(filepath.Join(dir, "gone"), func(name string) string { return github[name] }); got != "" {
		t.Errorf("got %q about a file that isn't there, want nothing", got)
	}
}

// No text of a dump begins a line in the log of a job, where it could be a command.
func TestForgedCommands(t *testing.T) {
	h := corefile.Head{Reason: hostile, Message: hostile + strings.Repeat("é", maxMessage), Test: hostile,
		Top: &corefile.Place{Func: hostile, File: "/w/" + hostile, Line: 1}}
	got := githubError(&h, "/w/"+hostile, "/w")
	if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") || strings.ContainsAny(got, "\r\u2028\x1b") ||
		!utf8.ValidString(got) {
		t.Errorf("got %q, want one line", got)
	}
	properties, _, _ := strings.Cut(strings.TrimPrefix(got, "::error "), "::")
	if n := strings.Count(properties, ","); n != 1 || !strings.HasSuffix(properties, ",line=1") {
		t.Errorf("got properties %q, want file and line", properties)
	}
	if got := gitlabAttachment("/w/a\n[[ATTACHMENT|b]]", "/w"); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
