package views

import (
	"cmp"
	"fmt"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// How package net/http keeps requests and responses: src/net/http/request.go, response.go, Go 1.24
// to 1.27. The fields that aren't exported are its own affair.

// ofRequest shows an http.Request by its first line, and what is set in it.
func ofRequest(r *Reader, v dump.Value) (view View, ok bool) {
	method, ok1 := textAt(v, "Method")
	proto, ok2 := textAt(v, "Proto")
	host, ok3 := textAt(v, "Host")
	p, ok4 := at(v, "URL", reflect.Pointer)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return view, false
	}
	target := ""
	if !p.IsNil() {
		if target, ok = urlText(p.Elem()); !ok {
			return view, false
		}
	}
	text := fmt.Sprintf("%s %s", r.word(cmp.Or(method, "GET")), r.quoted(target))
	if host != "" {
		text += " host " + r.quoted(host)
	}
	if proto != "" {
		text += " " + r.word(proto)
	}
	return named(text, fieldsBut(v, isSet)), true
}

// word returns a text that is usually a word, and is in quotes if it isn't one.
func (r *Reader) word(text string) string {
	for _, c := range text {
		if !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '/' || c == '.' || c == '-') {
			return r.quoted(text)
		}
	}
	return text
}

// isSet reports whether a field that is exported, or the context, isn't zero.
func isSet(name string, of dump.Value) bool {
	return (name[0] >= 'A' && name[0] <= 'Z' || name == "ctx") && !isZero(of)
}

// ofResponse shows an http.Response by its status, and what is set in it.
func ofResponse(r *Reader, v dump.Value) (view View, ok bool) {
	status, ok1 := textAt(v, "Status")
	code, ok2 := at(v, "StatusCode", reflect.Int)
	if !ok1 || !ok2 {
		return view, false
	}
	text := r.quoted(status)
	if status == "" {
		text = fmt.Sprintf("status %d", code.Int())
	}
	return named(text, fieldsBut(v, isSet)), true
}

// ofHeader shows an http.Header or url.Values: a name that has one value without the list around
// it.
func ofHeader(r *Reader, v dump.Value) (view View, ok bool) {
	if v.Kind() != reflect.Map || v.IsNil() || v.Stored() == 0 {
		return view, false
	}
	view = View{Form: Map, Len: v.Stored(), Missing: v.Reason()}
	if view.Missing.Kind == caveat.None && int64(view.Len) < v.Len() {
		view.Missing = notStored
	}
	v = v.Sorted()
	view.Child = func(i int) Child {
		key, values := v.Entry(i)
		c := Child{Key: key, Value: values}
		name, ok := wholeText(key)
		if ok && !key.Redacted() && key.Valid() {
			c.Path = fmt.Sprintf("[%q]", name)
		}
		if values.Valid() && values.Kind() == reflect.Slice && values.Len() == 1 && values.Stored() == 1 {
			c.Value = values.Index(0)
			if c.Path != "" {
				c.Path += "[0]"
			}
		}
		return c
	}
	return view, true
}

// The fields of a message that protoc-gen-go generates, besides those of the message
// (google.golang.org/protobuf/cmd/protoc-gen-go, v1.20 to v1.36).
const (
	messageState     = "google.golang.org/protobuf/internal/impl.MessageState"
	messageCacheSize = "int32"
	messageUnknown   = "[]uint8"
)

// isMessage reports whether a struct type is that of a generated message.
func isMessage(t *dump.Type) bool {
	name, typ, _ := t.Field(0)
	return name == "state" && typ.String() == messageState
}

// ofMessage shows the fields of a protobuf message that are its content. Those that this version
// doesn't know count among them.
func ofMessage(_ *Reader, v dump.Value) (view View, ok bool) {
	return named("", fieldsBut(v, func(name string, of dump.Value) bool {
		typ := of.Type().String()
		return !(name == "state" && typ == messageState || name == "sizeCache" && typ == messageCacheSize ||
			name == "unknownFields" && typ == messageUnknown && of.Valid() && of.Len() == 0)
	})), v.Stored() == v.Type().NumField()
}
