package secrets

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func longerThan8(value string) bool { return len(value) > 8 }

func TestEnviron(t *testing.T) {
	environ := []string{
		"GREETING=hello, world", "PATH=/usr/local/bin:/usr/bin", "HOME=/home/somebody", "WIN=C:\\Program Files\\x;D:\\y",
		"MODULE=github.com/acme/tools", "BASE64=aGVs/bG8g/d29ybGQ", "", "PROXY=https://proxy.example.com,direct", "SHORT=shortish", "EMPTY=",
		"DB_PASSWORD=pw4you", "API_TOKEN=abcdefgh1", "PWD=/home/somebody/src", "=C:=C:\\some\\where", "NOVALUE",
		"QUOTED=a \"quoted\"\nvalue", "URLISH=p@ss w&rd/x", "LONG=" + longValue(),
	}
	r := New(Rules{HideSecret: true, HideEnviron: true, Environ: environ, EnvironFilter: longerThan8})
	for _, tt := range []struct{ label, text, want string }{
		{"equal", "hello, world", "#"},
		{"equal but for white space", " hello, world\n", " #\n"},
		{"contained", "he said hello, world!", "he said #!"},
		{"contained twice", "hello, worldhello, world", "#"},
		{"part of a value", "hello, worl", "hello, worl"},
		{"path, equal", "/home/somebody", "#"},
		{"path, contained", "open /home/somebody/x: no such file", "open /home/somebody/x: no such file"},
		{"list of paths, equal", "/usr/local/bin:/usr/bin", "#"},
		{"list of paths, contained", "PATH=/usr/local/bin:/usr/bin", "PATH=/usr/local/bin:/usr/bin"},
		{"Windows paths, equal", `C:\Program Files\x;D:\y`, "#"},
		{"Windows paths, contained", `a C:\Program Files\x;D:\y`, `a C:\Program Files\x;D:\y`},
		{"Windows directory", `C:\some\where`, "#"},
		{"import path, equal", "github.com/acme/tools", "#"},
		{"import path, contained", "github.com/acme/tools/x.go", "github.com/acme/tools/x.go"},
		{"base64 is no path", "x aGVs/bG8g/d29ybGQ", "x #"},
		{"URL", "GOPROXY=https://proxy.example.com,direct", "GOPROXY=#"},
		{"too short", "shortish", "shortish"},
		{"too short for the filter, but named", "pw4you", "#"},
		{"named, short, contained", "xpw4youx", "xpw4youx"},
		{"named, contained", "xabcdefgh1x", "x#x"},
		{"working directory", "/home/somebody/src/a.go", "/home/somebody/src/a.go"},
		{"quoted", `x="a \"quoted\"\nvalue"`, `x="#"`},
		{"in a URL", "?q=p%40ss+w%26rd%2Fx /p@ss%20w&rd%2Fx", "?q=# /#"},
		{"in JSON", `{"v":"p@ss w\u0026rd/x"}`, `{"v":"#"}`},
		{"long", "a " + longValue() + " b", "a # b"},
		{"long, cut", "a " + longValue()[:2*maxValue], "a #"},
	} {
		want := masked(tt.want)
		if got := r.Text(tt.text); got != want {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", tt.label, tt.text, got, want)
		}
		if got, _ := r.Bytes([]byte(tt.text)); string(got) != want {
			t.Errorf("%s: Bytes(%q)\n got %q\nwant %q", tt.label, tt.text, got, want)
		}
	}
}

// longValue is longer than the pieces of the index, and all its pieces differ.
func longValue() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "%d,", i)
	}
	return b.String()
}

func TestEnvironFilter(t *testing.T) {
	all := func(string) bool { return true }
	environ := []string{"A=x", "B=abc", "C=1234", "D=", "E=" + mask}
	for _, tt := range []struct {
		hide       bool
		filter     func(string) bool
		text, want string
	}{
		{true, all, "x", "#"},
		{true, all, "axb", "axb"}, // or every x in the dump would go
		{true, all, "abc", "#"},
		{true, all, "a1234b", "a#b"},
		{true, nil, "a1234b", "a#b"},
		{true, all, "", ""},
		{true, all, mask, "#"},
		{true, longerThan8, "1234", "1234"},
		{false, all, "1234", "1234"},
	} {
		r := New(Rules{HideEnviron: tt.hide, Environ: environ, EnvironFilter: tt.filter})
		if got, want := r.Text(tt.text), masked(tt.want); got != want {
			t.Errorf("hide %t: Text(%q) = %q, want %q", tt.hide, tt.text, got, want)
		}
	}
}

func TestLearn(t *testing.T) {
	r := New(Rules{})
	for _, value := range []string{
		"abc", "hunter2", "identifier", "getUserName", "content-type", "s3cretvalue", "Pass!Word", "correct horse battery",
		"12345678", "aaaaaaaaaa", "/run/secrets/db", "Bearer abcdef123", "nil", "true", "***redacted", mask, "", "p@ss wörd",
	} {
		r.Learn(value)
	}
	for _, tt := range []struct{ label, text, want string }{
		{"3 bytes", "abc", "abc"},
		{"7 bytes, equal", "hunter2", "#"},
		{"7 bytes, contained", "x hunter2", "x hunter2"},
		{"word, equal", "identifier", "#"},
		{"word, contained", "want identifier", "want identifier"},
		{"identifier, contained", "x.getUserName()", "x.getUserName()"},
		{"header name, contained", "content-type: x", "content-type: x"},
		{"with a digit", "dsn s3cretvalue@host", "dsn #@host"},
		{"with a sign", "x Pass!Word y", "x # y"},
		{"long", "say correct horse battery twice", "say # twice"},
		{"number", "at 12345678 ns", "at # ns"},
		{"one letter", "aaaaaaaaaaaa", "aaaaaaaaaaaa"},
		{"path", "read /run/secrets/db/x", "read /run/secrets/db/x"},
		{"after a scheme", "key abcdef123", "key #"},
		{"nil", "nil true", "nil true"},
		{"part of the mask", mask + " ***redacted", "# #"},
		{"URL", "p%40ss+w%C3%B6rd", "#"},
	} {
		want := masked(tt.want)
		if got := r.Text(tt.text); got != want {
			t.Errorf("%s: Text(%q) = %q, want %q", tt.label, tt.text, got, want)
		}
		if got := r.Text(want); got != want {
			t.Errorf("%s: Text twice = %q, want %q", tt.label, got, want)
		}
	}
}

// Learning is bounded. Ordinary words are learned only from a password, and initial values
// of programs never.
func TestLearnUncommon(t *testing.T) {
	for _, tt := range []struct {
		value           string
		learn, uncommon bool // whether an equal text is then hidden
	}{
		{"swordfish", true, false},
		{"swordfish7", true, true},
		{"correct horse battery staple", true, false},
		{"postgres-admin-password", true, false},
		{"the password of Bob", true, true},
		{"postgres", false, false},
		{"password", false, false},
		{"x7Q2wPz9Lm4k", true, true},
	} {
		for _, uncommon := range []bool{false, true} {
			r := newRedactor()
			learn, want := r.Learn, tt.learn
			if uncommon {
				learn, want = r.LearnUncommon, tt.uncommon
			}
			learn(tt.value)
			if got := r.Text(tt.value); got == mask != want {
				t.Errorf("%q, uncommon %t: got %q, want it hidden: %t", tt.value, uncommon, got, want)
			}
		}
	}
}

func TestLearnMany(t *testing.T) {
	r := New(Rules{})
	value := func(i int) string { return fmt.Sprintf("s3cret value %06d", i) }
	for i := range maxLearned {
		r.Learn(value(i))
		r.Learn(value(0))
	}
	if r.Full() || r.Text("x "+value(maxLearned-1)) != "x "+mask {
		t.Errorf("got full after %d values, or the last not removed", maxLearned)
	}
	r.Learn(value(maxLearned))
	if got := r.Text("x " + value(maxLearned) + " " + value(7)); !r.Full() || got != "x "+value(maxLearned)+" "+mask {
		t.Errorf("got full %t and %q, want true and the last value in it", r.Full(), got)
	}
}

// A certain secret is found in all usual encodings, whatever comes before and after it.
func TestEncoded(t *testing.T) {
	const secret = "s3cret <&> valüe\n?"
	r := New(Rules{HideSecret: true, HideEnviron: true, Environ: []string{"API_TOKEN=" + secret, "GREETING=hello, world"}, EnvironFilter: longerThan8})
	r.Learn("p@ss/w0rd+0123456789")
	for name, encode := range map[string]func(string) string{
		"base64":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64, URL": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"hexadecimal": func(s string) string { return fmt.Sprintf("%x", s) },
		"capitals":    func(s string) string { return fmt.Sprintf("%X", s) },
		"HTML":        html.EscapeString,
		"Go":          strconv.Quote,
		"JSON":        func(s string) string { b, _ := json.Marshal(s); return string(b) },
		"query":       url.QueryEscape,
		"path":        url.PathEscape,
	} {
		for _, secret := range []string{secret, "p@ss/w0rd+0123456789"} {
			for before := range 7 {
				for after := range 4 {
					around := "before"[:before] + "after"[:after]
					text := encode("before"[:before] + secret + "after"[:after])
					got := r.Text("x " + text + " y")
					rest := strings.Replace(got, mask, "", 1)
					if rest == got || len(rest) > len("x  y")+len(encode(around))+4 { // each side shares a digit with it
						t.Errorf("%s: Text(%q) = %q, want the secret masked", name, text, got)
					}
				}
			}
		}
	}
	// A value that is only in the environment is found only unchanged.
	if text := base64.StdEncoding.EncodeToString([]byte("hello, world")); r.Text("x "+text) != "x "+text {
		t.Errorf("Text(%q) = %q, want it unchanged", text, r.Text("x "+text))
	}
}

// Values that a setting has marked are known by themselves.
func TestLearnMarked(t *testing.T) {
	r := New(Rules{HideSecret: true, Environ: []string{"DATABASE_URL=postgres://bob:Gir4ffe!7@db/app", "OPTIONS=user=bob token=l3opard!9"}})
	r.LearnArguments([]string{"app", "bob:Rh1no-25@tcp(db)/app", "-H", "X-Api-Key: z3bra-33"})
	text, want := "Gir4ffe!7 l3opard!9 Rh1no-25 z3bra-33 bob db app", masked("# # # # bob db app")
	if got := r.Text(text); got != want {
		t.Errorf("Text(%q) = %q, want %q", text, got, want)
	}
}

func TestPath(t *testing.T) {
	r := New(Rules{
		Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun), regexp.MustCompile("acme-[0-9]+")}, HideSecret: true,
		HideEnviron: true, Environ: []string{"USERNAME=administrator", "PWD=/home/administrator", "RUNNER_TOKEN=abcd1234"}, EnvironFilter: longerThan8,
	})
	r.Learn("hunter2!x")
	for _, tt := range []struct{ path, want string }{
		{"/home/administrator", "/home/administrator"},
		{"/home/administrator/x.go", "/home/administrator/x.go"},
		{"/nix/store/" + hex32 + "-go/src/x.go", "/nix/store/" + hex32 + "-go/src/x.go"},
		{"/builds/abcd1234/0/x.go", "/builds/#/0/x.go"},
		{"/tmp/hunter2!x/x.go", "/tmp/#/x.go"},
		{"/tmp/ghp_" + alnum36 + "/x.go", "/tmp/#/x.go"},
		{"/tmp/acme-17/x.go", "/tmp/#/x.go"},
		{`C:\Users\administrator\x.go`, `C:\Users\administrator\x.go`},
		{"", ""},
	} {
		want := masked(tt.want)
		if got := r.Path(tt.path); got != want {
			t.Errorf("Path(%q) = %q, want %q", tt.path, got, want)
		}
	}
}

// The index finds what a loop over all values finds.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func(size int) string {
		b := make([]byte, size)
		for i := range b {
			b[i] = "ab\xff"[random.IntN(3)]
		}
		return string(b)
	}
	for range 500 {
		x := index{window: 4 + random.IntN(5)}
		var values []string
		for range 1 + random.IntN(5) {
			v := word(x.window + random.IntN(6))
			values = append(values, v)
			x.add(v, false)
		}
		text := word(random.IntN(200))
		var want []span
		for from := range len(text) {
			for _, v := range values {
				s := span{from, from + len(v)}
				if strings.HasPrefix(text[from:], v) && !slices.Contains(want, s) {
					want = append(want, s)
				}
			}
		}
		want = merge([]byte(text), want)
		if got := merge([]byte(text), x.find([]byte(text), nil)); !slices.Equal(got, want) {
			t.Fatalf("window %d, values %q: find(%q) = %v, want %v", x.window, values, text, got, want)
		}
	}
}

// Values that every environment has aren't secrets.
func TestEnvironCommonplace(t *testing.T) {
	r := New(Rules{HideSecret: true, HideEnviron: true, Environ: []string{"DB_HOST=localhost", "NODE_ENV=development", "OTHER=swordfish-1"}, EnvironFilter: longerThan8})
	const text = "http://localhost:8080/ in development with "
	if got := r.Text(text + "swordfish-1"); got != text+mask {
		t.Errorf("got %q, want only the last word masked", got)
	}
}
