package dumping

import (
	"math"
	"runtime"

	"coredumpy/internal/capture"
	"coredumpy/internal/corefile"
	"coredumpy/internal/settings"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
)

// Origin is where the program is when a dump is asked for.
type Origin struct {
	trace string // the runtime's traceback
	pcs   []uintptr
	move  target.Move
}

// Where returns the origin of the calling goroutine. mark is a variable on its
// stack; was is the address it had before the stack may have grown.
//
//go:noinline
func Where(mark *byte, was uint64) Origin {
	buf := make([]byte, 64<<10)
	trace := string(buf[:runtime.Stack(buf, false)])
	var pcs [128]uintptr // a traceback has the 50 innermost frames and the 50 outermost
	n := runtime.Callers(1, pcs[:])
	return Origin{trace, pcs[:n], target.Move{Was: was, Is: unsafely.StackAddr(mark)}}
}

// Request returns a request with what all dumps of this process share. entry is the
// function of package coredumpy that the program called.
func (w *Work) Request(at Origin, entry, reason string) *capture.Request {
	req := w.request(capture.Head(w.Description))
	req.Head.Reason = reason
	req.Goroutine, _ = capture.GoroutineID(at.trace)
	req.Trace, req.Callers, req.Move, req.Given = at.trace, at.pcs, at.move, w.Given
	req.Entry, req.Skip = capture.Face+"."+entry, skip(w.Options)
	return req
}

// request returns a request with what all dumps share.
func (w *Work) request(head corefile.Head) *capture.Request {
	req := &capture.Request{Head: head, Package: capture.Face, Limits: w.Config.Limits,
		SecretName: w.Config.Redaction.SecretName(), ShowsText: w.Config.Redaction.ShowsText(),
		Shown: w.Config.Redaction.ShowRules}
	for _, err := range w.Config.Redaction.UnknownRules() {
		req.Head.Notes = append(req.Head.Notes, "Config.ShowRules: "+err.Error())
	}
	req.Limits.Depth = max(w.Depth, 0)
	return req
}

// skip returns how many frames to leave out, in bounds in which sums don't overflow.
func skip(o *settings.Options) int { return max(0, min(o.Skip, math.MaxInt32)) }
