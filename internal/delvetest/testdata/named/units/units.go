// Package units has constants and types that package main imports.
package units

type Size uint16

const (
	Small Size = iota + 1
	Medium
	Large
)

type Access uint8

const (
	Read Access = 1 << iota
	Write
	Exec
)

func (a Access) Has(b Access) bool { return a&b == b }

type Pair struct{ Low, High Size }

type Boxed[T any] struct {
	In  T
	Set bool
}

var (
	Default = Pair{Small, Large}
	ByName  = map[string]Size{"s": Small, "l": Large}
	hidden  = 7
)

func Hidden() int { return hidden }
