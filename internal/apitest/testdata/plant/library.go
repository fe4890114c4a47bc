package main

import (
	"bufio"
	"bytes"
	"container/list"
	"container/ring"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"unique"
)

type contextKey string

// library returns the places in values of types of the standard library.
func library() []place {
	return []place{
		{"sync.Map", func(s string) any { m := new(sync.Map); m.Store("k", s); return m }},
		{"key of a sync.Map", func(s string) any { m := new(sync.Map); m.Store(s, 1); return m }},
		{"atomic.Pointer", func(s string) any { p := new(atomic.Pointer[string]); p.Store(&s); return p }},
		{"atomic.Value", func(s string) any { v := new(atomic.Value); v.Store(s); return v }},
		{"context", func(s string) any { return context.WithValue(context.Background(), contextKey("k"), s) }},
		{"cause of a context", func(s string) any {
			ctx, cancel := context.WithCancelCause(context.Background())
			cancel(&failure{why: s})
			return ctx
		}},
		{"list", func(s string) any { l := list.New(); l.PushBack(s); return l }},
		{"ring", func(s string) any { r := ring.New(3); r.Next().Value = s; return r }},
		{"bytes.Buffer", func(s string) any { return bytes.NewBufferString("b " + s) }},
		{"strings.Builder", func(s string) any { b := new(strings.Builder); b.WriteString(s); return b }},
		{"strings.Reader", func(s string) any { return strings.NewReader(s) }},
		{"bufio.Reader", func(s string) any {
			r := bufio.NewReader(strings.NewReader(strings.Repeat("line\n", 100) + s))
			r.ReadString('\n')
			return struct{ r *bufio.Reader }{r}
		}},
		{"bufio.Writer", func(s string) any { w := bufio.NewWriter(io.Discard); w.WriteString(s); return w }},
		{"bufio.Scanner", func(s string) any { sc := bufio.NewScanner(strings.NewReader("a\n" + s)); sc.Scan(); return sc }},
		{"json.Decoder", func(s string) any {
			d := json.NewDecoder(strings.NewReader(`{"a":1} "` + s + `"`))
			d.Decode(new(any))
			return d
		}},
		{"decoded JSON", func(s string) any { var v any; json.Unmarshal([]byte(`{"a":[{"b":"`+s+`"}]}`), &v); return v }},
		{"hash", func(s string) any {
			h := sha256.New()
			h.Write([]byte(s + s)[:min(2*len(s), sha256.BlockSize-1)])
			return h
		}},
		{"http.Header", func(s string) any { return http.Header{"X-Request": {"a", s}} }},
		{"URL", func(s string) any { u, _ := url.Parse("https://example.org/a/" + s + "/b"); return u }},
		{"url.Values", func(s string) any { return url.Values{"q": {s}} }},
		{"http.Request", func(s string) any {
			r, _ := http.NewRequest("POST", "https://example.org/?q="+s, strings.NewReader("b"))
			return r
		}},
		{"command", func(s string) any { return exec.Command("/bin/echo", "a", s) }},
		{"reflect.Value", func(s string) any { return reflect.ValueOf(&s) }},
		{"unique.Handle", func(s string) any { return unique.Make(s) }},
		{"regular expression", func(s string) any { return regexp.MustCompile("^" + regexp.QuoteMeta(s) + "$") }},
		{"logger", func(s string) any { return log.New(io.Discard, s+": ", 0) }},
		{"attributes of a logger", func(s string) any {
			return slog.New(slog.NewTextHandler(io.Discard, nil)).With("k", s)
		}},
		{"flag", func(s string) any {
			f := flag.NewFlagSet("f", flag.ContinueOnError)
			f.String("x", "y", "usage")
			f.Parse([]string{"-x", s})
			return f
		}},
	}
}
