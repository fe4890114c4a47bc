package dap

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/inspector"
)

func TestReader(t *testing.T) {
	big := strings.Repeat("x", maxMessage+1)
	tests := []struct {
		name, input string
		want        []string // messages; "?" for a malformed one
		err         error
	}{
		{"nothing", "", nil, io.EOF},
		{"two", framed("a") + framed("bc"), []string{"a", "bc"}, io.EOF},
		{"other headers", "Content-Type: x\r\nCONTENT-LENGTH:2\r\n\r\nab", []string{"ab"}, io.EOF},
		{"no carriage return", "Content-Length: 2\n\nab", []string{"ab"}, io.EOF},
		{"empty lines between", framed("a") + "\r\n\n" + framed("b"), []string{"a", "b"}, io.EOF},
		{"no length", "Content-Type: x\r\n\r\n" + framed("a"), []string{"a"}, io.EOF},
		{"not a number", "Content-Length: x\r\n\r\n" + framed("a"), []string{"?", "a"}, io.EOF},
		{"negative", "Content-Length: -1\r\n\r\n" + framed("a"), []string{"?", "a"}, io.EOF},
		{"too large a number", "Content-Length: 99999999999999999999\r\n\r\n" + framed("a"),
			[]string{"?", "a"}, io.EOF},
		{"a line that is no header", "hello\r\n\r\n" + framed("a"), []string{"?", "a"}, io.EOF},
		{"one within a header", "Content-Length: 1\r\nhello\r\n\r\na" + framed("b"), []string{"?", "a", "b"}, io.EOF},
		{"longer than it says", framed("a") + "more" + framed("b"), []string{"a", "?", "b"}, io.EOF},
		{"long garbage", strings.Repeat("x", 1<<20) + framed("b"), []string{"?", "b"}, io.EOF},
		{"too long", framed(big) + framed("b"), []string{"?", "b"}, io.EOF},
		{"shorter than it says", "Content-Length: 9\r\n\r\na", nil, io.ErrUnexpectedEOF},
		{"the header ends", "Content-Len", nil, io.ErrUnexpectedEOF},
		{"HTTP", "POST / HTTP/1.1\r\nHost: x\r\n\r\n" + framed("a"), nil, errForeign},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", nil, errForeign},
	}
	for _, tt := range tests {
		got, err := readAll(newReader(strings.NewReader(tt.input), false))
		if !slices.Equal(got, tt.want) || err != tt.err {
			t.Errorf("%s: got %.200q and %v, want %q and %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func readAll(r *reader) (got []string, err error) {
	for {
		content, err := r.next()
		var bad *malformedError
		switch {
		case errors.As(err, &bad):
			got = append(got, "?")
		case err != nil:
			return got, err
		default:
			got = append(got, string(content))
		}
	}
}

// A socket is only for clients that speak the protocol from the first byte: a browser can
// be made to send a message behind something else.
func TestStrict(t *testing.T) {
	for _, input := range []string{
		"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00", "CONNECT x:1 HTTP/1.1\r\n\r\n", "hello\r\n" + framed("a"), "\r\n" + framed("a"),
		"Content-Disposition: x\r\n\r\n" + framed("a"), "Cookie\r\n" + framed("a"), "{}", "Content-Length" + strings.Repeat("x", 1<<16),
	} {
		if got, err := readAll(newReader(strings.NewReader(input), true)); err != errForeign || got != nil {
			t.Errorf("%.40q: got %.80q and %v, want %v", input, got, err, errForeign)
		}
	}
	if got, err := readAll(newReader(strings.NewReader(framed("a")), true)); len(got) != 1 || err != io.EOF {
		t.Errorf("got %q and %v, want a message", got, err)
	}
}

// FuzzReader checks that reading what a client sends ends without a panic, and finds
// messages after an empty line again.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"", "x", "Content-Length: 3\r\n\r\nabc", "Content-Length: 99\r\n\r\nabc", "GET / HTTP/1.1\r\n\r\n", "Content-Length: 1\nx\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		for _, strict := range []bool{true, false} {
			got, err := readAll(newReader(bytes.NewReader(input), strict))
			if err == nil || len(got) > len(input) {
				t.Fatalf("got %d messages and %v", len(got), err)
			}
		}
		whole := append([]byte(framed("first")+"\r\n"), input...)
		if got, _ := readAll(newReader(bytes.NewReader(whole), true)); len(got) == 0 || got[0] != "first" {
			t.Fatalf("got %.100q, want the first message", got)
		}
	})
}

// FuzzSession checks that each request of any client is answered once and in order.
func FuzzSession(f *testing.F) {
	f.Add([]byte(asked(`initialize {}`, `launch {"dump":"x"}`, `configurationDone`, `threads`, `stackTrace {"threadId":1}`,
		`scopes {"frameId":1}`, `variables {"variablesReference":1}`, `variables {"variablesReference":2,"start":1,"count":2}`)), false)
	f.Add([]byte(asked(`initialize {"pathFormat":"uri","linesStartAt1":false}`, `attach {"dump":"x","sourceMap":{"/a":"/b"}}`,
		`evaluate {"expression":"p","frameId":1,"context":"repl"}`, `evaluate {"expression":"bt","context":"repl"}`,
		`completions {"text":"p x.","column":5}`, `readMemory {"memoryReference":"0x1","count":4}`, `cancel {"requestId":3}`,
		`next`, `disconnect`, `threads`)), true)
	f.Add([]byte(asked(`launch {"dump":"x","sourceMap":[{"from":"/","to":"/x"}]}`, `source {"sourceReference":1}`,
		`modules {"startModule":1}`, `loadedSources`, `exceptionInfo {"threadId":1}`, `setBreakpoints {"breakpoints":[{},{}]}`)), false)
	f.Fuzz(func(t *testing.T, input []byte, odd bool) {
		o := of(listDump(50))
		if odd {
			o = of(oddDump())
		}
		var out bytes.Buffer
		err := Serve(bytes.NewReader(input), &out, o)
		checkAnswers(t, input, parseReplies(t, &out), err)
	})
}

// checkAnswers compares the answers of a session with the requests it read.
func checkAnswers(t *testing.T, input []byte, all []reply, ended error) {
	r := newReader(bytes.NewReader(input), false)
	at := 0
	for {
		content, err := r.next()
		var bad *malformedError
		req, isRequest := request{}, true
		switch {
		case err == nil:
			req, isRequest = parse(content)
		case !errors.As(err, &bad):
			if at != len(all) {
				t.Fatalf("got %d messages more than answers", len(all)-at)
			}
			if err != ended && (err != io.EOF || ended != nil) {
				t.Fatalf("the session ended with %v, want %v", ended, err)
			}
			return
		}
		if !isRequest {
			continue
		}
		for at < len(all) && all[at].Type == "event" {
			at++
		}
		if at == len(all) || all[at].RequestSeq != req.seq || all[at].Type != "response" {
			t.Fatalf("got no answer to %d %s", req.seq, req.command)
		}
		success := all[at].Success
		for at++; at < len(all) && all[at].Type == "event"; at++ {
		}
		if req.command == "disconnect" && success && at == len(all) {
			return
		}
	}
}

func TestQueue(t *testing.T) {
	q := newQueue()
	cancel := func(n int) request {
		return request{seq: 9, command: "cancel", arguments: json.RawMessage(fmt.Sprintf(`{"requestId":%d}`, n))}
	}
	for seq := 1; seq <= 3; seq++ {
		q.note(request{seq: seq})
		q.requests <- request{seq: seq}
	}
	q.note(cancel(2))
	q.note(cancel(5)) // there is no such request
	for seq, want := range []bool{1: false, 2: true} {
		if seq == 0 {
			continue
		}
		if _, err := q.next(); err != nil || q.stopped() != want {
			t.Errorf("request %d: got cancelled %v, %v, want %v", seq, q.stopped(), err, want)
		}
		q.done()
	}
	q.next()
	q.note(cancel(3))
	if !q.stopped() || len(q.interrupt) != 1 {
		t.Errorf("got cancelled %v, want the request that is being answered to be", q.stopped())
	}
	q.done()
	if q.stopped() || len(q.interrupt) != 0 {
		t.Errorf("got cancelled %v after the answer, want nothing of it left", q.stopped())
	}
}

// stuck is a console whose commands end when they are interrupted.
type stuck struct{ interrupt <-chan os.Signal }

func (stuck) Knows(string) bool               { return true }
func (stuck) Complete(string) (int, []string) { return 0, nil }
func (s stuck) Run(string) error              { <-s.interrupt; return errors.New("interrupted") }

func TestCancel(t *testing.T) {
	o := of(listDump(5))
	o.Console = func(_ *inspector.Inspector, _ io.Writer, interrupt <-chan os.Signal) Console { return stuck{interrupt} }
	input := asked(`launch {"dump":"x"}`, `evaluate {"expression":"for ever","context":"repl"}`, `cancel {"requestId":2}`, `threads`)
	all := replies(t, o, input)
	if got := all[3]; got.RequestSeq != 2 || got.Success || got.Message != "cancelled" {
		t.Errorf("got %+v, want request 2 to be cancelled", got)
	}
	if got := body[threadsBody](t, all, 4).Threads; len(got) != 1 {
		t.Errorf("got %v, want a thread: the session goes on", got)
	}
}

func TestListen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	failures := make(chan error, 10)
	ended := make(chan error, 1)
	go func() { ended <- Listen(l, options(), func(err error) { failures <- err }) }()

	dial := func(send string) net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, send); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	// A browser gets no answer.
	conn := dial("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n" + asked(`launch {"dump":"zoo.dump"}`))
	if b, _ := io.ReadAll(conn); len(b) != 0 {
		t.Errorf("got %q for HTTP, want nothing", b)
	}
	conn.Close()
	if err := <-failures; err != errForeign {
		t.Errorf("got %v, want %v", err, errForeign)
	}
	// One disconnects in the middle of a message.
	dial(asked(`launch {"dump":"zoo.dump"}`, `threads`) + "Content-Length: 99\r\n\r\n{").Close()
	if err := <-failures; err == nil {
		t.Error("got no error of a client that vanished")
	}
	// Two are served one after the other.
	for range 2 {
		conn = dial(asked(`initialize {}`, `launch {"dump":"zoo.dump"}`, `threads`, `disconnect`))
		all := parseReplies(t, bufio.NewReader(conn))
		if got := body[threadsBody](t, all, 3).Threads; len(got) == 0 {
			t.Errorf("got %v, want threads", got)
		}
		conn.Close()
	}
	l.Close()
	if err := <-ended; err != nil {
		t.Errorf("got %v, want none once the listener is closed", err)
	}
}

func TestReferences(t *testing.T) {
	var r references
	for n := 1; n <= maxRefs+10; n++ {
		if got := r.add(ref{frame: n}); got != n {
			t.Fatalf("got reference %d, want %d", got, n)
		}
	}
	for _, tt := range []struct {
		n, frame int
		err      string
	}{
		{maxRefs + 10, maxRefs + 10, ""}, {11, 11, ""}, {10, 0, "no longer kept"}, {0, 0, "there is no"},
		{-1, 0, "there is no"}, {maxRefs + 11, 0, "there is no"},
	} {
		got, err := r.get(tt.n)
		if got.frame != tt.frame || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%d: got frame %d and error %v, want %d and %q", tt.n, got.frame, err, tt.frame, tt.err)
		}
	}
}

func TestMemory(t *testing.T) {
	var m memory
	if got := m.add(0, ""); got != "" {
		t.Errorf("got %q for nothing, want none", got)
	}
	first, text := m.add(0x10, "abc"), m.add(0, "text")
	if again := m.add(0x10, "abcd"); first != "0x10" || again != first || m.known[first].b != "abcd" {
		t.Errorf("got %q and %q for the same address, want the longer bytes of 0x10", first, again)
	}
	if other := m.add(0, "text"); other == text || text == "" {
		t.Errorf("got %q and %q for two texts, want two names", text, other)
	}
	large := strings.Repeat("x", maxKept/4)
	for i := range 8 {
		m.add(uint64(0x1000*(i+1)), large)
	}
	if _, ok := m.known[first]; ok || m.size > maxKept || len(m.known) != len(m.order) || len(m.order) != 3 {
		t.Errorf("got %d pieces of %d bytes, want the last 3", len(m.order), m.size)
	}
}
