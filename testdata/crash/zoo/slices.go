package main

type wide struct{ vals [40]int }

// want: main.slices given = []int len: 2, cap: 8, [0,0]
//
//go:noinline
func slices(given []int) {
	// want: main.slices null = []string len: 0, cap: 0, nil
	// want: main.slices empty = []string len: 0, cap: 0, []
	var null []string
	empty := []string{}
	// want: main.slices part = []int len: 2, cap: 4, [11,12]
	whole := []int{10, 11, 12, 13, 14}
	part := whole[1:3]
	// want: main.slices nested = [][]int len: 2, cap: 2, [[1],[2,3]]
	// want: main.slices grid = [2][2]bool [[true,false],[false,true]]
	// want: main.slices none = [0]int []
	nested, grid, none := [][]int{{1}, {2, 3}}, [2][2]bool{{true, false}, {false, true}}, [0]int{}
	// want: main.slices points[1].Y = 4
	// want: main.slices points = []main.point len: 2, cap: 2, [{X: 1, Y: 2},{X: 3, Y: 4}]
	points := []point{{1, 2}, {3, 4}}
	// want: main.slices ptrs = []*main.point len: 2, cap: 2, [*{X: 5, Y: 6},*nil] | []*main.point len: 2, cap: 2, [*{X: 5, Y: 6},nil]
	ptrs := []*point{{5, 6}, nil}
	// want: main.slices mixed = []interface {} len: 3, cap: 3, [1,"two",nil]
	mixed := []any{1, "two", nil}
	// want: main.slices len(many) = 2000
	// want: main.slices many[1999] = 3998
	many := make([]int, 2000)
	for i := range many {
		many[i] = 2 * i
	}
	// want: main.slices wides[1].vals[39] = 7
	wides := make([]wide, 2)
	wides[1].vals[39] = 7
	// want: main.slices nothing = []struct {} len: 3, cap: 3, [{},{},{}]
	nothing := make([]struct{}, 3)
	maps(1000)
	use(given, null, empty, whole, part, nested, grid, none, points, ptrs, mixed, many, wides, nothing)
}
