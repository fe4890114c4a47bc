// Package views says how to show values of some struct types, for all front ends: a time as
// a text, a sync.Map as a map. To add a type, add a case to [Reader.Of], with the whole
// import path ("net/netip.Addr"), and a file that reads it.
package views

import (
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// Kind is the sort of a view.
type Kind int

// The kinds of views.
const (
	Text Kind = iota + 1 // a text beside the fields, which are then details
	Map                  // entries in place of the fields
)

// View is how to show a value.
type View struct {
	Kind    Kind
	Text    string          // of kind Text
	Entries [][2]dump.Value // of kind Map: keys and values
	Missing caveat.Reason   // why entries are missing, zero if none are
}

// maxNodes is how many nodes a reader looks at: a forged tree may have cycles.
const maxNodes = 1 << 16

// Reader finds the views of values that are shown together. It looks at a bounded number
// of objects for all of them.
type Reader struct{ left int }

// NewReader returns a reader that has looked at nothing yet.
func NewReader() *Reader { return &Reader{left: maxNodes} }

// Of returns the view of a struct; ok is false if it has none.
func (r *Reader) Of(v dump.Value) (view View, ok bool) {
	switch v.Type().String() {
	case "time.Time":
		return ofTime(v)
	case "sync.Map":
		return r.ofSyncMap(v)
	}
	return view, false
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
