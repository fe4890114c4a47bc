package inspector

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/views"
)

// JSON returns a value as JSON in at most about limit bytes. It is the form that a program would
// expect from encoding/json: a struct is an object with its fields' names, a pointer is what it
// points to, an interface is the value in it. What JSON can't say is an object with names that begin
// with $, which no field of Go has:
//
//	{"$hidden": true}                  a secret
//	{"$missing": "optimized out"}      not in the dump, and why
//	{"$text": "abc", "$more": 20}      the beginning of a text; 20 bytes are left out
//	{"$bytes": "/wA="}                 bytes that are no text, in base64
//	{"$ref": ".next"}                  a value that the path leads to, and that has this one in it
//	{"$func": "main.f"}                a func value; $captured has its variables
//	{"$chan": [1, 2], "$cap": 4}       a channel with what is buffered
//	{"$value": 1, "$note": "..."}      a value that there are doubts about
//
// The last element of a list that is cut is {"$more": 20}, and an object that is cut has $more among
// its names; or $missing with the reason, if nobody knows how many there are. A map whose keys are no
// texts or integers is a list of {"$key": 1.5, "$value": 2}; such entries of other maps, with a hidden
// key, say, are in a list $entries. Integers beyond 2⁵³, which many readers of JSON would round, are
// strings, as are NaN, Inf, complex numbers and addresses.
func JSON(v dump.Value, limit int) []byte {
	w := newJSON(limit)
	w.value(v, nil, 0)
	return w.b
}

// JSONNoted returns a value and a note about it.
func JSONNoted(v dump.Value, note string, limit int) []byte {
	if note == "" {
		return JSON(v, limit)
	}
	w := newJSON(limit)
	w.put(`{"$value":`)
	w.value(v, nil, 0)
	w.put(`,"$note":`)
	w.name(note)
	w.put("}")
	return w.b
}

// VariablesJSON returns variables as an object: $notes has what there is to say about them, and
// $shadowed is a list of those that inner variables of the same name hide.
func VariablesJSON(vars []*dump.Variable, limit int) []byte {
	w := newJSON(0)
	o := jsonObject{w: w}
	var hidden, noted []*dump.Variable
	seen := map[string]bool{}
	for i, v := range vars {
		if seen[v.Name] || v.Shadowed {
			hidden = append(hidden, v)
			continue
		}
		seen[v.Name] = true
		if v.Note() != "" {
			noted = append(noted, v)
		}
		w.limit = len(w.b) + max(limit-len(w.b), 0)/(len(vars)-i)
		o.member(v.Name)
		w.value(v.Value, &jsonPath{name: v.Name}, 0)
	}
	if len(noted) > 0 {
		o.member("$notes")
		notes := jsonObject{w: w}
		for _, v := range noted {
			notes.member(v.Name)
			w.name(v.Note())
		}
		notes.end(0)
	}
	if len(hidden) > 0 {
		o.member("$shadowed")
		w.put("[")
		for i, v := range hidden {
			if i > 0 {
				w.put(",")
			}
			w.limit = len(w.b) + max(limit-len(w.b), 0)/(len(hidden)-i)
			w.put(`{"$name":`)
			w.name(v.Name)
			w.put(`,"$value":`)
			w.value(v.Value, nil, 0)
			if note := v.Note(); note != "" {
				w.put(`,"$note":`)
				w.name(note)
			}
			w.put("}")
		}
		w.put("]")
	}
	o.end(0)
	return w.b
}

// deepestJSON is how many values may be in each other: in a forged dump they may form a cycle that
// no object shows.
const deepestJSON = 100

// jsonWriter writes a value.
type jsonWriter struct {
	b      []byte
	limit  int // from which on the rest is left out
	views  *views.Reader
	around []jsonPlace // the objects that the value is in
}

// jsonPlace is an object and where it is.
type jsonPlace struct {
	object int
	kind   reflect.Kind
	typ    *dump.Type
	at     *jsonPath
}

// jsonPath leads from the whole value to one of its parts.
type jsonPath struct {
	up    *jsonPath // nil for a part of the whole
	name  string    // of a field or an entry
	entry bool
	index int // of an element
}

// String returns the path as jq(1) takes it.
func (p *jsonPath) String() string {
	var parts []string
	for ; p != nil; p = p.up {
		switch {
		case p.entry:
			parts = append(parts, "["+strconv.QuoteToASCII(p.name)+"]")
		case p.name != "":
			parts = append(parts, "."+p.name)
		default:
			parts = append(parts, "["+strconv.Itoa(p.index)+"]")
		}
	}
	slices.Reverse(parts)
	text := strings.Join(parts, "")
	if !strings.HasPrefix(text, ".") {
		text = "." + text
	}
	return text
}

func newJSON(limit int) *jsonWriter {
	const longest = 1 << 12 // of a text that a view makes
	return &jsonWriter{limit: limit, views: views.NewReader(longest)}
}

func (w *jsonWriter) put(s string) { w.b = append(w.b, s...) }

// left returns how many bytes may still be written.
func (w *jsonWriter) left() int { return max(w.limit-len(w.b), 0) }

// more writes, behind what is there, that n parts are left out.
func (w *jsonWriter) more(n int64) { w.put(`"$more":` + strconv.FormatInt(n, 10)) }

func (w *jsonWriter) value(v dump.Value, at *jsonPath, depth int) {
	why := v.Reason()
	switch {
	case why.Kind == caveat.Redacted:
		w.put(`{"$hidden":true}`)
		return
	case !v.Valid():
		w.missing(why)
		return
	case depth > deepestJSON:
		w.missing(caveat.Of(errDeep))
		return
	}
	switch k := v.Kind(); k {
	case reflect.Bool:
		w.put(strconv.FormatBool(v.Bool()))
	case reflect.String:
		w.text(v)
	case reflect.Float32, reflect.Float64:
		w.float(v.Float(), int(v.Type().Size()*8))
	case reflect.Complex64, reflect.Complex128:
		w.name(strconv.FormatComplex(v.Complex(), 'g', -1, int(v.Type().Size()*8)))
	case reflect.UnsafePointer:
		w.put(`"0x` + strconv.FormatUint(v.Pointer(), 16) + `"`)
	case reflect.Uintptr:
		w.put(`"0x` + strconv.FormatUint(v.Uint(), 16) + `"`)
	case reflect.Struct:
		w.structure(v, at, depth)
	case reflect.Array:
		w.list(v, at, depth)
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func:
		w.reference(v, at, depth)
	default:
		switch {
		case k >= reflect.Int && k <= reflect.Int64:
			w.integer(strconv.FormatInt(v.Int(), 10), v.Int() < -maxExact || v.Int() > maxExact)
		case k >= reflect.Uint && k <= reflect.Uint64:
			w.integer(strconv.FormatUint(v.Uint(), 10), v.Uint() > maxExact)
		default:
			w.missing(caveat.Reason{Kind: caveat.NotStored})
		}
	}
}

// maxExact is the largest integer that all readers of JSON keep: RFC 8259, section 6.
const maxExact = 1<<53 - 1

func (w *jsonWriter) integer(digits string, large bool) {
	if large {
		digits = `"` + digits + `"`
	}
	w.put(digits)
}

func (w *jsonWriter) float(f float64, bits int) {
	text := strconv.FormatFloat(f, 'g', -1, bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		text = `"` + text + `"`
	}
	w.put(text)
}

func (w *jsonWriter) missing(why caveat.Reason) {
	if why.Kind == caveat.None {
		why.Kind = caveat.NotStored
	}
	w.put(`{"$missing":`)
	w.name(why.String())
	w.put("}")
}

// maxJSONName bounds names of fields and the like: a forged dump may have long ones.
const maxJSONName = 1000

// name writes a name, or another short text.
func (w *jsonWriter) name(s string) {
	if len(s) > maxJSONName {
		s = s[:maxJSONName] + "..."
	}
	w.quote(strings.ToValidUTF8(s, "\ufffd"), math.MaxInt)
}

// quote writes a text in at most about most bytes, and returns how many bytes of it.
func (w *jsonWriter) quote(s string, most int) (n int) {
	w.put(`"`)
	end := len(w.b) + min(most, math.MaxInt-len(w.b))
	for i, r := range s {
		if len(w.b) >= end {
			w.put(`"`)
			return i
		}
		switch {
		case r == '"' || r == '\\':
			w.b = append(w.b, '\\', byte(r))
		case r == '\n':
			w.put(`\n`)
		case r == '\t':
			w.put(`\t`)
		case printable.Safe(r):
			w.b = utf8.AppendRune(w.b, r)
		default: // as a terminal may obey it
			w.escape(r)
		}
	}
	w.put(`"`)
	return len(s)
}

// text writes a string, or bytes.
func (w *jsonWriter) text(v dump.Value) {
	text, _ := v.Text()
	length := v.Len()
	switch {
	case v.Redacted():
		w.put(`{"$hidden":true,"$text":`)
		if n := w.quote(strings.ToValidUTF8(text, "\ufffd"), w.left()); n < len(text) {
			w.put(",")
			w.more(int64(len(text) - n))
		}
		w.put("}")
	case text == "" && length > 0:
		w.missing(v.Reason())
	default:
		w.plain(text, length)
	}
}

// plain writes a text of some length, of which the dump may have the beginning only.
func (w *jsonWriter) plain(text string, length int64) {
	start, name := len(w.b), `{"$text":`
	whole := int64(len(text)) == length
	if !whole { // it may end within a character
		text = text[:len(text)-cutRune(text)]
	}
	n := 0
	if utf8.ValidString(text) {
		n = w.quote(text, w.left())
	} else {
		n = min(len(text), w.left()/4*3)
		w.put(`"` + base64.StdEncoding.EncodeToString([]byte(text[:n])) + `"`)
		name, whole = `{"$bytes":`, false
	}
	rest := length - int64(n)
	if whole && rest == 0 {
		return
	}
	w.b = append(w.b[:start], name+string(w.b[start:])...)
	if rest > 0 {
		w.put(",")
		w.more(rest)
	}
	w.put("}")
}

// cutRune returns how many bytes at the end of a text are the beginning of a character.
func cutRune(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n:]; utf8.RuneStart(c[0]) {
			if !utf8.FullRuneInString(c) {
				return n
			}
			break
		}
	}
	return 0
}
