package main

import (
	"container/list"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
)

type (
	login struct {
		User     string
		Password string
	}
	password string
	header   struct{ key, value []byte }
)

// named returns the places where only what is beside a text shows that it is a secret: a
// name, or other text.
func named() []place {
	return []place{
		{marked + "field", func(s string) any { return login{"bob", s} }},
		{marked + "field of bytes", func(s string) any { return &struct{ secret []byte }{[]byte(s)} }},
		{marked + "field of runes", func(s string) any { return &struct{ secret []rune }{[]rune(s)} }},
		{marked + "field of UTF-16", func(s string) any { return &struct{ secret []uint16 }{wide(s)} }},
		{marked + "array field", func(s string) any { var v struct{ apiKey [40]byte }; copy(v.apiKey[:], s); return &v }},
		{marked + "field of pointers", func(s string) any { p := &s; return &struct{ Token **string }{&p} }},
		{marked + "field with an interface", func(s string) any { return &struct{ Token any }{s} }},
		{marked + "field with an atomic.Value", func(s string) any { v := new(struct{ token atomic.Value }); v.token.Store(s); return v }},
		{marked + "below a field", func(s string) any { return &struct{ Credentials any }{map[string][]string{"a": {s}}} }},
		{marked + "field with a channel", func(s string) any {
			ch := make(chan string, 1)
			ch <- s
			return &struct{ tokens chan string }{ch}
		}},
		{marked + "field with a sync.Map", func(s string) any {
			v := new(struct{ secrets sync.Map })
			v.secrets.Store("k", s)
			return v
		}},
		{marked + "field with a linked list", func(s string) any {
			v := &struct{ passwords *list.List }{list.New()}
			v.passwords.PushBack("k")
			v.passwords.PushBack(s)
			return v
		}},
		{marked + "type", func(s string) any { return []any{password(s)} }},
		{marked + "map key", func(s string) any { return map[string]string{"db_password": s} }},
		{marked + "map key in an interface", func(s string) any { return map[any]any{"password": []byte(s)} }},
		{marked + "pair", func(s string) any { return []struct{ Name, Value string }{{"api-key", s}} }},
		{marked + "pair of bytes", func(s string) any { return []header{{[]byte("Authorization"), []byte(s)}} }},
		{marked + "key of a sync.Map", func(s string) any { m := new(sync.Map); m.Store("password", s); return m }},
		{marked + "key of a context", func(s string) any {
			return context.WithValue(context.Background(), contextKey("auth-token"), s)
		}},
		{marked + "header", func(s string) any { return http.Header{"X-Api-Key": {s}} }},
		{marked + "credentials of a header", func(s string) any { return http.Header{"Authorization": {"Bearer " + s}} }},
		{marked + "credentials of a request", func(s string) any {
			r, _ := http.NewRequest("GET", "https://example.org/", nil)
			r.SetBasicAuth("bob", s)
			return r
		}},
		{marked + "cookie", func(s string) any { return &http.Cookie{Name: "id", Value: s, Path: "/"} }},
		{marked + "cookie of a request", func(s string) any {
			r, _ := http.NewRequest("GET", "https://example.org/", nil)
			r.AddCookie(&http.Cookie{Name: "id", Value: s})
			return r
		}},
		{marked + "user info", func(s string) any { return url.UserPassword("bob", s) }},
		{marked + "URL", func(s string) any { return &url.URL{Scheme: "https", User: url.UserPassword("bob", s), Host: "h"} }},
		{marked + "URL in a string", func(s string) any { return "dial postgres://bob:" + s + "@db/app: refused" }},
		{marked + "query", func(s string) any { return "https://h/?" + url.Values{"a": {"b"}, "token": {s}}.Encode() }},
		{marked + "url.Values", func(s string) any { return url.Values{"a": {"b"}, "password": {s}} }},
		{marked + "data source", func(s string) any { return "bob:" + s + "@tcp(db:3306)/app" }},
		{marked + "key and value", func(s string) any { return "host=db password=" + s + " user=bob" }},
		{marked + "printed struct", func(s string) any { return fmt.Sprintf("%+v", login{"bob", s}) }},
		{marked + "printed pointer", func(s string) any { return fmt.Sprintf("%#v", &login{"bob", s}) }},
		{marked + "printed map", func(s string) any { return fmt.Sprint(map[string]string{"secret": s, "a": "b"}) }},
		{marked + "JSON", func(s string) any { return []byte(`{"user":"bob","password":"` + s + `"}`) }},
		{marked + "YAML", func(s string) any { return "user: bob\npassword: " + s + "\nhost: db\n" }},
		{marked + "XML", func(s string) any { return "<c><Password>" + s + "</Password></c>" }},
		{marked + "HTTP", func(s string) any { return "GET / HTTP/1.1\r\nHost: h\r\nCookie: a=" + s + "; b=c\r\n\r\n" }},
		{marked + "command line", func(s string) any { return "mysql -u bob --password " + s + " app" }},
		{marked + "arguments", func(s string) any { return exec.Command("/bin/echo", "--token="+s, "x") }},
		{marked + "argument after a flag", func(s string) any { return exec.Command("/bin/echo", "-user", "bob", "--password", s) }},
		{marked + "arguments of a logger", func(s string) any { return []any{"user", "bob", "password", s} }},
		{marked + "environment of a command", func(s string) any {
			c := exec.Command("/bin/echo")
			c.Env = []string{"A=b", "DB_PASSWORD=" + s}
			return c
		}},
		{marked + "private key", func(s string) any { return pem(s) }},
		{marked + "private key in quotes", func(s string) any { return fmt.Sprintf("%q", pem(s)) }},
		{marked + "private key, read in part", func(s string) any { return strings.NewReader(pem(s) + "\n") }},
		{marked + "learned elsewhere", func(s string) any { return []any{&login{"bob", s}, "no such login: bob/" + s} }},
	}
}

func wide(s string) (w []uint16) {
	for _, r := range s {
		w = append(w, uint16(r))
	}
	return w
}

// pem returns a private key with s in it.
func pem(s string) string {
	kind := "PRIVATE " + "KEY-----"
	return "-----BEGIN " + kind + "\nMII+/" + s + "\nab+/" + s + "==\n-----END " + kind
}
