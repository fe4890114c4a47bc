package walk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/secrets"
)

// The rules for types and names of keys need memory, so they are measured here: with keys of
// the standard library and of types of our own, and with what is similar, but public.

type (
	nodePrivateKey struct {
		curve string
		d     *big.Int
		limbs [4]uint64
	}
	paillierPrivateKey struct{ lambda, mu *big.Int }
	rawPrivateKey      []byte
	keyboardKey        struct{ code, row [16]byte }
	publicKeyOf        struct{ x, y *big.Int }
	keyRange           struct{ low, high [16]byte }
	account            struct {
		name string
		sign nodePrivateKey
	}
	vault struct {
		Key  [32]byte
		Name string
	}
	store struct {
		masterSeed []byte
		id         [16]byte
	}
)

// A keyCase is a variable that holds a key, or in which nothing is secret.
type keyCase struct {
	name  string
	v     any
	words []string // of a planted key, as numbers or bytes are written in a dump
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	b[0] |= 0x80 // no text
	return b
}

// inBytes is how a dump has bytes.
func inBytes(b []byte) []string { return []string{base64.StdEncoding.EncodeToString(b[:len(b)/3*3])} }

// inWords is how a dump has the words of big numbers, and of lists of words.
func inWords(numbers ...*big.Int) (all []string) {
	for _, n := range numbers {
		for _, w := range n.Bits() {
			all = append(all, strconv.FormatUint(uint64(w), 10))
		}
	}
	return all
}

// keysByType returns values of types that hold keys.
func keysByType(t *testing.T) (all []keyCase) {
	t.Helper()
	fatal := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	fatal(err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fatal(err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	fatal(err)
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	fatal(err)
	secret := random(32)
	block, err := aes.NewCipher(secret)
	fatal(err)
	gcm, err := cipher.NewGCM(block)
	fatal(err)
	var round []string
	for i := 0; i < len(secret); i += 4 {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} { // as the platform has them
			round = append(round, strconv.FormatUint(uint64(order.Uint32(secret[i:])), 10))
		}
	}
	mac := hmac.New(sha256.New, secret)
	pad := random(64)
	for i := range pad {
		pad[i] = 0x5c
		if i < len(secret) {
			pad[i] ^= secret[i]
		}
	}
	node := nodePrivateKey{"p256", e.D, [4]uint64{1<<62 + 17, 1<<61 + 18, 1<<60 + 19, 1<<59 + 20}}
	words := append(inWords(e.D), "4611686018427387921", "2305843009213693970")
	raw, lambda := rawPrivateKey(random(48)), new(big.Int).SetBytes(random(64))
	return []keyCase{
		{"r", r, inWords(append(r.Primes, r.D)...)}, {"v", *r, inWords(r.D)}, {"e", e, inWords(e.D)},
		{"any", []any{e}, inWords(e.D)}, {"m", map[string]*rsa.PrivateKey{"a": r}, inWords(r.D)},
		{"cert", tls.Certificate{PrivateKey: r}, inWords(r.D)}, {"certs", []tls.Certificate{{PrivateKey: e}}, inWords(e.D)},
		{"ed", ed, inBytes(ed)}, {"eds", []ed25519.PrivateKey{ed}, inBytes(ed)}, {"x", x, inBytes(x.Bytes())},
		{"block", block, round}, {"gcm", gcm, round}, {"s", struct{ c cipher.AEAD }{gcm}, round},
		{"mac", mac, inBytes(pad)},
		{"n", node, words}, {"p", &node, words}, {"list", []nodePrivateKey{node}, words}, {"a", account{"bob", node}, words},
		{"b", raw, inBytes(raw)}, {"l", paillierPrivateKey{lambda, lambda}, inWords(lambda)},
	}
}

func publicByType(t *testing.T) []keyCase {
	t.Helper()
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n := new(big.Int).SetBytes(random(64))
	sum := sha256.New()
	sum.Write([]byte("order"))
	return []keyCase{
		{name: "n", v: n}, {name: "total", v: big.NewInt(1 << 60)}, {name: "e", v: &e.PublicKey}, {name: "r", v: &rsa.PublicKey{N: n, E: 3}},
		{name: "p", v: publicKeyOf{n, n}}, {name: "k", v: keyboardKey{}}, {name: "ranges", v: []keyRange{{high: [16]byte(random(16))}}},
		{name: "config", v: tls.Config{ServerName: "shop.example.com"}}, {name: "q", v: big.NewRat(1, 3)}, {name: "limbs", v: [4]uint64{1 << 62, 7}},
		{name: "sums", v: [][32]byte{[32]byte(random(32))}}, {name: "f", v: func() int { return 3 }}, {name: "cert", v: tls.Certificate{Certificate: [][]byte{random(300)}}},
		{name: "curve", v: elliptic.P256().Params().N}, {name: "sum", v: sum.Sum(nil)}, {name: "words", v: []uint64{1 << 63, 12, 14}},
	}
}

// keysByName returns bytes under the names of keys.
func keysByName() (all []keyCase) {
	k16, k24, k32, k64 := random(16), random(24), random(32), random(64)
	return []keyCase{
		{"key", k32, inBytes(k32)}, {"key", [16]byte(k16), inBytes(k16)}, {"seed", [32]byte(k32), inBytes(k32)}, {"masterSeed", k64, inBytes(k64)},
		{"Key", &k32, inBytes(k32)}, {"seeds", [][]byte{k24, k24}, inBytes(k24)}, {"keys", [][32]byte{[32]byte(k32)}, inBytes(k32)},
		{"v", vault{[32]byte(k32), "x"}, inBytes(k32)}, {"v", &store{k32, [16]byte{}}, inBytes(k32)}, {"rngSeed", k16, inBytes(k16)},
		{"m", map[string][]byte{"seed": k32}, inBytes(k32)}, {"chachaKey", [32]byte(k32), inBytes(k32)},
		{"roundKeys", [][]byte{k16, k24}, inBytes(k16)}, {"seed", any(k32), inBytes(k32)}, {"walletSeed", k64, inBytes(k64)},
	}
}

func publicByName() []keyCase {
	b16, b20, b32, b64 := random(16), random(20), random(32), random(64)
	return []keyCase{
		{name: "id", v: [16]byte(b16)}, {name: "hash", v: [32]byte(b32)}, {name: "sum", v: b32}, {name: "digest", v: [20]byte(b20)}, {name: "uuid", v: [16]byte(b16)},
		{name: "nonce", v: random(12)}, {name: "iv", v: [16]byte(b16)}, {name: "block", v: b64}, {name: "key", v: []byte("user:42:cart of 7")},
		{name: "sortKey", v: b32}, {name: "publicKey", v: b32}, {name: "ip", v: [16]byte(b16)}, {name: "seed", v: int64(42)}, {name: "key", v: [8]byte(b16[:8])},
		{name: "buf", v: b64}, {name: "partitionKey", v: b16}, {name: "root", v: [32]byte(b32)}, {name: "keyID", v: [16]byte(b16)}, {name: "keyHash", v: b32},
		{name: "signature", v: b64}, {name: "cacheKey", v: [32]byte(b32)}, {name: "seed", v: make([]byte, 32)}, {name: "keys", v: []string{"a1", "b2"}}, {name: "keyboard", v: b32},
	}
}

// shownBy returns how a dump shows a variable with no rule but one.
func (k *keyCase) shownBy(t *testing.T, rule secrets.Rule) string {
	var shown secrets.Shown
	for name := range strings.SplitSeq(secrets.RuleNames(), ", ") {
		if name != string(rule) {
			shown = append(shown, name)
		}
	}
	redact := secrets.New(secrets.Rules{HideSecret: true, Shown: shown})
	w := newWalk(t, ample(), Rules{SecretName: secrets.SecretName, Learn: redact.Learn, Shown: shown})
	value := w.value(k.name, k.v)
	w.w.Run()
	all := string(w.w.Render(nil, value, redact))
	for _, o := range w.w.Objects() {
		all += " " + string(w.w.Render(nil, o.Value, redact))
	}
	return all
}

// The rules hide keys, and little else. With -v it logs how many.
func TestMeasureKeys(t *testing.T) {
	for _, tt := range []struct {
		rule              secrets.Rule
		planted, ordinary []keyCase
	}{
		{secrets.ByType, keysByType(t), publicByType(t)},
		{secrets.BySeed, keysByName(), publicByName()},
	} {
		leaks, hidden := 0, 0
		for _, k := range tt.planted {
			if plain := k.shownBy(t, secrets.ByHideText); !containsAny(plain, k.words) {
				t.Errorf("%s %T: the key isn't in a dump without rules", k.name, k.v)
			}
			if got := k.shownBy(t, tt.rule); containsAny(got, k.words) {
				leaks++
				t.Logf("%s: %s %T: got the key in %.300s", tt.rule, k.name, k.v, got)
			}
		}
		for _, k := range tt.ordinary {
			if got := k.shownBy(t, tt.rule); strings.Contains(got, "redacted") {
				hidden++
				t.Logf("%s: %s %T: got it hidden in %.300s", tt.rule, k.name, k.v, got)
			}
		}
		secret := len(tt.planted) - leaks
		precision, recall := 100*secret/max(1, secret+hidden), 100*secret/len(tt.planted)
		t.Logf("%-5s precision %d %%, recall %d %% of %d keys; %d ordinary values, %d hidden", tt.rule, precision,
			recall, len(tt.planted), len(tt.ordinary), hidden)
		if precision < 95 || recall < 95 {
			t.Errorf("%s: got precision %d %%, recall %d %%; want 95 %% of each", tt.rule, precision, recall)
		}
	}
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
