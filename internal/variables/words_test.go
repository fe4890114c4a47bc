package variables

import (
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/debuginfo"
)

// A piece gets an offset if no other is possible.
func TestArrangement(t *testing.T) {
	const gap = -1
	slice := []debuginfo.Word{{Name: ".ptr", Size: 8}, {Name: ".len", Offset: 8, Size: 8}, {Name: ".cap", Offset: 16, Size: 8}}
	padded := []debuginfo.Word{{Name: "A", Size: 4}, {Name: "B", Offset: 8, Size: 8}, {Name: "C", Offset: 16, Size: 1}, {Name: "D", Offset: 24, Size: 8}}
	mixed := []debuginfo.Word{{Name: "P", Size: 8}, {Name: "S.ptr", Offset: 8, Size: 8}, {Name: "S.len", Offset: 16, Size: 8}}
	held := []debuginfo.Word{{Name: "N", Size: 8}, {Name: "L.ptr", Offset: 8, Size: 8}, {Name: "L.len", Offset: 16, Size: 8}, {Name: "L.cap", Offset: 24, Size: 8}}
	for _, tt := range []struct {
		name     string
		words    []debuginfo.Word
		sizes    []int64 // of the pieces
		pointers []int   // pieces that are pointers
		kept     string  // words that are among the pieces
		want     []int64
	}{
		{"all words of a slice", slice, []int64{8, 8, 8}, nil, "", []int64{0, 8, 16}},
		{"two words of a slice", slice, []int64{8, 8}, nil, "", []int64{gap, gap}},
		{"a pointer and another word", slice, []int64{8, 8}, []int{0}, "", []int64{0, gap}},
		{"two words, of which one is the pointer", slice, []int64{8, 8}, nil, ".ptr", []int64{0, gap}},
		{"pointer and length", slice, []int64{8, 8}, nil, ".ptr .len", []int64{0, 8}},
		{"pointer and capacity", slice, []int64{8, 8}, []int{0}, ".cap", []int64{0, 16}},
		{"length and capacity", slice, []int64{8, 8}, nil, ".len .cap", []int64{8, 16}},
		{"one word of a slice", slice, []int64{8}, nil, "", []int64{gap}},
		{"one pointer", slice, []int64{8}, []int{0}, "", []int64{0}},
		{"padding", padded, []int64{4, 8, 1, 8}, nil, "", []int64{0, 8, 16, 24}},
		{"sizes tell", padded, []int64{4, 1}, nil, "", []int64{0, 16}},
		{"sizes tell of one", padded, []int64{4, 8}, nil, "", []int64{0, gap}},
		{"the order tells", padded, []int64{1, 8}, nil, "", []int64{16, 24}},
		{"a name tells", padded, []int64{8}, nil, "D", []int64{24}},
		{"any two", mixed, []int64{8, 8}, nil, "", []int64{gap, gap}},
		{"two pointers", mixed, []int64{8, 8}, []int{0, 1}, "", []int64{0, 8}},
		{"the last is a pointer", mixed, []int64{8, 8}, []int{1}, "", []int64{0, 8}},
		{"a slice in a struct", held, []int64{8, 8, 8}, []int{1}, "", []int64{0, 8, gap}},
		{"too many", slice, []int64{8, 8, 8, 8}, nil, "", []int64{gap, gap, gap, gap}},
		{"of other sizes", slice, []int64{4, 8}, nil, "", []int64{gap, gap}},
		{"contradictory", slice, []int64{8}, nil, ".len .cap", []int64{gap}},
		{"no words", nil, []int64{8}, nil, "", []int64{gap}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := arrangement{words: tt.words}
			for _, size := range tt.sizes {
				a.pieces = append(a.pieces, debuginfo.Piece{Size: size})
			}
			for _, w := range tt.words {
				a.kept = append(a.kept, slices.Contains(strings.Fields(tt.kept), w.Name))
			}
			a.fits = func(i, j int) bool {
				isPointer := strings.HasSuffix(a.words[j].Name, ".ptr") || a.words[j].Name == "P"
				return a.words[j].Size == tt.sizes[i] && (isPointer || !slices.Contains(tt.pointers, i))
			}
			got := a.solve()
			if !slices.Equal(got.offsets, tt.want) {
				t.Errorf("got %v, want %v", got.offsets, tt.want)
			}
		})
	}
}
