package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"log"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"
)

var others = []way{logWay, slogWay, errorsWay, templateWay, protobufWay, encodedWay, readersWay, cacheWay, terraformWay,
	ansibleWay, webappWay, gitWay}

func logWay(m *maker, rest func()) {
	ring := []string{
		"12:00:77 INFO listening on " + m.plain("10.77.0.1:8080"),
		"12:00:78 DEBUG login attempt user=bob password=" + m.pass("log: password="),
		"12:00:79 WARN retry with token " + m.key("log: token", 28),
		`12:00:80 DEBUG headers map[Authorization:[Bearer ` + m.key("log: headers", 32) + `] Accept:[` + m.plain("text/html77") + `]]`,
		"12:00:81 INFO connecting to amqp://shop:" + m.pass("log: amqp") + "@mq77:5672/" + m.plain("vhost77"),
		`12:00:82 ERROR {"level":"error","req":{"apiKey":"` + m.key("log: JSON", 24) + `"},"msg":"` + m.plain("quota of 77 exceeded") + `"}`,
		fmt.Sprintf("12:00:83 DEBUG %+v", struct{ User, Password string }{"eve", m.pass("log: %+v")}),
		fmt.Sprintf("12:00:84 DEBUG %#v", map[string]string{"secret": m.pass("log: %#v")}),
	}
	var buf bytes.Buffer
	l := log.New(&buf, m.plain("[shop77] "), log.LstdFlags)
	l.Printf("signed in with X-Auth-Token=%s from %s", m.key("log: Logger", 24), m.plain("192.168.77.7"))
	rest()
	keep(ring, l, &buf)
}

func slogWay(m *maker, rest func()) {
	r := slog.NewRecord(time.Now(), slog.LevelInfo, m.plain("user 78 signed in"), 0)
	r.AddAttrs(slog.String("password", m.pass("slog: password")), slog.Any("session_token", m.key("slog: session_token", 24)), slog.String("plan", "gold"))
	l := slog.New(slog.NewTextHandler(io.Discard, nil)).With("api_key", m.key("slog: With", 22), "zone", m.plain("zone-78-a"))
	group := slog.Group("auth", "token", m.key("slog: Group", 22), "user", "trent")
	rest()
	keep(r, l, group)
}

type apiError struct {
	Status int
	Body   string
	Token  string
}

func (e *apiError) Error() string { return fmt.Sprintf("status %d with token %s", e.Status, e.Token) }

func errorsWay(m *maker, rest func()) {
	token := m.key("error: Token", 24)
	err := fmt.Errorf("refresh: %w", &apiError{401, m.plain("no such client 79"), token})
	dsn := fmt.Errorf(`parse "postgres://u79:%s@db79/x": invalid port`, m.pass("error: DSN"))
	flag := fmt.Errorf("flag -db-password=%s: not understood, see %s", m.pass("error: flag"), m.plain("manual-79.html"))
	said := "invalid credentials: user=victor79 secret='" + m.pass("error: quoted") + "'"
	rest()
	keep(err, dsn, flag, said)
}

func templateWay(m *maker, rest func()) {
	data := map[string]any{"Title": m.plain("Reset of account 80"), "ResetToken": m.key("template: ResetToken", 26), "User": map[string]string{"Name": m.plain("Walter 80"), "TempPassword": m.pass("template: TempPassword")}}
	var out strings.Builder
	t := template.Must(template.New("mail").Parse(`<p>{{.Title}}: <a href="https://shop80.internal/reset?token={{.ResetToken}}">reset</a></p>`))
	if err := t.Execute(&out, data); err != nil {
		panic(err)
	}
	rest()
	keep(data, &out)
}

type messageState struct{ pragma []int }

type loginRequest struct {
	state         messageState
	sizeCache     int32
	unknownFields []byte
	Email         string `protobuf:"bytes,1,opt,name=email,proto3"`
	Password      string `protobuf:"bytes,2,opt,name=password,proto3"`
	DeviceToken   *string
	XXX_extra     map[string]*anyMessage
}

type anyMessage struct {
	TypeUrl string
	Value   []byte
}

func protobufWay(m *maker, rest func()) {
	pass, device := m.pass("protobuf: Password"), m.key("protobuf: DeviceToken", 40)
	r := &loginRequest{Email: m.plain("xavier81@shop.internal"), Password: pass, DeviceToken: &device}
	r.unknownFields = append([]byte{0x12, byte(len(pass))}, pass...)
	r.XXX_extra = map[string]*anyMessage{"auth_secret": {m.plain("type.shop.internal/Bytes81"), []byte(m.key("protobuf: any", 32))}}
	wire := append([]byte("\x0a\x16xavier81@shop.internal\x12"+string(rune(len(pass)))), pass...)
	rest()
	keep(r, wire)
}

func encodedWay(m *maker, rest func()) {
	password := m.pass("encoded: password")
	query := "q=" + url.QueryEscape(password) + "&page=" + m.plain("page-82")
	code := base64.StdEncoding.EncodeToString([]byte("admin82:" + password))
	hexed := fmt.Sprintf("%x", password)
	quoted := fmt.Sprintf("%q said %q", m.plain("yvonne-82"), password)
	upper := strings.ToUpper("the word is " + password)
	title := "Password: " + password + "\n" + m.plain("second line of 82")
	rest()
	keep(query, code, hexed, quoted, upper, title)
}

func readersWay(m *maker, rest func()) {
	body := strings.NewReader(`{"access_token":"` + m.key("reader: strings", 30) + `","scope":"` + m.plain("orders:83") + `"}`)
	body.Seek(20, io.SeekStart)
	raw := bytes.NewReader([]byte("apikey=" + m.key("reader: bytes", 24) + "&format=" + m.plain("json-83")))
	tee := io.TeeReader(io.LimitReader(strings.NewReader("Cookie: auth="+m.key("reader: Limit", 32)+"; lang=fr"), 90), io.Discard)
	half := make([]byte, 12)
	if _, err := io.ReadFull(tee, half); err != nil {
		panic(err)
	}
	rest()
	keep(body, raw, tee)
}

type cacheEntry struct {
	value   any
	expires time.Time
}

type cache struct {
	mu      sync.RWMutex
	entries map[string]*cacheEntry
}

func cacheWay(m *maker, rest func()) {
	c := &cache{entries: map[string]*cacheEntry{
		"user:84:access_token": {value: m.key("cache: access_token", 28)},
		"user:84:name":         {value: m.plain("Zoe of 84")},
		"jwks":                 {value: map[string]any{"kid": m.plain("kid-84"), "d": m.key("cache: jwk d", 43), "kty": "EC"}},
	}}
	rest()
	keep(c)
}

func terraformWay(m *maker, rest func()) {
	hcl := "resource \"db\" \"main85\" {\n  username = \"" + m.plain("tf-user85") + "\"\n  master_password = \"" + m.pass("terraform: HCL") + "\"\n}\n"
	state := map[string]any{"attributes": map[string]any{"arn": m.plain("arn:shop:db:eu-85"), "master_password": m.pass("terraform: state"), "private_key_pem": m.key("terraform: pem", 64)}}
	sensitive := []any{[]any{map[string]any{"type": "get_attr", "value": "master_password"}}}
	rest()
	keep(hcl, state, sensitive)
}

func ansibleWay(m *maker, rest func()) {
	inventory := "[web]\n" + m.plain("web86.shop.internal") + " ansible_user=deploy ansible_ssh_pass=" + m.pass("ansible: inventory") + " ansible_port=2286\n"
	helm := "auth:\n  postgresPassword: " + m.pass("helm: postgresPassword") + "\n  username: " + m.plain("helm-user86") + "\nimage:\n  tag: " + m.plain("v8.6.86") + "\n"
	compose := "environment:\n  - MYSQL_ROOT_PASSWORD=" + m.pass("compose: environment") + "\n  - TZ=" + m.plain("Europe/Zurich86") + "\n"
	env := []struct{ Name, Value string }{{"GRAFANA_ADMIN_PASSWORD", m.pass("pod: env")}, {"GRAFANA_ROOT_URL", m.plain("https://grafana86.shop.internal/")}}
	rest()
	keep(inventory, helm, compose, env)
}

type sessionStore struct {
	Codecs  []*secureCookie
	Options struct{ Path, Domain string }
}

type secureCookie struct {
	hashKey, blockKey []byte
	maxAge            int64
	name              string
}

func webappWay(m *maker, rest func()) {
	s := &sessionStore{Codecs: []*secureCookie{{hashKey: m.raw("cookie: hashKey", 32), blockKey: m.raw("cookie: blockKey", 16), name: m.plain("shop-session-87")}}}
	s.Options.Domain = m.plain("shop87.internal")
	values := map[any]any{"user_id": m.plain("user-87-87"), "csrf": m.key("session: csrf", 32), "oauth_state": m.plain("state-of-87")}
	rest()
	keep(s, values)
}

func gitWay(m *maker, rest func()) {
	remote := "https://oauth2:" + m.issued("git: remote", "glpat-", 20) + "@git88.shop.internal/" + m.plain("team88/app88.git")
	config := "[credential]\n\thelper = " + m.plain("store --file /srv/88") + "\n[http]\n\textraheader = AUTHORIZATION: basic " +
		m.note("planted", "git: extraheader", base64.StdEncoding.EncodeToString([]byte("x-access-token:"+m.letters(alnum, 36)))) + "\n"
	commit := m.plain("fix 88: don't crash when the token of the parser is empty")
	rest()
	keep(remote, config, commit)
}
