// Package shape has a dot in its import path, which linker symbols escape.
package shape

type Square struct {
	Side float64
}

var Built int

// Area is inlined where optimisation is on.
func (s Square) Area() float64 {
	return s.Side * s.Side
}

//go:noinline
func New(side float64) *Square {
	Built++
	return &Square{side} // mark:New
}
