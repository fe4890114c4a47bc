package cause

import (
	"errors"
	"testing"

	"coredumpy/internal/unsafely"
)

type ownError struct{}

func (ownError) Error() string { return "" }

// TestMayPrint tests what the runtime can have put in place of a panic value.
func TestMayPrint(t *testing.T) {
	p := self(t)
	var text, err, own, number any = "text", errors.New("text"), ownError{}, 42
	for _, tt := range []struct {
		name            string
		value, printed  *any
		may, fromString bool
	}{
		{"a text itself", &text, &text, true, true},
		{"an error's text", &err, &text, true, true},
		{"an error's text without pointer", &own, &text, true, true},
		{"a number's text", &number, &text, false, true},
		{"a number itself", &number, &number, true, false},
		{"an error for another", &err, &own, false, false},
	} {
		value, printed := unsafely.ValueID(tt.value), unsafely.ValueID(tt.printed)
		if may, is := mayPrint(p, value, printed), isString(p, printed); may != tt.may || is != tt.fromString {
			t.Errorf("%s: got %v, and a string %v, want %v, %v", tt.name, may, is, tt.may, tt.fromString)
		}
	}
}
