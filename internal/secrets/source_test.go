package secrets

import (
	"strings"
	"testing"
)

var sourceTests = []struct{ label, path, text, want string }{
	{"escape before a key", "a.go", "package a\nvar x" + alnum36 + " = \"\\x00" + alnum36 + "\"\n", "package a\nvar x" + alnum36 + " = \"\\#\"\n"},
	{"mask that ends a comment", "a.go", "package a\n/* x/" + hex32 + "/y */\nvar x" + alnum36 + " int\n", "package a\n/* x/#/y */\nvar x" + alnum36 + " int\n"},
	{"long identifier", "a.go", "package a\n\nfunc F" + alnum60 + "() {}\n", "package a\n\nfunc F" + alnum60 + "() {}\n"},
	{"string", "a.go", "package a\n\nvar x" + alnum36 + " = f(\"" + hex32 + "\")\n", "package a\n\nvar x" + alnum36 + " = f(\"#\")\n"},
	{"assignment in code", "a.go", "package a\n\nvar token = next(password)\n", "package a\n\nvar token = next(password)\n"},
	{"comment", "a.go", "package a\n\n// password: hunter2\nvar x = 1\n", "package a\n\n// password: #\nvar x = 1\n"},
	{"format", "a.go", "package a\n\nvar x = f(\"password=%s\", password)\n", "package a\n\nvar x = f(\"password=%s\", password)\n"},
	{"JSON in a string", "a.go", `package a; var x = "{\"password\":\"x\",\"n\":1}"`, `package a; var x = "{\"password\":\"#\",\"n\":1}"`},
	{"raw string", "a.go", "package a\nvar x = `password=x\nuser=y`\nvar y = 1\n", "package a\nvar x = `password=#\nuser=y`\nvar y = 1\n"},
	{"raw string with CR", "a.go", "package a\r\nvar x = `a\r\nb`\r\nvar y = `password=x`\r\n", "package a\r\nvar x = `a\r\nb`\r\nvar y = `password=#`\r\n"},
	{"comments with CR", "a.go", "package a\r\n// a\r\n/* b\r\n */ var y = `password=x`\r\n", "package a\r\n// a\r\n/* b\r\n */ var y = `password=#`\r\n"},
	{"private key keeps lines", "a.go", "package a\nvar k = `-----BEGIN EC PRIVATE KEY-----\nMII\n-----END EC PRIVATE KEY-----`\nvar y = 1\n", "package a\nvar k = `#\n\n`\nvar y = 1\n"},
	{"private key in pieces", "a.go", "package a\nvar k = \"-----BEGIN EC PRIVATE KEY-----\\n\" +\n\t\"MII+\\n\" + \"-----END EC PRIVATE KEY-----\" + \"x\"\n", "package a\nvar k = \"#\" +\n\t\"#\" + \"#\" + \"x\"\n"},
	{"private key in comments", "a.go", "package a\n// -----BEGIN EC PRIVATE KEY-----\n// MII+\n// -----END EC PRIVATE KEY-----\nvar y = 1\n", "package a\n// #\n\n\nvar y = 1\n"},

	{"define", "a.go", `package a; func f() { password := "hunter2" }`, `package a; func f() { password := "#" }`},
	{"declare", "a.go", `package a; const apiKey string = "abc"; var user string = "bob"`, `package a; const apiKey string = "#"; var user string = "bob"`},
	{"field", "a.go", `package a; var c = C{User: "bob", Password: "a", Port: "x"}`, `package a; var c = C{User: "bob", Password: "#", Port: "x"}`},
	{"selector", "a.go", `package a; func f() { c.Password = "a" + "b"; c.User = "bob" }`, `package a; func f() { c.Password = "#" + "#"; c.User = "bob" }`},
	{"conversion", "a.go", `package a; var c = C{Secret: []byte("a")}`, `package a; var c = C{Secret: []byte("#")}`},
	{"map", "a.go", `package a; var m = map[string]string{"password": "a", "user": "b"}`, `package a; var m = map[string]string{"password": "#", "user": "b"}`},
	{"index", "a.go", `package a; func f() { h["X-Api-Key"] = "a" }`, `package a; func f() { h["X-Api-Key"] = "#" }`},
	{"call", "a.go", `package a; func f() { h.Set("X-Api-Key", "a"); h.Set("Host", "a") }`, `package a; func f() { h.Set("X-Api-Key", "#"); h.Set("Host", "a") }`},
	{"call that sets one", "a.go", `package a; func f() { c.WithPassword("a"+"b"); SetPasswordPolicy("a"); WithUser("bob") }`, `package a; func f() { c.WithPassword("#"+"#"); SetPasswordPolicy("a"); WithUser("bob") }`},
	{"call that tells of one", "a.go", `package a; func f() { checkPassword("a"); setPassword(os.Getenv("PW")) }`, `package a; func f() { checkPassword("a"); setPassword(os.Getenv("PW")) }`},
	{"list", "a.go", `package a; var passwords = []string{"m7Lu2fa9K", "q-9"+"r-8"}; var x = []string{"m7Lu2fa9"}`, `package a; var passwords = []string{"#", "#"+"#"}; var x = []string{"m7Lu2fa9"}`},
	{"list of words", "a.go", `package a; var tokens = []string{"if", "else"}; var w = []string{"a-1"}`, `package a; var tokens = []string{"if", "else"}; var w = []string{"a-1"}`},
	{"block", "a.go", `package a; func f() { if password == x { g("m-7u") }; for c.given = secret { "a-1" } }`, `package a; func f() { if password == x { g("m-7u") }; for c.given = secret { "a-1" } }`},
	{"scheme", "a.go", `package a; func f() { h.Set("Authorization", "Bearer "+x) }`, `package a; func f() { h.Set("Authorization", "Bearer "+x) }`},
	{"comparison", "a.go", `package a; var ok = password == "a" || user == "b"`, `package a; var ok = password == "#" || user == "b"`},
	{"from the environment", "a.go", `package a; var password = os.Getenv("DB_PASSWORD")`, `package a; var password = os.Getenv("DB_PASSWORD")`},
	{"tag", "a.go", "package a; type T struct { Password string `json:\"password\"` }", "package a; type T struct { Password string `json:\"password\"` }"},
	{"empty", "a.go", `package a; var password = ""`, `package a; var password = ""`},
	{"lexer", "a.go", `package a; var ok = token == "ident" || token == "}"`, `package a; var ok = token == "ident" || token == "}"`},
	{"words", "a.go", `package a; var w = []string{"password", "secret"}; func f() { switch s { case "token": return "x" } }`, `package a; var w = []string{"password", "secret"}; func f() { switch s { case "token": return "x" } }`},

	{"broken: string", "a.go", "package a\nvar x = \"password=a\nvar y = \"password=b\"\n", "package a\nvar x = \"password=#\nvar y = \"password=#\"\n"},
	{"broken: raw string", "a.go", "package a\nvar x = `password=a", "package a\nvar x = `password=#"},
	{"broken: comment", "a.go", "package a\n/* password=a ", "package a\n/* password=# "},
	{"broken: rune", "a.go", "package a\nvar x = '", "package a\nvar x = '"},
	{"broken: NUL and bad UTF-8", "a.go", "\x00\xff password=a ", "\x00\xff password=# "},
	{"assembly keeps lines", "a.s", "// -----BEGIN PRIVATE KEY-----\n// a\n// -----END PRIVATE KEY-----\nTEXT x" + hex32 + "\n", "// #\n\n\nTEXT #\n"},
	{"nothing", "a.go", "", ""},
}

func TestSource(t *testing.T) {
	r := newRedactor()
	for _, tt := range sourceTests {
		want := masked(tt.want)
		got := r.Source(tt.path, tt.text)
		if got != want {
			t.Errorf("%s: Source(%q)\n got %q\nwant %q", tt.label, tt.text, got, want)
		}
		if strings.Count(got, "\n") != strings.Count(tt.text, "\n") {
			t.Errorf("%s: Source changed the number of lines: %q", tt.label, got)
		}
	}
}

func TestSourceLearned(t *testing.T) {
	r := New(Rules{})
	r.Learn("hunter2")
	r.Learn("multi\nline 1")
	text := "package a\n\nvar x, y = \"hunter2\", `multi\nline 1`\n"
	want := masked("package a\n\nvar x, y = \"#\", `#\n`\n")
	if got := r.Source("a.go", text); got != want {
		t.Errorf("Source(%q)\n got %q\nwant %q", text, got, want)
	}
}
