package dap

import (
	"fmt"

	"coredumpy/internal/pretty"
)

// inlineValues is a request of our own, for the extension of VS Code: values to show beside the
// lines of a frame's source. An editor that finds names in the text by itself shows a variable
// where another of its name is meant.
type inlineValuesArguments struct {
	FrameID   int `json:"frameId"`
	StartLine int `json:"startLine"`
	EndLine   int `json:"endLine"`
}

type inlineValuesBody struct {
	Values []inlineValue `json:"values"`
}

// inlineValue is the text to show at the end of a line, such as "n = 4".
type inlineValue struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// beside bounds a value beside a line.
var beside = limits{String: 24, Elements: 4, Depth: 1, Bytes: 60}

// inlineValues is the request: the variables that lines of the frame's source mention.
func (s *session) inlineValues(args inlineValuesArguments) (any, error) {
	f, err := s.frame(args.FrameID)
	if err != nil {
		return nil, fmt.Errorf("inlineValues: %w", err)
	}
	body := inlineValuesBody{[]inlineValue{}}
	if f == nil { // a label
		return body, nil
	}
	from := 0 // what the client counts less than we do
	if !s.client.LinesStartAt1 {
		from = 1
	}
	for _, v := range s.in.LineValues(f, args.StartLine+from, args.EndLine+from) {
		if s.queue.stopped() {
			return nil, errCancelled
		}
		text := shortName(v.Name) + " = " + pretty.String(v.Variable.Value, beside.options(nil))
		body.Values = append(body.Values, inlineValue{v.Line - from, text})
	}
	return body, nil
}
