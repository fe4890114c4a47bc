package caveat

import (
	"strconv"
	"strings"
)

// sentences are those of the kinds, in which %s stands for Text, %x for Addr, and %d for N
// and then for M. If two of them match a text, the first kind counts, see [ParseReason]. The
// verbs in their order are also the details that a dump holds, see fact.go: the words may
// change, the verbs may not.
var sentences = [numKinds]string{
	Other:      "%s",
	OtherLimit: "%s",
	Unknown:    "a reason that this coredumpy doesn't know: %s",

	Limit:      "%s limit",
	Redacted:   "redacted",
	RuntimeOwn: "the runtime's own",

	OptimizedOut:  "optimized out",
	OnePart:       "optimized out: only a part of it is kept, and it isn't known which",
	ShapeLost:     "type of generic code optimized out",
	FloatRegister: "in a floating-point register, which isn't read",
	NotAllocated:  "not allocated yet",
	NotSetYet:     "not set yet",

	BarePackage: "no variables: the package was compiled with -dwarf=false, as go run does; " +
		"-gcflags=-dwarf=true undoes it",
	TracebackOnly: "no variables: the frame is known from the traceback only",

	RanMeanwhile: "it ran while the dump was made: what its variables refer to may have changed",
	NoTraceback:  "there is no traceback in the crash report",

	NoMemory:      "no memory at %x",
	Unreadable:    "unreadable",
	StackMoved:    "on a stack that has moved",
	StackLeft:     "%x is on a stack no longer in use",
	StackPartLeft: "%x is in a part of a stack no longer in use",
	StackEnd:      "%x is too near the end of a stack for %d bytes",
	FrameOfC:      "%x is in a frame of C, which the runtime may have overwritten since the panic",
	Reused:        "its memory has been reused",
	ReusedBy:      "its memory has been reused: %x is in an object of %d bytes",
	Freed:         "its memory has been freed",

	TypeUnknown:   "type not known",
	BadBool:       "bool of value %d",
	BadText:       "text of length %d",
	BadSlice:      "slice of length %d and capacity %d",
	BadArray:      "no value: %s of %d bytes",
	SelfContained: "no value: %s contains itself",
	MapWritten:    "map was being written: found %d entries of %d",
	WrongSize:     "%s of %d bytes",
	UnknownKind:   "its type is of a kind that this coredumpy doesn't know: %s",

	NotStored:  "not in the dump",
	NoRecord:   "object %d: not in the dump",
	BadRecord:  "object %d: %s",
	Damaged:    "damaged in the dump: %s",
	NotOfType:  "damaged in the dump",
	Changed:    "it changed while the dump was made: its length was %d, then %d",
	TooMany:    "there are too many",
	NoField:    "no such field",
	NoIndex:    "cannot index %s",
	NoSlice:    "cannot slice %s",
	NoPointer:  "cannot dereference %s",
	NoFunction: "not a func",
}

// String returns the reason as a sentence, "" if there is none.
func (r Reason) String() string {
	switch sentence := r.sentence(); {
	case sentence == "%s":
		return r.Text
	case strings.IndexByte(sentence, '%') < 0:
		return sentence
	}
	var room [128]byte
	return string(r.appendSentence(room[:0]))
}

func (r Reason) sentence() string {
	if r.Kind >= numKinds {
		return "%s"
	}
	return sentences[r.Kind]
}

// appendSentence appends the sentence.
func (r Reason) appendSentence(dst []byte) []byte {
	numbers := [...]int64{r.N, r.M}
	for rest, n := r.sentence(), 0; rest != ""; {
		literal, verb, after := cutVerb(rest)
		dst, rest = append(dst, literal...), after
		switch verb {
		case 's':
			dst = append(dst, r.Text...)
		case 'x':
			dst = strconv.AppendUint(append(dst, "0x"...), r.Addr, 16)
		case 'd':
			dst = strconv.AppendInt(dst, numbers[n], 10)
			n++
		}
	}
	return dst
}

// cutVerb cuts a sentence after its first verb. verb is 0 if there is none.
func cutVerb(sentence string) (before string, verb byte, after string) {
	i := strings.IndexByte(sentence, '%')
	if i < 0 {
		return sentence, 0, ""
	}
	return sentence[:i], sentence[i+1], sentence[i+2:]
}

// ParseReason returns the reason in a text that [Reason.String] made: String of its result is
// the text.
func ParseReason(text string) Reason {
	if text == "" {
		return Reason{}
	}
	for k := Unknown; k < numKinds; k++ {
		if c := sentences[k][0]; c != text[0] && c != '%' || k == Limit || k == WrongSize {
			continue
		}
		if r, ok := parse(k, text); ok {
			return r
		}
	}
	for _, k := range [...]Kind{WrongSize, Limit} { // their sentences begin with a name, which may be anything
		if r, ok := parse(k, text); ok {
			return r
		}
	}
	if strings.Contains(text, "limit") { // "the limit of objects was reached"
		return Reason{Kind: OtherLimit, Text: text}
	}
	return Reason{Kind: Other, Text: text}
}

// parse parses the sentence of a kind.
func parse(k Kind, text string) (Reason, bool) {
	r := Reason{Kind: k}
	numbers := []*int64{&r.N, &r.M}
	for rest := sentences[k]; ; {
		literal, verb, after := cutVerb(rest)
		var ok bool
		if text, ok = strings.CutPrefix(text, literal); !ok {
			return r, false
		}
		if verb == 0 {
			return r, text == ""
		}
		// A detail ends where the next literal begins, but a name may contain that, too.
		next, _, _ := cutVerb(after)
		end := len(text)
		switch {
		case next == "":
		case verb == 's':
			end = strings.LastIndex(text, next)
		default:
			end = strings.Index(text, next)
		}
		if end < 0 {
			return r, false
		}
		switch detail := text[:end]; verb {
		case 's':
			r.Text = detail
		case 'x':
			r.Addr, ok = parseAddress(detail)
		case 'd':
			*numbers[0], ok = parseNumber(detail)
			numbers = numbers[1:]
		}
		if !ok {
			return r, false
		}
		text, rest = text[end:], after
	}
}

// parseNumber parses a number that is written as strconv writes it.
func parseNumber(s string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	var room [24]byte
	return n, err == nil && string(strconv.AppendInt(room[:0], n, 10)) == s
}

// parseAddress parses an address that is written as fmt writes it for %#x.
func parseAddress(s string) (addr uint64, ok bool) {
	digits, ok := strings.CutPrefix(s, "0x")
	addr, err := strconv.ParseUint(digits, 16, 64)
	var room [24]byte
	return addr, ok && err == nil && string(strconv.AppendUint(room[:0], addr, 16)) == digits
}
