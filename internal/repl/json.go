package repl

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
)

const jsonHelp = `-json prints a line of JSON for each value, for jq and the like: f 1 p -json order. An object has
the names of a struct's fields or a map's keys, a pointer is what it points to, and an interface the
value in it. max-string, max-elements and max-depth don't count. What JSON can't say:
  {"$hidden": true}              a secret; $text is what of a text isn't
  {"$missing": "optimized out"}  not in the dump, and why
  {"$text": "abc", "$more": 20}  a text that is cut, 20 bytes are left out
  {"$bytes": "/wA="}             bytes that are no text, in base64; $more as above
  [1, 2, {"$more": 20}]          a list that is cut; a cut object has $more among its names, or
                                 $missing and why, if nobody knows how many there are
  {"$ref": ".next"}              the value at that path, which has this one in it: a cycle
  {"$func": "main.f", "$captured": {"n": 1}}
  {"$chan": [1, 2], "$cap": 4}   a channel with what is buffered
  {"$value": 1, "$note": "optimized: it may be out of date"}
  [{"$key": 1.5, "$value": 2}]   a map whose keys are neither texts nor integers; $entries has
                                 those of other maps whose keys are hidden, cut or begin with $
Integers beyond 2^53, NaN, Inf, complex numbers, uintptrs and addresses are strings; so are times
(RFC 3339), IPs, URLs and numbers of math/big. Bytes that are UTF-8 are texts.`

// cutJSON cuts the flag -json off the beginning of arguments.
func cutJSON(args string) (rest string, ok bool) {
	if args == "-json" {
		return "", true
	}
	rest, ok = strings.CutPrefix(args, "-json ")
	return strings.TrimSpace(rest), ok
}

// limitJSON returns in how many bytes a command prints JSON: a line that the output's limit cuts
// couldn't be read.
func (s *session) limitJSON() int {
	const unlimited, spare = maxBytes, 64 << 10 // spare is for what closes objects
	if s.out.Limit == 0 {
		return unlimited
	}
	return max(s.out.Limit-spare, s.out.Limit/2)
}

// printJSON prints the values of a list of expressions.
func (s *session) printJSON(args string) error {
	if _, _, assigned := inspector.Assignment(args); assigned {
		return fmt.Errorf("p: -json takes an expression: write p %s, and then p -json for the name", args)
	}
	list := inspector.Split(args)
	for _, expr := range list {
		r, err := s.evaluate("p", expr)
		if err != nil {
			return err
		}
		note := ""
		if r.Noted != nil {
			note = r.Noted.Name + ": " + r.Noted.Note()
		}
		text, err := s.resultJSON(expr, r.Result, note, s.limitJSON()/len(list))
		if err != nil {
			return err
		}
		s.out.Printf("%s\n", text)
		s.in.Keep(r)
	}
	return nil
}

func (s *session) resultJSON(expr string, r eval.Result, note string, limit int) ([]byte, error) {
	if r.Nil {
		return []byte("null"), nil
	}
	v, err := r.Typed(s.in.Core)
	if err != nil { // a constant beyond all types
		return inspector.JSON(s.in.Core.Basic(reflect.String).OfText(r.Const.ExactString()), limit), nil
	}
	return inspector.JSONNoted(v, note, limit), nil
}

// variablesJSON prints variables as an object.
func (s *session) variablesJSON(vars []dump.Variable, wanted filter, is func(*dump.Variable) bool) {
	var shown []*dump.Variable
	for i := range vars {
		if v := &vars[i]; is(v) && wanted.wants(v.Name) {
			shown = append(shown, v)
		}
	}
	s.out.Printf("%s\n", inspector.VariablesJSON(shown, s.limitJSON()))
}
