package main

import (
	"fmt"
	"math"
)

type bigKey [20]int // over 128 bytes: kept behind a pointer

type bigVal struct{ Vals [30]int }

type cell struct {
	Row int
	Col string
}

// want: main.maps n = 1000
//
//go:noinline
func maps(n int) {
	// want: main.maps null = map[string]int nil
	// want: main.maps len(empty) = 0
	// want: main.maps empty = map[string]int []
	var null map[string]int
	empty := map[string]int{}
	// want: main.maps one = map[string]int ["a": 1, ]
	// want: main.maps eight["k7"] = 7
	// want: main.maps len(eight) = 8
	// want: main.maps len(many) = 1000
	// want: main.maps many["k0"] = 0
	// want: main.maps many["k999"] = 999
	one, eight, many := map[string]int{"a": 1}, map[string]int{}, map[string]int{}
	for i := range n {
		many[fmt.Sprint("k", i)] = i
		if i < 8 {
			eight[fmt.Sprint("k", i)] = i
		}
	}
	// want: main.maps len(shrunk) = 3
	// want: main.maps shrunk[997] = "v997"
	shrunk := map[int]string{}
	for i := range n {
		shrunk[i] = fmt.Sprint("v", i)
	}
	for i := range n - 3 {
		delete(shrunk, i)
	}
	sizes := make(map[int]int, 300)
	// want: main.maps sizes[7] = 49
	// want: main.maps len(sizes) = 1
	sizes[7] = 49
	keys(one)
	use(null, empty, one, eight, many, shrunk, sizes)
}

// keys has a map of every kind of key.
//
// want: main.keys one["a"] = 1
//
//go:noinline
func keys(one map[string]int) {
	// want: main.keys bools[true] = "yes"
	// want: main.keys i8s[-3] = "m3"
	// want: main.keys u64s[18446744073709551615] = 1
	// want: main.keys floats[2.5] = 5
	// want: main.keys len(floats) = 4
	// want: main.keys runes[9786] = 3
	bools, i8s, u64s := map[bool]string{true: "yes", false: "no"}, map[int8]string{-3: "m3"}, map[uint64]int8{math.MaxUint64: 1}
	floats, runes := map[float64]int{2.5: 5, math.Inf(1): 6}, map[rune]int{'☺': 3}
	floats[math.NaN()], floats[math.NaN()] = 1, 2 // two entries
	// want: main.keys structs = map[main.cell]bool [{Row: 1, Col: "a"}: true, ]
	// want: main.keys arrays = map[[2]int]string [[1,2]: "one two", ]
	// want: main.keys anys = map[interface {}]int ["s": 1, ]
	// want: main.keys complexes = map[complex128]int [(1 + 2i): 3, ]
	structs, arrays := map[cell]bool{{1, "a"}: true}, map[[2]int]string{{1, 2}: "one two"}
	anys, complexes := map[any]int{"s": 1}, map[complex128]int{1 + 2i: 3}
	p := &point{1, 2}
	c := make(chan int)
	// want: main.keys len(ptrs) = 1
	// want: main.keys len(chans) = 1
	ptrs, chans := map[*point]string{p: "p"}, map[chan int]int{c: 1}
	// want: main.keys bigs = map[main.bigKey]int [[1,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]: 9, ]
	// want: main.keys values["v"].Vals[29] = 29
	// want: main.keys sets["x"] = struct {} {}
	// want: main.keys nested["a"]["b"][1] = "d"
	bigs, values := map[bigKey]int{{1, 2}: 9}, map[string]bigVal{"v": {[30]int{29: 29}}}
	sets, nested := map[string]struct{}{"x": {}}, map[string]map[string][]string{"a": {"b": {"c", "d"}}}
	records(cell{3, "c"})
	use(one, bools, i8s, u64s, floats, runes, structs, arrays, anys, complexes, ptrs, chans, bigs, values, sets, nested)
}
