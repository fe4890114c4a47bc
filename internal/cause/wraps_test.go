package cause

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"coredumpy/internal/unsafely"
)

type heldPanic struct {
	stack []byte
	cause any
}

type typedPanic struct{ err *textError }

type textError struct{ code int }

func (e *textError) Error() string { return fmt.Sprint("code ", e.code) }

type endless struct{ next any }

func TestPassesOn(t *testing.T) {
	p := self(t)
	code, same := &textError{7}, any("no milk left")
	loop := &endless{}
	loop.next = loop
	for _, tt := range []struct {
		name         string
		outer, inner any
		want         bool
	}{
		{"the same", same, same, true},
		{"wrapped", fmt.Errorf("pour: %w", code), code, true},
		{"wrapped twice", fmt.Errorf("serve: %w", fmt.Errorf("pour: %w", code)), code, true},
		{"wrapped beside another", fmt.Errorf("%w and %w", io.EOF, code), code, true},
		{"joined", errors.Join(io.EOF, code), code, true},
		{"in a field", &heldPanic{cause: code}, code, true},
		{"in a struct's field", heldPanic{cause: same}, same, true},
		{"in a field of its type", typedPanic{code}, code, true},
		{"in a slice", []any{1, same}, same, true},
		{"in a text", "pour: no milk left", same, true},
		{"in an error's text", fmt.Errorf("pour: %v", same), same, true},
		{"error's text in a text", "pour: unexpected EOF", io.ErrUnexpectedEOF, true},

		{"another text", "no sugar left", same, false},
		{"a short text", "an io error", any("io"), false},
		{"an empty text", "x", any(""), false},
		{"another of its type", &textError{7}, code, false},
		{"wrapped, another", fmt.Errorf("pour: %w", &textError{7}), code, false},
		{"names of types", errors.Join(&textError{1}), &textError{2}, false},
		{"inside out", code, fmt.Errorf("pour: %w", code), false},
		{"nil", nil, same, false},
		{"of nil", same, nil, false},
		{"endless", loop, same, false},
		{"a nil pointer", (*textError)(nil), code, false},
	} {
		if got := PassesOn(p, unsafely.ValueID(&tt.outer), unsafely.ValueID(&tt.inner)); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
}
