package dap

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

type exceptionInfoArguments struct {
	ThreadID int64 `json:"threadId"`
}

type exceptionInfoBody struct {
	ID          string            `json:"exceptionId"`
	Description string            `json:"description,omitempty"`
	BreakMode   string            `json:"breakMode"`
	Details     *exceptionDetails `json:"details,omitempty"`
}

type exceptionDetails struct {
	Message      string              `json:"message,omitempty"`
	TypeName     string              `json:"typeName,omitempty"`
	FullTypeName string              `json:"fullTypeName,omitempty"`
	EvaluateName string              `json:"evaluateName,omitempty"`
	StackTrace   string              `json:"stackTrace,omitempty"`
	Inner        []*exceptionDetails `json:"innerException,omitempty"`
}

// exceptionInfo is the request: why the program ended, for the goroutine that ended it.
func (s *session) exceptionInfo(args exceptionInfoArguments) (any, error) {
	g, err := s.goroutineOf(args.ThreadID)
	if err != nil {
		return nil, fmt.Errorf("exceptionInfo: %w", err)
	}
	if g.ID != s.crashed && g.Panic == nil {
		return nil, fmt.Errorf("exceptionInfo: goroutine %d didn't fail", g.ID)
	}
	h := s.in.Head()
	message := printable.Block(cut(cmp.Or(h.Message, h.Description, h.Value), maxText), "")
	body := exceptionInfoBody{ID: shortName(h.Reason), BreakMode: "unhandled", Description: message}
	if s.in.Healthy() {
		body.BreakMode = "never"
	}
	body.Details = &exceptionDetails{Message: message, StackTrace: traceback(g)}
	left := maxInner
	if v := g.PanicValue(); v != nil {
		body.Details.value(v.Value, &left)
		body.Details.EvaluateName = "panic"
	}
	for _, v := range g.EarlierPanics() {
		body.Details.inner(v.Value, &left)
	}
	return body, nil
}

// maxInner bounds how many errors and earlier panics are shown below a panic.
const maxInner = 50

// inner adds an error that another one wraps, or an earlier panic.
func (d *exceptionDetails) inner(v dump.Value, left *int) {
	if *left--; *left < 0 {
		return
	}
	inner := &exceptionDetails{Message: pretty.String(v, brief.options(nil))}
	inner.value(v, left)
	d.Inner = append(d.Inner, inner)
}

// value sets the type of a panic's value or of an error, and adds what it wraps.
func (d *exceptionDetails) value(v dump.Value, left *int) {
	for _, cause := range inspector.Causes(v) {
		d.inner(cause, left)
	}
	if v.Kind() == reflect.Interface && v.Valid() && !v.IsNil() {
		v = v.Elem()
	}
	d.FullTypeName = shortName(v.Type().String())
	d.TypeName = d.FullTypeName[strings.LastIndexByte(d.FullTypeName, '/')+1:]
	if star := strings.HasPrefix(d.FullTypeName, "*"); star && !strings.HasPrefix(d.TypeName, "*") {
		d.TypeName = "*" + d.TypeName
	}
}

// traceback returns the stack as the runtime prints it, as far as the frames allow.
func traceback(g *dump.Goroutine) string {
	if g.Trace != "" {
		return printable.Block(cut(g.Trace, 4*maxText), "")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [%s]:\n", g.ID, shortName(g.Status))
	for i := range g.Frames {
		f := &g.Frames[i]
		if b.Len() > 4*maxText {
			fmt.Fprintf(&b, "...%d more frames\n", len(g.Frames)-i)
			break
		}
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", shortName(f.Func), shortName(f.File), f.Line)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
