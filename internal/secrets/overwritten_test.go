package secrets

import (
	"encoding/base64"
	"strings"
	"testing"
)

// What new data has left of a known secret in a buffer is hidden.
func TestOverwritten(t *testing.T) {
	const secret = "Kq7!wXz2&Bn_9Vt.Lm4r"
	for _, environ := range [][]string{nil, {"SHORT=q8w!"}} { // which makes the index's window shorter
		r := New(Rules{HideSecret: true, HideEnviron: true, Environ: environ})
		r.Learn(secret)
		r.Learn("correct-horse-database")
		for n := 12; n < len(secret); n++ {
			for text, left := range map[string]string{
				"\x17\xe9U\xd5e\x9a" + secret[len(secret)-n:] + "\x17a\x82m": secret[len(secret)-n:],
				"GET / HTTP/1.1\r\n" + secret[:n]:                            secret[:n],
				"\x00" + secret[:n] + "\x9a\x00":                             secret[:n],
			} {
				out, changed := r.Bytes([]byte(text))
				if want := strings.Replace(text, left, mask, 1); !changed || string(out) != want {
					t.Errorf("Bytes(%q) = %q, %t, want %q, true", text, out, changed, want)
				}
			}
		}
		digits := base64.StdEncoding.EncodeToString([]byte("admin:" + secret))
		text := "gzip\r\n\r\n" + digits[16:] + "\r\nCookie: "
		if out, _ := r.Bytes([]byte(text)); strings.Contains(string(out), digits[len(digits)-12:len(digits)-4]) {
			t.Errorf("Bytes(%q) = %q, with the end of a secret in base64", text, out)
		}
		for _, text := range []string{
			"\x17 the database \x00", "\x17correct-horse\x00", // words
			"\x17n_9Vt.Lm4r\x17"[4:],   // too short
			"what is left: n_9Vt.Lm4r", // no buffer
		} {
			if out, changed := r.Bytes([]byte(text)); changed {
				t.Errorf("Bytes(%q) = %q, want the same", text, out)
			}
		}
	}
}

// A mark in a buffer may lack its beginning.
func TestCutMarks(t *testing.T) {
	const value = "x7Q2wK9zLm4pRt6v"
	r := New(Rules{HideSecret: true})
	for text, want := range map[string]string{
		"\x1cJ\xc9@kumZRssword=" + value + "\x17\x00": "\x1cJ\xc9@kumZRssword=" + mask + "\x17\x00",
		"\x96\xff'rd=" + value + "\x17":               "\x96\xff'rd=" + mask + "\x17",
		"\x96\xffgrd=" + value + "\x17":               "\x96\xffgrd=" + value + "\x17", // may be anything
		"\x01oken\": \"" + value + "\", \"id\": 7}":   "\x01oken\": \"" + mask + "\", \"id\": 7}",
		"\x01orization: Bearer " + value + "\r\n":     "\x01orization: Bearer " + mask + "\r\n",
		"\x01ECRET=" + value + "&x=y":                 "\x01ECRET=" + mask + "&x=y",
		"\x01oken=identifier\x00":                     "\x01oken=identifier\x00",
		"\x01ken=7\x00, rd: 12 \x00 et=/usr/share/x2": "\x01ken=7\x00, rd: 12 \x00 et=/usr/share/x2",
		"a spoken=" + value:                           "a spoken=" + value, // no buffer
	} {
		if out, _ := r.Bytes([]byte(text)); string(out) != want {
			t.Errorf("Bytes(%q) = %q, want %q", text, out, want)
		}
	}
}
