package dap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/safetext"
)

// session is one client's.
type session struct {
	options Options
	out     *writer
	queue   *queue

	client  initializeArguments
	in      *inspector.Inspector // nil until a dump is open
	crashed int64                // the goroutine that the dump is about
	console Console              // nil if there is none
	printed limited              // what the console prints
	sources sources
	threads []thread // nil until they are asked for
	frames  frames
	refs    references
	memory  memory

	consoleFrame int // the frame that the console is in for the client, -1 at first
	consoleAt    inspector.Selection
	after        []*event // what follows the response
	ended        bool
}

// request is what a client asks.
type request struct {
	seq       int
	command   string
	arguments json.RawMessage
	problem   string // why it is none, if it isn't one
}

type response struct {
	message
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message,omitempty"`
	Body       any    `json:"body,omitempty"`
}

type event struct {
	message
	Event string `json:"event"`
	Body  any    `json:"body,omitempty"`
}

// errorBody is the body of a response that says why a request failed.
type errorBody struct {
	Error errorMessage `json:"error"`
}

type errorMessage struct {
	ID       int    `json:"id"`
	Format   string `json:"format"`
	ShowUser bool   `json:"showUser,omitempty"`
}

// shownError is an error that the client should show, in whatever way the request was made.
type shownError struct{ error }

// errCancelled is what the protocol calls it.
var errCancelled = errors.New("cancelled")

// serve answers requests up to the end of the connection or of the session.
func (s *session) serve(r *reader) error {
	s.queue = newQueue()
	defer s.queue.close()
	go s.queue.fill(r)
	for !s.ended && s.out.err == nil {
		req, err := s.queue.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		s.answer(req)
	}
	return s.out.err
}

// answer answers a request, and sends the events that come of it.
func (s *session) answer(req request) {
	defer s.queue.done()
	body, err := s.do(req)
	r := &response{message: message{Type: "response"}, RequestSeq: req.seq, Command: req.command, Success: err == nil}
	if r.Body = body; err != nil {
		text := safetext.Line(err.Error())
		_, shown := err.(shownError)
		r.Message, r.Body = text, errorBody{errorMessage{ID: 1, Format: text, ShowUser: shown}}
	}
	s.out.write(r)
	for _, e := range s.after {
		s.out.write(e)
	}
	s.after = nil
}

func (s *session) do(req request) (body any, err error) {
	if req.problem != "" {
		return nil, malformed("%s", req.problem)
	}
	if s.queue.stopped() {
		return nil, errCancelled
	}
	h, ok := handlers[req.command]
	switch {
	case !ok:
		return nil, fmt.Errorf("request %.100q is not one that coredumpy understands", req.command)
	case h.needsDump && s.in == nil:
		return nil, fmt.Errorf("%s: no dump is open: send launch with its path as \"dump\" first", req.command)
	}
	body, err = h.do(s, req.arguments)
	if err == nil && s.queue.stopped() {
		return nil, errCancelled
	}
	return body, err
}

// event has an event follow the response.
func (s *session) event(name string, body any) {
	s.after = append(s.after, &event{message: message{Type: "event"}, Event: name, Body: body})
}

// handler answers requests of a kind.
type handler struct {
	needsDump bool
	do        func(s *session, arguments json.RawMessage) (body any, err error)
}

// always returns a handler of requests with arguments A, which need no dump.
func always[A any](do func(s *session, args A) (body any, err error)) handler {
	return handler{do: func(s *session, raw json.RawMessage) (any, error) {
		var args A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, malformed("its arguments: %v", err)
			}
		}
		return do(s, args)
	}}
}

// inDump is always for requests that are about an open dump.
func inDump[A any](do func(s *session, args A) (body any, err error)) handler {
	h := always(do)
	h.needsDump = true
	return h
}

// none is of requests without arguments, or of which none matters.
type none struct{}

var handlers map[string]handler

func init() {
	handlers = map[string]handler{
		"initialize":        always((*session).initialize),
		"launch":            always((*session).launch),
		"attach":            always((*session).launch),
		"configurationDone": inDump((*session).configurationDone),
		"terminate":         always((*session).terminate),
		"disconnect":        always((*session).disconnect),
		"cancel":            always(func(*session, none) (any, error) { return nil, nil }), // queue has done it
		"threads":           inDump((*session).threadList),
		"stackTrace":        inDump((*session).stackTrace),
		"scopes":            inDump((*session).scopes),
		"variables":         inDump((*session).variables),
		"evaluate":          inDump((*session).evaluate),
		"completions":       inDump((*session).completions),
		"source":            inDump((*session).source),
		"loadedSources":     inDump((*session).loadedSources),
		"modules":           inDump((*session).modules),
		"exceptionInfo":     inDump((*session).exceptionInfo),
		"readMemory":        inDump((*session).readMemory),

		"setBreakpoints":            always((*session).breakpoints),
		"setFunctionBreakpoints":    always((*session).breakpoints),
		"setInstructionBreakpoints": always((*session).breakpoints),
		"setDataBreakpoints":        always((*session).breakpoints),
		"setExceptionBreakpoints":   always(func(*session, none) (any, error) { return nil, nil }),
		"breakpointLocations":       always(func(*session, none) (any, error) { return breakpointsBody{[]breakpoint{}}, nil }),
	}
	for command, what := range refusals {
		handlers[command] = always(func(*session, none) (any, error) {
			return nil, shownError{errors.New("this is a dump: " + what)}
		})
	}
}

// refusals are the requests that need a running program, and why they fail.
var refusals = map[string]string{
	"continue": "it can't be continued", "next": "it can't be stepped", "stepIn": "it can't be stepped",
	"stepOut": "it can't be stepped", "stepBack": "it can't be stepped", "reverseContinue": "it can't be continued",
	"restartFrame": "it can't be run again", "restart": "it can't be run again", "goto": "it can't be stepped",
	"pause": "nothing runs in it", "terminateThreads": "nothing runs in it",
	"setVariable": "it can't be changed", "setExpression": "it can't be changed", "writeMemory": "it can't be changed",
	"stepInTargets": "it can't be stepped", "gotoTargets": "it can't be stepped",
	"dataBreakpointInfo": "nothing runs in it", "disassemble": "it holds no instructions",
}

// breakpointsArguments are of all requests that set breakpoints.
type breakpointsArguments struct {
	Breakpoints []none `json:"breakpoints"`
}

type breakpointsBody struct {
	Breakpoints []breakpoint `json:"breakpoints"`
}

type breakpoint struct {
	Verified bool   `json:"verified"`
	Message  string `json:"message"`
}

// breakpoints is the requests that set breakpoints: none is ever hit.
func (s *session) breakpoints(args breakpointsArguments) (any, error) {
	const most = 10_000
	body := breakpointsBody{[]breakpoint{}}
	for range min(len(args.Breakpoints), most) {
		body.Breakpoints = append(body.Breakpoints, breakpoint{Message: "this is a dump: no breakpoint is hit in it"})
	}
	return body, nil
}

// queue hands over the requests of a client, and notes which are cancelled.
type queue struct {
	requests  chan request
	closed    chan struct{}
	failed    error // why there are no more requests
	interrupt chan os.Signal

	mu        sync.Mutex
	current   int          // the request being answered, 0 if none is
	waiting   map[int]bool // those to be answered; true if they are cancelled
	cancelled bool         // current is
}

// queued is how many requests may wait. A client that sends more waits.
const queued = 100

func newQueue() *queue {
	return &queue{requests: make(chan request, queued), closed: make(chan struct{}),
		interrupt: make(chan os.Signal, 1), waiting: map[int]bool{}}
}

func (q *queue) close() { close(q.closed) }

// fill reads requests until there are no more.
func (q *queue) fill(r *reader) {
	for {
		content, err := r.next()
		var req request
		var bad *malformedError
		switch {
		case err == nil:
			ok := false
			if req, ok = parse(content); !ok {
				continue
			}
		case errors.As(err, &bad):
			req.problem = bad.problem
		default:
			q.failed = err
			close(q.requests)
			return
		}
		q.note(req)
		select {
		case q.requests <- req:
		case <-q.closed:
			return
		}
	}
}

// parse returns the request in a message; ok is false if it is an event or a response,
// which nobody waits for.
func parse(content []byte) (req request, ok bool) {
	var m struct {
		Seq       int             `json:"seq"`
		Type      string          `json:"type"`
		Command   string          `json:"command"`
		Arguments json.RawMessage `json:"arguments"`
	}
	err := json.Unmarshal(content, &m)
	req = request{seq: m.Seq, command: m.Command, arguments: m.Arguments}
	switch {
	case err != nil:
		req.problem = err.Error()
	case m.Type == "event" || m.Type == "response":
		return req, false
	case m.Type != "request":
		req.problem = fmt.Sprintf("its type is %.40q: want \"request\"", m.Type)
	}
	return req, true
}

// note notes that a request waits, and does what a cancel request asks.
func (q *queue) note(req request) {
	var args struct {
		RequestID int `json:"requestId"`
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, ok := q.waiting[req.seq]; !ok {
		q.waiting[req.seq] = false
	}
	if req.command != "cancel" || json.Unmarshal(req.arguments, &args) != nil || args.RequestID == 0 {
		return
	}
	if _, ok := q.waiting[args.RequestID]; ok {
		q.waiting[args.RequestID] = true
	} else if args.RequestID == q.current {
		q.cancelled = true
		select {
		case q.interrupt <- os.Interrupt:
		default:
		}
	}
}

// next waits for a request. The error is why there are no more.
func (q *queue) next() (request, error) {
	req, ok := <-q.requests
	if !ok {
		return req, q.failed
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current, q.cancelled = req.seq, q.waiting[req.seq]
	delete(q.waiting, req.seq)
	return req, nil
}

// done says that the current request has been answered.
func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current, q.cancelled = 0, false
	select {
	case <-q.interrupt:
	default:
	}
}

// stopped reports whether the current request was cancelled.
func (q *queue) stopped() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.cancelled
}

// goroutine selects a goroutine unless it is selected, and returns it.
func (s *session) goroutine(id int64) (*dump.Goroutine, error) {
	if g, err := s.in.Selected(); err == nil && g.ID == id {
		return g, nil
	}
	if err := s.in.SelectGoroutine(id); err != nil {
		return nil, err
	}
	return s.in.Selected()
}
