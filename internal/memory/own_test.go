package memory

import (
	"math"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"
)

func addressOf[T any](v *T) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }

func TestOwnMemory(t *testing.T) {
	debug.SetPanicOnFault(true)
	var want [1000]byte
	for i := range want {
		want[i] = byte(i * 7)
	}
	// Every alignment, and every length around the eight bytes read at once.
	for from := range 9 {
		for n := range 40 {
			got := make([]byte, n)
			if err := (Own{}).Read(got, addressOf(&want)+uint64(from)); err != nil {
				t.Fatalf("reading %d bytes at %d: %v", n, from, err)
			}
			if string(got) != string(want[from:from+n]) {
				t.Errorf("got % x at %d, want % x", got, from, want[from:from+n])
			}
		}
	}
}

// wild are addresses where no Go program has memory.
var wild = map[string]uint64{
	"nil":                          0,
	"nil page":                     8,
	"end of nil page":              4088,
	"after nil page":               4096,
	"low":                          1 << 15,
	"unaligned":                    1<<15 + 3,
	"not canonical":                1 << 47,
	"far not canonical":            0xdead_beef_dead_beef,
	"kernel":                       0xffff_8000_0000_0000,
	"vsyscall":                     0xffff_ffff_ff60_0000 - 8,
	"top":                          math.MaxUint64 - 7,
	"last byte":                    math.MaxUint64,
	"far, as target makes them up": 0xc0de_0000_0000_0000,
	"further, as those are":        0xc0de_0100_0000_0000,
}

func TestOwnMemoryWild(t *testing.T) {
	debug.SetPanicOnFault(true)
	for name, addr := range wild {
		for _, n := range []int{1, 7, 8, 9, 4096} {
			err := Own{}.Read(make([]byte, n), addr)
			if err == nil || !strings.HasPrefix(err.Error(), "no memory at 0x") {
				t.Errorf("%s: got error %v of %d bytes at %#x, want no memory", name, err, n, addr)
			}
		}
		if err := (Own{}).Read(nil, addr); err != nil {
			t.Errorf("%s: got error %v of no bytes at %#x, want none", name, err, addr)
		}
	}
}

// A fault that isn't a wild read must not be hidden.
func TestFaultPassesOtherPanics(t *testing.T) {
	defer func() {
		if got := recover(); got != "other" {
			t.Errorf("got panic %v, want other", got)
		}
	}()
	t.Errorf("got error %v, want a panic", fault("other", 0))
}
