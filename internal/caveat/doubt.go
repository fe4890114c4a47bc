package caveat

import (
	"strconv"
	"strings"
)

// Doubt is one reason to doubt the value of a variable.
type Doubt struct {
	Kind    DoubtKind
	Text    string   // for OtherDoubt the sentence, for UnknownDoubt the name of the kind
	Sharers []Sharer // for SharedPlace: the variables that share the place; none if that isn't known
}

// Sharer is a variable that shares its place on the stack with another one.
type Sharer struct {
	Name string
	Line int // of the declaration; 0 if it isn't known
	// Func is the function that declares it, and has its type compared with that of the
	// other one. It is "" in older dumps: then it is the same function, and types weren't
	// compared.
	Func string
}

// DoubtKind is the kind of a doubt.
type DoubtKind uint8

// The kinds of doubts. The source of the function may refute those from OnLine to
// SharedPlace: a variable that a loop declares is set, and one that is assigned only once
// can't be out of date, unless another variable is in its place by now.
const (
	OtherDoubt     DoubtKind = iota // an unknown sentence, as another version may write it
	OnLine                          // the variable is declared on the current line
	InStatement                     // it is declared in a statement that may not have ended
	AfterReturn                     // deferred calls run: the function may have returned before the variable was set
	OutOfDate                       // optimized code may keep the current value elsewhere
	SharedPlace                     // optimized code may have put another variable in its place
	PartsOutOfDate                  // as OutOfDate, but only some of its parts
	AtSignal                        // it is what the registers held when a signal came
	TargetReused                    // it isn't used again, and the memory that it points to may be something else
	MemoryReused                    // it isn't used again, and its own memory may be something else
	OtherOfName                     // an inlined call has several variables of its name
	UnknownDoubt                    // a kind that this version doesn't know
	OfPackage                       // without the source, a local variable may hide this one of the package

	numDoubts
)

// The sentences of the kinds. The sharers follow that of SharedPlace, if there are any: "...:
// x of line 12, y of line 14"; the name follows that of UnknownDoubt.
var doubtSentences = [numDoubts]string{
	OnLine:         "declared on this line: it may not be set yet",
	InStatement:    "declared in a statement that may not have ended: it may not be set yet",
	AfterReturn:    "the function may have returned before this was set",
	OutOfDate:      "optimized: it may be out of date",
	SharedPlace:    "optimized: its place may be another variable's by now",
	PartsOutOfDate: "optimized: parts of it may be out of date",
	AtSignal:       "from the registers when the signal came",
	TargetReused:   "not used any more: what it points to may have been reused",
	MemoryReused:   "not used any more: its memory may have been reused",
	UnknownDoubt:   "a doubt that this coredumpy doesn't know: ",
	OtherOfName:    "another variable of this name may be meant",
	OfPackage:      "the package's; one of the function may hide it: the source, which would tell, isn't in the dump",
}

// The text that joins sentences, and the parts of SharedPlace's sentence.
const (
	betweenDoubts  = "; "
	beforeSharers  = ": "
	betweenSharers = ", "
	beforeLine     = " of line "
	beforeFunc     = " of "
)

// String returns the doubt as a sentence.
func (d Doubt) String() string {
	if d.Kind == OtherDoubt || d.Kind >= numDoubts {
		return d.Text
	}
	if len(d.Sharers) == 0 {
		return doubtSentences[d.Kind] + d.Text
	}
	text := append([]byte(nil), doubtSentences[d.Kind]...)
	between := beforeSharers
	for _, s := range d.Sharers {
		text = append(append(text, between...), s.Name...)
		if s.Line > 0 || s.Func == "" {
			text = strconv.AppendInt(append(text, beforeLine...), int64(s.Line), 10)
		}
		if s.Func != "" {
			text = append(append(text, beforeFunc...), s.Func...)
		}
		between = betweenSharers
	}
	return string(text)
}

// Doubts are the doubts about a variable, the most important one first. Variables may share
// them, so they must not be changed.
type Doubts []Doubt

// single holds the lists of one doubt without details: many variables have the same one.
var single = func() (all [numDoubts][1]Doubt) {
	for k := range all {
		all[k][0].Kind = DoubtKind(k)
	}
	return all
}()

// Only returns a list of one doubt, which has no details.
func Only(k DoubtKind) Doubts { return single[k][:] }

// And returns the doubts and one more, which has no details.
func (all Doubts) And(k DoubtKind) Doubts {
	return append(all[:len(all):len(all)], Doubt{Kind: k})
}

// First returns the kind of the first doubt, OtherDoubt if there is none.
func (all Doubts) First() DoubtKind {
	if len(all) == 0 {
		return OtherDoubt
	}
	return all[0].Kind
}

// String returns the sentences of the doubts on one line, "" if there are none.
func (all Doubts) String() string {
	if len(all) == 1 {
		return all[0].String()
	}
	var text strings.Builder
	for i, d := range all {
		if i > 0 {
			text.WriteString(betweenDoubts)
		}
		text.WriteString(d.String())
	}
	return text.String()
}

// maxDoubts is how many doubts are told apart. A variable never has that many, but a forged
// dump may have millions of them in a few bytes.
const maxDoubts = 32

// parseDoubts returns the doubts in a text that [Doubts.String] made: String of its result is
// the text.
func parseDoubts(text string) Doubts {
	if text == "" {
		return nil
	}
	sentence, rest, more := cutDoubt(text)
	first := parseDoubt(sentence)
	if !more && first.Text == "" && first.Sharers == nil {
		return Only(first.Kind)
	}
	all := Doubts{first}
	for more {
		if len(all) == maxDoubts-1 {
			return append(all, Doubt{Text: rest})
		}
		sentence, rest, more = cutDoubt(rest)
		all = append(all, parseDoubt(sentence))
	}
	return all
}

// cutDoubt cuts a text after its first sentence. That of OfPackage may contain the separator.
func cutDoubt(text string) (sentence, rest string, more bool) {
	if n := len(doubtSentences[OfPackage]); strings.HasPrefix(text, doubtSentences[OfPackage]) {
		if before, rest, more := strings.Cut(text[n:], betweenDoubts); before == "" {
			return text[:n], rest, more
		}
	}
	return strings.Cut(text, betweenDoubts)
}

func parseDoubt(sentence string) Doubt {
	for k := OtherDoubt + 1; k < numDoubts; k++ {
		rest, ok := strings.CutPrefix(sentence, doubtSentences[k])
		switch {
		case !ok:
		case k == UnknownDoubt:
			return Doubt{Kind: k, Text: rest}
		case rest == "":
			return Doubt{Kind: k}
		case k == SharedPlace:
			if sharers, ok := parseSharers(rest); ok {
				return Doubt{Kind: k, Sharers: sharers}
			}
		}
	}
	return Doubt{Text: sentence}
}

// parseSharers parses ": x of line 12, y of line 14".
func parseSharers(text string) (sharers []Sharer, ok bool) {
	text, ok = strings.CutPrefix(text, beforeSharers)
	if !ok {
		return nil, false
	}
	for sharer := range strings.SplitSeq(text, betweenSharers) {
		name, digits, ok := strings.Cut(sharer, beforeLine)
		line, canonical := parseNumber(digits)
		if !ok || !canonical || int64(int(line)) != line {
			return nil, false
		}
		sharers = append(sharers, Sharer{Name: name, Line: int(line)})
	}
	return sharers, true
}
