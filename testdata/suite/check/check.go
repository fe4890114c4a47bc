// Package check is an assertion library in the usual style: its functions say
// what is wrong and fail the test that calls them.
package check

import (
	"fmt"
	"reflect"
)

// T is what an assertion needs from a test.
type T interface {
	Errorf(format string, args ...any)
}

type failer interface{ FailNow() }

// Equal reports whether want and got are equal, and fails the test if not.
func Equal(t T, want, got any, note ...any) bool {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	if reflect.DeepEqual(want, got) {
		return true
	}
	return fail(t, fmt.Sprintf("Not equal:\nexpected: %#v\nactual  : %#v", want, got), note...)
}

// MustEqual does what Equal does, and ends the test.
func MustEqual(t T, want, got any, note ...any) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	if Equal(t, want, got, note...) {
		return
	}
	t.(failer).FailNow()
}

func fail(t T, text string, note ...any) bool {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	t.Errorf("\nError: %s\nMessages: %s", text, fmt.Sprint(note...))
	return false
}

// Assertions are bound to a test.
type Assertions struct{ T T }

// Equal is the function of that name.
func (a *Assertions) Equal(want, got any, note ...any) bool { return Equal(a.T, want, got, note...) }
