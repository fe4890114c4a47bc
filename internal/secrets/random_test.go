package secrets

import (
	"math/rand/v2"
	"testing"
)

// Nearly all random keys of each form are found.
func TestRandomRates(t *testing.T) {
	random, d := rand.New(rand.NewPCG(1, 2)), newRedactor()
	for _, tt := range []struct {
		form string
		want int // of 1000
	}{
		{"{w24}", 910}, {"{w32}", 960}, {"{w43}", 985}, {"{b24}", 925}, {"{b32}", 960}, {"{b40}", 980}, {"{b43}=", 980}, {"{b64}", 980},
		{"{A24}", 960}, {"{A28}", 970}, {"{A32}", 990}, {"{A40}", 990}, {"{a25}", 700}, {"{a32}", 975}, {"{h32}", 990}, {"{h40}", 990}, {"{h64}", 990},
	} {
		const keys = 2000
		found := 0
		for range keys {
			if s := fill(random, "", "", "see "+tt.form+" there"); !survives(s.text[4:len(s.text)-6], d.Text(s.text)) {
				found++
			}
		}
		t.Logf("%-8s %5.1f %% found", tt.form, 100*float64(found)/keys)
		if 1000*found < tt.want*keys {
			t.Errorf("%s: got %d of %d found, want %d of 1000", tt.form, found, keys, tt.want)
		}
	}
}

// In a text that was partly overwritten, the rest of a key isn't shown.
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
