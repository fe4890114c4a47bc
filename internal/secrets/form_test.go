package secrets

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	raw := func(n int) string {
		b := []byte{0xff}
		for len(b) < n {
			b = append(b, byte(random.Uint32()))
		}
		return string(b)
	}
	for secret, want := range map[string]string{
		"":          "",
		"hunter2-x": "",
		"correct horse battery staple, and a few more words":  "",
		strings.Repeat("a", 64):                               "",
		strings.Repeat("ab12", 16):                            "",
		strings.Repeat("0123456789abcdef", 4):                 "64 hex",
		strings.Repeat("0123456789ABCDEF", 2):                 "32 hex",
		strings.Repeat("0123456789abcdef", 4)[:63]:            "",
		"0123456789abcdef":                                    "", // a password may be so long
		"123e4567-e89b-12d3-a456-426614174000":                "UUID",
		"123e4567-e89b-12d3-a456-42661417400x":                "",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def":       "JSON web token",
		"-----BEGIN RSA PRIVATE KEY-----\nMII\n":              "PEM",
		base64.StdEncoding.EncodeToString([]byte(raw(32))):    "44 base64",
		base64.RawURLEncoding.EncodeToString([]byte(raw(32))): "43 base64",
		base64.StdEncoding.EncodeToString([]byte(raw(64))):    "88 base64",
		base64.StdEncoding.EncodeToString([]byte(raw(40))):    "",
		raw(32): "32 bytes",
		raw(33): "",
	} {
		if got := Form([]byte(secret)); got != want {
			t.Errorf("Form(%q) = %q, want %q", secret, got, want)
		}
	}
}
