package apitest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// planted is a text with a secret in it. Secrets are made at run time: this file is part
// of the dumps.
type planted struct {
	rule   string
	text   string
	secret string            // must not be in the dump
	keep   []string          // must be in the dump
	env    map[string]string // to be set
}

const (
	alnum  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	hexits = "0123456789abcdef"
	signs  = alnum + "!$*+?^~"
)

// random returns n letters that are the same in each run.
func random(letters string, n int) string {
	r := rand.New(rand.NewPCG(uint64(n), uint64(len(letters))))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// word returns a password of a usual kind: too short for the rule about long runs.
func word(n int) string { return "x7" + random(signs, n-4) + "q5" }

func jwt() string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(`{"sub":"bob","n":17}`) + "." + random(alnum+"-_", 43)
}

// pem returns a private key over several lines. No part of it is in this file, which dumps have.
func pem(size int) string {
	const dashes = "---" + "--"
	label := "RSA " + "PRI" + "VATE " + "KEY"
	var b strings.Builder
	b.WriteString(dashes + "BEGIN " + label + dashes + "\n")
	body := random(alnum+"+/", size)
	for len(body) > 64 {
		b.WriteString(body[:64] + "\n")
		body = body[64:]
	}
	b.WriteString(body + "\n" + dashes + "END " + label + dashes)
	return b.String()
}

// plantings returns one or more texts for each rule.
func plantings() []planted {
	around := func(secret string) string { return "well before " + secret + " well after" }
	both := []string{"well before ", " well after"}
	list := []planted{
		{rule: "pattern", secret: "tick-" + random("0123456789", 8)},
		{rule: "long run", secret: random(alnum, 40)},
		{rule: "hash", secret: random(hexits, 64)},
		{rule: "JWT", secret: jwt()},
		{rule: "private key", secret: pem(300)},
		{rule: "AWS", secret: "AKIA" + random(base32, 16)},
		{rule: "GitHub", secret: "ghp_" + random(alnum, 36)},
		{rule: "GitLab", secret: "glpat-" + random(alnum, 20)},
		{rule: "Slack", secret: "xoxb-" + random("0123456789", 11) + "-" + random(alnum, 24)},
		{rule: "Stripe", secret: "sk_live_" + random(alnum, 24)},
		{rule: "Google", secret: "AIza" + random(alnum, 35)},
	}
	for i := range list {
		list[i].text, list[i].keep = around(list[i].secret), both
	}
	pw, plan := word(14), word(20)
	list = append(list,
		planted{rule: "URL", text: "open postgres://bob:" + pw + "@db.example/shop now", secret: pw,
			keep: []string{"postgres://bob:", "@db.example/shop"}},
		planted{rule: "DSN", text: "bob:" + pw + "@tcp(db.example)/shop", secret: pw,
			keep: []string{"@tcp(db.example)/shop"}},
		planted{rule: "assignment", text: "user=bob password=" + pw + " host=db", secret: pw,
			keep: []string{"user=bob", "host=db"}},
		planted{rule: "JSON", text: `{"user":"bob","api_key":"` + pw + `","port":5432}`, secret: pw,
			keep: []string{"bob", "5432"}},
		planted{rule: "header",
			text:   "GET / HTTP/1.1\r\nHost: example\r\nAuthorization: Bearer " + pw + "\r\nAccept: text/plain\r\n",
			secret: pw, keep: []string{"Host: example", "Accept: text/plain"}},
		planted{rule: "flag", text: "run -v --db-password " + pw + " -n 3", secret: pw,
			keep: []string{"run -v", "-n 3"}},
		planted{rule: "environment, whole", text: plan, secret: plan, env: map[string]string{"APITEST_PLAN": plan}},
		planted{rule: "environment, contained", text: around(plan), secret: plan, keep: both,
			env: map[string]string{"APITEST_PLAN": plan}},
		planted{rule: "environment, escaped", text: around(plan + "\n\"<&>\""), secret: plan, keep: both,
			env: map[string]string{"APITEST_PLAN": plan + "\n\"<&>\""}},
		planted{rule: "environment, secret name", text: around(pw[:8]), secret: pw[:8], keep: both,
			env: map[string]string{"APITEST_PASSWORD": pw[:8]}},
	)
	return list
}

// setup prepares what a planting needs.
func (p *planted) setup(t *testing.T) {
	for name, value := range p.env {
		t.Setenv(name, value)
	}
}

// window is the length of a piece of a secret that must not stay.
const window = 8

// leaks looks for parts of a secret in all texts of a dump: as text, in base64, and in
// lists of numbers. It returns where they are.
func (d *dump) leaks(t *testing.T, secret string) (found []string) {
	t.Helper()
	secret = strings.TrimPrefix(secret, "sk_live_") // the issuer's mark, which the dump names as a rule
	for i, line := range strings.Split(strings.TrimSuffix(d.text, "\n"), "\n") {
		var record any
		dec := json.NewDecoder(strings.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(&record); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		where := fmt.Sprintf("line %d, %.40s", i+1, line)
		eachText(record, func(text string) {
			if at := partOf(secret, text); at >= 0 {
				found = append(found, fmt.Sprintf("%s: %q", where, text[max(0, at-40):min(len(text), at+40)]))
			}
		})
	}
	return found
}

// partOf returns where text has a part of secret, or -1. If the secret is very long only
// longer parts are certain to be found.
func partOf(secret, text string) int {
	n := min(window, len(secret))
	for i := 0; i+n <= len(secret); i += 1 + len(secret)/1000 {
		if at := strings.Index(text, secret[i:i+n]); at >= 0 {
			return at
		}
	}
	return -1
}

// eachText calls f for each text below v: strings, strings decoded if they are base64,
// and lists of numbers as if those were characters.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
		if b, err := base64.StdEncoding.DecodeString(v); err == nil {
			f(string(b))
		}
	case map[string]any:
		for name, elem := range v {
			f(name)
			eachText(elem, f)
		}
	case []any:
		var chars []byte
		for _, elem := range v {
			if n, ok := elem.(json.Number); ok {
				if c, err := n.Int64(); err == nil && c >= 0 && c <= utf8.MaxRune {
					chars = utf8.AppendRune(chars, rune(c))
				}
				continue
			}
			eachText(elem, f)
		}
		f(string(chars))
	}
}

// wantHidden checks that a dump has no part of a secret.
func (d *dump) wantHidden(t *testing.T, secret string) {
	t.Helper()
	for i, where := range d.leaks(t, secret) {
		if i == 5 {
			t.Error("and more")
			break
		}
		t.Errorf("got part of the secret in %s", where)
	}
}

// wantText checks that a dump has these texts somewhere.
func (d *dump) wantText(t *testing.T, texts ...string) {
	t.Helper()
	var all strings.Builder
	dec := json.NewDecoder(strings.NewReader(d.text))
	for dec.More() {
		var record any
		if err := dec.Decode(&record); err != nil {
			t.Fatal(err)
		}
		eachText(record, func(text string) { all.WriteString(text + "\n") })
	}
	for _, text := range texts {
		if !strings.Contains(all.String(), text) {
			t.Errorf("got no %q in the dump, want it: it isn't a secret", text)
		}
	}
}

// The search finds what it should.
func TestLeaks(t *testing.T) {
	secret := random(alnum, 20)
	numbers, _ := json.Marshal([]rune("ab" + secret))
	for name, line := range map[string]string{
		"text":       `{"a":[{"s":"x ` + secret + ` y"}]}`,
		"escaped":    `{"a":"\u00` + fmt.Sprintf("%02x", secret[0]) + secret[1:] + `"}`,
		"part":       `{"a":"` + secret[5:14] + `"}`,
		"member":     `{"` + secret + `":1}`,
		"base64":     `{"b":"` + base64.StdEncoding.EncodeToString([]byte("\xff"+secret)) + `"}`,
		"numbers":    `{"e":` + string(numbers) + `}`,
		"other line": "{}\n" + `{"s":"` + secret + `"}`,
	} {
		if got := (&dump{text: line + "\n"}).leaks(t, secret); len(got) != 1 {
			t.Errorf("%s: got %q, want one leak", name, got)
		}
	}
	if got := (&dump{text: `{"a":"***redacted***","b":"` + secret[:4] + `","c":[1,2]}` + "\n"}).leaks(t,
		secret); got != nil {
		t.Errorf("got %q, want no leak", got)
	}
}
