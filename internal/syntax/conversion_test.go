package syntax

import (
	"strings"
	"testing"
)

// A value is converted where a function returns it, in what is passed to a function that
// returns it, or as a part of a struct.
func TestConverted(t *testing.T) {
	f := Parse(`package a

type table map[string]int

type holder struct{ t table }

func plain() map[string]int { return nil }
func made() table           { return make(table) }
func same(t table) table    { return t }
func several() (table, int) { return plain(), 1 }
func first() (int, table)   { return 1, nil }
func named() (t table)      { t = plain(); return }
func elsewhere() table      { return other() }
func held() holder          { return holder{plain()} }
func (h holder) with() holder { h.t = plain(); return h }
func number() (n int)       { n = other(); return }

func f(p table) {
	fromMade := made()
	fromSame := same(plain())
	fromSameVar := same(fromMade)
	fromSeveral, one := several()
	two, fromFirst := first()
	fromNamed := named()
	fromElsewhere := elsewhere()
	fromHeld := held()
	fromWith := fromHeld.with()
	fromElement := holder{t: plain()}
	fromNil := holder{nil}
	fromNumber := number()
	fromLiteral := func() table { return other() }()
	fromPlainLiteral := func() int { return other() }()
	alias := p
	fromElsewhereBelow := p.
		other()
}
`)
	for _, tt := range []struct {
		name          string
		line          int
		converted, of bool
	}{
		{"fromMade", 19, false, false}, {"fromSame", 20, true, false}, {"fromSameVar", 21, false, false},
		{"fromSeveral", 22, true, false}, {"fromFirst", 23, false, false}, {"fromNamed", 24, true, false},
		{"fromElsewhere", 25, true, false}, {"fromHeld", 26, true, false}, {"fromWith", 27, true, false},
		{"fromElement", 28, true, false}, {"fromNil", 29, false, false}, {"fromNumber", 30, false, false},
		{"fromLiteral", 31, true, false}, {"fromPlainLiteral", 32, false, false},
		{"p", 18, false, true}, {"alias", 33, false, true}, {"fromElsewhereBelow", 34, true, false},
	} {
		v, ok := f.Lookup(tt.name, tt.line, 33)
		if !ok {
			t.Errorf("%s isn't declared on line %d", tt.name, tt.line)
			continue
		}
		if got := v.Converted("a.table"); got != tt.converted {
			t.Errorf("%s converted: got %v, want %v", tt.name, got, tt.converted)
		}
		if got := v.FromParameter(); got != tt.of {
			t.Errorf("%s from a parameter: got %v, want %v", tt.name, got, tt.of)
		}
	}
}

// What a file declares again and again with itself as the value is bounded work.
func TestConvertedBounded(t *testing.T) {
	const n = 2000
	f := Parse("package a\nfunc f() {\n x := 1\n" + strings.Repeat("{ x := x\n", n) + "_ = x" + strings.Repeat("}", n) + "\n}\n")
	v, ok := f.Lookup("x", n+3, n+3)
	if !ok {
		t.Fatal("x isn't declared")
	}
	if !v.Converted("int") || !v.FromParameter() {
		t.Error("got an answer that takes forever to find, want the worst")
	}
}
