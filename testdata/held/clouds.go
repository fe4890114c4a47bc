package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

var clouds = []way{awsWay, aws2Way, gcpWay, azureWay, stripeWay, twilioWay, sendgridWay, jwtWay, oauthWay, slackWay,
	openaiWay, vaultWay, kubernetesWay, kubernetesSecretWay, hookWay}

type awsValue struct {
	AccessKeyID, SecretAccessKey, SessionToken, ProviderName string
}

type awsCredentials struct {
	m        sync.RWMutex
	creds    awsValue
	provider any
}

func awsWay(m *maker, rest func()) {
	v := awsValue{"AKIA" + m.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), m.note("planted", "aws: SecretAccessKey", m.letters(alnum+"+/", 40)),
		m.key("aws: SessionToken", 180), m.plain("EnvConfigCredentials21")}
	c := &awsCredentials{creds: v, provider: &struct{ Value awsValue }{v}}
	profile := "[default]\nregion = " + m.plain("us-gov-west-21") + "\naws_secret_access_key = " + m.note("planted", "aws: profile", m.letters(alnum+"+/", 40)) + "\n"
	rest()
	keep(c, profile)
}

type aws2Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken, Source string
	CanExpire                                          bool
	Expires                                            time.Time
}

type aws2Cache struct {
	provider any
	creds    atomic.Value
}

type signer2 struct {
	signature, scope string
	derived          map[string]struct {
		Credential []byte
		Date       time.Time
	}
}

func aws2Way(m *maker, rest func()) {
	cache := &aws2Cache{}
	cache.creds.Store(&aws2Credentials{AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: m.key("aws2: SecretAccessKey", 40),
		SessionToken: m.key("aws2: SessionToken", 120), Source: m.plain("AssumeRoleProvider22")})
	scope := m.plain("20261201/eu-west-22/s3/aws4_request")
	mac := hmac.New(sha256.New, []byte("AWS4"+m.key("aws2: HMAC key", 40)))
	mac.Write([]byte(scope))
	rest()
	keep(cache, mac, scope)
}

type jwtConfig struct {
	Email        string
	PrivateKey   []byte
	PrivateKeyID string
	Scopes       []string
	TokenURL     string
}

func pemKey(m *maker, where string) []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	m.note("planted", where, base64.StdEncoding.EncodeToString(der)[60:120])
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func gcpWay(m *maker, rest func()) {
	key := pemKey(m, "gcp: key")
	account, err := json.Marshal(map[string]string{"type": "service_account", "project_id": m.plain("shop-prod-23"),
		"private_key": string(key), "client_email": m.plain("robot@shop-prod-23.iam.shop.internal")})
	if err != nil {
		panic(err)
	}
	cfg := &jwtConfig{Email: "robot", PrivateKey: key, PrivateKeyID: m.letters("0123456789abcdef", 40),
		Scopes: []string{m.plain("https://auth.shop.internal/auth/cloud-platform23")}}
	rest()
	keep(account, cfg)
}

type sharedKey struct {
	accountName string
	accountKey  atomic.Value
}

type confidentialClient struct {
	tenantID, clientID string
	cred               struct{ Secret string }
	cache              map[string]accessToken
}

type accessToken struct {
	Token     string
	ExpiresOn time.Time
	RefreshOn time.Time
}

func azureWay(m *maker, rest func()) {
	sk := &sharedKey{accountName: m.plain("shopstorage24")}
	sk.accountKey.Store(m.raw("azure: accountKey", 64))
	client := &confidentialClient{tenantID: "common", clientID: m.plain("shop-client-24")}
	client.cred.Secret = m.issued("azure: Secret", "abc8Q~", 34)
	client.cache = map[string]accessToken{m.plain("https://vault.shop.internal/.default24"): {Token: m.key("azure: Token", 200)}}
	conn := "DefaultEndpointsProtocol=https;AccountName=" + m.plain("shopqueue24") + ";AccountKey=" +
		m.note("planted", "azure: connection", m.letters(alnum+"+/", 86)) + "==;EndpointSuffix=core.shop.internal"
	bus := "Endpoint=sb://bus24.shop.internal/;SharedAccessKeyName=send;SharedAccessKey=" + m.note("planted", "azure: bus", m.letters(alnum, 43)) + "="
	rest()
	keep(sk, client, conn, bus)
}

type stripeBackend struct {
	Type, URL string
	Key       string
	retries   int
}

func stripeWay(m *maker, rest func()) {
	b := &stripeBackend{Type: m.plain("api-backend-25"), URL: m.plain("https://api25.shop.internal"), Key: m.issued("stripe: Key", "rk_live_", 30)}
	endpoint := m.issued("stripe: endpoint", "whsec_", 32)
	charge := map[string]any{"id": m.plain("ch_3MtwBwLkdIwHu7ix0SN25abc"), "amount": 1250,
		"client_secret": "pi_3MtwBwLkdIwHu7ix_secret_" + m.key("stripe: client_secret", 25)}
	rest()
	keep(b, endpoint, charge)
}

type basicCredentials struct{ Username, Password string }

type twilioClient struct {
	*basicCredentials
	HTTPClient *http.Client
	accountSid string
	region     string
}

func twilioWay(m *maker, rest func()) {
	c := &twilioClient{basicCredentials: &basicCredentials{m.plain("AC26-shop-account"), m.hex("twilio: Password", 32)},
		region: m.plain("ie1-twilio26")}
	rest()
	keep(c)
}

type mailRequest struct {
	Method, BaseURL string
	Headers         map[string]string
	QueryParams     map[string]string
	Body            []byte
}

func sendgridWay(m *maker, rest func()) {
	key := "SG." + m.key("sendgrid: key", 22) + "." + m.letters(alnum, 43)
	r := mailRequest{Method: "POST", BaseURL: m.plain("https://api27.shop.internal/v3/mail/send"),
		Headers: map[string]string{"Authorization": "Bearer " + key, "User-Agent": m.plain("mailer/3.14.27;go")},
		Body:    []byte(`{"subject":"` + m.plain("Your order 2727 has shipped") + `"}`)}
	mailgun := map[string]string{"api": "key-" + m.hex("mailgun: key", 32)}
	rest()
	keep(r, mailgun)
}

type jwtToken struct {
	Raw       string
	Method    any
	Header    map[string]any
	Claims    map[string]any
	Signature []byte
	Valid     bool
}

func jwtWay(m *maker, rest func()) {
	hmacSecret := []byte(m.key("jwt: hmacSecret", 32))
	keyfunc := func(*jwtToken) (any, error) { return hmacSecret, nil }
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	signature := m.note("planted", "jwt: signature", m.letters(alnum+"-_", 43))
	t := &jwtToken{Raw: part(`{"alg":"HS256"}`) + "." + part(`{"sub":"28","n":1}`) + "." + signature,
		Header: map[string]any{"alg": "HS256", "kid": m.plain("key-of-2026-28")},
		Claims: map[string]any{"sub": m.plain("user-28281"), "aud": []any{m.plain("shop-web28")}}, Valid: true}
	rest()
	keep(t, keyfunc)
}

type oauthToken struct {
	AccessToken, TokenType, RefreshToken string
	Expiry                               time.Time
	raw                                  any
}

type oauthConfig struct {
	ClientID, ClientSecret string
	Endpoint               struct{ AuthURL, TokenURL string }
	RedirectURL            string
	Scopes                 []string
}

type reuseSource struct {
	new any
	mu  sync.Mutex
	t   *oauthToken
}

func oauthWay(m *maker, rest func()) {
	cfg := &oauthConfig{ClientID: m.plain("shop-web-29"), ClientSecret: m.key("oauth2: ClientSecret", 24), RedirectURL: m.plain("https://shop29.internal/callback")}
	cfg.Endpoint.TokenURL = m.plain("https://login29.shop.internal/oauth/token")
	src := &reuseSource{t: &oauthToken{AccessToken: m.key("oauth2: AccessToken", 30), TokenType: m.plain("bearer-29x"),
		RefreshToken: m.key("oauth2: RefreshToken", 22), raw: map[string]any{"id_token": m.key("oauth2: id_token", 44), "scope": m.plain("read:items29")}}}
	verifier := struct{ state, codeVerifier, nonce string }{m.plain("state-29"), m.key("oauth2: codeVerifier", 43), "n"}
	rest()
	keep(cfg, src, verifier)
}

type slackClient struct {
	token, appLevelToken, endpoint string
	debug                          bool
}

func slackWay(m *maker, rest func()) {
	c := &slackClient{token: "xoxb-2130-3030-" + m.key("slack: token", 24), appLevelToken: "xapp-1-A30-30-" + m.hex("slack: appLevelToken", 64),
		endpoint: m.plain("https://slack30.shop.internal/api/")}
	hook := "https://hooks.slack.com/services/T30303030/B30303030/" + m.key("slack: hook", 24)
	rest()
	keep(c, hook)
}

type openaiConfig struct {
	authToken, BaseURL, OrgID string
	APIVersion                string
	HTTPClient                any
}

func openaiWay(m *maker, rest func()) {
	cfg := openaiConfig{authToken: "sk-proj-" + m.key("openai: authToken", 48), BaseURL: m.plain("https://llm31.shop.internal/v1"), OrgID: m.plain("org-shop31"),
		APIVersion: m.plain("2026-05-31-preview")}
	header := http.Header{"X-Api-Key": {m.key("anthropic: header", 32)}, "Anthropic-Version": {m.plain("2023-06-31")}}
	usage := map[string]int{"prompt_tokens": 3131, "completion_tokens": 31}
	rest()
	keep(cfg, header, usage)
}

type vaultSecret struct {
	RequestID, LeaseID string
	Data               map[string]any
	Auth               *struct {
		ClientToken, Accessor string
		Policies              []string
	}
	WrapInfo *struct{ Token, CreationPath string }
}

type vaultClient struct {
	addr    string
	token   string
	headers http.Header
}

func vaultWay(m *maker, rest func()) {
	c := &vaultClient{addr: m.plain("https://vault32.shop.internal:8200"), token: "hvs." + m.key("vault: token", 24),
		headers: http.Header{"X-Vault-Token": {m.key("vault: header", 26)}, "X-Vault-Namespace": {m.plain("team-32/shop")}}}
	s := &vaultSecret{RequestID: "r", LeaseID: m.plain("database/creds/readonly32"), Data: map[string]any{
		"data":     map[string]any{"username": m.plain("v-app-readonly32"), "password": m.pass("vault: data.password")},
		"metadata": map[string]any{"version": m.plain("version-32")}}}
	s.Auth = &struct {
		ClientToken, Accessor string
		Policies              []string
	}{m.key("vault: ClientToken", 24), m.plain("accessor-of-32"), []string{m.plain("default-policy32")}}
	s.WrapInfo = &struct{ Token, CreationPath string }{m.key("vault: WrapInfo", 26), m.plain("auth/approle/login32")}
	unseal := []string{m.hex("vault: unsealKeys", 66)}
	unsealKeys := unseal
	rest()
	keep(c, s, unsealKeys)
}

type restConfig struct {
	Host, APIPath      string
	Username, Password string
	BearerToken        string
	BearerTokenFile    string
	TLSClientConfig    struct {
		ServerName                string
		CertData, KeyData, CAData []byte
	}
	UserAgent string
	QPS       float32
}

func kubernetesWay(m *maker, rest func()) {
	key := pemKey(m, "kubernetes: KeyData")
	cfg := &restConfig{Host: m.plain("https://10.33.0.1:6443"), Username: m.plain("admin-of-33"), Password: m.pass("kubernetes: Password"),
		BearerToken: m.key("kubernetes: BearerToken", 64), BearerTokenFile: m.plain("/var/run/secrets/33/token"), UserAgent: m.plain("kubectl33/v1.35.0")}
	cfg.TLSClientConfig.ServerName = m.plain("kube33.shop.internal")
	cfg.TLSClientConfig.KeyData = key
	kubeconfig := []byte("users:\n- name: admin33\n  user:\n    token: " + m.key("kubeconfig: token", 40) + "\n    username: " + m.plain("kube-admin-33") + "\n")
	rest()
	keep(cfg, kubeconfig)
}

type objectMeta struct {
	Name, Namespace string
	Labels          map[string]string
	Annotations     map[string]string
}

type kubernetesSecret struct {
	Kind string
	objectMeta
	Data       map[string][]byte
	StringData map[string]string
	Type       string
}

type configMap struct {
	Kind string
	objectMeta
	Data map[string]string
}

type secretLister struct {
	items map[string]*kubernetesSecret
}

func kubernetesSecretWay(m *maker, rest func()) {
	s := &kubernetesSecret{Kind: "Secret", objectMeta: objectMeta{Name: m.plain("shop-db-34"), Namespace: m.plain("prod-34"),
		Labels: map[string]string{"app": m.plain("shop-api-34")}, Annotations: map[string]string{"owner": m.plain("team-blue-34")}},
		Data: map[string][]byte{"password": []byte(m.pass("k8s Secret: password")), "tls.key": []byte(m.key("k8s Secret: tls.key", 40)),
			"username": []byte(m.plain("shop-user-34"))},
		StringData: map[string]string{"redis-password": m.pass("k8s Secret: redis-password")}, Type: m.plain("Opaque-34")}
	cm := &configMap{Kind: "ConfigMap", objectMeta: objectMeta{Name: m.plain("shop-settings-34")}, Data: map[string]string{"mode": m.plain("blue-green-34")}}
	l := &secretLister{items: map[string]*kubernetesSecret{m.plain("prod-34/shop-db"): s}}
	rest()
	keep(s, cm, l)
}

func hookWay(m *maker, rest func()) {
	key := m.raw("hook: signing key", 32)
	verify := func(ctx context.Context, body []byte) bool {
		mac := hmac.New(sha256.New, key)
		mac.Write(body)
		return len(mac.Sum(nil)) == 32
	}
	signingKeys := map[string][]byte{m.plain("kid-2026-35"): m.raw("hook: signingKeys", 32)}
	body := []byte(m.plain("body of hook 35"))
	ok := verify(context.Background(), body)
	rest()
	keep(verify, signingKeys, ok, body)
}
