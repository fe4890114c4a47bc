package walk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

type (
	password     string
	apiKey       []byte
	Passphrase   [4]rune
	passwordList []password
	secretive    string
)

// realNames returns the rules of a dump.
func realNames() (Rules, map[string]bool) {
	learnt := map[string]bool{}
	return Rules{SecretName: secrets.SecretName, Learn: func(text string) { learnt[text] = true }}, learnt
}

// Types can be named for what their values are.
type signingPrivateKey struct{ Algorithm, Text string }

func TestSecretTypes(t *testing.T) {
	for _, tt := range []struct {
		v       any
		want    string
		objects []string
		learnt  []string
	}{
		{password("p1"), masked, nil, []string{"p1"}},
		{passwordList{"p1"}, `[1,1]`, []string{"[" + masked + "]"}, []string{"p1"}},
		{[]any{password("p1")}, `[1,1]`, []string{"[[<password>," + masked + "]]"}, []string{"p1"}},
		{map[password]int{"p1": 2}, `[1,1]`, []string{`[` + masked + `,2]`}, []string{"p1"}},
		{apiKey("p1"), `[1,2]`, []string{masked}, []string{"p1"}},
		{Passphrase{'p', 'a', 's', 's'}, masked, nil, []string{"pass"}},
		{secretive("p1"), `"p1"`, nil, nil},
		{ed25519.PrivateKey("p1"), `[1,2]`, []string{masked}, []string{"p1"}},
		{signingPrivateKey{"an algorithm", "a text of 16 bytes"}, `["an algorithm",` + masked + "]", nil, []string{"a text of 16 bytes"}},
		{ed25519.PublicKey("p1"), `[1,2]`, []string{`"p1"`}, nil},
	} {
		rules, learnt := realNames()
		w := newWalk(t, ample(), rules)
		w.want(w.value("v", tt.v), tt.want, tt.objects...)
		wantLearnt(t, learnt, tt.learnt...)
	}
}

// In the arguments of a command or of a logger, the previous element is the name.
func TestSecretArguments(t *testing.T) {
	for _, tt := range []struct {
		v      any
		hidden bool
	}{
		{[]string{"mysql", "--password", "p1", "app"}, true},
		{[3]string{"mysql", "-token", "p1"}, true},
		{[]string{"mysql", "password", "p1"}, false},
		{[]string{"mysql", "", "p1"}, false},
		{[]string{"mysql", "--user", "p1"}, false},
		{[]any{"user", "bob", "password", "p1"}, true},
		{[]any{"user", "bob", "password", []byte("p1")}, true},
		{[]any{"password", "bob", "user", "p1"}, false},
		{[]any{1, "password", "p1", 2}, false},
		{[]any{"password", "secret", "p1"}, true},
	} {
		rules, learnt := realNames()
		w := newWalk(t, ample(), rules)
		w.value("v", tt.v)
		w.w.Run()
		if got := strings.Join(w.objects(), ""); strings.Contains(got, `"p1"`) == tt.hidden || learnt["p1"] != tt.hidden {
			t.Errorf("%#v: got %s, learnt %v; want p1 hidden: %v", tt.v, got, learnt, tt.hidden)
		}
	}
}

// A name and its value are recognised side by side, whatever their types.
func TestSecretPairs(t *testing.T) {
	type name string
	for _, tt := range []struct {
		v      any
		hidden bool
	}{
		{struct{ Name, Value string }{"password", "p1"}, true},
		{struct {
			Key   name
			Value string
		}{"password", "p1"}, true},
		{struct{ Key, Value []byte }{[]byte("password"), []byte("p1")}, true},
		{struct{ key, val any }{"password", "p1"}, true},
		{struct{ key, val any }{name("password"), []byte("p1")}, true},
		{struct{ key, val any }{7, "p1"}, false},
		{struct{ key, val any }{nil, "p1"}, false},
		{struct{ key, val any }{"colour", "p1"}, false},
		{struct {
			Key       string
			Type      int
			String    string
			Interface any
		}{Key: "password", String: "p1"}, true},
		{struct {
			Key       string
			Type      int
			String    string
			Interface any
		}{Key: "password", Interface: "p1"}, true},
		{struct {
			Key       string
			Type      int
			String    string
			Interface any
		}{Key: "colour", String: "p1"}, false},
		{map[string]any{"name": "password", "value": "p1", "other": 7}, true},
		{map[any]any{"key": "password", "val": []byte("p1")}, true},
		{map[string]string{"Name": "password", "Value": "p1"}, true},
		{map[string]any{"name": "colour", "value": "p1"}, false},
		{map[string]any{"name": 7, "value": "p1"}, false},
		{map[string]any{"password": 7, "value": "p1"}, false},
		{Secret{Data: map[string][]byte{"x": []byte("p1")}}, true},
		{Secret{Name: "p1"}, false},
		{http.Cookie{Name: "id", Value: "p1"}, true},
		{http.Cookie{Name: "id", Value: "p1", Raw: "id=p1"}, true},
		{struct {
			name, value []byte
			httpOnly    bool
		}{value: []byte("p1")}, true},
	} {
		rules, learnt := realNames()
		w := newWalk(t, ample(), rules)
		got := w.render(w.value("v", tt.v))
		w.w.Run()
		got += strings.Join(w.objects(), "")
		if strings.Contains(got, "p1") == tt.hidden || learnt["p1"] != tt.hidden {
			t.Errorf("%+v: got %s, learnt %v; want p1 hidden: %v", tt.v, got, learnt, tt.hidden)
		}
	}
}

type (
	credential int
	aPass      struct{ S string }
)

// Secret is like the one of Kubernetes.
type Secret struct {
	Name string
	Data map[string][]byte
}

// A parser's token is not a secret, whatever the variable is called. Names beside a secret
// stay in place, and ordinary words that belong to one aren't searched for.
func TestNoSecrets(t *testing.T) {
	type token struct {
		Kind    int
		Literal string
	}
	type user struct{ Name, Password string }
	for _, tt := range []struct {
		name   string
		v      any
		hidden bool
		learnt bool
	}{
		{"token", token{1, "p1 and more"}, false, false},
		{"tokens", []token{{1, "p1 and more"}}, false, false},
		{"nextToken", &token{1, "p1 and more"}, false, false},
		{"accessToken", token{1, "p1 and more"}, true, false},
		{"token", struct {
			Value string
			Type  credential
		}{Value: "p1 and more"}, false, false},
		{"sessionToken", struct {
			Kind    int
			Value   string
			Expires time.Duration
		}{Value: "p1 and more"}, true, false},
		{"apiKey", token{1, "p1 and more"}, true, false},
		{"cookie", struct{ Inner token }{token{1, "p1 and more"}}, false, false},
		{"password", token{1, "p1 and more"}, true, true},
		{"password", &struct{ v string }{"p1 and more"}, true, true},
		{"secret", struct{ Name, Value string }{Name: "p1 and more"}, false, false},
		{"pass", 5, false, false},
		{"pass", &aPass{"p1 and more"}, false, false},
		{"pass", struct{ S string }{"p1 and more"}, false, false},
		{"dbPass", struct{ S string }{"p1 and more"}, true, true},
		{"dbPass", map[string]string{"bob": "p1 and more"}, true, true},
		{"dbPass", &[]byte{'p', '1', ' ', 'a', 'n', 'd', ' ', 'm', 'o', 'r', 'e'}, true, true},
		{"pass", "p1 and more", false, false},
		{"v", struct{ User, Pass string }{Pass: "p1 and more"}, true, true},
		{"token", "p1 and more", false, false},
		{"password", user{Name: "p1 and more"}, false, false},
		{"v", user{Password: "p1 and more"}, true, true},
		{"v", user{Name: "p1 and more"}, false, false},
		{"v", map[string]any{"password": "p1 and more"}, true, true},
		{"passwords", map[string]int{"p1 and more": 1}, false, false},
	} {
		rules, learnt := realNames()
		rules.LearnUncommon = func(string) {}
		w := newWalk(t, ample(), rules)
		got := w.render(w.value(tt.name, tt.v))
		w.w.Run()
		got += strings.Join(w.objects(), "")
		if _, number := tt.v.(int); !number && strings.Contains(got, "p1") == tt.hidden || strings.Contains(got, "redacted") != tt.hidden || learnt["p1 and more"] != tt.learnt {
			t.Errorf("%s = %+v: got %s, learnt %v; want it hidden: %v, learnt: %v", tt.name, tt.v, got, learnt, tt.hidden, tt.learnt)
		}
	}
}

// A private key is made of numbers, wherever it is and whatever its name.
func TestPrivateKeys(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		v       any
		numbers *big.Int
		bytes   []byte
	}{
		"RSA":   {rsaKey, rsaKey.D, nil},
		"prime": {rsaKey, rsaKey.Primes[1], nil},
		"named": {struct{ PrivateKey any }{rsaKey.D}, rsaKey.D, nil},
		"ECDSA": {ecKey, ecKey.D, nil},
	} {
		w := newWalk(t, ample(), Rules{SecretName: secrets.SecretName})
		w.value("v", tt.v)
		w.w.Run()
		all := strings.Join(w.objects(), "\n")
		for _, word := range tt.numbers.Bits() {
			if strings.Contains(all, fmt.Sprint(uint(word))) {
				t.Errorf("%s: got a part of the key, %d, in\n%s", name, word, all)
			}
		}
		if b := base64.StdEncoding.EncodeToString(tt.numbers.Bytes())[8:40]; strings.Contains(all, b) {
			t.Errorf("%s: got a part of the key, %s, in\n%s", name, b, all)
		}
	}
}

// So are the keys of a cipher, but not the data it works on.
func TestCipherKeys(t *testing.T) {
	key := []byte("0123456789abcdef")
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"block": block, "GCM": gcm, "HMAC": hmac.New(sha256.New, key)} {
		w := newWalk(t, ample(), Rules{SecretName: secrets.SecretName})
		w.value("v", struct {
			cipher any
			Near   string
			List   []int
		}{v, "near", []int{421337}})
		w.w.Run()
		all := strings.Join(w.objects(), "\n")
		for i := 0; i < len(key); i += 4 {
			little := uint32(key[i]) | uint32(key[i+1])<<8 | uint32(key[i+2])<<16 | uint32(key[i+3])<<24
			big := uint32(key[i+3]) | uint32(key[i+2])<<8 | uint32(key[i+1])<<16 | uint32(key[i])<<24
			for _, part := range []string{string(key[i : i+4]), fmt.Sprint(little), fmt.Sprint(big)} {
				if strings.Contains(all, part) {
					t.Errorf("%s: got a part of the key, %s, in\n%s", name, part, all)
				}
			}
		}
		if !strings.Contains(all, "redacted") {
			t.Errorf("%s: got\n%s\nwant something redacted: was the key there?", name, all)
		}
	}
}

// Numbers of 16 bits can be text; otherwise they stay numbers.
func TestUTF16(t *testing.T) {
	text := utf16.Encode([]rune("x 😀 hunter2"))
	samples := []uint16{0, 1, 65535, 40000}
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"v", [11]uint16(text[:11]), `[120,32,55357,56832,32,104,117,110,116,101,114]`},
		{"v", [12]uint16(text), `{"s":"x 😀 ` + notation.Mask + `","red":true}`},
		{"v", [4]uint16(samples), `[0,1,65535,40000]`},
		{"secret", [12]uint16(text), masked},
		{"secret", [4]uint16(samples), `{"x":["redacted"]}`},
		{"secret", [3]int{1, 2, 3}, `{"x":["redacted"]}`},
		{"secret", [2]bool{true, false}, `[true,false]`},
		{"secret tokens", [3]int{1, 2, 3}, `[1,2,3]`}, // they may be those of a parser
	} {
		rules, _ := secretNames()
		w := newWalk(t, ample(), rules)
		w.want(w.value(tt.name, tt.v), tt.want)
	}
	// A secret that the limit cuts in two, and numbers that are cut.
	lim := ample()
	lim.Elements = 12
	long := append(slices.Clone(text), utf16.Encode([]rune(strings.Repeat(".", 10_000)))...)
	w := newWalk(t, lim, Rules{})
	w.want(w.value("v", slices.Clip(long[5:])), `[1,10007]`, `{"s":"`+notation.Mask[:12]+`","red":true}`)
	w = newWalk(t, lim, Rules{})
	w.want(w.value("v", slices.Repeat(samples, 5)), `[1,20]`, `{"e":[0,1,65535,40000,0,1,65535,40000,0,1,65535,40000],"len":20,"x":["limit","elements"]}`)
}

// Text that may have been overwritten in part has its own rule.
func TestStaleText(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	if got := w.render([]byte("\x00t\x07\x07leftove")); got != masked {
		t.Errorf("got %s, want %s", got, masked)
	}
}

// The name of a source file goes through the redactor.
func TestFunctionPath(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	got := w.render([]byte("{\"f\":\"main.f\",\"file\":\x00p\x0d\x0d/hunter2/a.go}"))
	if want := `{"f":"main.f","file":"/` + notation.Mask + `/a.go"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
