package main

import (
	"errors"
	"fmt"
)

type shape interface{ area() int }

type square struct{ side int }

func (s square) area() int { return s.side * s.side }

type circle struct{ r int }

func (c *circle) area() int { return 3 * c.r * c.r }

type flag bool

func (f flag) area() int { return 0 }

// want: main.interfaces given = interface {}(main.cell) {Row: 3, Col: "c"}
// want: main.interfaces err = error nil
//
//go:noinline
func interfaces(given any, err error) {
	// want: main.interfaces none = interface {} nil
	// want: main.interfaces num = interface {}(int) 42
	// want: main.interfaces str = interface {}(string) "boxed"
	// want: main.interfaces typed = main.shape(*main.circle) nil
	// want: main.interfaces sq = main.shape(main.square) {side: 3}
	// want: main.interfaces ci = main.shape(*main.circle) *{r: 2}
	// want: main.interfaces fl = main.shape(main.flag) true
	var none any
	var num, str any = 42, "boxed"
	var typedNil *circle
	var typed, sq, ci, fl shape = typedNil, square{3}, &circle{2}, flag(true)
	// want: main.interfaces made = error(*errors.errorString) *{s: "boom"}
	// want: main.interfaces wrapped.err.s = "boom"
	made := errors.New("boom")
	wrapped := fmt.Errorf("more: %w", made)
	// want: main.interfaces list = interface {}([]int) [1,2]
	// want: main.interfaces table = interface {}(map[string]int) ["a": 1, ]
	// want: main.interfaces deep.X = 1
	var list, table, deep any = []int{1, 2}, map[string]int{"a": 1}, &point{1, 2}
	// want: main.interfaces small = interface {}(uint8) 7
	// want: main.interfaces float = interface {}(float64) 2.5
	// want: main.interfaces fn = interface {}(func(...interface {})) main.use
	// want: main.interfaces arr = interface {}([3]int) [1,2,3]
	// want: main.interfaces one = interface {}(struct { P *int }) {P: *int nil}
	var small, float, fn, arr any = uint8(7), 2.5, use, [3]int{1, 2, 3}
	var one any = struct{ P *int }{}
	channels()
	use(given, err, none, num, str, typed, sq, ci, fl, made, wrapped, list, table, deep, small, float, fn, arr, one)
}
