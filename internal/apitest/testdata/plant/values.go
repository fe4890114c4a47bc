package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf16"
)

type (
	inner struct {
		before, text string
	}
	embedded struct {
		inner
		*pointed
	}
	pointed    struct{ deep **string }
	text       string
	box[T any] struct {
		n    int
		elem T
	}
	tree[K comparable, V any] struct {
		key   K
		elem  V
		left  *tree[K, V]
		right *tree[K, V]
	}
	failure struct {
		why   string
		cause error
	}
	point struct{ name string }
)

func (f *failure) Error() string { return f.why }
func (f *failure) Unwrap() error { return f.cause }

func (p point) method() { fmt.Print(p.name) }

// values returns the places in values of all kinds.
func values() []place {
	return []place{
		{"field", func(s string) any { return struct{ Text string }{s} }},
		{"unexported field", func(s string) any { return &inner{"b", s} }},
		{"embedded field", func(s string) any { return embedded{inner: inner{text: s}} }},
		{"field of an embedded pointer", func(s string) any { p := &s; return embedded{pointed: &pointed{&p}} }},
		{"pointer", func(s string) any { return &s }},
		{"named string", func(s string) any { return text(s) }},
		{"in the middle of a string", func(s string) any { return "well before " + s + " well after" }},
		{"string, not UTF-8", func(s string) any { return "\xff\xfe " + s + "\xff" }},
		{"long string", func(s string) any { return string(make([]byte, 60_000)) + " " + s }},
		{"string in an interface", func(s string) any { return []any{1, s} }},
		{"error in an interface", func(s string) any { var err error = &failure{why: s}; return &err }},
		{"slice", func(s string) any { return []string{"a", s} }},
		{"array", func(s string) any { return [2]string{s, "b"} }},
		{"array of structs", func(s string) any { return [3]inner{1: {text: s}} }},
		{"[]byte", func(s string) any { return []byte(s) }},
		{"[]byte, not UTF-8", func(s string) any { return append([]byte{0xff, ' '}, s...) }},
		{"array of bytes", func(s string) any { var b [700]byte; copy(b[9:], s); return b }},
		{"large array of bytes", func(s string) any { b := new([100_000]byte); copy(b[50_000:], s); return b }},
		{"array of bytes in a struct", func(s string) any { var v struct{ a, b [90]byte }; copy(v.b[:], s); return v }},
		{"[]int8", func(s string) any {
			var b []int8
			for _, c := range []byte(s) {
				b = append(b, int8(c))
			}
			return b
		}},
		{"[]rune", func(s string) any { return []rune(s) }},
		{"array of runes", func(s string) any { var b [700]rune; copy(b[9:], []rune(s)); return b }},
		{"[]rune, some no characters", func(s string) any { return append([]rune{-1, 0, 0x110000}, []rune(s)...) }},
		{"UTF-16", func(s string) any { return utf16.Encode([]rune(s)) }},
		{"array of UTF-16", func(s string) any { var b [700]uint16; copy(b[9:], utf16.Encode([]rune(s))); return &b }},
		{"map element", func(s string) any { return map[string]string{"k": s} }},
		{"map key", func(s string) any { return map[string]int{s: 1, "b": 2} }},
		{"struct as a map key", func(s string) any { return map[inner]bool{{text: s}: true} }},
		{"interface as a map key", func(s string) any { return map[any]any{inner{text: s}: 1, 2: 3} }},
		{"array as a map key", func(s string) any { var k [80]byte; copy(k[:], s); return map[[80]byte]int{k: 1} }},
		{"map of maps", func(s string) any { return map[int]map[string][]string{1: {"k": {s}}} }},
		{"large map", func(s string) any {
			m := map[int]string{}
			for i := range 100 {
				m[i] = fmt.Sprint("n", i)
			}
			m[50] = s
			return m
		}},
		{"large map element", func(s string) any { var e [200]byte; copy(e[:], s); return map[string][200]byte{"k": e} }},
		{"error", func(s string) any { return errors.New(s) }},
		{"wrapped error", func(s string) any { return fmt.Errorf("w: %w", errors.New(s)) }},
		{"wrapping error", func(s string) any { return fmt.Errorf("%s: %w", s, errors.New("w")) }},
		{"two wrapped errors", func(s string) any { return fmt.Errorf("%w and %w", errors.New("w"), errors.New(s)) }},
		{"joined errors", func(s string) any { return errors.Join(errors.New("j"), errors.New(s)) }},
		{"cause of an error", func(s string) any { return &failure{"w", &failure{"x", errors.New(s)}} }},
		{"channel", func(s string) any { ch := make(chan string, 3); ch <- "a"; ch <- s; return ch }},
		{"channel of structs", func(s string) any { ch := make(chan inner, 1); ch <- inner{text: s}; return ch }},
		{"channel of channels", func(s string) any {
			ch, in := make(chan chan any, 1), make(chan any, 1)
			in <- s
			ch <- in
			return ch
		}},
		{"captured by value", func(s string) any { return func() { fmt.Print(s) } }},
		{"captured by reference", func(s string) any { return func() { s += "x"; fmt.Print(s) } }},
		{"method value", func(s string) any { return point{s}.method }},
		{"generic struct", func(s string) any { return box[[]string]{1, []string{s}} }},
		{"generic tree", func(s string) any {
			return &tree[string, *point]{key: "k", left: &tree[string, *point]{elem: &point{s}}}
		}},
		{"raw JSON", func(s string) any { return json.RawMessage(`{"a":"` + s + `"}`) }},
		{"cyclic list", func(s string) any {
			type node struct {
				next *node
				text string
			}
			n := &node{text: s}
			n.next = n
			return n
		}},
		{"anonymous struct", func(s string) any {
			return struct {
				a struct{ b []struct{ c string } }
			}{struct{ b []struct{ c string } }{[]struct{ c string }{{s}}}}
		}},
	}
}
