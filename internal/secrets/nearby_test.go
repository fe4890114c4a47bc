package secrets

import (
	"strings"
	"testing"
)

// What stands behind a name without a sign, in a section or in a message is a secret if it looks
// like one.
func TestNearby(t *testing.T) {
	for _, tt := range []struct{ label, text, want string }{
		{"message of protocol buffers", "\n\x10/app/db_password\x12\x14mR4!vT9qLz2wKx7nB5cy\x1a\x01x", "\n\x10/app/db_password\x12\x14#\x1a\x01x"},
		{"fields between", "\n\x10/app/db_password\x10\x02\x18\x02 \x01*\x0cmR4!vT9qLz2w", "\n\x10/app/db_password\x10\x02\x18\x02 \x01*\x0c#"},
		{"a word behind the name", "\x0a\x05token\x12\x0aidentifier", "\x0a\x05token\x12\x0aidentifier"},
		{"control bytes", "password=mR4vT9qLz2w\x00\x00\x00\x00 x", "password=#\x00\x00\x00\x00 x"},
		{"public key of NATS", "id UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", "id UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"},
		{"wrong checksum", "id UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF5", "id #"},
		{"section", "[auth]\nkey = mR4vT9qLz2w\n[keys]\nup = F12\n[other]\nkey = mR4vT9qLz2w\n", "[auth]\nkey = #\n[keys]\nup = F12\n[other]\nkey = mR4vT9qLz2w\n"},
		{"section by indentation", "auth:\n  key: mR4vT9qLz2w\nkey: mR4vT9qLz2w\n", "auth:\n  key: #\nkey: mR4vT9qLz2w\n"},
		{"section in braces", `{"auth": {"key": "mR4vT9qLz2w"}, "key": "mR4vT9qLz2w"}`, `{"auth": {"key": "#"}, "key": "mR4vT9qLz2w"}`},
		{"object of a script", "f({headers:{Authorization:i}}),await g(token)", "f({headers:{Authorization:i}}),await g(token)"},
		{"nothing there", `{"token":"...","authorization":"Bearer {env.TOKEN}"}`, `{"token":"...","authorization":"Bearer {env.TOKEN}"}`},
		{"pattern", "-----BEGIN PRIVATE KEY----", "-----BEGIN PRIVATE KEY----"},
		{"truth values", `{showNewPassword:!1,hideToken:!0}`, `{showNewPassword:!1,hideToken:!0}`},
		{"condition", `(0>o?t:"0)+(s[r]>o?s:0")`, `(0>o?t:"0)+(s[r]>o?s:0")`},
	} {
		if got := newRedactor().Text(tt.text); got != masked(tt.want) {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", tt.label, tt.text, got, masked(tt.want))
		}
	}
}

// Zeros behind a password aren't part of it, and no buffer of one byte is learned.
func TestLearnZeros(t *testing.T) {
	r := newRedactor()
	r.LearnMarked([]byte("password=mR4vT9qLz2w" + strings.Repeat("\x00", 3000)))
	r.Learn(strings.Repeat("\x00", 64))
	r.Learn(strings.Repeat("=", 20))
	for _, text := range []string{strings.Repeat("\x00", 512), strings.Repeat("=", 20)} {
		if got := r.Text(text); got != text {
			t.Errorf("Text(%q) = %q, want it unchanged", text, got)
		}
	}
	if got, want := r.Text("say mR4vT9qLz2w"), masked("say #"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The password in a Basic header is looked for in other texts, too.
func TestLearnBasic(t *testing.T) {
	for _, learn := range []func(*Redactor){
		func(r *Redactor) { r.LearnMarked([]byte("Authorization: Basic ZXZlOm1SNHZUOXFMejJ3\r\n")) },
		func(r *Redactor) { r.Learn("Basic ZXZlOm1SNHZUOXFMejJ3") },
	} {
		r := newRedactor()
		learn(r)
		if got, want := r.Text("hash:mR4vT9qLz2w"), masked("hash:#"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
