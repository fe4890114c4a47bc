// Package views knows how values of some types want to be seen, whatever shows them: a
// time as a text, a sync.Map as a map. To add a type, add it to [Reader.Of].
package views

import "coredumpy/internal/dump"

// Kind is the sort of a view.
type Kind int

// The kinds of views.
const (
	Text Kind = iota + 1 // a text beside the fields, which are details then
	Map                  // entries in place of the fields
)

// View is how a value wants to be seen.
type View struct {
	Kind    Kind
	Text    string
	Entries [][2]dump.Value // keys and values
	Missing string          // why other entries aren't there, "" if these are all
}

// maxNodes is how much a reader looks at: a forged tree may go round in circles.
const maxNodes = 1 << 16

// Reader finds the views of the values that are shown together, and looks at no more than
// a bounded number of objects for all of them.
type Reader struct{ left int }

// NewReader returns a reader.
func NewReader() *Reader { return &Reader{left: maxNodes} }

// Of returns the view of a value; ok is false if it hasn't one of its own.
func (r *Reader) Of(v dump.Value) (view View, ok bool) {
	switch v.Type().String() {
	case "time.Time":
		return ofTime(v)
	case "sync.Map":
		return r.ofSyncMap(v)
	}
	return view, false
}
