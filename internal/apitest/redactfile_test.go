package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
)

// redacted returns the dump that Redact makes of another one.
func redacted(t *testing.T, path string) *dump {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "redacted.json")
	f, err := os.Create(again)
	if err != nil {
		t.Fatal(err)
	}
	if err := coredumpy.Redact(f, core, coredumpy.RedactOptions{Plain: true}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, again)
}

// A dump made without rules, and redacted afterwards, has no secret in any of the places in
// which one made with rules has none, but for what only the environment shows to be one.
func TestPlantedRedact(t *testing.T) {
	p := newPlant(t, "panic", "plain", 0)
	before := p.run(t)
	found := p.leaks(t, redacted(t, filepath.Join(p.cmd.Dir, "x.dump")))
	for _, place := range p.places {
		if where := found[place]; where != "" && !strings.Contains(place, "environment") {
			t.Errorf("%s: got part of the secret in %s", place, where)
		}
	}
	if p.leaks(t, before) == nil {
		t.Error("got no secret in the dump without rules")
	}
	config(t, func(c *coredumpy.Configuration) {
		c.HideText, c.HideSecret, c.HideNamed, c.HideEnviron = true, false, false, false
	})
	p.checkStrict(t, redacted(t, filepath.Join(p.cmd.Dir, "x.dump")))
}

// Redacting a dump made with the same rules changes nothing: neither the text of the file
// but for its notes, nor what each value is shown as.
func TestRedactRedacted(t *testing.T) {
	noVariables(t)
	for _, strict := range []bool{false, true} {
		config(t, func(c *coredumpy.Configuration) { c.HideText, c.ShowText = strict, []string{"errors"} })
		path := filepath.Join(t.TempDir(), "x.dump")
		quietly(t, func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(coredumpy.Path(path), coredumpy.Var("places", fill("quokka")),
				coredumpy.Var("password", "swordfish"), coredumpy.Var("other", []any{"swordfish", 1, 2.5, nil, path}))
			panic(errors.New("quokka"))
		})
		want := open(t, path)
		if got := redacted(t, path); got.text != want.text {
			differ(t, got.text, want.text)
		}
	}
}

// In a dump that is redacted once more, no new secret gets the number of one in a text that
// isn't UTF-8.
func TestRedactKeepsNumbersOfBytes(t *testing.T) {
	noVariables(t)
	config(t, func(c *coredumpy.Configuration) { c.MaxSource = 0 })
	path := filepath.Join(t.TempDir(), "x.dump")
	if _, err := coredumpy.Dump(coredumpy.Path(path), coredumpy.Var("bytes", []byte("\xff password=x7Q2wvB9")),
		coredumpy.Var("text", "acme-17")); err != nil {
		t.Fatal(err)
	}
	config(t, func(c *coredumpy.Configuration) {
		c.SecretPatterns = append(c.SecretPatterns, regexp.MustCompile("acme-[0-9]+"))
	})
	d := redacted(t, path)
	bytes, _ := d.given(t, "bytes").Text()
	text := d.given(t, "text")
	if n := text.Hidden(); n == 0 || strings.HasSuffix(bytes, fmt.Sprintf("#%d", n)) {
		t.Errorf("got number %d of a new secret, and %q in the text before", n, bytes)
	}
}

// differ shows the first lines in which texts differ.
func differ(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, n := 0, 0; i < min(len(g), len(w)) && n < 5; i++ {
		if g[i] != w[i] {
			at := 0
			for at < min(len(g[i]), len(w[i])) && g[i][at] == w[i][at] {
				at++
			}
			from := max(0, at-100)
			t.Errorf("line %d: got\n%.300s\nwant\n%.300s", i+1, g[i][from:], w[i][from:])
			n++
		}
	}
	t.Errorf("got %d lines, want %d", len(g), len(w))
}

// An error of the writer, or of Progress, ends the work.
func TestRedactFails(t *testing.T) {
	noVariables(t)
	list := make([]*int, 3000)
	for i := range list {
		list[i] = &i
	}
	path := filepath.Join(t.TempDir(), "x.dump")
	if _, err := coredumpy.Dump(coredumpy.Path(path), coredumpy.Var("list", list)); err != nil {
		t.Fatal(err)
	}
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := coredumpy.Redact(closedPipe{}, core, coredumpy.RedactOptions{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got error %v, want that of the writer", err)
	}
	var calls int
	stop := errors.New("stop")
	progress := func(done, all int) error {
		if calls++; done < 1 || done > all {
			t.Errorf("got %d of %d done", done, all)
		}
		return stop
	}
	err = coredumpy.Redact(new(bytes.Buffer), core, coredumpy.RedactOptions{Progress: progress})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("got error %v after %d calls, want that of Progress after one", err, calls)
	}
	if err := coredumpy.Redact(nil, core, coredumpy.RedactOptions{}); err == nil {
		t.Error("got no error without a writer, want one")
	}
}

// Progress is called within large objects, and behind few of them: an interrupt is heard.
func TestRedactProgress(t *testing.T) {
	noVariables(t)
	list, entries, texts := make([]string, 3000), map[int]string{}, make([]any, 50)
	for i := range list {
		list[i] = fmt.Sprintf("%d %s", i, strings.Repeat("a line of a log ", 30))
		entries[i] = list[i]
		texts[i%len(texts)] = strings.Repeat(list[i], 50)
	}
	for name, value := range map[string]any{"a list": list, "a map": entries, "texts": texts} {
		path := filepath.Join(t.TempDir(), "x.dump")
		if _, err := coredumpy.Dump(coredumpy.Path(path), coredumpy.Var("value", value)); err != nil {
			t.Fatal(err)
		}
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, last := range []int{1, 3, 15, 1000} {
			calls, before := 0, 0
			stop := errors.New("stop")
			err := coredumpy.Redact(io.Discard, core, coredumpy.RedactOptions{Progress: func(done, all int) error {
				if calls++; done < before || done > all || (done-before)*8 > all {
					t.Errorf("%s: got %d of %d done after %d, want little more each time", name, done, all, before)
				}
				if before = done; calls == last {
					return stop
				}
				return nil
			}})
			if last == 1000 {
				if err != nil || calls < 16 {
					t.Errorf("%s: got error %v and %d calls, want none and 16 or more", name, err, calls)
				}
			} else if !errors.Is(err, stop) || calls != last {
				t.Errorf("%s: got error %v after %d calls, want that of call %d", name, err, calls, last)
			}
		}
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// measured returns the values of a set of internal/secrets/testdata/measure, without the
// marks around secrets, under the names that the set gives them.
func measured(t *testing.T, file string) (values []any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "secrets", "testdata", "measure", file))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	form := regexp.MustCompile(`\{([A-Za-z0-9])([0-9]*)\}`)
	alphabets := map[byte]string{'h': hexits, 'd': "0123456789", 'l': "abcdefghijklmnopqrstuvwxyz", '3': base32}
	plain := strings.NewReplacer("«", "", "»", "", `\n`, "\n", `\r`, "\r")
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if line[0] == '#' || len(parts) != 3 {
			continue
		}
		filled := form.ReplaceAllStringFunc(plain.Replace(parts[2]), func(f string) string {
			from := alphabets[f[1]]
			if from == "" {
				from = alnum
			}
			n, _ := strconv.Atoi(f[2 : len(f)-1])
			b := make([]byte, max(n, 1))
			for i := range b {
				b[i] = from[random.IntN(len(from))]
			}
			return string(b)
		})
		choices := strings.Split(strings.NewReplacer("⟦", "|", "⟧", "|").Replace(filled), "|")
		name, named := strings.CutPrefix(parts[1], "name ")
		for _, s := range append(choices, filled) {
			if values = append(values, s); named {
				values = append(values, map[string]any{name: s})
			}
		}
	}
	return values
}

// Redacting a dump made without rules hides the same as making it with them, secrets and
// ordinary values.
func TestMeasuredRedact(t *testing.T) {
	noVariables(t)
	for _, file := range []string{"planted.txt", "ordinary.txt"} {
		values := measured(t, file)
		if len(values) < 300 {
			t.Fatalf("%s: got %d values, want 300", file, len(values))
		}
		config(t, func(c *coredumpy.Configuration) { c.HideEnviron = false })
		all := make([]coredumpy.Option, 0, len(values))
		for i, v := range values { // variables of their own: neighbours in a list may name each other
			all = append(all, coredumpy.Var(fmt.Sprint("v", i), v))
		}
		want := take(t, all...)
		path := filepath.Join(t.TempDir(), "plain.dump")
		config(t, func(c *coredumpy.Configuration) { c.HideSecret, c.HideNamed = false, false })
		if _, err := coredumpy.Dump(append(all, coredumpy.Path(path))...); err != nil {
			t.Fatal(err)
		}
		config(t, func(c *coredumpy.Configuration) { c.HideSecret, c.HideNamed = true, true })
		got, hidden := redacted(t, path), 0
		for i := range values {
			name := fmt.Sprint("v", i)
			got, want := show(got.given(t, name)), show(want.given(t, name))
			if got != want {
				t.Errorf("%s: %.200q: got %.300s, want %.300s", file, values[i], got, want)
			}
			if strings.Contains(want, mask) {
				hidden++
			}
		}
		if hidden == 0 {
			t.Errorf("%s: got nothing hidden, want something", file)
		}
	}
}
