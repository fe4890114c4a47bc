package walk

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/secrets"
)

// Secrets and ordinary values where programs have them: in variables, fields, maps, lists
// and the arguments of loggers. The values are made at run time, see made. The tables were
// written before the rules were changed for them.

type (
	apiToken    string
	Token       string
	dbPassword  string
	SecretValue string
	signingKey  []byte
	Kind        string

	passwordReq   struct{ Old, New string }
	changePass    struct{ Current, Next, Confirm string }
	loginRequest  struct{ User, Password string }
	TokenPair     struct{ Access, Refresh string }
	oauthTokens   struct{ ID, Access, Refresh string }
	secretVersion struct{ Current, Previous string }
	keyPair       struct{ Public, Private string }
	otpSecret     struct{ Issuer, Value string }
	option        struct{ Key, Value any }
	attr          struct {
		Key   string
		Value any
	}
	envVar   struct{ Name, Value string }
	session  struct{ ID, User string }
	lexeme   struct{ Token, Text string }
	pageInfo struct{ Next, Prev string }
	commitOf struct{ SHA, Parent, Subject string }
	imageOf  struct{ Ref, Digest, ID string }
	access   struct{ Level, Rule string }
	cred     struct {
		Kind string
		Data map[string]string
	}
	setting[T any] struct {
		Name string
		Val  T
	}
)

// measuredPlanted returns named values with secrets in them, all made by made.
func measuredPlanted(s func(form string) string) []named {
	alnum, pw := "{A22}", "{A6}{p5}"
	p, q := s(alnum), s(pw)
	return []named{
		{"list", "args", []any{"connecting", "user", "bob", "password", s(pw)}},
		{"list", "args", []any{"auth ok", "token", s(alnum)}},
		{"list", "args", []any{"request failed", "status", 500, "apiKey", s(alnum), "retry", true}},
		{"list", "kv", []any{"level", "info", "client_secret", s(alnum)}},
		{"list", "fields", []any{attr{"user", "bob"}, attr{"password", s(pw)}}},
		{"list", "opts", []option{{"api_key", s(alnum)}, {"n", 3}}},
		{"list", "pws", []string{s(pw), s(pw)}},
		{"list", "pwds", []string{s(pw)}},
		{"list", "passes", []string{s("{A6}7{A5}")}},
		{"list", "toks", []string{s(alnum), s(alnum)}},
		{"list", "apiKeys", []string{s(alnum)}},
		{"list", "passwords", map[string]string{"bob": s(pw)}},
		{"list", "userTokens", map[string]string{"bob": s(alnum)}},
		{"list", "keys", map[string]string{"stripe": s(alnum)}},
		{"list", "secrets", [][]byte{[]byte(s(alnum))}},
		{"list", "argv", []string{"app", "-p", s("{A8}4{A3}")}},
		{"list", "argv", []string{"app", "--api-key", s(alnum)}},
		{"list", "header", map[string][]string{"X-Api-Key": {s(alnum)}}},
		{"list", "pair", [2]string{"token", s(alnum)}},
		{"list", "row", [][2]string{{"password", s(pw)}, {"user", "bob"}}},
		{"list", "env", []string{"PATH=/bin", "DB_PASS=" + s("{A10}")}},
		{"type", "v", apiToken(s(alnum))},
		{"type", "t", Token(s(alnum))},
		{"type", "ts", []Token{Token(s(alnum))}},
		{"type", "v", dbPassword(s(pw))},
		{"type", "v", SecretValue(s("{A14}"))},
		{"type", "v", signingKey(s(alnum))},
		{"type", "m", map[string]apiToken{"bob": apiToken(s(alnum))}},
		{"type", "x", struct{ T Token }{Token(s(alnum))}},
		{"type", "r", passwordReq{s(pw), s(pw)}},
		{"type", "r", &changePass{s(pw), s(pw), "x"}},
		{"type", "r", loginRequest{"bob", s(pw)}},
		{"type", "r", TokenPair{s(alnum), s("{A30}")}},
		{"type", "r", &oauthTokens{s(alnum), s(alnum), s(alnum)}},
		{"type", "r", secretVersion{s(alnum), s(alnum)}},
		{"type", "r", keyPair{"x", s("{A43}")}},
		{"type", "r", otpSecret{"shop", s("{332}")}},
		{"type", "r", session{s("{A26}"), "bob"}},
		{"type", "e", envVar{"MAIL_PASSWORD", s(pw)}},
		{"type", "e", []envVar{{"TOKEN", s(alnum)}}},
		{"type", "e", setting[string]{"secret", s(alnum)}},
		{"type", "e", setting[[]byte]{"db.password", []byte(s(pw))}},
		{"type", "c", cred{"basic", map[string]string{"password": s(pw)}}},
		{"map", "m", map[string]any{"auth": map[string]any{"key": s(alnum)}}},
		{"map", "m", map[string]any{"credentials": map[string]any{"x": s(alnum)}}},
		{"map", "m", map[string]any{"jwt": map[string]any{"hs256": s(alnum)}}},
		{"map", "m", map[string]any{"smtp": map[string]any{"pass": s("{A6}7{A4}")}}},
		{"map", "m", map[string]any{"token": s(alnum)}},
		{"map", "m", map[any]any{"private": s(alnum)}},
		{"map", "m", map[string]any{"name": "password", "value": s(pw)}},
		{"map", "auth", map[string]string{"a": s(alnum)}},
		{"map", "q", url.Values{"access_token": {s(alnum)}}},
		{"map", "q", url.Values{"key": {s(alnum)}}},
		{"map", "form", url.Values{"password": {s(pw)}}},
		{"map", "flags", map[string]*string{"db-password": &q}},
		{"text", "msg", "got token " + p + " from the portal"},
		{"text", "err", fmt.Errorf("login(%q, %q) failed", "bob", q)},
		{"text", "dump", "Config{Token:" + p + " Debug:true}"},
		{"text", "v", []rune("password=" + s("{A12}"))},
		{"text", "lines", []string{"bindpw " + s("{A9}4{A2}"), "uri ldap://h"}},
	}
}

// measuredOrdinary returns named values in which nothing is secret.
func measuredOrdinary() []named {
	hex := strings.Repeat("3f9c", 10)[:39] + "b"
	return []named{
		{"list", "args", []any{"unexpected token", "kind", "ident_4", "at", "3:14"}},
		{"list", "args", []any{"reset password of", "bob2", "by", "admin2"}},
		{"list", "args", []any{"token refreshed", "user", "bob2", "ttl", "15m0s"}},
		{"list", "args", []any{"auth", "ldap+tls2"}},
		{"list", "args", []any{"session", "spring sale 2026", "n", 4}},
		{"list", "kv", []any{"cache key", "product:8812:v3"}},
		{"list", "tokens", []string{"while_2", "do_22", "else_if2"}},
		{"list", "passes", []string{"licm_2", "regalloc3"}},
		{"list", "names", []string{"password", "user_2"}},
		{"list", "columns", []string{"id", "token", "created_at2"}},
		{"list", "argv", []string{"app", "-p", "8080"}},
		{"list", "argv", []string{"cp", "-p", "src/a2.go", "dst2"}},
		{"list", "argv", []string{"app", "--token-file", "/run/t2"}},
		{"list", "keys", []string{"user:8812", "cart:17", "KEY_F12"}},
		{"list", "sessions", []string{"gophercon-talk-14", "keynote-2"}},
		{"list", "pwds", []string{"/srv/a1", "/srv/b2"}},
		{"list", "pair", [2]string{"token", "identifier2"}},
		{"list", "accessLog", []string{"GET /a1 200", "GET /b2 404"}},
		{"map", "m", map[string]string{"token": "identifier"}},
		{"map", "m", map[string]string{"token": "semicolon_7"}},
		{"map", "m", map[string]string{"auth": "ldap"}},
		{"map", "m", map[string]string{"auth": "oauth2"}},
		{"map", "m", map[string]any{"token": "number", "text": "42"}},
		{"map", "m", map[string]any{"auth": map[string]any{"type": "oauth2", "url": "https://x.org/t2"}}},
		{"map", "m", map[string]string{"key": "attr_key_7"}},
		{"map", "m", map[string]string{"session": "summer2026"}},
		{"map", "m", map[string]string{"cookie": "consent2"}},
		{"map", "m", map[string]string{"private": "repo-2"}},
		{"map", "m", map[string]string{"access": "read-only2"}},
		{"map", "m", map[string]int{"token": 3, "password": 0}},
		{"map", "tokens", map[string]int{"GET": 3, "ident_2": 4}},
		{"map", "tokenNames", map[int]string{3: "IDENT2"}},
		{"map", "auth", map[string]string{"realm": "eu-west-1", "kind": "saml2"}},
		{"map", "q", url.Values{"key": {"name_2"}, "page": {"2"}}},
		{"map", "q", url.Values{"token_type": {"bearer"}}},
		{"map", "blobs", map[string]int{hex: 1}},
		{"map", "commits", map[string]string{hex: "fix token2"}},
		{"type", "l", lexeme{"IDENT", "customer_2"}},
		{"type", "l", []lexeme{{"number_2", "4.5e3"}}},
		{"type", "p", pageInfo{"cur_17", "cur_2"}},
		{"type", "c", commitOf{hex, hex[1:] + "a", "rotate token2"}},
		{"type", "i", imageOf{"r.x.org/api:v1.4.2", "sha256:" + hex + hex[:24], hex + hex[:24]}},
		{"type", "a", access{"level3", "rule_7"}},
		{"type", "k", Kind("token_2")},
		{"type", "t", Token("semicolon_2")},
		{"type", "t", []Token{"plus_2", "IDENT"}},
		{"type", "e", envVar{"TOKEN_TTL", "15m0s"}},
		{"type", "e", envVar{"theme", "dark2"}},
		{"type", "s", setting[string]{"password_policy", "min12chars"}},
		{"type", "s", struct{ SessionName, SessionID string }{"keynote2", "gophercon-talk-14"}},
		{"type", "s", struct{ TokenIn, TokenOut string }{"USDC-mainnet2", "WETH-mainnet2"}},
		{"type", "s", struct{ Realm, Auth string }{"eu-west-1", "saml2/eu-1"}},
		{"type", "s", struct{ Mnemonic, Pass string }{"VFMADD231PD", "peephole3"}},
		{"text", "requestID", hex[:32]},
		{"text", "ksuid", "2QxT7mB9vKp4RzWc8LdYs1HfNgJ"},
		{"text", "etag", `"` + hex + `"`},
		{"text", "msg", "got token ident_2, want semicolon_7"},
		{"text", "msg", "Password(string) is deprecated2"},
		{"text", "gclid", "CjwKCAiA" + strings.Repeat("QtA7MYllINeUy0goF9Btfau", 3) + "BwE"},
		{"text", "containerID", hex + hex[:24]},
	}
}

// A named value is a variable.
type named struct {
	kind, name string
	v          any
}

// shown returns how a dump shows a variable, after all rules.
func (n *named) shown(t *testing.T) string {
	redact := secrets.New(secrets.Rules{HideSecret: true, Patterns: []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}})
	w := newWalk(t, ample(), Rules{
		SecretName: secrets.SecretName, Learn: redact.Learn, LearnUncommon: redact.LearnUncommon,
		LearnMarked: redact.LearnMarked, LearnPublic: redact.LearnPublic,
	})
	value := w.value(n.name, n.v)
	w.w.Run()
	all := string(w.w.Render(nil, value, redact))
	for _, o := range w.w.Objects() {
		all += " " + string(w.w.Render(nil, o.Value, redact))
	}
	return all
}

// maker returns a function that makes random text of a form, as in
// internal/secrets/testdata/measure, and keeps it in made.
func maker(made *[]string) func(form string) string {
	const letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0123456789"
	alphabets := map[string]string{"A": letters + digits, "p": letters + digits + "!#$%*-_.?", "3": letters[:26] + "234567"}
	random, part := rand.New(rand.NewPCG(3, 4)), regexp.MustCompile(`\{([Ap3])(\d+)\}`)
	return func(form string) string {
		text := part.ReplaceAllStringFunc(form, func(p string) string {
			n, _ := strconv.Atoi(p[2 : len(p)-1])
			b := make([]byte, n)
			for i := range b {
				b[i] = alphabets[p[1:2]][random.IntN(len(alphabets[p[1:2]]))]
			}
			return string(b)
		})
		*made = append(*made, text)
		return text
	}
}

// Nearly all secrets in variables are hidden, and nearly no ordinary value. With -v it logs
// which ones are wrong.
func TestMeasure(t *testing.T) {
	const wantHidden, wantShown = 95, 98 // percent
	var made []string
	planted, ordinary := measuredPlanted(maker(&made)), measuredOrdinary()
	leaks, hidden := map[string]int{}, map[string]int{}
	for _, v := range planted {
		got := v.shown(t)
		for _, s := range made {
			if strings.Contains(got, s) {
				leaks[v.kind]++
				leaks["all"]++
				t.Logf("%s %s %+v: got %s in the dump", v.kind, v.name, v.v, s)
				break
			}
		}
	}
	for _, v := range ordinary {
		if got := v.shown(t); strings.Contains(got, "redacted") {
			hidden[v.kind]++
			hidden["all"]++
			t.Logf("%s %s %+v: got %s in the dump", v.kind, v.name, v.v, got)
		}
	}
	t.Logf("of %d planted leak %v, of %d ordinary are hidden %v", len(planted), leaks, len(ordinary), hidden)
	if 100*leaks["all"] > (100-wantHidden)*len(planted) {
		t.Errorf("got %d of %d planted in the dump, want at least %d %% hidden", leaks["all"], len(planted), wantHidden)
	}
	if 100*hidden["all"] > (100-wantShown)*len(ordinary) {
		t.Errorf("got %d of %d ordinary values hidden, want at least %d %% shown", hidden["all"], len(ordinary), wantShown)
	}
}
