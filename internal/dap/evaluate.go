package dap

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
)

type evaluateArguments struct {
	Expression string `json:"expression"`
	FrameID    int    `json:"frameId"`
	Context    string `json:"context"`
}

type evaluateBody struct {
	Result    string `json:"result"`
	Type      string `json:"type,omitempty"`
	Reference int    `json:"variablesReference"`
	Named     int    `json:"namedVariables,omitempty"`
	Indexed   int    `json:"indexedVariables,omitempty"`
	Memory    string `json:"memoryReference,omitempty"`
	Hint      *hint  `json:"presentationHint,omitempty"`
}

// These contexts of an evaluation differ from others.
const (
	inConsole   = "repl"
	inClipboard = "clipboard"
	inVariables = "variables"
)

// evaluate is the request: it evaluates an expression, or in the console runs a command.
func (s *session) evaluate(args evaluateArguments) (any, error) {
	line := strings.TrimSpace(args.Expression)
	if err := s.enter(args.FrameID, args.Context == inConsole); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	if line == "" {
		return evaluateBody{}, nil
	}
	body, err := s.expression(line, args.Context)
	word, _, _ := strings.Cut(line, " ")
	known := s.console != nil && (s.console.Knows(word) || inspector.IsRows(line))
	if err == nil || args.Context != inConsole || !known {
		return body, err
	}
	defer func() { s.consoleAt = s.in.Selection() }()
	err = s.console.Run(line)
	text, tooMuch := s.printed.take()
	switch {
	case tooMuch:
		text += "\n(more is left out: ask for less)"
	case errors.Is(err, ErrQuit):
		s.event("terminated", nil)
	case s.queue.stopped():
		return nil, errCancelled
	case err != nil && text == "":
		return nil, err
	case err != nil:
		text += err.Error()
	}
	return evaluateBody{Result: strings.TrimSuffix(text, "\n")}, nil
}

// enter selects the frame of a request. The console has a frame of its own, which commands
// such as up change, until the editor selects another one.
func (s *session) enter(frame int, console bool) error {
	if console && frame == s.consoleFrame {
		s.in.Select(s.consoleAt)
		return nil
	}
	if frame == 0 {
		if s.crashed == noGoroutine {
			return nil
		}
		if err := s.in.SelectGoroutine(s.crashed); err != nil {
			return err
		}
	} else if _, err := s.frame(frame); err != nil {
		return err
	}
	if console {
		s.consoleFrame, s.consoleAt = frame, s.in.Selection()
	}
	return nil
}

// expression evaluates an expression in the selected frame.
func (s *session) expression(expr, context string) (body evaluateBody, err error) {
	name, value, assigned := inspector.Assignment(expr)
	if assigned = assigned && context == inConsole; assigned {
		expr = value
	}
	r, err := s.in.Evaluate(expr)
	if err == nil && assigned {
		err = s.in.Name(name, r)
	}
	if err != nil {
		return body, err
	}
	if context == inConsole {
		s.in.Keep(r) // as after the command p
	}
	switch {
	case r.Nil:
		body.Result = "nil"
	case r.Const != nil:
		body.Result = pretty.Constant(r.Const, full.options(nil))
		if v, err := r.Typed(s.in.Core); err == nil {
			body.Type = v.Type().String()
		}
	case !r.Value.Valid():
		return body, eval.Missing(expr, r.Value.Reason())
	default:
		l := full
		switch context {
		case inClipboard:
			l = whole
		case inVariables:
			l = brief
		}
		w := s.shown(ref{value: r.Value, expr: expr, plain: context == inConsole}, l)
		body = evaluateBody{w.Value, w.Type, w.Reference, w.Named, w.Indexed, w.Memory, nil}
	}
	if body.Type = shortName(body.Type); !s.client.VariableType {
		body.Type = ""
	}
	body.Hint = &hint{Kind: "data", Attributes: readOnly}
	if r.Noted != nil && context != inClipboard {
		body.Result += " (" + noted(r, expr) + ")"
	}
	return body, nil
}

// noted returns the doubt about a result.
func noted(r inspector.Evaluated, expr string) string {
	note := shortName(r.Noted.Note())
	if r.Noted.Name == expr {
		return note
	}
	return shortName(r.Noted.Name) + ": " + note
}

// maxPrinted bounds the output of a command.
const maxPrinted = 256 << 10

// limited holds the output of a command, up to a limit at which it interrupts the command.
type limited struct {
	text strings.Builder
	full chan<- os.Signal
}

func (l *limited) Write(p []byte) (int, error) {
	if l.text.Len() > maxPrinted {
		select {
		case l.full <- os.Interrupt:
		default:
		}
		return len(p), nil
	}
	return l.text.Write(p)
}

// take returns the output, and whether it was cut, and starts again.
func (l *limited) take() (text string, cut bool) {
	text = l.text.String()
	l.text.Reset()
	if len(text) > maxPrinted {
		return strings.ToValidUTF8(text[:maxPrinted], ""), true
	}
	return text, false
}

type completionsArguments struct {
	FrameID int    `json:"frameId"`
	Text    string `json:"text"`
	Column  int    `json:"column"`
}

type completionsBody struct {
	Targets []completionItem `json:"targets"`
}

type completionItem struct {
	Label  string `json:"label"`
	Type   string `json:"type,omitempty"`
	Start  int    `json:"start"`
	Length int    `json:"length"`
}

// maxCompletions bounds how many words are returned.
const maxCompletions = 1000

// completions is the request: names and, at the beginning of a line, commands.
func (s *session) completions(args completionsArguments) (any, error) {
	body := completionsBody{[]completionItem{}}
	if s.console == nil {
		return body, nil
	}
	if err := s.enter(args.FrameID, true); err != nil {
		return nil, fmt.Errorf("completions: %w", err)
	}
	first := 0
	if s.client.ColumnsStartAt1 {
		first = 1
	}
	text := upTo(args.Text, args.Column-first)
	add := func(kind, before string) {
		from, words := s.console.Complete(before + text)
		from -= len(before)
		if from < 0 || from > len(text) {
			return
		}
		for _, word := range words[:min(len(words), maxCompletions)] {
			if kind == "keyword" != strings.HasSuffix(word, " ") && before == "" && !strings.Contains(text, " ") {
				continue // a name, which is there already
			}
			word = strings.TrimSpace(word)
			body.Targets = append(body.Targets, completionItem{Label: word, Type: kind,
				Start: first + units(text[:from]), Length: units(text[from:])})
		}
	}
	word, _, more := strings.Cut(strings.TrimLeft(text, " "), " ")
	if more && s.console.Knows(word) {
		add("variable", "")
		return body, nil
	}
	add("variable", "p ")
	if !strings.ContainsAny(text, " .([") {
		add("keyword", "")
	}
	return body, nil
}

// upTo returns the text before a column, which counts UTF-16 code units from 0.
func upTo(text string, column int) string {
	for i, r := range text {
		if column <= 0 {
			return text[:i]
		}
		column -= len(utf16.AppendRune(nil, r))
	}
	return text
}

// units returns the length of a text in UTF-16 code units.
func units(text string) (n int) {
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		n += len(utf16.AppendRune(nil, r))
		text = text[size:]
	}
	return n
}
