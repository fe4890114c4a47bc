package caveat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// In a dump a reason and a doubt are lists: the name of the kind, and the details that the
// kind has, in the order in which its sentence names them.
//
//	["optimizedOut"]
//	["limit","depth"]
//	["stackEnd",824633786368,24]
//	["sharedPlace",["x",12],["y",14]]
//
// Where format 1 had a sentence, a text, in place of the list, it is parsed. Details behind
// those that are known here are for later versions.

// Names of the kinds in a dump. Those without one are found out by a reader.
var (
	kindNames = [numKinds]string{
		Other: "other", OtherLimit: "otherLimit",
		Limit: "limit", Redacted: "redacted", RuntimeOwn: "runtimeOwn",
		OptimizedOut: "optimizedOut", OnePart: "onePart", ShapeLost: "shapeLost", FloatRegister: "floatRegister",
		NotAllocated: "notAllocated", NotSetYet: "notSetYet",
		BarePackage: "barePackage", TracebackOnly: "tracebackOnly",
		RanMeanwhile: "ranMeanwhile", NoTraceback: "noTraceback",
		NoMemory: "noMemory", Unreadable: "unreadable", StackMoved: "stackMoved", StackLeft: "stackLeft",
		StackPartLeft: "stackPartLeft", StackEnd: "stackEnd", FrameOfC: "frameOfC", Reused: "reused",
		ReusedBy: "reusedBy", Freed: "freed",
		TypeUnknown: "typeUnknown", BadBool: "badBool", BadText: "badText", BadSlice: "badSlice",
		BadArray: "badArray", SelfContained: "selfContained", MapWritten: "mapWritten", WrongSize: "wrongSize",
	}
	doubtNames = [numDoubts]string{
		OtherDoubt: "other", OnLine: "onLine", InStatement: "inStatement", AfterReturn: "afterReturn",
		OutOfDate: "outOfDate", SharedPlace: "sharedPlace", PartsOutOfDate: "partsOutOfDate",
		AtSignal: "atSignal", TargetReused: "targetReused", MemoryReused: "memoryReused",
	}
)

// byName returns where the names in a list are.
func byName[K ~uint8](names []string) map[string]K {
	m := make(map[string]K, len(names))
	for k, name := range names {
		if name != "" {
			m[name] = K(k)
		}
	}
	return m
}

var (
	kindsByName  = byName[Kind](kindNames[:])
	doubtsByName = byName[DoubtKind](doubtNames[:])
)

// AppendFact appends what a dump holds of the reason. text appends a text as JSON.
func (r Reason) AppendFact(dst []byte, text func(dst []byte, text string) []byte) []byte {
	if r.Kind >= numKinds || kindNames[r.Kind] == "" {
		r = Reason{Kind: Other, Text: r.String()}
	}
	dst = append(append(append(dst, `["`...), kindNames[r.Kind]...), '"')
	numbers := [...]int64{r.N, r.M}
	for rest, n := r.sentence(), 0; ; {
		_, verb, after := cutVerb(rest)
		rest = after
		switch verb {
		case 0:
			return append(dst, ']')
		case 's':
			dst = text(append(dst, ','), r.Text)
		case 'x':
			dst = strconv.AppendUint(append(dst, ','), r.Addr, 10)
		case 'd':
			dst = strconv.AppendInt(append(dst, ','), numbers[n], 10)
			n++
		}
	}
}

// appendQuoted appends a text as JSON.
func appendQuoted(dst []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // which fails for no text
	return append(dst, quoted...)
}

// MarshalJSON is [Reason.AppendFact] for package json.
func (r Reason) MarshalJSON() ([]byte, error) { return r.AppendFact(nil, appendQuoted), nil }

// UnmarshalJSON parses what a dump holds.
func (r *Reason) UnmarshalJSON(raw []byte) error {
	*r = Reason{}
	if len(raw) > 0 && raw[0] == '"' {
		var sentence string
		err := json.Unmarshal(raw, &sentence)
		*r = ParseReason(sentence)
		return err
	}
	name, details, err := parseFact(raw, "reason")
	if err != nil || name == "" {
		return err
	}
	k, ok := kindsByName[name]
	if !ok {
		*r = Reason{Kind: Unknown, Text: name}
		return nil
	}
	r.Kind = k
	numbers := []*int64{&r.N, &r.M}
	for rest := sentences[k]; ; details = details[1:] {
		_, verb, after := cutVerb(rest)
		rest = after
		if verb == 0 {
			return nil
		}
		var detail any
		switch verb {
		case 's':
			detail = &r.Text
		case 'x':
			detail = &r.Addr
		case 'd':
			detail, numbers = numbers[0], numbers[1:]
		}
		if len(details) == 0 || string(details[0]) == "null" || json.Unmarshal(details[0], detail) != nil {
			*r = Reason{}
			return fmt.Errorf("the reason %.60q hasn't the details of its kind", raw)
		}
	}
}

// maxDetails bounds how many details of a fact are looked at: none has as many.
const maxDetails = 64

// parseFact parses a list of a kind and details. It returns no name for null.
func parseFact(raw []byte, what string) (name string, details []json.RawMessage, err error) {
	if string(raw) == "null" {
		return "", nil, nil
	}
	list := json.NewDecoder(bytes.NewReader(raw))
	if open, err := list.Token(); err == nil && open == json.Delim('[') && list.Decode(&name) == nil && name != "" {
		for list.More() && len(details) < maxDetails {
			var detail json.RawMessage
			if err = list.Decode(&detail); err != nil {
				break
			}
			details = append(details, detail)
		}
		if err == nil {
			return name, details, nil
		}
	}
	return "", nil, fmt.Errorf("the %s %.60q is no list of a kind and details", what, raw)
}

// Reasons are several of them, the most important one first.
type Reasons []Reason

// String returns the sentences on a line, "" if there are none.
func (all Reasons) String() string {
	text := ""
	for i, r := range all {
		if i > 0 {
			text += betweenDoubts
		}
		text += r.String()
	}
	return text
}

// UnmarshalJSON parses what a dump holds: a list of reasons.
func (all *Reasons) UnmarshalJSON(raw []byte) error {
	*all = nil
	if len(raw) > 0 && raw[0] == '"' { // all of them, in format 1
		var r Reason
		err := r.UnmarshalJSON(raw)
		if r.Kind != None {
			*all = Reasons{r}
		}
		return err
	}
	if len(raw) > maxFacts {
		return errTooLong
	}
	return json.Unmarshal(raw, (*[]Reason)(all))
}

// maxFacts bounds a list of reasons or doubts, in bytes.
const maxFacts = 64 << 10

var errTooLong = errors.New("a list of more than 64 KB in a note")

// MarshalJSON returns what a dump holds of the doubts.
func (all Doubts) MarshalJSON() ([]byte, error) {
	dst := []byte{'['}
	for i, d := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d.appendFact(dst)
	}
	return append(dst, ']'), nil
}

func (d Doubt) appendFact(dst []byte) []byte {
	if d.Kind >= numDoubts || doubtNames[d.Kind] == "" {
		d = Doubt{Text: d.String()}
	}
	dst = append(append(append(dst, `["`...), doubtNames[d.Kind]...), '"')
	if d.Kind == OtherDoubt {
		dst = appendQuoted(append(dst, ','), d.Text)
	}
	for _, s := range d.Sharers {
		dst = appendQuoted(append(dst, `,[`...), s.Name)
		dst = append(strconv.AppendInt(append(dst, ','), int64(s.Line), 10), ']')
	}
	return append(dst, ']')
}

// UnmarshalJSON parses what a dump holds.
func (all *Doubts) UnmarshalJSON(raw []byte) error {
	*all = nil
	if len(raw) > 0 && raw[0] == '"' {
		var sentences string
		err := json.Unmarshal(raw, &sentences)
		*all = parseDoubts(sentences)
		return err
	}
	if len(raw) > maxFacts {
		return errTooLong
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("its note %.60q is no list of doubts", raw)
	}
	for i, fact := range list {
		if i == maxDoubts-1 && len(list) > maxDoubts {
			*all = append(*all, Doubt{Text: fmt.Sprintf("%d more", len(list)-i)})
			return nil
		}
		d, err := parseDoubtFact(fact)
		if err != nil {
			return err
		}
		*all = append(*all, d)
	}
	return nil
}

func parseDoubtFact(raw []byte) (d Doubt, err error) {
	name, details, err := parseFact(raw, "doubt")
	if err != nil {
		return d, fmt.Errorf("its note: %w", err)
	}
	k, ok := doubtsByName[name]
	if !ok {
		return Doubt{Kind: UnknownDoubt, Text: name}, nil
	}
	d.Kind, ok = k, true
	switch k {
	case OtherDoubt:
		ok = len(details) > 0 && json.Unmarshal(details[0], &d.Text) == nil
	case SharedPlace:
		for _, detail := range details {
			s := Sharer{}
			var parts []json.RawMessage
			ok = ok && json.Unmarshal(detail, &parts) == nil && len(parts) >= 2 &&
				json.Unmarshal(parts[0], &s.Name) == nil && json.Unmarshal(parts[1], &s.Line) == nil
			d.Sharers = append(d.Sharers, s)
		}
	}
	if !ok {
		return Doubt{}, fmt.Errorf("its note: the doubt %.60q hasn't the details of its kind", raw)
	}
	return d, nil
}
