package walk

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// cutSecrets are secrets with the text around them.
var cutSecrets = []struct{ before, secret, after string }{
	{" ", "0123456789abcdef0123456789ABCDEF", " "},
	{" ", "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345", " "},
	{" ", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", " "},
	{"\n", "-----BEGIN PRIVATE KEY-----\nMIIEow+/IBAAKCAQEA\n-----END PRIVATE KEY-----", "\n"},
	{" postgres://bob:", "Gir4ffe-x!", "@db/app "},
	{" password=", "Gir4ffe-x!", " "},
	{` {"password":"`, "Gir4ffe-x!", `"} `},
	{"", "l3arned!välue", ""},
	{" <password>", "Gir4ffe-x!", "</password> "},
}

// Wherever a limit in bytes or in characters cuts a text, no part of a secret remains.
func FuzzCut(f *testing.F) {
	for i := range cutSecrets {
		for _, at := range []uint16{0, 100, 4180, 4196} {
			f.Add("a", "b", at, uint16(100), uint16(5000), uint8(i))
			f.Add("ä password=\"", "ö", at, uint16(100), uint16(4096), uint8(i))
		}
		f.Add("", "", uint16(0), uint16(0), uint16(0), uint8(i))
	}
	redact := secrets.New(secrets.Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}, HideSecret: true})
	redact.Learn("l3arned!välue")
	p, _ := start(f, ample(), Rules{})
	f.Fuzz(func(t *testing.T, left, right string, before, limit, after uint16, kind uint8) {
		c := cutSecrets[int(kind)%len(cutSecrets)]
		left = strings.Repeat(".", int(before)%10_000) + left + c.before
		right = c.after + right + strings.Repeat(",", int(after)%10_000)
		text := left + c.secret + right
		for _, v := range []any{text, []byte(text), []rune(text), utf16.Encode([]rune(text))} {
			lim := ample()
			lim.String, lim.Elements = int(limit), int(limit)
			w := New(p, lim, Rules{})
			typ, addr := place(t, p, &v)
			value, _ := w.Value("v", typ, addr, false)
			w.Run()
			all := []string{rendered(t, w, value, redact)}
			for _, o := range w.Objects() {
				all = append(all, rendered(t, w, o.Value, redact))
			}
			for i := 0; i+5 <= len(c.secret); i++ {
				part := c.secret[i : i+5]
				if strings.Contains(strings.Join(all, "\x00"), part) && !strings.Contains(left, part) && !strings.Contains(right, part) {
					t.Fatalf("%T of %d+%d+%d bytes, limit %d: got %q of the secret", v, len(left), len(c.secret), len(right), limit, part)
				}
			}
			runtime.KeepAlive(v)
		}
	})
}

// rendered returns the text in a value, even if that is a list of numbers.
func rendered(t *testing.T, w *Walker, value []byte, redact Redactor) string {
	t.Helper()
	b := w.Render(nil, value, redact)
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("got %q: %v", b, err)
	}
	return textOf(v)
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, notation.Mask, "\x00")
	case []any:
		var text []rune
		for _, elem := range v {
			if n, ok := elem.(float64); ok {
				text = append(text, rune(n))
			}
		}
		return string(text)
	case map[string]any:
		if b, ok := v["b"].(string); ok {
			text, _ := base64.StdEncoding.DecodeString(b)
			return strings.ReplaceAll(string(text), notation.Mask, "\x00")
		}
		return textOf(v["s"]) + textOf(v["e"])
	}
	return ""
}
