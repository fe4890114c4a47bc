package secrets

import (
	"regexp"
	"strings"
	"testing"
)

// planted are secrets in places where they must be found: before and after
// stand beside secret whatever else the text holds.
var planted = []struct{ before, secret, after string }{
	{"", hex32, ""},
	{"", alnum60, ""},
	{"\n-----BEGIN RSA PRIVATE KEY-----\n", "MIIEow+/IBAAKCAQEA", "\n-----END RSA PRIVATE KEY-----"},
	{"", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", ""},
	{"", "AKIA" + "QWERTYUIOPASDFGH", ""},
	{"", "ghp_" + alnum36, ""},
	{" postgres://bob:", "hunter2-x!", "@db/app "},
	{" password=", "hunter2-x!", " "},
	{" api_key: ", "hunter2-x!", "\n"},
	{` {"password":"`, `hunter\"2-x!`, `"} `},
	{" Authorization: Bearer ", "hunter2-x", "\r\n"},
	{" --password ", "hunter2-x", " "},
	{"", "value of GREETING", ""}, // of the environment
	{"", "l3arned!value", ""},
	{"?q=", "l3arned%21value", ""},
}

func plantedRedactor() *Redactor {
	r := New(Rules{
		Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}, HideSecret: true,
		HideEnviron: true, Environ: []string{"GREETING=value of GREETING", "HOME=/home/somebody"}, EnvironFilter: longerThan8,
	})
	r.Learn("l3arned!value")
	return r
}

// Whatever stands around a secret, it is gone; Text and Bytes agree; once is
// enough; and a text of plain words stays as it is.
func FuzzText(f *testing.F) {
	r := plantedRedactor()
	f.Add("", "", uint8(0))
	for i, p := range planted {
		f.Add("a "+p.before, p.after+" b", uint8(i))
		f.Add("password=\"", "\" x", uint8(i))
		f.Add("secret: [", Mask, uint8(i))
	}
	for _, tt := range textTests {
		f.Add(tt.text, tt.text, uint8(len(tt.text)))
	}
	f.Fuzz(func(t *testing.T, left, right string, kind uint8) {
		p := planted[int(kind)%len(planted)]
		text := left + p.before + p.secret + p.after + right
		got := r.Text(text)
		if rest := strings.ReplaceAll(got, Mask, "\x00"); strings.Contains(rest, p.secret) {
			t.Errorf("Text(%q)\n got %q: secret %q is still there", text, got, p.secret)
		}
		if again := r.Text(got); again != got {
			t.Errorf("Text(%q)\n  got %q\nagain %q", text, got, again)
		}
		if b, changed := r.Bytes([]byte(text)); string(b) != got || changed != (got != text) {
			t.Errorf("Bytes(%q) = %q, %t\nText gives %q", text, b, changed, got)
		}
		if plain := plainWords(left); r.Text(plain) != plain {
			t.Errorf("Text(%q) = %q, want it unchanged", plain, r.Text(plain))
		}
	})
}

// plainWords returns short words without separators between keys and values.
func plainWords(s string) string {
	b := []byte(s)
	for i, c := range b {
		if b[i] = 'a' + c%26; i%9 == 8 {
			b[i] = ' '
		}
	}
	return string(b)
}

// Source never loses a line, whatever the file holds.
func FuzzSource(f *testing.F) {
	r := plantedRedactor()
	for _, tt := range sourceTests {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Source("a.go", text)
		if n, want := strings.Count(got, "\n"), strings.Count(text, "\n"); n != want {
			t.Errorf("Source(%q)\n got %q: %d lines, want %d", text, got, n, want)
		}
		if again := r.Source("a.go", got); again != got {
			t.Errorf("Source(%q)\n  got %q\nagain %q", text, got, again)
		}
	})
}
