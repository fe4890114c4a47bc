package main

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// These ways were written after the rules were changed for the others.
var fresh = []way{paymentWay, gameWay, sftpWay, keycloakWay, temporalWay, backupWay, firebaseWay, matrixWay, couchWay,
	rabbitWay, cronWay, webauthnWay, oidcWay, mqttWay, featureWay, handlerWay, migrationWay, spreadsheetWay, signerWay, walletWay, limbsWay}

type merchant struct {
	MerchantID   string
	HashKey      string
	HashIV       string
	PublishKey   string
	SecretKey    string
	WebhookToken *string
	Sandbox      bool
}

func paymentWay(m *maker, rest func()) {
	token := m.key("payment: WebhookToken", 26)
	p := merchant{MerchantID: m.plain("merchant-90"), HashKey: m.key("payment: HashKey", 16), PublishKey: m.plain("pk_test_shop90"), SecretKey: m.pass("payment: SecretKey"), WebhookToken: &token}
	card := struct{ Holder, Number, CVC string }{m.plain("Anna Muster 90"), "4111111111111111", "737"}
	amounts := map[string]string{"total": m.plain("CHF 90.90"), "tax": m.plain("CHF 7.07")}
	rest()
	keep(p, card, amounts)
}

type player struct {
	Name, Guild   string
	SessionTicket string
	authToken     []byte
	Inventory     map[string]int
}

func gameWay(m *maker, rest func()) {
	players := map[uint64]*player{91: {Name: m.plain("Legolas91"), Guild: m.plain("Guild of 91"), SessionTicket: m.key("game: SessionTicket", 32),
		authToken: []byte(m.key("game: authToken", 24)), Inventory: map[string]int{m.plain("sword-of-91"): 1}}}
	lobby := struct{ Code, Password string }{m.plain("LOBBY91"), m.pass("game: lobby password")}
	rest()
	keep(players, lobby)
}

type remote struct {
	Name   string
	Type   string
	Params map[string]string
}

func sftpWay(m *maker, rest func()) {
	r := []remote{{m.plain("backup-92"), "sftp", map[string]string{"host": m.plain("sftp92.shop.internal"), "user": m.plain("rclone92"), "pass": m.key("rclone: pass", 30),
		"key_file_pass": m.pass("rclone: key_file_pass")}}}
	line := "sftp://rclone92:" + m.key("sftp: URL", 20) + "@sftp92.shop.internal/" + m.plain("srv/data92")
	rest()
	keep(r, line)
}

type realm struct {
	Realm, AuthServerURL string
	Credentials          struct{ Secret string }
	Resource             string
	users                []map[string]any
}

func keycloakWay(m *maker, rest func()) {
	r := &realm{Realm: m.plain("realm-93"), AuthServerURL: m.plain("https://id93.shop.internal/auth"), Resource: m.plain("shop-client93")}
	r.Credentials.Secret = m.key("keycloak: Secret", 32)
	r.users = []map[string]any{{"username": m.plain("bob-93"), "credentials": []any{map[string]any{"type": "password", "value": m.pass("keycloak: credentials value"), "temporary": false}}}}
	rest()
	keep(r)
}

type payload struct {
	Metadata map[string][]byte
	Data     []byte
}

func temporalWay(m *maker, rest func()) {
	input := []*payload{{Metadata: map[string][]byte{"encoding": []byte(m.plain("json/plain94"))}, Data: []byte(`{"orderId":"` + m.plain("order-94-1") + `","paymentToken":"` + m.key("temporal: paymentToken", 24) + `"}`)}}
	options := struct{ ID, TaskQueue, APIKey string }{m.plain("workflow-94"), m.plain("queue-94"), m.key("temporal: APIKey", 40)}
	rest()
	keep(input, options)
}

func backupWay(m *maker, rest func()) {
	cmd := exec.Command("restic", "-r", m.plain("s3:s3.shop.internal/bucket95"), "backup", m.plain("/srv/shop95"))
	cmd.Env = []string{"RESTIC_PASSWORD=" + m.pass("restic: RESTIC_PASSWORD"), "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "RESTIC_CACHE_DIR=" + m.plain("/var/cache/restic95")}
	gpg := exec.Command("gpg", "--batch", "--passphrase", m.pass("gpg: --passphrase"), "-c", m.plain("dump95.sql"))
	pg := exec.Command("psql", "host=db95 user=app password="+m.pass("psql: conninfo")+" dbname="+m.plain("orders95"))
	rest()
	keep(cmd, gpg, pg)
}

type firebaseApp struct {
	projectID, storageBucket string
	webAPIKey                string
	serviceAccount           map[string]string
	fcm                      struct{ serverKey, senderID string }
}

func firebaseWay(m *maker, rest func()) {
	a := &firebaseApp{projectID: m.plain("shop-app-96"), storageBucket: m.plain("shop-app-96.appspot.internal"), webAPIKey: m.note("planted", "firebase: webAPIKey", "AIza"+m.letters(alnum, 35)),
		serviceAccount: map[string]string{"client_id": m.plain("1096960960"), "private_key_id": m.letters("0123456789abcdef", 40)}}
	a.fcm.serverKey, a.fcm.senderID = m.key("firebase: serverKey", 64), m.plain("sender-96")
	rest()
	keep(a)
}

type matrixClient struct {
	HomeserverURL *url.URL
	UserID        string
	AccessToken   string
	DeviceID      string
	Store         any
	pickleKey     []byte
}

func matrixWay(m *maker, rest func()) {
	c := &matrixClient{HomeserverURL: &url.URL{Scheme: "https", Host: m.plain("matrix97.shop.internal")}, UserID: m.plain("@bot97:shop.internal"), AccessToken: "syt_" + m.key("matrix: AccessToken", 40),
		DeviceID: m.plain("DEVICE97AB"), pickleKey: m.raw("matrix: pickleKey", 32)}
	invite := m.plain("https://matrix97.shop.internal/#/room/!abc97")
	rest()
	keep(c, invite)
}

func couchWay(m *maker, rest func()) {
	headers := http.Header{}
	headers.Set("Authorization", "Basic "+m.note("planted", "couch: basic", "YWRtaW46"+m.letters(alnum, 24)))
	headers.Set("X-Couch-Request-Name", m.plain("request-98"))
	doc := map[string]any{"_id": "org.couchdb.user:bob98", "name": m.plain("bob-98"), "derived_key": m.hex("couch: derived_key", 40), "salt": m.hex("couch: salt", 32), "iterations": 10, "roles": []any{m.plain("editor-98")}}
	rest()
	keep(headers, doc)
}

type amqpURI struct {
	Scheme, Host       string
	Port               int
	Username, Password string
	Vhost              string
}

type plainSASL struct{ Username, Password string }

func rabbitWay(m *maker, rest func()) {
	uri := amqpURI{"amqps", m.plain("mq99.shop.internal"), 5671, m.plain("worker-99"), m.pass("rabbit: Password"), m.plain("vhost-99")}
	sasl := []any{&plainSASL{m.plain("sasl-user99"), m.pass("rabbit: SASL")}}
	frame := []byte("\x01\x00\x00\x00\x00PLAIN\x00\x00\x00\x20\x00worker99\x00" + m.plain("frame of 99"))
	cookie := struct{ erlangCookie, node string }{m.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 20), m.plain("rabbit@node99")}
	m.note("planted", "rabbit: erlangCookie", cookie.erlangCookie)
	rest()
	keep(uri, sasl, frame, cookie)
}

type job struct {
	Name, Schedule string
	Env            map[string]string
	run            func() error
}

func cronWay(m *maker, rest func()) {
	deployKey := m.key("cron: deployKey", 40)
	jobs := []job{{m.plain("nightly-100"), m.plain("5 4 * * 1-5"), map[string]string{"NPM_TOKEN": m.key("cron: NPM_TOKEN", 36), "STAGE": m.plain("stage-of-100")},
		func() error { return fmt.Errorf("deploy: %w", errors.New(deployKey[:0])) }}}
	rest()
	keep(jobs)
}

func webauthnWay(m *maker, rest func()) {
	challenge := struct{ Challenge, RPID, UserVerification string }{m.plain("challenge of 101"), m.plain("shop101.internal"), "preferred"}
	recovery := map[string][]string{"recovery_codes": {m.key("webauthn: recovery_codes", 12), m.key("webauthn: recovery_codes 2", 12)}}
	totp := "otpauth://totp/Shop:bob101?secret=" + m.note("planted", "webauthn: otpauth", m.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)) + "&issuer=" + m.plain("Shop101")
	rest()
	keep(challenge, recovery, totp)
}

func oidcWay(m *maker, rest func()) {
	callback := "/callback?state=st102&code=" + m.key("oidc: code", 36) + "&scope=" + m.plain("openid+email102")
	body := "grant_type=client_credentials&client_id=" + m.plain("svc-102") + "&client_secret=" + m.key("oidc: client_secret", 40)
	response := []byte(`{"token_type":"Bearer","id_token":"` + m.key("oidc: id_token", 80) + `","expires_in":3600,"session_state":"` + m.plain("state-102") + `"}`)
	discovery := map[string]any{"issuer": m.plain("https://id102.shop.internal"), "token_endpoint": m.plain("https://id102.shop.internal/token"), "token_endpoint_auth_methods_supported": []any{m.plain("client_secret_basic102")}}
	rest()
	keep(callback, body, response, discovery)
}

type mqttOptions struct {
	ClientID string
	Username string
	Password []byte
	Will     struct{ Topic, Payload string }
	wifi     struct{ SSID, PSK string }
}

func mqttWay(m *maker, rest func()) {
	o := &mqttOptions{ClientID: m.plain("sensor-103"), Username: m.plain("device-103"), Password: []byte(m.pass("mqtt: Password"))}
	o.Will.Topic = m.plain("status/sensor103")
	o.wifi.SSID, o.wifi.PSK = m.plain("Shop Guest 103"), m.pass("mqtt: PSK")
	packet := append([]byte("\x10\x30\x00\x04MQTT\x04\xc2\x00\x3c\x00\x05dev03"), m.plain("packet of 103")...)
	rest()
	keep(o, packet)
}

func featureWay(m *maker, rest func()) {
	launch := struct {
		sdkKey  string
		mobile  string
		baseURI string
	}{"sdk-" + m.key("feature: sdkKey", 36), "mob-0", m.plain("https://flags104.shop.internal")}
	flags := map[string]any{m.plain("new-checkout-104"): true, "password-reset-v2": m.plain("variant-104")}
	datadog := map[string]string{"DD_API_KEY": m.hex("datadog: DD_API_KEY", 32), "DD_SERVICE": m.plain("service-104")}
	rest()
	keep(launch, flags, datadog)
}

func handlerWay(m *maker, rest func()) {
	password := m.pass("handler: form")
	form := url.Values{"email": {m.plain("eve105@shop.internal")}, "password": {password}, "remember": {"on"}}
	req := httptest.NewRequest("POST", "/login?next="+m.plain("/cart105"), strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-Authorization", "Bearer "+m.key("handler: forwarded", 30))
	if err := req.ParseForm(); err != nil {
		panic(err)
	}
	rec := httptest.NewRecorder()
	http.SetCookie(rec, &http.Cookie{Name: "__Host-session", Value: m.key("handler: cookie", 43)})
	fmt.Fprintf(rec, `{"user":"%s"}`, m.plain("eve-105"))
	rest()
	keep(req, rec)
}

func migrationWay(m *maker, rest func()) {
	statements := []string{
		"INSERT INTO api_clients (name, client_secret) VALUES ('" + m.plain("client-106") + "', '" + m.key("migration: INSERT", 32) + "')",
		"UPDATE settings SET value = '" + m.plain("dark-106") + "' WHERE name = 'theme'",
		"CREATE USER MAPPING FOR app SERVER remote OPTIONS (user 'fdw106', password '" + m.pass("migration: OPTIONS") + "')",
		"SET PASSWORD FOR 'bob'@'%' = '" + m.pass("migration: SET PASSWORD") + "'",
	}
	err := fmt.Errorf("statement 3: %w", errors.New(`pq: password authentication failed for user "`+m.plain("fdw-106")+`"`))
	rest()
	keep(statements, err)
}

func spreadsheetWay(m *maker, rest func()) {
	rows := [][]string{{"Server", "Login", "Passwort"}, {m.plain("web107.shop.internal"), m.plain("root-107"), m.pass("spreadsheet: Passwort")}}
	markdown := "| host | password |\n|------|----------|\n| " + m.plain("db107.shop.internal") + " | " + m.pass("markdown: password") + " |\n"
	tab := "user\ttoken\n" + m.plain("frank-107") + "\t" + m.key("tsv: token", 30) + "\n"
	rest()
	keep(rows, markdown, tab)
}

type aead struct {
	key   []byte
	nonce []byte
	block cipher.Block
}

func signerWay(m *maker, rest func()) {
	a := &aead{key: m.raw("signer: key", 32), nonce: []byte("nonce of 108")}
	sum := sha256.Sum256([]byte("document"))
	kms := struct{ KeyID, Plaintext string }{m.plain("alias/shop-108"), "x"}
	var once sync.Once
	pepper := m.key("signer: pepper", 28)
	once.Do(func() { keep(pepper) })
	license := struct {
		Licensee, LicenseKey string
		Until                time.Time
	}{m.plain("Shop AG 108"), m.key("signer: LicenseKey", 25), time.Now()}
	rest()
	keep(a, sum, kms, pepper, license)
}

type wallet struct {
	address  string
	mnemonic string
	keystore map[string]any
	chain    string
}

func walletWay(m *maker, rest func()) {
	w := &wallet{address: m.plain("0x00000000219ab540356cbb839cbe05303d7705fa"), chain: m.plain("mainnet-109")}
	words := make([]string, 12)
	for i := range words {
		words[i] = m.letters(small, 6)
	}
	w.mnemonic = m.note("planted", "wallet: mnemonic", strings.Join(words, " "))
	w.keystore = map[string]any{"version": 3, "crypto": map[string]any{"ciphertext": m.hex("wallet: ciphertext", 64), "mac": m.hex("wallet: mac", 64), "kdf": m.plain("scrypt-109")}}
	export := bytes.NewBufferString("private key: 0x" + m.hex("wallet: export", 64) + "\naddress: " + m.plain("0x109shop") + "\n")
	rest()
	keep(w, export)
}

// The memory of a key also has other names.
func limbsWay(m *maker, rest func()) {
	var limbs [4]uint64
	raw := m.raw("limbs: privateKey", 32)
	for i := range limbs {
		limbs[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	clear(raw)
	view := struct{ low, all []uint64 }{limbs[:2], limbs[:]}
	privateKey := limbs[:]
	rest()
	keep(privateKey, &limbs, view)
}
