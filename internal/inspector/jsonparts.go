package inspector

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// These are the parts of values as JSON.

var errDeep = errors.New("too deep")

// escape writes a character as an escape of JSON.
func (w *jsonWriter) escape(r rune) {
	if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
		w.b = fmt.Appendf(w.b, `\u%04x\u%04x`, r1, r2)
		return
	}
	w.b = fmt.Appendf(w.b, `\u%04x`, r)
}

// reference writes a value that refers to another one, or the path to that if it is around the value.
func (w *jsonWriter) reference(v dump.Value, at *jsonPath, depth int) {
	if v.IsNil() {
		w.put("null")
		return
	}
	p := jsonPlace{v.Object(), v.Kind(), v.Type(), at}
	if p.object != 0 {
		for _, a := range w.around {
			if a.object == p.object && a.kind == p.kind && a.typ == p.typ {
				w.put(`{"$ref":`)
				w.name(a.at.String())
				w.put("}")
				return
			}
		}
		w.around = append(w.around, p)
		defer func() { w.around = w.around[:len(w.around)-1] }()
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := v.Elem()
		if target.Valid() || target.Reason().Kind == caveat.Redacted {
			w.value(target, at, depth+1)
			return
		}
		why := v.Reason()
		if why.Kind == caveat.None {
			why = target.Reason()
		}
		w.missing(why)
	case reflect.Interface:
		w.value(v.Elem(), at, depth+1)
	case reflect.Slice:
		w.list(v, at, depth)
	case reflect.Map:
		w.mapping(v, at, depth)
	case reflect.Chan:
		w.put(`{"$chan":`)
		w.list(v, at, depth)
		w.put(`,"$cap":` + strconv.FormatInt(v.Cap(), 10) + "}")
	default:
		w.function(v, at, depth)
	}
}

// jsonTexts are the types whose value is the text that a view makes, as with encoding/json.
var jsonTexts = map[string]bool{
	"time.Time": true, "math/big.Int": true, "math/big.Rat": true, "math/big.Float": true,
	"net.IP": true, "net/netip.Addr": true, "net/netip.Prefix": true, "net/netip.AddrPort": true,
	"net/url.URL": true,
}

// viewed writes a value by its view, if that says more than its parts.
func (w *jsonWriter) viewed(v dump.Value, at *jsonPath, depth int) bool {
	typ, _, _ := strings.Cut(v.Type().String(), "[")
	atomic := strings.HasPrefix(typ, "sync/atomic.")
	if !jsonTexts[typ] && v.Kind() != reflect.Struct {
		return false
	}
	view, ok := w.views.Of(v)
	switch {
	case !ok:
		return false
	case atomic && view.Form == views.None:
		_, err := strconv.ParseInt(view.Text, 10, 64)
		large := err == nil && len(strings.TrimPrefix(view.Text, "-")) >= len(strconv.Itoa(maxExact))
		w.integer(view.Text, large || err != nil && view.Text != "true" && view.Text != "false")
	case jsonTexts[typ] && view.Form == views.None:
		w.name(view.Text)
	case view.Form == views.Inner:
		w.value(view.Child(0).Value, at, depth+1)
	case view.Form == views.Map:
		w.pairs(view.Len, int64(view.Len), func(i int) (dump.Value, dump.Value) {
			c := view.Child(i)
			return c.Key, c.Value
		}, view.Missing, at, depth)
	case typ == "container/list.List" && view.Form == views.List:
		part := func(i int) dump.Value { return view.Child(i).Value }
		w.elements(view.Len, int64(view.Len)+view.More, part, at, depth)
	default:
		return false
	}
	return true
}

func (w *jsonWriter) structure(v dump.Value, at *jsonPath, depth int) {
	if w.viewed(v, at, depth) {
		return
	}
	o := jsonObject{w: w}
	n := v.Type().NumField()
	stored := min(n, v.Stored())
	seen := map[string]bool{"_": true}
	for i := range stored {
		name, _, _ := v.Type().Field(i)
		if seen[name] { // two of a name would be one of most readers
			continue
		}
		if w.left() == 0 {
			stored = i
			break
		}
		seen[name] = true
		o.member(name)
		w.value(v.Field(i), &jsonPath{up: at, name: name}, depth+1)
	}
	o.end(int64(n - stored))
}

// jsonObject is an object that is written member by member.
type jsonObject struct {
	w     *jsonWriter
	begun bool
}

func (o *jsonObject) member(name string) {
	o.next()
	o.w.name(name)
	o.w.put(":")
}

func (o *jsonObject) next() {
	if o.begun {
		o.w.put(",")
	} else {
		o.w.put("{")
	}
	o.begun = true
}

// end ends the object. more is how many members are left out.
func (o *jsonObject) end(more int64) {
	if more > 0 {
		o.next()
		o.w.more(more)
	}
	if !o.begun {
		o.w.put("{")
	}
	o.w.put("}")
}

// list writes a slice, an array, or what is buffered in a channel.
func (w *jsonWriter) list(v dump.Value, at *jsonPath, depth int) {
	stored, length := v.Stored(), v.Len()
	switch {
	case v.Kind() != reflect.Chan && v.Type().Elem().Kind() == reflect.Uint8:
		w.bytes(v, at, depth)
	case stored == 0 && length > 0:
		w.missing(v.Reason())
	default:
		w.elements(stored, length, v.Index, at, depth)
	}
}

// bytes writes a slice or an array of bytes.
func (w *jsonWriter) bytes(v dump.Value, at *jsonPath, depth int) {
	text, ok := v.Text()
	switch {
	case w.viewed(v, at, depth):
	case v.Redacted():
		w.text(v)
	case ok && (text != "" || v.Len() == 0):
		w.plain(text, v.Len())
	case v.Stored() == 0 && v.Len() > 0:
		w.missing(v.Reason())
	default:
		w.plainBytes(v, at, depth)
	}
}

// plainBytes writes bytes that the dump has as numbers.
func (w *jsonWriter) plainBytes(v dump.Value, at *jsonPath, depth int) {
	b := make([]byte, min(v.Stored(), w.left()+1))
	for i := range b {
		e := v.Index(i)
		if !e.Valid() {
			w.elements(v.Stored(), v.Len(), v.Index, at, depth)
			return
		}
		b[i] = byte(e.Uint())
	}
	w.plain(string(b), v.Len())
}

// elements writes the first elements of length ones.
func (w *jsonWriter) elements(stored int, length int64, part func(int) dump.Value, at *jsonPath, depth int) {
	w.put("[")
	n := 0
	for ; n < stored && w.left() > 0; n++ {
		if n > 0 {
			w.put(",")
		}
		w.value(part(n), &jsonPath{up: at, index: n}, depth+1)
	}
	if rest := length - int64(n); rest > 0 {
		if n > 0 {
			w.put(",")
		}
		w.put("{")
		w.more(rest)
		w.put("}")
	}
	w.put("]")
}

// jsonEntry returns an entry of a map.
type jsonEntry = func(i int) (key, value dump.Value)

func (w *jsonWriter) mapping(v dump.Value, at *jsonPath, depth int) {
	if v.Stored() == 0 && v.Len() > 0 {
		w.missing(v.Reason())
		return
	}
	v = v.Sorted()
	w.pairs(v.Stored(), v.Len(), v.Entry, caveat.Reason{}, at, depth)
}

// pairs writes the first entries of length ones: as an object if keys are texts or integers. why is the
// reason if there are others, and nobody knows how many.
func (w *jsonWriter) pairs(stored int, length int64, entry jsonEntry, why caveat.Reason, at *jsonPath, depth int) {
	if stored > 0 {
		if key, _ := entry(0); !isJSONKey(key) {
			w.entries(stored, length, entry, why, at, depth)
			return
		}
	}
	o := jsonObject{w: w}
	seen, others := map[string]bool{}, []int(nil)
	n := 0
	for ; n < stored && w.left() > 0; n++ {
		key, value := entry(n)
		name, ok := jsonKey(key)
		if !ok || seen[name] {
			others = append(others, n)
			continue
		}
		seen[name] = true
		o.member(name)
		w.value(value, &jsonPath{up: at, name: name, entry: true}, depth+1)
	}
	if len(others) > 0 {
		o.member("$entries")
		other := func(i int) (key, value dump.Value) { return entry(others[i]) }
		up := &jsonPath{up: at, name: "$entries", entry: true}
		w.entries(len(others), int64(len(others)), other, caveat.Reason{}, up, depth)
	}
	if why.Kind != caveat.None {
		o.member("$missing")
		w.name(why.String())
	}
	o.end(length - int64(n))
}

// entries writes the first entries of length ones as a list.
func (w *jsonWriter) entries(stored int, length int64, entry jsonEntry, why caveat.Reason, at *jsonPath, depth int) {
	w.put("[")
	n := 0
	for ; n < stored && w.left() > 0; n++ {
		if n > 0 {
			w.put(",")
		}
		key, value := entry(n)
		up := &jsonPath{up: at, index: n}
		w.put(`{"$key":`)
		w.value(key, &jsonPath{up: up, name: "$key", entry: true}, depth+1)
		w.put(`,"$value":`)
		w.value(value, &jsonPath{up: up, name: "$value", entry: true}, depth+1)
		w.put("}")
	}
	if rest := length - int64(n); rest > 0 {
		if n > 0 {
			w.put(",")
		}
		w.put("{")
		w.more(rest)
		w.put("}")
	}
	if why.Kind != caveat.None {
		if n > 0 {
			w.put(",")
		}
		w.missing(why)
	}
	w.put("]")
}

// isJSONKey reports whether a key is of a kind that may be a name in an object.
func isJSONKey(key dump.Value) bool {
	if key.Kind() == reflect.Interface {
		key = key.Elem()
	}
	k := key.Kind()
	return k == reflect.String || k >= reflect.Int && k <= reflect.Uint64
}

// jsonKey returns a key as a name in an object; ok is false if it can't be one.
func jsonKey(key dump.Value) (name string, ok bool) {
	if key.Kind() == reflect.Interface {
		key = key.Elem()
	}
	switch k := key.Kind(); {
	case !key.Valid() || key.Redacted() || key.Reason().Kind == caveat.Redacted || !isJSONKey(key):
		return "", false
	case k == reflect.String:
		text, _ := key.Text()
		return text, int64(len(text)) == key.Len() && len(text) <= maxJSONName && utf8.ValidString(text) &&
			!strings.HasPrefix(text, "$")
	case k <= reflect.Int64:
		return strconv.FormatInt(key.Int(), 10), true
	}
	return strconv.FormatUint(key.Uint(), 10), true
}

func (w *jsonWriter) function(v dump.Value, at *jsonPath, depth int) {
	w.put(`{"$func":`)
	name := v.Func().Func
	if name == "" {
		name = fmt.Sprintf("%#x", v.Pointer())
	}
	w.name(name)
	if receiver, ok := v.Receiver(); ok {
		w.put(`,"$receiver":`)
		w.value(receiver, &jsonPath{up: at, name: "$receiver", entry: true}, depth+1)
	}
	if c := v.Closure(); c.Valid() && c.Kind() == reflect.Struct && c.Type().NumField() > 0 {
		w.put(`,"$captured":`)
		w.structure(c, &jsonPath{up: at, name: "$captured", entry: true}, depth+1)
	}
	w.put("}")
}
