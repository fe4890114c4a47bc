package secrets

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// busyRedactor knows what a real dump brings: the variables of a shell and some learned
// values.
func busyRedactor() *Redactor {
	var environ []string
	for i := range 60 {
		environ = append(environ, fmt.Sprintf("NAME%d=value %d of the environment", i, i*i), fmt.Sprintf("DIR%d=/usr/lib/x%d", i, i))
	}
	r := New(Rules{
		Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}, HideSecret: true,
		HideEnviron: true, Environ: environ, EnvironFilter: longerThan8,
	})
	for i := range 100 {
		r.Learn(fmt.Sprintf("l3arned%x", i*7919))
	}
	return r
}

const size = 64 << 10

// These are the texts in a dump, none with a secret.
func cleanTexts() map[string]string {
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	return map[string]string{
		"prose": repeat("The collector was off while the stacks were copied, which took some milliseconds on a busy machine. "),
		"json":  repeat(`{"id":12345,"name":"some name","tags":["a","b"],"created":"2024-01-02T03:04:05Z","size":1.5},`),
		"code": repeat("\tfor i, c := range name {\n\t\tlower := c | 0x20\n\t\tif lower < 'a' || lower > 'z' {\n" +
			"\t\t\twords.end() // see nameWords\n\t\t\tcontinue\n\t\t}\n\t}\n"),
		"log":    repeat("2024/01/02 03:04:05 server.go:123: GET /api/v1/items?page=2&size=10 200 1.5ms remote=10.0.0.1:5432\n"),
		"binary": repeat("\x00\x01\x02\xff\xfe\x80abc\x00\x00\x00\x00\x00\x00\x10\x00\x00"),
		"dashes": repeat("| " + strings.Repeat("-", 33) + " | column |\n"),
		"short":  "main.handler",
	}
}

func TestTextAllocs(t *testing.T) {
	r := busyRedactor()
	for name, text := range cleanTexts() {
		if got := r.Text(text); got != text {
			t.Fatalf("%s: Text changed a clean text", name)
		}
		if n := testing.AllocsPerRun(10, func() { r.Text(text) }); n != 0 {
			t.Errorf("%s: Text allocates %v times, want 0", name, n)
		}
		b := []byte(text)
		if n := testing.AllocsPerRun(10, func() { r.Bytes(b) }); n != 0 {
			t.Errorf("%s: Bytes allocates %v times, want 0", name, n)
		}
	}
}

func BenchmarkText(b *testing.B) {
	r := busyRedactor()
	for name, text := range cleanTexts() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r.Text(text)
			}
		})
	}
}

// These are the bytes of a buffer: parts of secrets are looked for, too.
func BenchmarkBytes(b *testing.B) {
	r, text := busyRedactor(), []byte(cleanTexts()["binary"])
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Bytes(text)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		busyRedactor()
	}
}

// This is the default pattern alone: the scanner and its peer.
func BenchmarkLongRun(b *testing.B) {
	text := cleanTexts()["code"]
	pattern := regexp.MustCompile(LongRun)
	b.Run("scanner", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			longWords([]byte(text), true, nil)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			pattern.FindAllStringIndex(text, -1)
		}
	})
}

// These are the values of the environment: the index and its peers.
func BenchmarkIndex(b *testing.B) {
	text := cleanTexts()["code"]
	for _, count := range []int{10, 100, 1000} {
		x := index{window: maxWindow}
		var values, quoted []string
		for i := range count {
			v := fmt.Sprintf("%d values of the environment", i*i)
			values, quoted = append(values, v), append(quoted, regexp.QuoteMeta(v))
			x.add(v, false)
		}
		pattern := regexp.MustCompile(strings.Join(quoted, "|"))
		run := func(name string, search func()) {
			b.Run(fmt.Sprintf("%s/%d", name, count), func(b *testing.B) {
				b.SetBytes(size)
				for b.Loop() {
					search()
				}
			})
		}
		run("index", func() { x.find([]byte(text), nil) })
		run("contains", func() {
			for _, v := range values {
				strings.Contains(text, v)
			}
		})
		run("regexp", func() { pattern.MatchString(text) })
	}
}

func BenchmarkSecretName(b *testing.B) {
	for b.Loop() {
		SecretName("ordinaryFieldName")
	}
}

func BenchmarkSource(b *testing.B) {
	r := busyRedactor()
	text := "package a\n" + cleanTexts()["code"]
	b.SetBytes(size)
	for b.Loop() {
		r.Source("a.go", text)
	}
}
