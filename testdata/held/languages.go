package main

import (
	"container/heap"
	"container/list"
	"context"
	"iter"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf16"
	"unique"
	"weak"
)

var languages = []way{genericWay, channelWay, closureWay, syncWay, contextWay, atomicWay, uniqueWay, iteratorWay, arraysWay,
	numbersWay, listsWay, embeddedWay, methodWay, poolWay}

type Sensitive[T any] struct{ v T }

func (s Sensitive[T]) Reveal() T { return s.v }

type Optional[T any] struct {
	set   bool
	value T
}

type pair[K comparable, V any] struct {
	Key K
	Val V
}

func genericWay(m *maker, rest func()) {
	cfg := struct {
		APIKey   Sensitive[string]
		PinCode  Optional[string]
		Password *Sensitive[[]byte]
		Host     Optional[string]
		Region   Sensitive[*string]
	}{APIKey: Sensitive[string]{m.key("generic: APIKey", 20)}, PinCode: Optional[string]{true, m.key("generic: PinCode", 12)},
		Password: &Sensitive[[]byte]{[]byte(m.pass("generic: Password"))}, Host: Optional[string]{true, m.plain("host63.shop.internal")}}
	pairs := []pair[string, string]{{"db_password", m.pass("generic: pair")}, {"db_host", m.plain("db63.shop.internal")}}
	rest()
	keep(cfg, pairs)
}

type login struct {
	User, Password string
	done           chan error
}

func channelWay(m *maker, rest func()) {
	passwords := make(chan string, 4)
	passwords <- m.pass("channel: passwords")
	passwords <- m.pass("channel: passwords 2")
	logins := make(chan login, 2)
	logins <- login{User: m.plain("erin-64"), Password: m.pass("channel: login")}
	tokens := make(chan []byte, 2)
	tokens <- []byte(m.key("channel: tokens", 24))
	jobs := make(chan string, 2)
	jobs <- m.plain("resize-image-64.png")
	waiting := make(chan struct{})
	go func() {
		unlockPassword := m.pass("channel: goroutine")
		close(waiting)
		<-make(chan int)
		keep(unlockPassword)
	}()
	<-waiting
	rest()
	keep(passwords, logins, tokens, jobs)
}

func closureWay(m *maker, rest func()) {
	apiSecret, endpoint := m.key("closure: apiSecret", 24), m.plain("https://hook65.shop.internal")
	pin := m.pass("closure: password")
	send := func() int { return len(apiSecret) + len(endpoint) }
	check := func(password string) func() bool { return func() bool { return password != "" } }(pin)
	retry := []func() int{send, func() int { return len(pin) }}
	pin = ""
	rest()
	keep(check, retry)
}

func syncWay(m *maker, rest func()) {
	var sessions sync.Map
	sessions.Store(m.key("sync.Map: key", 32), m.plain("user-66-frank"))
	var settings sync.Map
	settings.Store("smtp_password", m.pass("sync.Map: value"))
	settings.Store("smtp_host", m.plain("smtp66.shop.internal"))
	secret := sync.OnceValue(func() string { return m.key("sync: OnceValue", 30) })
	clientSecret := secret()
	rest()
	keep(&sessions, &settings, clientSecret)
}

type contextKey string

type userKey struct{}

type identity struct {
	Subject, Tenant string
	IDToken         string
}

func contextWay(m *maker, rest func()) {
	ctx := context.WithValue(context.Background(), contextKey("session_token"), m.key("context: session_token", 24))
	ctx = context.WithValue(ctx, contextKey("locale"), m.plain("pt-BR-67"))
	ctx = context.WithValue(ctx, userKey{}, &identity{m.plain("subject-67"), m.plain("tenant-67"), m.key("context: IDToken", 40)})
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	rest()
	cancel()
	keep(ctx)
}

type credentials struct{ User, Pass string }

type rotating struct {
	token   atomic.Value
	current atomic.Pointer[credentials]
	region  atomic.Value
	secret  atomic.Pointer[string]
}

func atomicWay(m *maker, rest func()) {
	var r rotating
	r.token.Store(m.key("atomic: Value", 22))
	r.current.Store(&credentials{m.plain("grace-68"), m.pass("atomic: Pointer")})
	r.region.Store(m.plain("sa-east-68"))
	s := m.pass("atomic: secret")
	r.secret.Store(&s)
	rest()
	keep(&r)
}

type cacheKey struct{ Tenant, APIKey string }

func uniqueWay(m *maker, rest func()) {
	apiKey := unique.Make(m.key("unique: apiKey", 22))
	tenant := unique.Make(m.plain("tenant-69-unique"))
	both := unique.Make(cacheKey{m.plain("tenant-69-both"), m.key("unique: struct", 22)})
	c := &credentials{m.plain("heidi-69"), m.pass("weak: Pointer")}
	w := weak.Make(c)
	hits := map[cacheKey]int{{m.plain("tenant-69-hits"), m.key("map: struct key", 22)}: 69}
	rest()
	keep(apiKey, tenant, both, w, c, hits)
}

func tokensOf(m *maker) iter.Seq2[string, string] {
	accessToken, user := m.key("iter: captured", 24), m.plain("ivan-70")
	return func(yield func(string, string) bool) {
		for range 3 {
			if !yield(user, accessToken) {
				return
			}
		}
	}
}

func iteratorWay(m *maker, rest func()) {
	seq := tokensOf(m)
	next, stop := iter.Pull2(seq)
	name, token, ok := next()
	users := slices.Collect(func(yield func(string) bool) { yield(m.plain("judy-70")) })
	rest()
	stop()
	keep(name, token, ok, users)
}

type vaultOfKeys struct {
	aesKey  [32]byte
	ivs     [][12]byte
	sealKey *[32]byte
	key     [32]byte
	digest  [32]byte
	name    string
}

func arraysWay(m *maker, rest func()) {
	seal := [32]byte(m.raw("array: sealKey", 32))
	v := &vaultOfKeys{aesKey: [32]byte(m.raw("array: aesKey", 32)), sealKey: &seal, key: [32]byte(m.raw("array: key", 32)), name: m.plain("vault-of-71")}
	sharedSecret := m.raw("array: sharedSecret", 48)
	passwords := [2]string{m.pass("array: passwords"), m.pass("array: passwords 2")}
	runes := []rune(m.pass("array: runes"))
	passwordRunes, wide := runes, utf16.Encode([]rune(m.pass("array: utf16")))
	widePassword := wide
	ports := [3]string{m.plain("eth0.71"), "eth1", "eth2"}
	rest()
	keep(v, sharedSecret, passwords, passwordRunes, widePassword, ports)
}

type rsaLike struct {
	N      *big.Int
	E      int
	D      *big.Int
	Primes []*big.Int
}

type schnorrPrivateKey struct {
	X, Y   *big.Int
	scalar *big.Int
	curve  string
}

func numbersWay(m *maker, rest func()) {
	d := new(big.Int).SetBytes(m.raw("number: D", 64))
	k := &schnorrPrivateKey{scalar: d, curve: m.plain("secp256k1-72")}
	privateExponent := new(big.Int).SetBytes(m.raw("number: privateExponent", 32))
	words := []uint64{m.random.Uint64(), m.random.Uint64(), m.random.Uint64(), m.random.Uint64()}
	secretWords := words
	total := []uint64{72072072, 72}
	rest()
	keep(k, privateExponent, secretWords, total)
}

type byAge []*credentials

func (h byAge) Len() int           { return len(h) }
func (h byAge) Less(i, j int) bool { return h[i].User < h[j].User }
func (h byAge) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byAge) Push(x any)        { *h = append(*h, x.(*credentials)) }
func (h *byAge) Pop() any          { return nil }

func listsWay(m *maker, rest func()) {
	recentPasswords := list.New()
	recentPasswords.PushBack(m.pass("list: recentPasswords"))
	names := list.New()
	names.PushBack(m.plain("mallory-73"))
	h := &byAge{}
	heap.Push(h, &credentials{m.plain("niaj-73"), m.pass("heap: Pass")})
	matrix := [][]string{{m.plain("olivia-73"), "admin"}, {"password", m.key("list: row", 16)}}
	rest()
	keep(recentPasswords, names, h, matrix)
}

type base struct {
	*credentials
	Endpoint string
}

type client struct {
	base
	secretKey string
	logger    any
	password  **string
	any       any
}

func embeddedWay(m *maker, rest func()) {
	pass := m.pass("embedded: **string")
	p := &pass
	c := client{base: base{&credentials{m.plain("peggy-74"), m.pass("embedded: Pass")}, m.plain("https://api74.shop.internal")},
		secretKey: m.key("embedded: secretKey", 20), password: &p}
	var anyPassword any = &pass
	c.any = struct{ Passphrase any }{m.pass("embedded: any")}
	rest()
	keep(c, anyPassword)
}

type tokenSource struct {
	prefix string
	secret string
}

func (t *tokenSource) Token() string { return t.prefix + t.secret }

func (t tokenSource) Other() string { return t.secret }

func methodWay(m *maker, rest func()) {
	s := &tokenSource{m.plain("prefix-75-"), m.key("method: receiver", 24)}
	get, other := s.Token, s.Other
	type deferred struct{ run func() string }
	d := deferred{other}
	defer func(authToken string) { keep(authToken) }(m.key("method: deferred", 26))
	rest()
	keep(get, d)
}

func poolWay(m *maker, rest func()) {
	pool := sync.Pool{}
	pool.Put(&credentials{"rupert", m.pass("pool: Pass")})
	scratch := make([]byte, 0, 256)
	scratch = append(scratch, "user=sybil76&password="+m.pass("pool: stale")+"&x="...)
	scratch = append(scratch[:0], m.plain("short text of 76")...)
	rest()
	keep(&pool, scratch)
}
