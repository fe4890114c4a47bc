package dump

import (
	"fmt"
	"strings"
	"testing"
)

// A whole map has its entries in the order of the keys; one that is cut keeps the order of the dump,
// and looking up a key finds the same entry in both.
func TestSorted(t *testing.T) {
	types := []string{
		`{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
		`{"type":{"id":2,"name":"string","kind":"string","size":16}}`,
		`{"type":{"id":3,"name":"float64","kind":"float64","size":8}}`,
		`{"type":{"id":4,"name":"bool","kind":"bool","size":1}}`,
		`{"type":{"id":5,"name":"uint64","kind":"uint64","size":8}}`,
		`{"type":{"id":6,"name":"main.K","kind":"struct","size":24,"fields":[{"name":"a","type":1},{"name":"s","type":2,"off":8}]}}`,
		`{"type":{"id":7,"name":"interface {}","kind":"interface","size":16}}`,
		`{"type":{"id":8,"name":"complex128","kind":"complex128","size":16}}`,
		`{"type":{"id":9,"name":"*int","kind":"ptr","size":8,"elem":1}}`,
	}
	for _, tt := range []struct {
		key     int
		entries string
		n       int
		want    string
	}{
		{1, `10,0,-2,1,9,2`, 3, "1 2 0"},
		{5, `18446744073709551615,0,1,1`, 2, "1 0"},
		{2, `"b",0,"a",1,"",2,"B",3`, 4, "2 3 1 0"},
		{3, `1.5,0,-3,1,"NaN",2,"-Inf",3`, 4, "2 3 1 0"},
		{4, `true,0,false,1`, 2, "1 0"},
		{6, `[2,"a"],0,[1,"b"],1,[1,"a"],2`, 3, "2 1 0"},
		{7, `[2,"x"],0,[1,7],1,[2,"a"],2,null,3,[1,3],4`, 5, "3 4 1 2 0"},
		{8, `[2,1],0,[1,5],1,[1,4],2`, 3, "2 1 0"},
		{9, `[8192,0],0,[4096,0],1`, 2, "1 0"},
		{2, `"b",0,"a",1`, 5, "0 1"}, // the dump has two of five
		{2, `{"x":"optimized out"},0,"a",1`, 2, "0 1"},
		{1, `1,0`, 1, "0"},
		{1, ``, 0, ""},
	} {
		text := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}` + "\n" + strings.Join(types, "\n") +
			fmt.Sprintf("\n"+`{"type":{"id":20,"name":"map[k]int","kind":"map","size":8,"key":%d,"elem":1}}`, tt.key) +
			fmt.Sprintf("\n"+`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"m","type":20,"value":[12288,1,%d]}]}]}}`, tt.n) +
			fmt.Sprintf("\n[1,20,[%s]]\n", tt.entries)
		core, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := core.Goroutine(1)
		if err != nil {
			t.Fatal(err)
		}
		m := g.Frames[0].Vars()[0].Value
		for range 2 { // the second time the order is known
			var got []string
			sorted := m.Sorted()
			for i := range sorted.Stored() {
				_, v := sorted.Entry(i)
				got = append(got, fmt.Sprint(v.Int()))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("%s of %d: got values %s, want %s", tt.entries, tt.n, s, tt.want)
			}
		}
		sorted := m.Sorted()
		for i := range sorted.Stored() {
			part := sorted.Entries(int64(i), int64(i)+1)
			_, got := part.Entry(0)
			if _, want := sorted.Entry(i); part.Stored() != 1 || got.Int() != want.Int() {
				t.Errorf("%s: entries %d: got %d of %d, want %d", tt.entries, i, got.Int(), part.Stored(), want.Int())
			}
			if _, got := sorted.Slice(int64(i), sorted.Len(), 0).Entry(0); got.Int() != first(part).Int() {
				t.Errorf("%s: from %d: got %d", tt.entries, i, got.Int())
			}
		}
	}
}

// first returns the value of the first entry.
func first(m Value) Value {
	_, value := m.Entry(0)
	return value
}
