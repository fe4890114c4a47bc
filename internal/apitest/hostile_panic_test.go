package apitest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// A panic value that can't be printed is dumped all the same. It must be recovered
// further out: printing it would end the program.
func TestHostilePanicValues(t *testing.T) {
	const wild = 0xdead_beef_0000
	plain := errors.New("plain")
	many := errors.Join(plain, plain)
	for range 8 {
		many = errors.Join(many, many, many, many, many, many, many, many, many, many) // 10^8 times
	}
	long := make([]error, 100_000)
	for i := range long {
		long[i] = plain
	}
	lying := errors.New("x")
	*(*string)(reflect.ValueOf(lying).UnsafePointer()) = *as[string](header{wild, 5, 0})
	for _, tt := range []struct {
		name    string
		value   any
		message string
	}{
		{"string nowhere", *as[string](header{wild, 5, 0}), "string"},
		{"string of 2^60", *as[string](header{wild, 1 << 60, 0}), "string"},
		{"error with text nowhere", lying, "*errors.errorString"},
		{"error nowhere", *as[*pointed](header{wild, 0, 0}), "*apitest.pointed"},
		{"joined again and again", many, "plain\nplain\n"},
		{"many joined", errors.Join(long...), "plain\nplain\n"},
		{"joined with text nowhere", errors.Join(plain, lying), "plain\n*errors.errorString"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, told := crash(t, func() { panic(tt.value) })
			if d == nil {
				t.Fatalf("got no dump, and %q", told)
			}
			if got := d.Head().Message; !strings.HasPrefix(got, tt.message) || len(got) > 2<<20 {
				t.Errorf("got message %.100q of %d bytes, want %q", got, len(got), tt.message)
			}
			if d.current(t).Panic == nil {
				t.Error("got no panic value")
			}
		})
	}
}
