package walk

import (
	"container/list"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const (
	random22 = "qR7vT2mXz9Lw4KpB8sYd3H"
	hexOf20  = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
)

type (
	region struct{ Zone, Host string }
	guard  struct {
		realm    string
		region   *region
		store    map[string]string
		next     func() string
		secretOf string
	}
	shop struct {
		auth   *guard
		region *region
		tokens map[string]string
	}
	secretBox[T any] struct{ v T }
	encoded          struct {
		raw  []byte
		kind int
	}
	change struct{ before, after string }
	ref    struct{ Namespace, Name string }
	series struct {
		text string
		link *series
	}
	maybe struct {
		set bool
		v   *string
	}
	clientSecret struct {
		mu    sync.Mutex
		value string
	}
	resetPassword struct{ Link string }
	hashed        struct{ hash, salt []byte }
	passwordAuth  struct {
		IdentityFields []string
		enabled        bool
	}
	yamlNode struct {
		Value   string
		Content []*yamlNode
	}
	tuple[K, V any] struct {
		First  K
		Second V
	}
)

// A name marks the value itself; fields have names of their own.
func TestNaming(t *testing.T) {
	here := &region{"p1-north", "p1.internal:8080"}
	g := &guard{"p1-staff", here, map[string]string{"p1key": "p1 text"}, func() string { return here.Host }, ""}
	binary32 := []byte("p1\x00\x01\x02\xff\xfe\x80abc\x00\x00\x00\x00\x00\x00\x10\x00\x00\x7f\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d")
	array32 := [32]byte(binary32)
	text := "p1"
	listed := list.New()
	listed.PushBack("x")
	listed.PushBack("p1")
	for _, tt := range []struct {
		name   string
		v      any
		hidden bool
		learnt bool
	}{
		{"s", &shop{auth: g, region: here}, false, false},
		{"auth", g, false, false},
		{"password", g, false, false},
		{"tokens", map[string]*guard{"x": g}, false, false},
		{"secret", &region{Host: "p1" + random22}, true, false}, // it looks like a secret, but has no such name
		{"password", secretBox[string]{"p1"}, true, true},
		{"password", &secretBox[[]byte]{[]byte("p1")}, true, true},
		{"apiKey", &encoded{raw: []byte("p1")}, true, true},
		{"v", secretBox[string]{"p1"}, false, false},
		{"credentials", map[string]string{"x": "p1"}, true, true},
		{"credentials", []string{"p1"}, true, true},
		{"credentials", "p1 assertion", false, false},
		{"v", map[string]any{"credentials": map[string]string{"x": "p1"}}, true, true},
		{"tok", "p1" + random22, true, true},
		{"tok", "p1 and more", false, false},
		{"tok", "p1_22", false, false},
		{"refresh", []string{"p1" + random22}, true, true},
		{"userKey", "user:p1", false, false},
		{"seed", binary32, true, true},
		{"seed", array32, true, true},
		{"key", array32, true, true},
		{"key", []byte("user:p1:profile:name"), false, false},
		{"sortKey", binary32, false, false},
		{"publicKey", binary32, false, false},
		{"v", struct{ seed [32]byte }{array32}, true, true},
		{"v", struct{ masterSeed []byte }{binary32}, true, true},
		{"pwd", "/srv/p1", false, false},
		{"pwd", "p1", true, true},
		{"v", http.Cookie{Name: "theme", Value: "p1"}, false, false},
		{"v", map[string]string{"X-Api-Key": "p1"}, true, true},
		{"v", map[string]string{"theme": "p1"}, false, false},
		{"v", map[string]string{"session": "p1 sale"}, false, false},
		{"v", map[string]string{"session": "p1" + random22}, true, true},
		{"v", []any{"reset the password of", "p1", "asked by", 7}, false, false},
		{"v", []any{"new token for", &region{Zone: "p1"}}, false, false},
		{"v", []any{"password", "p1"}, true, true},
		{"v", [2]string{"password", "p1" + random22}, true, true},
		{"v", [2]string{"password", "p1"}, false, false},
		{"v", struct{ K, V string }{"password", "p1"}, true, true},
		{"v", tuple[string, any]{"password", "p1"}, true, true},
		{"v", tuple[string, any]{"colour", "p1"}, false, false},
		{"password", change{"x", "p1"}, true, true},
		{"password", &change{"p1", "x"}, true, true},
		{"secret", struct{ inner *change }{&change{"p1", "x"}}, true, true},
		{"secret", struct{ owner *region }{&region{Zone: "p1"}}, false, false},
		{"auth", change{"p1", "x"}, false, false},
		{"secret", &ref{"p1", "x"}, false, false},
		{"secret", &series{"x", &series{"x", &series{text: "p1"}}}, true, true},
		{"password", &maybe{true, &text}, true, true},
		{"names", listed, false, false},
		{"secrets", listed, true, true},
		{"secrets", map[string]struct{ user, pw string }{"x": {"x", "p1"}}, true, true},
		{"v", &clientSecret{value: "p1"}, true, true},
		{"v", secretBox[*region]{&region{Zone: "p1"}}, false, false},
		{"v", resetPassword{"p1"}, false, false},
		{"v", struct{ login, pw string }{"x", "p1"}, true, true},
		{"v", struct{ K, V string }{"colour", "p1"}, false, false},
		{"v", hashed{hash: []byte("p1")}, true, true},
		{"v", hashed{salt: []byte("p1")}, true, true},
		{"v", struct{ salt, info []byte }{salt: []byte("p1")}, false, false},
		{"passwordAuth", passwordAuth{[]string{"p1"}, true}, false, false},
		{"PasswordAuth", &struct{ PasswordAuth passwordAuth }{passwordAuth{[]string{"p1"}, true}}, false, false},
		{"ErrInvalidToken", &struct{ s string }{"p1 token is invalid"}, false, false},
		{"ResetPasswordTemplate", struct{ Subject, Body string }{"Reset p1", "x"}, false, false},
		{"v", []Token{"p1" + random22, "ident_p2"}, true, true},
		{"v", Token("p1_22"), false, false},
		{"v", passwordReq{Old: "p1"}, true, true},
		{"v", oauthTokens{ID: "p1" + random22}, true, true},
		{"v", struct{ PasswordField lexeme }{lexeme{"x", "p1_22"}}, false, false},
		{"v", []any{"it failed", "password", "p1"}, true, true},
		{"v", []any{"kind", "password", "p1"}, true, true},
		{"v", []any{"x", "password", "p1", "y"}, false, false},
		{"auth", &struct{ Id, lastSavedPK string }{"p1" + random22, "p1" + random22}, false, false},
		{"auth", &struct{ Value string }{"p1" + random22}, true, true},
		{"auth", &struct{ Id, Token string }{"x", "p1" + random22}, true, true},
		{"v", struct{ AccessKey, SecretKey string }{"p1", "x"}, false, false},
		{"v", struct{ AccessKey, SecretKey string }{"x", "p1"}, true, true},
		{"v", struct{ AccessKey, Region string }{"p1", "x"}, true, true},
		{"v", map[string]any{"jwt": map[string]string{"issuer": "p1"}}, false, false},
		{"v", map[string]any{"jwt": map[string]string{"hs256": "p1"}}, true, true},
		{"v", Secret{"x", map[string][]byte{"username": []byte("p1")}}, false, false},
		{"v", map[string]string{"auth.jwt.audience": "p1"}, false, false},
		{"pinCode", "p1" + random22, true, true},
		{"password", &struct{ TypeUrl, Text string }{"p1", "x"}, false, false},
		{"argv", []string{"curl", "-u", "bob:p1-merivo84"}, true, true},
		{"argv", []string{"docker", "-u", "p1:staff"}, false, false},
		{"rows", [][]string{{"email", "password"}, {"x", "p1"}}, false, true},
		{"rows", [][]string{{"email", "token_2"}, {"x", "p1"}}, false, false},
		{"rows", [][]string{{"the password", "is this"}, {"x", "p1"}}, false, false},
		{"tree", []*yamlNode{{Value: "db_password"}, {Value: "p1"}}, false, true},
		{"tree", []*yamlNode{{Value: "x"}, {Value: "db_password"}, {Value: "p1"}, {Value: "x"}}, false, false},
	} {
		rules, learnt := realNames()
		w := newWalk(t, ample(), rules)
		got := w.render(w.value(tt.name, tt.v))
		w.w.Run()
		got += strings.Join(w.objects(), "")
		got = strings.ReplaceAll(got, "cDEA", "p1") // in base64
		learned := false
		for text := range learnt {
			learned = learned || strings.Contains(text, "p1")
		}
		if strings.Contains(got, "p1") == tt.hidden || learned != tt.learnt {
			t.Errorf("%s = %+v: got %s, learnt %v; want it hidden: %v, learnt: %v", tt.name, tt.v, got, learnt, tt.hidden, tt.learnt)
		}
	}
}

// More depth doesn't hide more.
func TestNamingDepth(t *testing.T) {
	here := &region{"north", "host.internal:8080"}
	s := &shop{auth: &guard{"staff", here, map[string]string{"a": "b"}, nil, "x"}, region: here, tokens: map[string]string{"main": "redis-7"}}
	for _, depth := range []int{1, 2, 3, 10} {
		rules, learnt := realNames()
		lim := ample()
		lim.Depth = depth
		w := newWalk(t, lim, rules)
		w.value("s", s)
		w.w.Run()
		if got := strings.Join(w.objects(), ""); strings.Count(got, "redacted") > 1 || len(learnt) > 1 {
			t.Errorf("depth %d: got %s, learnt %v, want nothing hidden but secretOf", depth, got, learnt)
		}
	}
}

// Digests under a name that says so are learned as public, and nothing else is.
func TestPublic(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    any
		want bool
	}{
		{"checksum", hexOf20, true},
		{"v", struct{ TraceID string }{hexOf20}, true},
		{"v", map[string]string{"Etag": hexOf20}, true},
		{"v", map[string][]string{"Etag": {hexOf20}}, true},
		{"v", struct{ Hashes []string }{[]string{hexOf20}}, true},
		{"v", hexOf20, false},
		{"passwordHash", hexOf20, false},
		{"hashKey", hexOf20, false},
	} {
		rules, _ := realNames()
		public := ""
		rules.LearnPublic = func(text string) { public = text }
		w := newWalk(t, ample(), rules)
		w.value(tt.name, tt.v)
		w.w.Run()
		if got := public == hexOf20; got != tt.want {
			t.Errorf("%s = %v: got %q told as public, want it: %v", tt.name, tt.v, public, tt.want)
		}
	}
}
