package secrets

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

// Nearly all random keys look random.
func TestLooksRandom(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, size := range []int{30, 32, 48, 64} {
		const keys = 5000
		key, found := make([]byte, size), 0
		for range keys {
			random.Read(key)
			if looksRandom([]byte(base64.RawStdEncoding.EncodeToString(key))) {
				found++
			}
		}
		if found < keys*97/100 {
			t.Errorf("got %d of %d keys of %d bytes, want 97 of 100", found, keys, size)
		}
	}
}

// A text that was overwritten in part doesn't show what is left of a key.
func TestStale(t *testing.T) {
	r := newRedactor()
	for _, tt := range []struct{ text, want string }{
		{"[]main.FieldX5EXbCYa", "[]main.#"},
		{"x/9aB3xQ7z and password=x", "x/# and password=#"},
		{"\x00\x01sk-4f9d2e7c1b\xff", "\x00\x01#\xff"},
		{"handler2 of sha256sum at 2024-01-02T03:04:05Z: 10.0.0.1:8080, main.parseHeader", "handler2 of sha256sum at 2024-01-02T03:04:05Z: 10.0.0.1:8080, main.parseHeader"},
		{"", ""},
	} {
		want := masked(tt.want)
		got, changed := r.Stale([]byte(tt.text))
		if string(got) != want || changed != (tt.text != want) {
			t.Errorf("Stale(%q) = %q, %v, want %q", tt.text, got, changed, want)
		}
	}
	if got, changed := New(Rules{}).Stale([]byte("9aB3xQ7z")); changed {
		t.Errorf("nothing to hide: Stale = %q", got)
	}
}
