package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"
)

type key struct{}

type myError struct {
	Query string
	Err   error
}

func (e *myError) Error() string { return "must not be called" }
func (e *myError) Unwrap() error { return e.Err }

func countStacks(text, function string) (n int) {
	for stack := range strings.SplitSeq(text, "\n\n") {
		if strings.Contains(stack, function) {
			n++
		}
	}
	return n
}

func contexts() {
	background := context.Background()
	todo := context.TODO()
	valued := context.WithValue(context.WithValue(background, "user", "ann"), key{}, 7)
	cancellable, cancel := context.WithCancel(valued)
	cancelled, cancelNow := context.WithCancelCause(background)
	cancelNow(errors.New("shut down"))
	deadline := time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC)
	timed, stop := context.WithDeadline(cancellable, deadline)
	late, stopLate := context.WithDeadline(background, time.Unix(0, 0).UTC())
	apart := context.WithoutCancel(timed)
	const around = `Background › value "user": "ann" › value main.key: 7 › can be cancelled`
	truth("background", background, "Background")
	truth("todo", todo, "TODO")
	truth("valued", valued, `Background › value "user": "ann" › value main.key: 7`)
	truth("cancellable", cancellable, around)
	truth("cancelled", cancelled, `Background › cancelled: "context canceled" because of "shut down"`)
	truth("timed", timed, around+" › deadline 2099-01-02T03:04:05Z")
	truth("late", late, `Background › deadline 1970-01-01T00:00:00Z, cancelled: "context deadline exceeded"`)
	truth("apart", apart, around+" › deadline 2099-01-02T03:04:05Z › WithoutCancel")
	mistakes()
	cancel()
	stop()
	stopLate()
}

func mistakes() {
	simple := errors.New("boom \"quoted\"")
	wrapped := fmt.Errorf("order 7: %w", simple)
	both := fmt.Errorf("%w and %w", simple, os.ErrNotExist)
	joined := errors.Join(simple, wrapped)
	_, path := os.Open("/nosuch/file")
	link := os.Rename("/nosuch/a", "/nosuch/b")
	call := os.NewSyscallError("read", syscall.EINTR)
	var number error
	_, number = strconv.Atoi("12x")
	_, address := url.Parse("http://[::1")
	network := error(&net.OpError{Op: "dial", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1},
		Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)})
	lookup := error(&net.DNSError{Err: "no such host", Name: "shop.example", Server: "127.0.0.1:53"})
	expired := context.DeadlineExceeded
	for name, err := range map[string]error{
		"simple": simple, "wrapped": wrapped, "both": both, "joined": joined, "path": path, "link": link, "call": call,
		"number": number, "address": address, "network": network, "lookup": lookup, "expired": expired,
	} {
		truth(name, err, strconv.Quote(err.Error()))
	}
	errno := syscall.ENOENT
	truth("errno", errno, `"no such file or directory" (2)`)
	mine := error(&myError{"select 1", path})
	truth("mine", mine, `{Query: "select 1", Err: *fs.PathError "open /nosuch/file: no such file or directory"}`)
	over := error(&os.PathError{Op: "open", Path: "x", Err: mine})
	truth("over", over, `{Op: "open", Path: "x", Err: *main.myError {Query: "select 1", `+
		`Err: *fs.PathError "open /nosuch/file: no such file or directory"}}`)
	web()
}

func web() {
	request, _ := http.NewRequest("POST", "http://example.com/cart?id=7", strings.NewReader("body"))
	request.Header.Set("Content-Type", "text/plain")
	request.Header["Accept"] = []string{"a/b", "c/d"}
	header := request.Header
	response := &http.Response{Status: "404 Not Found", StatusCode: 404, Header: http.Header{"X-A": {"1"}}, Request: request}
	form := url.Values{"q": {"x"}}
	page := template.Must(template.New("page.tmpl").Parse("line 1\n{{.Missing.Field}}\n"))
	html := htmltemplate.Must(htmltemplate.New("page.html").Parse("<b>{{.}}</b>"))
	failed := page.Execute(new(bytes.Buffer), struct{ Missing *myError }{})
	node := page.Tree.Root.Nodes[1]
	text := reflect.ValueOf("text")
	invalid, typ := reflect.Value{}, reflect.TypeFor[myError]()
	truth("request", request, `POST "http://example.com/cart?id=7" host "example.com" HTTP/1.1`)
	truth("header", header, "")
	truth("response", response, `"404 Not Found"`)
	truth("form", form, `["q": "x"]`)
	truth("page", page, `"page.tmpl"`)
	truth("html", html, `"page.html"`)
	truth("failed", failed, strconv.Quote(failed.Error()))
	truth("node", node, `"page.tmpl":2:2`)
	truth("text", text, "")
	truth("invalid", invalid, "invalid")
	truth("typ", typ, "a struct of 32 bytes")
	finish()
}
