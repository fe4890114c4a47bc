package dap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// session serves one client.
type session struct {
	options Options
	out     *writer
	queue   *queue

	client  initializeArguments
	in      *inspector.Inspector // nil until a dump is open
	crashed int64                // the goroutine that the dump is about
	console Console              // nil if there is none
	printed limited              // the console's output
	sources sources
	threads []thread // nil until the client asks
	frames  frames
	refs    references
	memory  memory

	consoleFrame int // the client's id of the console's frame, -1 at first
	consoleAt    inspector.Selection
	after        []*event // sent after the response
	ended        bool
}

// request is a request of the client.
type request struct {
	seq       int
	command   string
	arguments json.RawMessage
	problem   string // why it is malformed, "" if it isn't
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

// errorBody is the body of a response to a request that failed.
type errorBody struct {
	Error errorMessage `json:"error"`
}

type errorMessage struct {
	ID       int    `json:"id"`
	Format   string `json:"format"`
	ShowUser bool   `json:"showUser,omitempty"`
}

// shownError is an error that the client should show, however the request was made.
type shownError struct{ error }

// withoutLinks returns a text for the user to the letter: VS Code makes links of [text](address),
// also links that run its commands, and a file's name would choose them.
func withoutLinks(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// errCancelled has the protocol's word for a cancelled request.
var errCancelled = errors.New("cancelled")

// serve answers requests until the connection or the session ends.
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

// answer answers a request, and sends the events that result.
func (s *session) answer(req request) {
	defer s.queue.done()
	body, err := s.do(req)
	r := &response{message: message{Type: "response"}, RequestSeq: req.seq, Command: req.command, Success: err == nil}
	if r.Body = body; err != nil {
		text := printable.Line(err.Error())
		_, shown := err.(shownError)
		if shown {
			text = withoutLinks(text)
		}
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
	return h.do(s, req.arguments)
}

// event sends an event after the response.
func (s *session) event(name string, body any) {
	s.after = append(s.after, &event{message: message{Type: "event"}, Event: name, Body: body})
}

// handler answers one kind of request.
type handler struct {
	needsDump bool
	do        func(s *session, arguments json.RawMessage) (body any, err error)
}

// always returns a handler of requests with arguments A that need no dump.
func always[A any](do func(s *session, args A) (body any, err error)) handler {
	return handler{do: func(s *session, raw json.RawMessage) (any, error) {
		var args A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, fmt.Errorf("arguments: %w", wrongType(err))
			}
		}
		return do(s, args)
	}}
}

// wrongType returns a JSON decoding error without the names of types in this package.
func wrongType(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	want := "an object"
	switch k := wrong.Type.Kind(); {
	case k == reflect.String:
		want = "a string"
	case k == reflect.Bool:
		want = "true or false"
	case k >= reflect.Int && k <= reflect.Float64:
		want = "an integer"
	case k == reflect.Slice:
		want = "a list"
	}
	if wrong.Field == "" {
		return fmt.Errorf("must be %s, not %s", want, wrong.Value)
	}
	return fmt.Errorf("%s must be %s, not %s", wrong.Field, want, wrong.Value)
}

// inDump is always for requests that need an open dump.
func inDump[A any](do func(s *session, args A) (body any, err error)) handler {
	h := always(do)
	h.needsDump = true
	return h
}

// none stands for arguments that don't exist or don't matter.
type none struct{}

// handlers answer the requests. To add one, add it in init, and its capability in start.go.
var handlers map[string]handler

func init() {
	handlers = map[string]handler{
		"initialize":        always((*session).initialize),
		"launch":            always((*session).launch),
		"attach":            always((*session).launch),
		"configurationDone": inDump((*session).configurationDone),
		"terminate":         always((*session).terminate),
		"disconnect":        always((*session).disconnect),
		"cancel":            always(func(*session, none) (any, error) { return nil, nil }), // queue has cancelled it
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
		"inlineValues":      inDump((*session).inlineValues),

		"setBreakpoints":            always((*session).breakpoints),
		"setFunctionBreakpoints":    always((*session).breakpoints),
		"setInstructionBreakpoints": always((*session).breakpoints),
		"setDataBreakpoints":        always((*session).breakpoints),
		"setExceptionBreakpoints":   always(func(*session, none) (any, error) { return nil, nil }),
		"breakpointLocations":       always(func(*session, none) (any, error) { return noBreakpoints, nil }),
	}
	for command, what := range refusals {
		handlers[command] = always(func(*session, none) (any, error) {
			return nil, shownError{errors.New("this is a dump: " + what)}
		})
	}
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
