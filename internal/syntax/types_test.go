package syntax

import (
	"fmt"
	"testing"
)

func TestTypes(t *testing.T) {
	f := Parse(`package a

import (
	"net/http"
	m "example.com/money/v3"
)

type (
	One   struct{}
	Two   = One
	Three = map[string]*http.Request
	Four  = []m.Price
	Five  = [3]chan<- any
	Six   = Pair[byte, <-chan m.Price]
	Seven = struct{ X int }
	Eight = other.T
	Nine  = [n]int
	Shape interface {
		Area() float64
		Move(x, y int)
		error
	}
	More interface {
		Shape
		Close() error
	}
	Set[T any] = map[T]int
)

func f() { type local = int }
`)
	want := []string{
		"{One  false false []}", "{Two example.com/a.One false false []}", "{Three map[string]*net/http.Request false false []}",
		"{Four []example.com/money/v3.Price false false []}", "{Five [3]chan<- interface {} false false []}",
		"{Six example.com/a.Pair[uint8,<-chan example.com/money/v3.Price] false false []}", "{Seven  false false []}",
		"{Eight  false false []}", "{Nine  false false []}", "{Shape  true true [Area()(float64) Move(int,int)() Error()(string)]}",
		"{More  true false [Close()(error)]}", "{Set  false false []}",
	}
	if got := fmt.Sprint(f.Types("example.com/a")); got != fmt.Sprint(want) {
		t.Errorf("got %s, want %s", got, fmt.Sprint(want))
	}
	if got := (*File)(nil).Types("a"); got != nil {
		t.Errorf("without a file: got %v", got)
	}
}

func TestSignatures(t *testing.T) {
	f := Parse(`package a

import "net/http"

func run()                                                   {}
func (s *server) Serve(w http.ResponseWriter, n, m int) (err error) { return nil }
func (s server) Wait(c <-chan struct{}, all ...any) (int, bool)     { return 0, true }
func each(f func())                                          {}
func keys[K any](k K)                                        {}
func (s set[K]) Has(k K) bool                                { return true }
func (s *pair[K, V]) Len(of pair[int, bool]) int { return 0 }
func (s *pair[K, _]) Key(n int) []K { return nil }
`)
	want := `["()()" "(net/http.ResponseWriter,int,int)(error)" "(<-chan struct {},...interface {})(int,bool)" "" "" "" "(a.pair[int,bool])(int)" ""]`
	if got := fmt.Sprintf("%q", f.Signatures("a")); got != want || len(f.Signatures("a")) != len(f.Functions()) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (*File)(nil).Signatures("a"); got != nil {
		t.Errorf("without a file: got %v", got)
	}
}
