package dap

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// queue passes on a client's requests, and records which are cancelled.
type queue struct {
	requests  chan request
	closed    chan struct{}
	failed    error // why there are no more requests
	interrupt chan os.Signal

	mu        sync.Mutex
	current   int          // the request being answered, 0 if none is
	waiting   map[int]bool // requests to be answered; true if cancelled
	cancelled bool         // current is cancelled
}

// queued bounds how many requests may wait. A client that sends more is blocked.
const queued = 32

func newQueue() *queue {
	return &queue{requests: make(chan request, queued), closed: make(chan struct{}),
		interrupt: make(chan os.Signal, 1), waiting: map[int]bool{}}
}

func (q *queue) close() { close(q.closed) }

// fill reads requests until the client sends no more.
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

// parse returns the request in a message; ok is false for an event or a response, which
// nothing waits for.
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
		req.problem = wrongType(err).Error()
	case m.Type == "event" || m.Type == "response":
		return req, false
	case m.Type != "request":
		req.problem = fmt.Sprintf("its type is %.40q: want \"request\"", m.Type)
	}
	return req, true
}

// note records that a request waits, and carries out a cancel request.
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

// next waits for a request. The error says why there are no more.
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

// done records that the current request has been answered.
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
