package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

var networks = []way{requestWay, userinfoWay, jarWay, buffersWay, multipartWay, tlsWay, sshWay, ageWay, smtpWay, proxyWay,
	grpcWay, responseWay, websocketWay, samlWay}

func requestWay(m *maker, rest func()) {
	req, err := http.NewRequest("GET", "https://api48.shop.internal/v1/orders?page=48", nil)
	if err != nil {
		panic(err)
	}
	req.SetBasicAuth("bob48", m.pass("http: basic"))
	req.Header.Set("X-Request-Name", m.plain("list-orders-48"))
	req.AddCookie(&http.Cookie{Name: "sid", Value: m.key("http: cookie", 26)})
	req.AddCookie(&http.Cookie{Name: "lang", Value: "de-CH"})
	signed := "https://files48.shop.internal/a.png?X-Amz-Expires=300&X-Amz-Signature=" + m.hex("http: signed URL", 64)
	rest()
	keep(req, signed)
}

func userinfoWay(m *maker, rest func()) {
	u, err := url.Parse("https://robot49:" + m.pass("url: Userinfo") + "@git49.shop.internal/team/repo49.git")
	if err != nil {
		panic(err)
	}
	where := m.plain("git49b.shop.internal")
	failed := &url.Error{Op: "Get", URL: "https://x:" + m.key("url: Error", 20) + "@" + where + "/v1", Err: errors.New(m.plain("connection reset 49"))}
	wrapped := fmt.Errorf("fetch remote: %w", failed)
	joined := errors.Join(wrapped, fmt.Errorf("callback %s: %w", "https://cb49.shop.internal/?code="+m.key("url: code", 40), io.ErrUnexpectedEOF))
	rest()
	keep(u, wrapped, joined)
}

func jarWay(m *maker, rest func()) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err)
	}
	u := &url.URL{Scheme: "https", Host: "shop50.internal", Path: "/"}
	jar.SetCookies(u, []*http.Cookie{{Name: "session_id", Value: m.key("jar: session_id", 32), Secure: true, HttpOnly: true},
		{Name: "theme", Value: m.plain("dark-mode-50")}})
	client := &http.Client{Jar: jar, Timeout: 50 * time.Second}
	rest()
	keep(client)
}

func buffersWay(m *maker, rest func()) {
	in := "POST /login HTTP/1.1\r\nHost: " + m.plain("shop51.internal") + "\r\nAuthorization: Bearer " + m.key("bufio: bearer", 30) +
		"\r\nContent-Length: 90\r\n\r\nusername=bob&password=" + m.key("bufio: form", 14) + "&next=" + m.plain("basket51")
	r := bufio.NewReaderSize(strings.NewReader(in), 512)
	if _, err := r.ReadString('\n'); err != nil {
		panic(err)
	}
	var body bytes.Buffer
	fmt.Fprintf(&body, `{"grant_type":"password","client_secret":%q,"scope":%q}`, m.key("bytes: client_secret", 24), m.plain("orders:read51"))
	var b strings.Builder
	b.WriteString("x-auth-token: " + m.key("strings: Builder", 24) + "\r\naccept: " + m.plain("text/x-shop51") + "\r\n")
	rest()
	keep(r, &body, &b)
}

func multipartWay(m *maker, rest func()) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	w.WriteField("passphrase", m.pass("multipart: passphrase"))
	w.WriteField("title", m.plain("Holidays 52 in the Alps"))
	w.Close()
	form := url.Values{"client_assertion": {m.key("form: client_assertion", 60)}, "new_password": {m.pass("form: new_password")}, "city": {m.plain("Basel-52")}}
	rest()
	keep(&buf, form)
}

type hardenedConfig struct {
	*tls.Config
	SessionTicketKeys [][32]byte
	names             []string
}

func tlsWay(m *maker, rest func()) {
	cfg := &tls.Config{ServerName: m.plain("tls53.shop.internal"), NextProtos: []string{m.plain("shop/1.53")}, MinVersion: tls.VersionTLS12}
	copy(cfg.SessionTicketKey[:], m.raw("tls: SessionTicketKey", 32))
	var keys [][32]byte
	for range 2 {
		keys = append(keys, [32]byte(m.raw("tls: SetSessionTicketKeys", 32)))
	}
	cfg.SetSessionTicketKeys(keys)
	h := hardenedConfig{cfg, keys, []string{m.plain("alt53.shop.internal")}}
	random := [32]byte(m.raw("tls: masterSecret", 32))
	masterSecret := random
	rest()
	keep(h, masterSecret)
}

type sshConfig struct {
	User          string
	Auth          []any
	HostKeys      []string
	ClientVersion string
	Timeout       time.Duration
}

type passwordCallback func() (string, error)

func sshWay(m *maker, rest func()) {
	secret := m.pass("ssh: callback")
	cfg := &sshConfig{User: m.plain("deploy-54"), ClientVersion: m.plain("SSH-2.0-shop54"), Auth: []any{
		passwordCallback(func() (string, error) { return secret, nil })}}
	body := base64.StdEncoding.EncodeToString(append([]byte("openssh-key-v1\x00"), m.raw("ssh: key", 200)...))
	text := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + body[:70] + "\n" + body[70:] + "\n-----END OPENSSH PRIVATE KEY-----\n"
	known := m.plain("web54.shop.internal ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ54shopshopshopshopshopshopshop54")
	rest()
	keep(cfg, text, known)
}

type x25519Identity struct {
	secretKey, ourPublicKey []byte
}

func ageWay(m *maker, rest func()) {
	id := &x25519Identity{secretKey: m.raw("age: secretKey", 32), ourPublicKey: []byte(m.plain("public key 55 of age, 32 bytes !"))}
	text := "# created: " + m.plain("2026-11-29T10:00:55Z") + "\nAGE-SECRET-KEY-1" + m.note("planted", "age: text", m.letters("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)) + "\n"
	scrypt := struct {
		password   []byte
		workFactor int
	}{[]byte(m.pass("age: scrypt")), 18}
	rest()
	keep(id, text, scrypt)
}

func smtpWay(m *maker, rest func()) {
	auth := smtp.PlainAuth("", m.plain("mailer-56"), m.pass("smtp: PlainAuth"), m.plain("smtp56.shop.internal"))
	cram := smtp.CRAMMD5Auth(m.plain("mailer-57"), m.pass("smtp: CRAMMD5Auth"))
	line := "AUTH PLAIN " + m.note("planted", "smtp: line", base64.StdEncoding.EncodeToString([]byte("\x00mailer\x00"+m.letters(alnum, 12)))) + "\r\n"
	header := textproto.MIMEHeader{"Subject": {m.plain("Order 56 confirmed")}, "X-Smtp-Password": {m.pass("smtp: header")}}
	imap := "a001 LOGIN bob \"" + m.pass("imap: LOGIN") + "\"\r\na002 SELECT " + m.plain("INBOX.56") + "\r\n"
	rest()
	keep(auth, cram, line, header, imap)
}

func proxyWay(m *maker, rest func()) {
	proxy := &url.URL{Scheme: "http", Host: m.plain("proxy58.shop.internal:3128"), User: url.UserPassword(m.plain("proxy-user58"), m.pass("proxy: URL"))}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), ProxyConnectHeader: http.Header{
		"Proxy-Authorization": {"Basic " + m.note("planted", "proxy: header", base64.StdEncoding.EncodeToString([]byte("u58:"+m.letters(alnum, 14))))}}}
	noProxy := m.plain("localhost,10.58.0.0/16")
	rest()
	keep(transport, noProxy)
}

type perRPC struct {
	token    string
	insecure bool
}

type rpcMetadata map[string][]string

type metadataKey struct{}

func grpcWay(m *maker, rest func()) {
	md := rpcMetadata{"authorization": {"Bearer " + m.key("grpc: metadata", 36)}, "x-shard": {m.plain("shard-59-b")}, "api-key-bin": {m.key("grpc: api-key-bin", 20)}}
	ctx := context.WithValue(context.Background(), metadataKey{}, md)
	options := []any{&perRPC{token: m.key("grpc: perRPC", 22)}, m.plain("dns:///rpc59.shop.internal")}
	rest()
	keep(ctx, options)
}

func responseWay(m *maker, rest func()) {
	raw := "HTTP/1.1 200 OK\r\nSet-Cookie: remember_token=" + m.key("response: Set-Cookie", 40) + "; Path=/; HttpOnly\r\nX-Plan: " +
		m.plain("plan-of-60") + "\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"access\":"
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), nil)
	if err != nil {
		panic(err)
	}
	var session struct {
		XMLName xml.Name `xml:"session"`
		Token   string   `xml:"token,attr"`
		Region  string
	}
	text := `<session token="` + m.key("xml: attribute", 24) + `"><Region>` + m.plain("eu-west-60") + `</Region></session>`
	if err := xml.Unmarshal([]byte(text), &session); err != nil {
		panic(err)
	}
	rest()
	keep(resp, session)
}

func websocketWay(m *maker, rest func()) {
	dial := "wss://live61.shop.internal/socket?access_token=" + m.key("websocket: URL", 28) + "&room=" + m.plain("lobby-61")
	frame := []byte("\x81\x5e" + `{"op":2,"d":{"token":"` + m.key("websocket: frame", 30) + `","intents":` + "513}}")
	header := http.Header{"Sec-Websocket-Protocol": {m.plain("chat-v61")}, "X-Csrf-Token": {m.key("websocket: csrf", 32)}}
	rest()
	keep(dial, frame, header)
}

func samlWay(m *maker, rest func()) {
	text := "<Credentials><User>" + m.plain("svc-62") + "</User><Password Type=\"PasswordText\">" + m.pass("saml: Password") + "</Password></Credentials>"
	html := `<form action="` + m.plain("/login62") + `"><input type="hidden" name="csrf_token" value="` + m.key("html: csrf", 32) + `"></form>`
	query := "grant_type=refresh_token&refresh_token=" + m.key("form: refresh_token", 36) + "&client_id=" + m.plain("web-62")
	rest()
	keep(text, html, query)
}
