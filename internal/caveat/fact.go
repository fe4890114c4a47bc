package caveat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// In a dump a reason and a doubt are lists: the name of the kind, and the kind's details, in
// the order in which its sentence names them.
//
//	["optimizedOut"]
//	["limit","depth"]
//	["stackEnd",824633786368,24]
//	["sharedPlace",["x",12],["y",14]]
//
// The number of a secret, ["redacted",17], is in no sentence, and may be absent.
//
// In format 1 there is a sentence instead of the list, which is parsed. Later versions may
// write more details after those known here.

// Names of the kinds in a dump. A kind without one isn't in a dump: a reader finds it out.
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

// byName returns the indexes of the names in a list.
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

// AppendFact appends the reason as a dump holds it. text appends a text as JSON.
func (r Reason) AppendFact(dst []byte, text func(dst []byte, text string) []byte) []byte {
	if r.Kind >= numKinds || kindNames[r.Kind] == "" {
		r = Reason{Kind: Other, Text: r.String()}
	}
	dst = append(append(append(dst, `["`...), kindNames[r.Kind]...), '"')
	if r.Kind == Redacted && r.N > 0 {
		dst = strconv.AppendInt(append(dst, ','), r.N, 10)
	}
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

// UnmarshalJSON parses a reason as a dump holds it.
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
	if k == Redacted && len(details) > 0 && (json.Unmarshal(details[0], &r.N) != nil || r.N < 0) {
		r.N = 0 // of another version
	}
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

// maxDetails bounds how many details of a fact are read: no fact has as many.
const maxDetails = 64

// parseFact parses a list of a kind and details. For null it returns no name.
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

// Reasons are several reasons, the most important one first.
type Reasons []Reason

// String returns the sentences on one line, "" if there are none.
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

// UnmarshalJSON parses a list of reasons as a dump holds it.
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

// MarshalJSON returns the doubts as a dump holds them.
func (all Doubts) MarshalJSON() ([]byte, error) { return all.AppendFacts(nil), nil }

// AppendFacts appends the doubts as a dump holds them.
func (all Doubts) AppendFacts(dst []byte) []byte {
	dst = append(dst, '[')
	for i, d := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d.appendFact(dst)
	}
	return append(dst, ']')
}

func (d Doubt) appendFact(dst []byte) []byte {
	if d.Kind >= numDoubts || doubtNames[d.Kind] == "" {
		d = Doubt{Text: d.String()}
	}
	dst = append(append(append(dst, `["`...), doubtNames[d.Kind]...), '"')
	if d.Kind == OtherDoubt {
		dst = appendQuoted(append(dst, ','), d.Text)
	}
	sharers := d.Sharers
	if len(sharers) >= maxDetails {
		sharers = nil // a reader that knows only some of them would refute the doubt
	}
	for _, s := range sharers {
		dst = appendQuoted(append(dst, `,[`...), s.Name)
		dst = strconv.AppendInt(append(dst, ','), int64(s.Line), 10)
		if s.Func != "" {
			dst = appendQuoted(append(dst, ','), s.Func)
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// UnmarshalJSON parses doubts as a dump holds them.
func (all *Doubts) UnmarshalJSON(raw []byte) error {
	*all = nil
	if len(raw) > 0 && raw[0] == '"' {
		var sentences string
		err := json.Unmarshal(raw, &sentences)
		*all = parseDoubts(sentences)
		return err
	}
	if k, ok := loneDoubt(raw); ok {
		*all = Doubts{{Kind: k}}
		return nil
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

// loneDoubt returns the kind of [["outOfDate"]], a list of one doubt without details: most notes
// are such, and package json takes ten times as long. ok is false for any other text.
func loneDoubt(raw []byte) (k DoubtKind, ok bool) {
	name, begins := bytes.CutPrefix(raw, []byte(`[["`))
	name, ends := bytes.CutSuffix(name, []byte(`"]]`))
	if !begins || !ends {
		return k, false
	}
	k, ok = doubtsByName[string(name)]
	return k, ok && k != OtherDoubt && len(name) > 0
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
		if len(details) == maxDetails { // there may be more: then none are known
			return d, nil
		}
		for _, detail := range details {
			s := Sharer{}
			var parts []json.RawMessage
			ok = ok && json.Unmarshal(detail, &parts) == nil && len(parts) >= 2 &&
				json.Unmarshal(parts[0], &s.Name) == nil && json.Unmarshal(parts[1], &s.Line) == nil &&
				(len(parts) == 2 || json.Unmarshal(parts[2], &s.Func) == nil)
			d.Sharers = append(d.Sharers, s)
		}
	}
	if !ok {
		return Doubt{}, fmt.Errorf("its note: the doubt %.60q hasn't the details of its kind", raw)
	}
	return d, nil
}
