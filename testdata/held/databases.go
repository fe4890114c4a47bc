package main

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"time"
)

var databases = []way{gormWay, pgxWay, mysqlWay, redisWay, mongoWay, natsWay, elasticWay, ldapWay, argumentsWay,
	connectorWay, tablesWay, usersWay}

type gormDialector struct{ config *gormConfig }

type gormConfig struct {
	DriverName, DSN      string
	PreferSimpleProtocol bool
}

func gormWay(m *maker, rest func()) {
	d := gormDialector{&gormConfig{DriverName: m.plain("pgx-gorm-36"),
		DSN: "host=" + m.plain("db36.shop.internal") + " user=gorm password=" + m.pass("gorm: DSN") + " dbname=gorm36 port=9920 sslmode=disable"}}
	my := "gorm:" + m.pass("gorm: mysql") + "@tcp(127.0.0.1:3306)/orders36?charset=utf8mb4&loc=Local"
	rest()
	keep(d, my)
}

type pgxConfig struct {
	Host           string
	Port           uint16
	Database, User string
	Password       string
	RuntimeParams  map[string]string
	connString     string
	Fallbacks      []*struct{ Host string }
}

func pgxWay(m *maker, rest func()) {
	pass := m.pass("pgx: Password")
	cfg := &pgxConfig{Host: m.plain("db37.shop.internal"), Port: 5432, Database: m.plain("orders-37"), User: m.plain("pgx-user37"), Password: pass,
		RuntimeParams: map[string]string{"application_name": m.plain("shop-worker-37")},
		connString:    "postgresql://pgx-user37:" + url.QueryEscape(pass) + "@db37/orders-37"}
	scram := struct{ clientNonce, saltedPassword, authMessage []byte }{[]byte("n"), m.raw("pgx: saltedPassword", 32), []byte(m.plain("n=,r=37,s=37"))}
	rest()
	keep(cfg, scram)
}

type mysqlConfig struct {
	User, Passwd, Net, Addr, DBName string
	Params                          map[string]string
	Timeout                         time.Duration
	pubKey                          any
}

func mysqlWay(m *maker, rest func()) {
	cfg := &mysqlConfig{User: m.plain("mysql-user38"), Passwd: m.pass("mysql: Passwd"), Net: "tcp", Addr: m.plain("db38.shop.internal:3306"), DBName: m.plain("shop38")}
	authData := m.raw("mysql: password bytes", 20)
	hashedPassword := authData
	rest()
	keep(cfg, hashedPassword)
}

type redisOptions struct {
	Network, Addr, ClientName string
	Username, Password        string
	CredentialsProvider       func() (string, string)
	DB                        int
}

type redisCmd struct {
	args   []any
	err    error
	keyPos int8
	val    string
}

func redisWay(m *maker, rest func()) {
	password := m.pass("redis: closure")
	opt := &redisOptions{Network: "tcp", Addr: m.plain("redis39.shop.internal:6379"), ClientName: m.plain("worker-39"), Password: m.pass("redis: Password"),
		CredentialsProvider: func() (string, string) { return "default", password }}
	auth := &redisCmd{args: []any{"auth", m.plain("acl-user39"), m.key("redis: auth", 18)}}
	set := &redisCmd{args: []any{"set", m.plain("cart:39:items"), m.plain("3 apples, 9 pears")}, val: "OK"}
	wire := []byte("*2\r\n$4\r\nAUTH\r\n$20\r\n" + m.key("redis: wire", 20) + "\r\n")
	rest()
	keep(opt, auth, set, wire)
}

type mongoCredential struct {
	AuthMechanism, AuthSource string
	Username, Password        string
	PasswordSet               bool
}

func mongoWay(m *maker, rest func()) {
	uri := "mongodb+srv://shop:" + m.pass("mongo: URI") + "@cluster40.shop.internal/orders?retryWrites=true&appName=" + m.plain("shop-app40")
	cred := &mongoCredential{AuthMechanism: m.plain("SCRAM-SHA-256x40"), AuthSource: "admin", Username: "u", Password: m.pass("mongo: Password"), PasswordSet: true}
	doc := []struct {
		Key   string
		Value any
	}{{"saslStart", 1}, {"mechanism", m.plain("PLAIN-40")}, {"pwd", m.pass("mongo: document")}}
	rest()
	keep(uri, cred, doc)
}

type natsOptions struct {
	Url, Name       string
	User, Password  string
	Token           string
	Nkey            string
	UserJWT         func() (string, error)
	InboxPrefix     string
	ReconnectWait   time.Duration
	AllowReconnects bool
}

func natsWay(m *maker, rest func()) {
	seed := "SUA" + m.note("planted", "nats: seed", m.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 55))
	o := natsOptions{Url: m.plain("nats://nats41.shop.internal:4222"), Name: m.plain("consumer-41"), User: "u", Password: m.pass("nats: Password"),
		Token: m.key("nats: Token", 22), UserJWT: func() (string, error) { return seed, nil }, InboxPrefix: m.plain("_INBOX41")}
	connect := []byte(`CONNECT {"verbose":false,"user":"u41","pass":"` + m.pass("nats: CONNECT") + `","lang":"` + m.plain("go1.26.41") + "\"}\r\n")
	kafka := map[string]string{"bootstrap.servers": m.plain("kafka41.shop.internal:9092"), "sasl.mechanism": "PLAIN", "sasl.username": m.plain("kafka-user41"),
		"sasl.password": m.pass("kafka: sasl.password"), "ssl.key.password": m.pass("kafka: ssl.key.password")}
	jaas := `org.apache.kafka.common.security.plain.PlainLoginModule required username="svc41" password="` + m.pass("kafka: JAAS") + `";`
	rest()
	keep(o, connect, kafka, jaas)
}

type elasticConfig struct {
	Addresses          []string
	Username, Password string
	CloudID, APIKey    string
	ServiceToken       string
}

func elasticWay(m *maker, rest func()) {
	cfg := elasticConfig{Addresses: []string{m.plain("https://es42.shop.internal:9200")}, Username: m.plain("elastic-42"), Password: m.pass("elastic: Password"),
		APIKey: m.key("elastic: APIKey", 60), ServiceToken: m.key("elastic: ServiceToken", 48)}
	query := m.plain(`{"query":{"match":{"title":"shoes 42"}}}`)
	influx := struct{ serverURL, authorization, org string }{m.plain("http://influx42:8086"), "Token " + m.key("influx: authorization", 40), m.plain("shop-org42")}
	rest()
	keep(cfg, query, influx)
}

type bindRequest struct {
	Username, Password string
	AllowEmptyPassword bool
}

type berPacket struct {
	Tag         uint64
	Value       any
	ByteValue   []byte
	Data        *bytes.Buffer
	Children    []*berPacket
	Description string
}

func ldapWay(m *maker, rest func()) {
	pass := m.pass("ldap: Password")
	req := &bindRequest{Username: m.plain("cn=shop43,dc=shop,dc=internal"), Password: pass}
	p := &berPacket{Description: m.plain("Bind Request 43"), Children: []*berPacket{
		{Description: "User Name", Value: req.Username, ByteValue: []byte(req.Username)},
		{Description: "Password", Value: pass, ByteValue: []byte(pass), Data: bytes.NewBufferString(pass)}}}
	filter := m.plain("(&(objectClass=person)(uid=alice43))")
	rest()
	keep(req, p, filter)
}

func argumentsWay(m *maker, rest func()) {
	query := "UPDATE users SET password = @password WHERE email = @email"
	args := []driver.NamedValue{{Name: "password", Ordinal: 1, Value: m.pass("sql: NamedValue")}, {Name: "email", Ordinal: 2, Value: m.plain("alice44@shop.internal")}}
	literal := "CREATE USER app44 WITH ENCRYPTED PASSWORD '" + m.pass("sql: literal") + "' VALID UNTIL '" + m.plain("2027-04-04") + "'"
	hidden := "ALTER USER 'app' IDENTIFIED BY '" + m.pass("sql: identified") + "'"
	rest()
	keep(query, args, literal, hidden)
}

type dsnConnector struct {
	dsn    string
	driver any
}

type sqlDB struct {
	connector any
	maxOpen   int
	freeConn  []*struct{ createdAt time.Time }
}

func connectorWay(m *maker, rest func()) {
	db := &sqlDB{connector: &dsnConnector{dsn: "sqlserver://sa:" + m.pass("sql: connector") + "@mssql45.shop.internal:1433?database=" + m.plain("orders45")}, maxOpen: 45}
	snow := "loader:" + m.pass("snowflake: DSN") + "@xy45.eu-central-1/SHOP/PUBLIC?warehouse=" + m.plain("WH_LOAD45")
	odbc := "Driver={ODBC Driver 18};Server=" + m.plain("mssql46.shop.internal") + ";Uid=report;Pwd=" + m.pass("odbc: Pwd") + ";Encrypt=yes"
	rest()
	keep(db, snow, odbc)
}

func tablesWay(m *maker, rest func()) {
	text := "id,email,api_key\n1,alice46@shop.internal," + m.key("csv: text", 24) + "\n2,bob46@shop.internal," + m.key("csv: text 2", 24) + "\n"
	records, err := csv.NewReader(strings.NewReader("email,password\ncarol46@shop.internal," + m.pass("csv: records") + "\n")).ReadAll()
	if err != nil {
		panic(err)
	}
	rest()
	keep(text, records)
}

type user struct {
	ID             int
	Email, Role    string
	PasswordHash   string
	TOTPSecret     string
	RecoveryCodes  []string
	APITokens      []string
	LastLoginToken *string
}

func usersWay(m *maker, rest func()) {
	last := m.key("users: LastLoginToken", 26)
	u := &user{ID: 47, Email: m.plain("dora47@shop.internal"), Role: m.plain("editor-47"), PasswordHash: "$2a$10$" + m.key("users: PasswordHash", 53),
		TOTPSecret:    m.note("planted", "users: TOTPSecret", m.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)),
		RecoveryCodes: []string{m.key("users: RecoveryCodes", 10)}, APITokens: []string{m.key("users: APITokens", 22)}, LastLoginToken: &last}
	err := fmt.Errorf("user %s: %w", u.Email, context.DeadlineExceeded)
	byToken := map[string]*user{m.key("users: map key", 28): u}
	sessionsByToken := byToken
	rest()
	keep(u, err, sessionsByToken)
}
