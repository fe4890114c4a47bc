package main

import (
	"encoding/json"
	"flag"
	"io"
	"os/exec"
	"reflect"
	"strings"
	"time"
)

var settings = []way{viperWay, koanfWay, envconfigWay, flagWay, pflagWay, environWay, commandWay, tomlWay, iniWay,
	yamlWay, rawJSONWay, consulWay, dockerWay, netrcWay, etcdWay, nestedWay}

type viper struct {
	configName string
	config     map[string]any
	override   map[string]any
	defaults   map[string]any
	env        map[string][]string
}

func viperWay(m *maker, rest func()) {
	v := &viper{
		configName: m.plain("viper-shop-config"),
		config: map[string]any{
			"database": map[string]any{"host": m.plain("db7.shop.internal"), "port": 5432, "password": m.pass("viper: password")},
			"jwt":      map[string]any{"secret": m.key("viper: jwt.secret", 40), "issuer": m.plain("shop-issuer-eu2")},
			"smtp":     map[string]any{"user": m.plain("mailer-7"), "pass": m.key("viper: smtp.pass", 14)},
			"features": []any{m.plain("beta-checkout-v2"), true, 3},
		},
		override: map[string]any{"api_key": m.key("viper: override", 24)},
		defaults: map[string]any{"timeout": "15s", "region": m.plain("eu-north-7")},
		env:      map[string][]string{"database.password": {"SHOP_DATABASE_PASSWORD"}},
	}
	rest()
	keep(v)
}

type koanf struct {
	confMap     map[string]any
	confMapFlat map[string]any
	keyMap      map[string][]string
	delim       string
}

func koanfWay(m *maker, rest func()) {
	pass, signing := m.pass("koanf: db.password"), m.key("koanf: auth.jwt.signing_key", 32)
	k := koanf{
		confMap: map[string]any{"db": map[string]any{"password": pass}, "auth": map[string]any{"jwt": map[string]any{"signing_key": signing}}},
		confMapFlat: map[string]any{"db.password": pass, "db.name": m.plain("orders_2026"), "auth.jwt.signing_key": signing,
			"auth.jwt.ttl": m.plain("36h7m"), "auth.jwt.audience": m.plain("shop-mobile-v3")},
		keyMap: map[string][]string{"db.password": {"db", "password"}},
		delim:  ".",
	}
	rest()
	keep(k)
}

type envSpec struct {
	StripeKey   string `envconfig:"STRIPE_KEY"`
	DatabaseURL string `envconfig:"DATABASE_URL" required:"true"`
	AdminPass   string `default:"changeme"`
	Bucket      string
	Port        int
	Grace       time.Duration
}

type varInfo struct {
	Name, Alt, Key string
	Field          reflect.Value
	Tags           string
}

func envconfigWay(m *maker, rest func()) {
	var spec envSpec
	spec.StripeKey = m.issued("envconfig: StripeKey", "sk_live_", 24)
	spec.DatabaseURL = "postgres://shop:" + m.pass("envconfig: DatabaseURL") + "@db8.shop.internal/shop?sslmode=require"
	spec.AdminPass = m.pass("envconfig: AdminPass")
	spec.Bucket = m.plain("media-eu-2026")
	infos := []varInfo{
		{Name: "StripeKey", Alt: "STRIPE_KEY", Key: "SHOP_STRIPE_KEY", Field: reflect.ValueOf(&spec).Elem().Field(0)},
		{Name: "Bucket", Alt: m.plain("SHOP_BUCKET_3"), Key: "SHOP_BUCKET", Field: reflect.ValueOf(&spec).Elem().Field(3)},
	}
	rest()
	keep(spec, infos)
}

type secretFlag struct{ value *string }

func (s *secretFlag) String() string     { return "hidden" }
func (s *secretFlag) Set(v string) error { *s.value = v; return nil }

func flagWay(m *maker, rest func()) {
	fs := flag.NewFlagSet("shop", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	token := fs.String("api-token", "", m.plain("token for the API of shop7"))
	var hook string
	fs.Var(&secretFlag{&hook}, "webhook-secret", "secret of the hook")
	listen := fs.String("listen", m.plain("127.0.0.1:7443"), "address")
	fs.Parse([]string{"-api-token", m.key("flag: String", 22), "-webhook-secret", m.pass("flag: Var")})
	rest()
	keep(token, listen)
}

type stringValue string

type pflag struct {
	Name, Shorthand, Usage string
	Value                  any
	DefValue               string
	Changed                bool
	Annotations            map[string][]string
}

type command struct {
	Use   string
	flags map[string]*pflag
	args  []string
}

func pflagWay(m *maker, rest func()) {
	v, r := stringValue(m.pass("pflag: password")), stringValue(m.plain("registry-9.shop.internal"))
	args := m.key("pflag: args", 18)
	c := &command{Use: m.plain("login [registry] v9"), flags: map[string]*pflag{
		"password": {Name: "password", Shorthand: "p", Usage: "Password", Value: &v, Changed: true},
		"registry": {Name: "registry", Usage: m.plain("registry to log in to, e.g. r9"), Value: &r},
	}, args: []string{"login", "--access-token", args, "--output", m.plain("table-wide2")}}
	rest()
	keep(c)
}

func environWay(m *maker, rest func()) {
	environ := []string{
		"AWS_SECRET_ACCESS_KEY=" + m.note("planted", "environ: AWS", m.letters(alnum+"+/", 40)),
		"DB_PASS=" + m.pass("environ: DB_PASS"),
		"PGPASSWORD=" + m.pass("environ: PGPASSWORD"),
		"RAILS_MASTER_KEY=" + m.hex("environ: RAILS_MASTER_KEY", 32),
		"SENTRY_DSN=https://" + m.hex("environ: SENTRY_DSN", 32) + "@o17.ingest.shop.internal/4",
		"SHOP_REGION=" + m.plain("ap-south-17"),
		"SHOP_MODE=" + m.plain("canary-of-may3"),
	}
	dotenv := map[string]string{"SLACK_SIGNING_SECRET": m.hex("dotenv: Slack", 32), "APP_KEY": "base64:" + m.key("dotenv: APP_KEY", 43) + "=",
		"MAIL_FROM_NAME": m.plain("Shop Support 24x7"), "TWITTER_BEARER": m.key("dotenv: bearer", 60)}
	rest()
	keep(environ, dotenv)
}

func commandWay(m *maker, rest func()) {
	dump := exec.Command("mysqldump", "-ushop", "-p"+m.key("exec: -pPW", 18), "--host", m.plain("db12.shop.internal"), "orders")
	dump.Env = []string{"MYSQL_PWD=" + m.pass("exec: Env"), "LC_ALL=" + m.plain("en_US.UTF-8x")}
	curl := exec.Command("curl", "-sS", "-H", "X-Api-Key: "+m.key("exec: header", 28), "-u", "bob:"+m.pass("exec: -u"),
		m.plain("https://api12.shop.internal/v2/items?page=3"))
	ssh := exec.Command("sshpass", "-p", m.key("exec: sshpass", 16), "ssh", m.plain("deploy@web12.shop.internal"))
	rest()
	keep(dump, curl, ssh)
}

type tomlTree struct {
	values   map[string]any
	position struct{ Line, Col int }
}

type tomlValue struct {
	value    any
	comment  string
	position struct{ Line, Col int }
}

func tomlWay(m *maker, rest func()) {
	tree := &tomlTree{values: map[string]any{
		"auth": &tomlTree{values: map[string]any{
			"client_secret": &tomlValue{value: m.key("toml: client_secret", 30)},
			"realm":         &tomlValue{value: m.plain("staff-realm-4")},
		}},
		"cookie_secret": &tomlValue{value: m.key("toml: cookie_secret", 24)},
		"title":         &tomlValue{value: m.plain("Shop of toml 4"), comment: m.plain("# the title, 4 words")},
	}}
	rest()
	keep(tree)
}

type iniKey struct {
	s        *iniSection
	name     string
	value    string
	isShadow bool
	Comment  string
}

type iniSection struct {
	name     string
	keys     map[string]*iniKey
	keyList  []string
	keysHash map[string]string
}

func iniWay(m *maker, rest func()) {
	pass, host := m.pass("ini: PASSWD"), m.plain("db13.shop.internal:3306")
	s := &iniSection{name: "database", keyList: []string{"HOST", "PASSWD"}, keysHash: map[string]string{"HOST": host, "PASSWD": pass}}
	s.keys = map[string]*iniKey{"HOST": {s: s, name: "HOST", value: host}, "PASSWD": {s: s, name: "PASSWD", value: pass}}
	security := &iniSection{name: "security", keyList: []string{"SECRET_KEY", "LEVEL"}}
	security.keys = map[string]*iniKey{
		"SECRET_KEY": {s: security, name: "SECRET_KEY", value: m.key("ini: SECRET_KEY", 20), Comment: m.plain("; changed in 2025-11")},
		"LEVEL":      {s: security, name: "LEVEL", value: m.plain("paranoid-3")},
	}
	rest()
	keep(s, security)
}

type yamlNode struct {
	Kind         int
	Tag, Value   string
	Content      []*yamlNode
	Line, Column int
}

func yamlWay(m *maker, rest func()) {
	scalar := func(line int, v string) *yamlNode { return &yamlNode{Kind: 8, Tag: "!!str", Value: v, Line: line} }
	doc := &yamlNode{Kind: 4, Tag: "!!map", Content: []*yamlNode{
		scalar(1, "admin_password"), scalar(1, m.pass("yaml: admin_password")),
		scalar(2, "listen"), scalar(2, m.plain("0.0.0.0:9443")),
		scalar(3, "encryption_key"), scalar(3, m.key("yaml: encryption_key", 32)),
		scalar(4, "log_level"), scalar(4, m.plain("debug-http2")),
	}}
	rest()
	keep(doc)
}

func rawJSONWay(m *maker, rest func()) {
	pass := m.pass("json: RawMessage")
	raw := json.RawMessage(`{"user":"bob","password":"` + pass + `","plan":"` + m.plain("business-v5") + `"}`)
	fields := map[string]json.RawMessage{
		"refresh_token": json.RawMessage(`"` + m.key("json: refresh_token", 32) + `"`),
		"plan":          json.RawMessage(`"` + m.plain("enterprise-v5") + `"`),
	}
	dec := json.NewDecoder(strings.NewReader(`{"events":[{"kind":"` + m.plain("login-of-v6") + `","otp_secret":"` +
		m.key("json: decoder", 16) + `"}]}{"next":1}`))
	var first any
	if err := dec.Decode(&first); err != nil {
		panic(err)
	}
	rest()
	keep(raw, fields, first)
}

type kvPair struct {
	Key         string
	CreateIndex uint64
	Flags       uint64
	Value       []byte
	Session     string
}

func consulWay(m *maker, rest func()) {
	pairs := []*kvPair{
		{Key: "shop/prod/db/password", Value: []byte(m.pass("consul: password"))},
		{Key: "shop/prod/db/host", Value: []byte(m.plain("db14.shop.internal"))},
		{Key: "shop/prod/stripe/secret_key", Value: []byte(m.key("consul: secret_key", 24))},
	}
	rest()
	keep(pairs)
}

type authConfig struct {
	Username      string `json:"username,omitempty"`
	Password      string `json:"password,omitempty"`
	Auth          string `json:"auth,omitempty"`
	ServerAddress string
	IdentityToken string
}

func dockerWay(m *maker, rest func()) {
	auths := map[string]authConfig{
		"r15.shop.internal": {Username: m.plain("ci-robot-15"), Password: m.pass("docker: password"), ServerAddress: m.plain("https://r15.shop.internal/v2/")},
		"index.shop":        {IdentityToken: m.key("docker: IdentityToken", 36)},
	}
	file := []byte(`{"auths":{"r16.shop.internal":{"auth":"` + m.note("planted", "docker: auth", "Ym9iOi"+m.letters(alnum, 22)) + `"}},"currentContext":"` +
		m.plain("desktop-linux16") + `"}`)
	rest()
	keep(auths, file)
}

type machine struct{ name, login, password, account string }

func netrcWay(m *maker, rest func()) {
	machines := []machine{{m.plain("git17.shop.internal"), m.plain("builder17"), m.pass("netrc: password"), ""}}
	text := "machine git18.shop.internal login builder18 password " + m.key("netrc: text", 16) + "\n"
	npmrc := "//npm.shop.internal/:_authToken=" + m.key("npmrc: _authToken", 36) + "\nregistry=" + m.plain("https://npm18.shop.internal/") + "\n"
	rest()
	keep(machines, text, npmrc)
}

type etcdConfig struct {
	Endpoints          []string
	DialTimeout        time.Duration
	Username, Password string
	RejectOldCluster   bool
}

func etcdWay(m *maker, rest func()) {
	cfg := etcdConfig{Endpoints: []string{m.plain("https://etcd19.shop.internal:2379")}, Username: m.plain("root-of-etcd19"),
		Password: m.pass("etcd: Password")}
	rest()
	keep(cfg)
}

type credentialsSection struct {
	Kind  string
	Basic *struct{ User, Pass string }
	Token *struct{ Value string }
}

func nestedWay(m *maker, rest func()) {
	c := struct {
		Name  string
		Creds []credentialsSection
	}{m.plain("upstream-20"), []credentialsSection{
		{Kind: m.plain("basic-20"), Basic: &struct{ User, Pass string }{m.plain("alice-20"), m.pass("nested: Pass")}},
		{Kind: "token", Token: &struct{ Value string }{m.key("nested: Token.Value", 24)}},
	}}
	rest()
	keep(c)
}
