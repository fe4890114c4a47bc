package walk

import (
	"math/rand/v2"
	"testing"

	"coredumpy/internal/gotypes"
)

// An object is found by address, type and length together, among many that share two of
// these.
func TestObjectsByAddress(t *testing.T) {
	type key struct {
		addr uint64
		typ  *gotypes.Type
		n    int64
	}
	types := []*gotypes.Type{{}, {}, {}}
	random := rand.New(rand.NewPCG(1, 2))
	want := map[key]int{}
	var got objects
	for range 20_000 {
		k := key{0xc000000000 + 16*random.Uint64N(4000), types[random.IntN(len(types))], random.Int64N(3)}
		id := got.find(k.addr, k.typ, k.n)
		if id != want[k] {
			t.Fatalf("%+v: got id %d, want %d", k, id, want[k])
		}
		if id == 0 {
			want[k] = got.add(Object{Addr: k.addr, typ: k.typ, n: k.n})
			if want[k] != len(want) {
				t.Fatalf("got id %d for object %d", want[k], len(want))
			}
		}
	}
	seen := 0
	for id, o := range got.all() {
		if seen++; id != seen || want[key{o.Addr, o.typ, o.n}] != id {
			t.Fatalf("got object %d as number %d, want them in the order of their ids", id, seen)
		}
	}
	if seen != len(want) {
		t.Errorf("got %d objects, want %d", seen, len(want))
	}
}

// Addresses of small objects differ in few bits. They must not collide in the table.
func TestHash(t *testing.T) {
	const n = 1 << 14
	for _, step := range []uint64{8, 16, 24, 48, 64, 4096, 1 << 20} {
		slots := map[uint32]int{}
		for i := range uint64(n) {
			slots[hash(0xc000000000+i*step, 0)%(2*n)]++
		}
		worst := 0
		for _, k := range slots {
			worst = max(worst, k)
		}
		if len(slots) < n*3/4 || worst > 10 { // random hashes give n*0.79 and 6
			t.Errorf("objects every %d bytes: got %d of %d slots in use and up to %d in one", step, len(slots), 2*n, worst)
		}
	}
}
