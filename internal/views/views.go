// Package views says how to show values of some types, for all front ends: a time as a text,
// a sync.Map as a map. A view is made from the fields alone, and no method of a value is
// called. To add a type, add it to [makerOf], with the whole import path ("net/netip.Addr"),
// and a function that reads it.
package views

import (
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// View is how to show a value: a text, children, or a text that sums up the children. A line
// shows the text if there is one.
type View struct {
	Text    string
	Form    Form              // of the children
	Len     int               // how many children there are
	Child   func(i int) Child // returns child i, from 0 to Len-1
	Missing caveat.Reason     // why children are missing, zero if none are
}

// Form is how children are told apart.
type Form int

// The forms of children.
const (
	None  Form = iota // there are none
	Named             // by a name, as fields are
	List              // by number
	Map               // by key
	Inner             // there is one, shown in place of the value
)

// Child is a part of what is shown.
type Child struct {
	Name  string     // of form Named
	Key   dump.Value // of form Map
	Value dump.Value
	View  *View // how to show Value, nil for its own view
	// Path leads from the value to Value if it is put behind an expression for the value, such
	// as ".root.next.Value"; it is "" if nothing does.
	Path string
}

// Reader finds the views of values that are shown together. It looks at a bounded number
// of objects for all of them.
type Reader struct {
	left    int // values that it may still look at
	longest int // bytes of a text of the program
}

// maxNodes is how many nodes a reader looks at: a forged tree may have cycles.
const maxNodes = 1 << 16

// NewReader returns a reader that has looked at nothing yet. Its views quote at most longest
// bytes of a text.
func NewReader(longest int) *Reader { return &Reader{left: maxNodes, longest: longest} }

// maker makes the view of a value; ok is false if the value has another layout than the maker
// knows, or not all in it that matters is in the dump.
type maker func(r *Reader, v dump.Value) (view View, ok bool)

// Of returns the view of a value; ok is false if it has none: then show its fields or elements.
func (r *Reader) Of(v dump.Value) (view View, ok bool) {
	if !v.Valid() || v.Kind() == reflect.Invalid {
		return view, false
	}
	name, _, _ := strings.Cut(v.Type().String(), "[") // without type arguments
	if m := makerOf(name); m != nil {
		return m(r, v)
	}
	return view, false
}

// Classic returns the view of a value that Delve, too, shows so, or would: the text of a
// time, to be written before the fields, and the entries of a sync.Map.
func (r *Reader) Classic(v dump.Value) (view View, ok bool) {
	switch v.Type().String() {
	case "time.Time", "sync.Map":
		return r.Of(v)
	}
	return view, false
}

// makerOf returns the maker for a type, nil if it has none. It is no map: programs that never
// look into a dump would have it, too.
func makerOf(name string) maker {
	switch name {
	case "time.Time":
		return ofTime
	case "sync.Map":
		return ofSyncMap
	}
	return nil
}

// fieldOf returns the field of a struct with that name, if it is in the dump.
func fieldOf(v dump.Value, name string) (field dump.Value, ok bool) {
	if v.Kind() != reflect.Struct || !v.Valid() {
		return field, false
	}
	for i := range min(v.Type().NumField(), v.Stored()) {
		if is, _, _ := v.Type().Field(i); is == name {
			return v.Field(i), true
		}
	}
	return field, false
}
