package dap

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// initializeArguments is what a client says about itself.
type initializeArguments struct {
	LinesStartAt1   bool   `json:"linesStartAt1"`
	ColumnsStartAt1 bool   `json:"columnsStartAt1"`
	PathFormat      string `json:"pathFormat"`
	VariableType    bool   `json:"supportsVariableType"`
	Memory          bool   `json:"supportsMemoryReferences"`
}

// clientDefaults are the defaults of the protocol.
var clientDefaults = initializeArguments{LinesStartAt1: true, ColumnsStartAt1: true, PathFormat: pathFormatPath}

const (
	pathFormatPath = "path"
	pathFormatURI  = "uri"
)

// UnmarshalJSON keeps the defaults of missing members.
func (a *initializeArguments) UnmarshalJSON(raw []byte) error {
	type plain initializeArguments
	*a = clientDefaults
	return json.Unmarshal(raw, (*plain)(a))
}

// capabilities says what the server can do, in the protocol's words.
type capabilities struct {
	ConfigurationDone  bool     `json:"supportsConfigurationDoneRequest"`
	EvaluateForHovers  bool     `json:"supportsEvaluateForHovers"`
	Completions        bool     `json:"supportsCompletionsRequest"`
	CompletionTriggers []string `json:"completionTriggerCharacters"`
	Modules            bool     `json:"supportsModulesRequest"`
	ExceptionInfo      bool     `json:"supportsExceptionInfoRequest"`
	DelayedStackTrace  bool     `json:"supportsDelayedStackTraceLoading"`
	LoadedSources      bool     `json:"supportsLoadedSourcesRequest"`
	Terminate          bool     `json:"supportsTerminateRequest"`
	ReadMemory         bool     `json:"supportsReadMemoryRequest"`
	Cancel             bool     `json:"supportsCancelRequest"`
	Clipboard          bool     `json:"supportsClipboardContext"`
}

func (s *session) initialize(args initializeArguments) (any, error) {
	if args == (initializeArguments{}) { // there are none
		args = clientDefaults
	}
	if args.PathFormat != pathFormatPath && args.PathFormat != pathFormatURI {
		return nil, fmt.Errorf("initialize: pathFormat %.40q must be path or uri", args.PathFormat)
	}
	s.client = args
	return capabilities{
		ConfigurationDone: true, EvaluateForHovers: true, Completions: true, CompletionTriggers: []string{"."},
		Modules: true, ExceptionInfo: true, DelayedStackTrace: true, LoadedSources: true, Terminate: true,
		ReadMemory: true, Cancel: true, Clipboard: true,
	}, nil
}

// launchArguments are the arguments of launch and attach.
type launchArguments struct {
	Dump      string    `json:"dump"`
	SourceMap sourceMap `json:"sourceMap"`
}

func (s *session) launch(args launchArguments) (any, error) {
	switch {
	case s.in != nil:
		return nil, shownError{errors.New("launch: a dump is open already: disconnect first")}
	case args.Dump == "":
		return nil, shownError{errors.New(`launch: which dump? Give its path as "dump"`)}
	}
	core, err := s.options.Open(args.Dump)
	if err != nil {
		return nil, shownError{fmt.Errorf("launch: %w", err)}
	}
	in, failed := inspector.New(core)
	s.in, s.crashed = in, noGoroutine
	if g, err := in.Selected(); err == nil {
		s.crashed = g.ID
	}
	s.sources = sources{core: core, moved: args.SourceMap}
	if s.options.Console != nil {
		s.console = s.options.Console(in, &s.printed, s.queue.interrupt)
		s.printed.full = s.queue.interrupt
	}
	s.event("initialized", nil)
	s.tell("console", s.greeting())
	if failed != nil {
		s.tell("important", withoutLinks(printable.Line(failed.Error()))+"\n")
	}
	return nil, nil
}

// No goroutine has the id noGoroutine.
const noGoroutine = math.MinInt64

// greeting says what a dump is about, and what one can type into the console.
func (s *session) greeting() string {
	h := s.in.Head()
	var b strings.Builder
	about := cmp.Or(h.Message, h.Description)
	if h.Test != "" {
		about = h.Test + ": " + about
	}
	about = strings.TrimLeft(printable.Block(cut(about, maxText), "    "), " ")
	fmt.Fprintf(&b, "%s: %s\n", printable.Line(h.Reason), about)
	if h.Value != "" {
		fmt.Fprintf(&b, "value: %s\n", printable.Line(cut(h.Value, maxText)))
	}
	fmt.Fprintf(&b, "%s, %s/%s, %d goroutines\n",
		printable.Line(h.GoVersion), printable.Line(h.OS), printable.Line(h.Arch), len(s.in.Goroutines()))
	for _, note := range h.Notes[:min(len(h.Notes), maxNotes)] {
		fmt.Fprintf(&b, "note: %s\n", printable.Line(cut(note, maxText)))
	}
	if missing := s.in.Missing(); missing != "" {
		fmt.Fprintf(&b, "damaged: %s\n", printable.Line(missing))
	}
	for _, unknown := range s.in.Unknown() {
		fmt.Fprintf(&b, "unknown: %s\n", printable.Line(unknown))
	}
	if s.console != nil {
		b.WriteString("Type Go expressions here, or commands: help lists them.\n")
	}
	return b.String()
}

const (
	maxNotes = 20
	maxText  = 16 << 10 // bytes of a text from the dump
)

// cut shortens a text that is too long to show.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s...+%d more", strings.ToValidUTF8(text[:most], ""), len(text)-most)
}

type outputBody struct {
	Category string `json:"category"`
	Output   string `json:"output"`
}

// tell shows a text in the client's console.
func (s *session) tell(category, text string) { s.event("output", outputBody{category, text}) }

type stoppedBody struct {
	Reason      string `json:"reason"`
	Description string `json:"description,omitempty"`
	ThreadID    int64  `json:"threadId,omitempty"`
	Text        string `json:"text,omitempty"`
	AllStopped  bool   `json:"allThreadsStopped"`
}

// configurationDone reports the program as stopped where it was when the dump was made.
func (s *session) configurationDone(none) (any, error) {
	h := s.in.Head()
	body := stoppedBody{Reason: "exception", Description: printable.Line(cut(h.Reason, maxName)), AllStopped: true}
	if s.in.Healthy() {
		body.Reason = "pause"
	}
	body.Text = printable.Line(cut(cmp.Or(h.Message, h.Description), maxName))
	if s.crashed != noGoroutine {
		body.ThreadID = s.threadID(s.crashed)
	}
	s.event("stopped", body)
	return nil, nil
}

func (s *session) terminate(none) (any, error) {
	s.event("terminated", nil)
	return nil, nil
}

func (s *session) disconnect(none) (any, error) {
	s.ended = true
	return nil, nil
}
