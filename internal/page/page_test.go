package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

var update = flag.Bool("update", false, "rewrite the pages in testdata")

const recorded = "../../testdata/recorded"

// open opens a dump; it returns nil if it isn't one.
func open(t testing.TB, data []byte) *inspector.Inspector {
	t.Helper()
	core, err := dump.Read(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	in, _ := inspector.New(core) // the page shows what can be read
	return in
}

func openRecorded(t testing.TB, name string) *inspector.Inspector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recorded, name))
	if err != nil {
		t.Fatal(err)
	}
	in := open(t, data)
	if in == nil {
		t.Fatalf("%s: got no dump", name)
	}
	return in
}

// writtenPage is a page as a reader of the file finds it.
type writtenPage struct {
	text   string
	blocks map[string][]writtenBlock // by kind
}

type writtenBlock struct {
	first, count int
	json         []byte
}

var blockElement = regexp.MustCompile(
	`<script type="application/octet-stream" data-kind="([a-z]+)" data-first="(\d+)" data-count="(\d+)">([A-Za-z0-9+/=]*)</script>\n`)

// read takes a page apart.
func read(t testing.TB, text string) *writtenPage {
	t.Helper()
	w := &writtenPage{text: text, blocks: map[string][]writtenBlock{}}
	for _, m := range blockElement.FindAllStringSubmatch(text, -1) {
		zipped, err := base64.StdEncoding.DecodeString(m[4])
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := strconv.Atoi(m[2])
		count, _ := strconv.Atoi(m[3])
		w.blocks[m[1]] = append(w.blocks[m[1]], writtenBlock{first, count, plain})
	}
	return w
}

func decode[T any](t testing.TB, b writtenBlock) (v T) {
	t.Helper()
	if err := json.Unmarshal(b.json, &v); err != nil {
		t.Fatalf("%v in %.300s", err, b.json)
	}
	return v
}

func write(t testing.TB, p func(io.Writer) error) *writtenPage {
	t.Helper()
	var out strings.Builder
	if err := p(&out); err != nil {
		t.Fatal(err)
	}
	w := read(t, out.String())
	w.check(t)
	return w
}

func pageOf(t testing.TB, in *inspector.Inspector) *writtenPage {
	t.Helper()
	return write(t, func(w io.Writer) error { return Write(w, in, Options{Dump: "x.dump"}) })
}

// UnmarshalJSON reads what MarshalJSON has written.
func (id *goID) UnmarshalJSON(text []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(text), `"`), 10, 64)
	*id = goID(n)
	return err
}

// check checks what holds for the page of any dump: outside of its blocks it is the same for all
// dumps, its policy allows its script, and no text in a block is dangerous.
func (w *writtenPage) check(t testing.TB) {
	t.Helper()
	if rest := blockElement.ReplaceAllString(w.text, ""); rest != before()+script+after {
		t.Fatalf("got more than blocks besides the page's own parts:\n%.3000s", rest)
	}
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(w.text)
	if policy == nil {
		t.Fatal("got no policy")
	}
	for _, name := range []string{"style", "script"} {
		content := regexp.MustCompile(`(?s)<` + name + `>(.*?)</` + name + `>`).FindStringSubmatch(w.text)
		if content == nil || !strings.Contains(policy[1], fmt.Sprintf("%s-src '%s'", name, hash(content[1]))) {
			t.Errorf("got policy %s, want the hash of the %s", policy[1], name)
		}
	}
	for kind, all := range w.blocks {
		next := all[0].first
		for _, b := range all {
			if !utf8.Valid(b.json) {
				t.Errorf("a block of kind %s isn't UTF-8", kind)
			}
			if b.first < next {
				t.Errorf("%s: got rows from %d on, want %d or more", kind, b.first, next)
			}
			next = b.first + b.count
			var v any
			if err := json.Unmarshal(b.json, &v); err != nil {
				t.Fatal(err)
			}
			checkTexts(t, kind, v)
		}
	}
	for _, kind := range []string{"head", "groups", "waits", "end"} {
		if len(w.blocks[kind]) != 1 {
			t.Errorf("got %d blocks of kind %s, want 1", len(w.blocks[kind]), kind)
		}
	}
}

func checkTexts(t testing.TB, kind string, v any) {
	switch v := v.(type) {
	case string:
		for _, r := range v {
			if r != '\n' && r != '\t' && !printable.Safe(r) {
				t.Errorf("a block of kind %s has the text %.300q, want it escaped", kind, v)
				return
			}
		}
	case []any:
		for _, e := range v {
			checkTexts(t, kind, e)
		}
	case map[string]any:
		for name, e := range v {
			checkTexts(t, kind, name)
			checkTexts(t, kind, e)
		}
	}
}

// golden returns all that a page shows, as text, but for the numbers of the order of its blocks.
func (w *writtenPage) golden(t testing.TB) string {
	var out strings.Builder
	kinds := []string{"head", "groups", "goroutine", "waits", "global", "value", "piece", "source", "end"}
	for _, kind := range kinds {
		for _, b := range w.blocks[kind] {
			var text bytes.Buffer
			if err := json.Indent(&text, b.json, "", " "); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s %d %d\n%s\n", kind, b.first, b.count, text.Bytes())
		}
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = local })
	for _, name := range []string{"shop", "secrets", "names", "cut"} {
		got := pageOf(t, openRecorded(t, name+".dump")).golden(t)
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
			g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Fatalf("%s, line %d: got %q, want %q; -update writes it", path, i+1, g[i], w[i])
				}
			}
			t.Fatalf("%s: got %d lines, want %d", path, len(g), len(w))
		}
	}
}

type broken struct{ after int }

func (b *broken) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	in := openRecorded(t, "shop.dump")
	for _, after := range []int{0, 10_000, 76_000} {
		if err := Write(&broken{after}, in, Options{}); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("after %d bytes: got %v, want the error of writing", after, err)
		}
	}
}

// Whoever asks for progress can stop it at any time, and hears of a growing part.
func TestProgress(t *testing.T) {
	for stopAt := 0; ; stopAt++ {
		calls, last := 0, 0
		err := Write(io.Discard, openRecorded(t, "zoo.dump"), Options{Progress: func(done, all int) bool {
			if done < last || done > all {
				t.Errorf("got %d of %d after %d", done, all, last)
			}
			last = done
			calls++
			return calls > stopAt
		}})
		if err == nil {
			if stopAt < 10 {
				t.Errorf("got %d calls, want more", calls)
			}
			return
		}
		if !errors.Is(err, ErrStopped) || calls != stopAt+1 {
			t.Fatalf("got %v after %d calls, want ErrStopped after %d", err, calls, stopAt+1)
		}
	}
}

// The markup has no handler, and needs nothing from elsewhere.
func TestMarkup(t *testing.T) {
	text := html.UnescapeString(before() + script + after)
	own := strings.NewReplacer("http://www.w3.org/2000/svg", "", "url(#arrow", "") // a name, and parts of a drawing
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "http://",
		"https://", "@import", "url("} {
		if strings.Contains(own.Replace(text), bad) {
			t.Errorf("got %s in the page's own parts, want none", bad)
		}
	}
	if at := regexp.MustCompile(`<[^>]*\s(on[a-z]+|style)=`).FindString(template); at != "" {
		t.Errorf("got %s, want no handler and no style in the markup", at)
	}
	if strings.Count(strings.ToLower(code), "</script") > 0 || strings.Contains(code, "<!--") {
		t.Error("got a script that ends its element")
	}
	files, err := web.ReadDir("web")
	if err != nil || len(files) != len(scripts)+2 {
		t.Errorf("got %d files, %v, want the %d scripts, a style and the markup", len(files), err, len(scripts))
	}
}
