package inspector

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// A value is taken out of an interface as one of another interface only if its methods are known to
// take and return what that asks for.
func TestAssertedInterface(t *testing.T) {
	const source = `package main
type Shape interface{ Area(scale int) float64 }
type Square struct{ S float64 }
func (s *Square) Area(n int) float64 { return s.S }
func (s *Square) Close() {}
func (s *Square) String() string { return "" }
type Flat struct{ S float64 }
func (f Flat) Area() float64 { return 0 }
type Of[K any] struct{ S float64 }
func (o Of[K]) Area(scale int) float64 { return 0 }
func (o Of[K]) Close(k K) {}
type Closer interface { Close() }
`
	records := []string{
		`{"type":{"id":1,"name":"float64","kind":"float64","size":8}}`,
		`{"type":{"id":2,"name":"main.Square","kind":"struct","size":8,"fields":[{"name":"S","type":1}]}}`,
		`{"type":{"id":3,"name":"*main.Square","kind":"ptr","size":8,"elem":2}}`,
		`{"type":{"id":4,"name":"interface {}","kind":"interface","size":16}}`,
		`{"type":{"id":5,"name":"main.Flat","kind":"struct","size":8,"fields":[{"name":"S","type":1}]}}`,
		`{"type":{"id":6,"name":"main.Shape","kind":"interface","size":16}}`,
		`{"type":{"id":7,"name":"io.Closer","kind":"interface","size":16}}`,
		`{"type":{"id":8,"name":"fmt.Stringer","kind":"interface","size":16}}`,
		`{"type":{"id":9,"name":"main.Closer","kind":"interface","size":16}}`,
		`{"type":{"id":10,"name":"main.Of[int]","kind":"struct","size":8,"fields":[{"name":"S","type":1}]}}`,
		`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/src/main.go",` +
			`"line":3,"vars":[{"name":"square","type":4,"value":[3,[1]]},{"name":"flat","type":4,"value":[5,[2]]},{"name":"of","type":4,"value":[10,[3]]}]}]}}`,
		`{"source":{"id":1,"path":"/src/main.go","text":` + strconv.Quote(source) + `}}`,
		`{"objects":{"id":1}}`,
		`[2,[1.5],4096]`,
		`[5,[2.5],4096]`,
		`[10,[2.5],4096]`,
	}
	in := readNew(t, "amd64", records...)
	for _, tt := range []struct{ expr, want string }{
		{"square.(Shape) == square", "true"},
		{"square.(fmt.Stringer) == square", "true"},
		{"square.(Closer) == square", "true"},
		{"of.(Shape) == of", "true"},
		{"of.(Closer)", "doesn't tell whether the method Close of main.Of[int] is the one that main.Closer asks for"},
		{"square.(io.Closer)", "doesn't tell whether the method Close of *main.Square is the one that io.Closer asks for"},
		{"flat.(Shape)", "doesn't tell whether the method Area of main.Flat is the one that main.Shape asks for"},
		{"flat.(Closer)", "the dump knows no method Close of main.Flat"},
	} {
		r, err := in.Evaluate(tt.expr)
		got := fmt.Sprint(r.Const)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}
