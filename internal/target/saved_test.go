package target

import (
	"encoding/hex"
	"runtime"
	"slices"
	"testing"

	"coredumpy/internal/debugtest"
)

// The registers that the runtime's functions save, by ascending offset from the first: as
// in runtime/preempt_GOARCH.s and asm_GOARCH.s from Go 1.24 to 1.27.
var savedRegisters = map[string]map[string][]int{
	"amd64": {
		"runtime.asyncPreempt": {0, 2, 1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15},
		"runtime.panicBounds":  {0, 2, 1, 3, -1, 6, 4, 5, 8, 9, 10, 11, 12, 13, -1, 15},
	},
	"arm64": {
		"runtime.asyncPreempt": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26},
		"runtime.panicBounds":  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	},
}

// firstSaved is the offset of the first of them from the stack pointer.
var firstSaved = map[string]map[string]uint64{
	"amd64": {"runtime.asyncPreempt": 0, "runtime.panicBounds": 16},
	"arm64": {"runtime.asyncPreempt": 8, "runtime.panicBounds": 24},
}

func TestDebugSavedRegisters(t *testing.T) {
	debugtest.Need(t)
	capture(t, func(s *snapshot) {
		for function, want := range savedRegisters[runtime.GOARCH] {
			if _, ok := s.p.Info.FuncByName(function); !ok {
				t.Logf("%s has no %s", runtime.Version(), function)
				continue
			}
			checkSaved(t, function, s.p.savedBy(function), firstSaved[runtime.GOARCH][function], want)
		}
		if s.p.savedErr != nil {
			t.Errorf("got error %v", s.p.savedErr)
		}
		if got := s.p.savedBy("runtime.mallocgc"); got != nil || s.p.savedErr == nil {
			t.Errorf("got %v and error %v of a function that saves none, want an error", got, s.p.savedErr)
		}
	})
}

func checkSaved(t *testing.T, function string, got []savedRegister, first uint64, want []int) {
	t.Helper()
	var wanted []savedRegister
	for i, reg := range want {
		if reg >= 0 {
			wanted = append(wanted, savedRegister{reg, first + uint64(i)*word})
		}
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("%s: got %v, want %v", function, got, wanted)
	}
}

// panicBoundsARM64 is runtime.panicBounds from a program for linux/arm64, compiled by Go
// 1.27.3.
const panicBoundsARM64 = "fe0f16f8 fd831ff8 fd2300d1 e08701a9 e28f02a9 e49703a9 e69f04a9 e8a705a9 eaaf06a9 ecb707a9 eebf08a9 e0031eaa e1630091 df1bff97"

// These are code of functions as other compilers made it, and other code.
func TestRowOfStores(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		store      func([]byte) ([]savedRegister, int)
		step       int
		first      uint64
		want       []int
	}{
		{"panicBounds, arm64, Go 1.27", panicBoundsARM64, storeARM64, 4, 24,
			savedRegisters["arm64"]["runtime.panicBounds"]},
		{"offsets of 32 bits", "48898424000100004889 8c2408010000 4889942410010000 48899c2418010000 4889b42420010000 4889bc2428010000 4c89842430010000 4c898c2438010000 e8", storeAMD64, 1, 256, []int{0, 2, 1, 3, 4, 5, 8, 9}},
		{"too few", "48890424 48894c2408 4889542410 48895c2418 e8", storeAMD64, 1, 0, nil},
		{"one register twice",
			"48890424 4889442408 4889542410 48895c2418 4889742420 48897c2428 4c89442430 4c894c2438 e8",
			storeAMD64, 1, 0, nil},
		{"one place twice", "48890424 48890c24 4889542410 48895c2418 4889742420 48897c2428 4c89442430 4c894c2438 e8",
			storeAMD64, 1, 0, nil},
		{"below the stack pointer",
			"488944 24f8 48894c24f0 48895424e8 48895c24e0 48897424d8 48897c24d0 4c894424c8 4c894c24c0 e8",
			storeAMD64, 1, 0, nil},
		{"cut", "48890424 48894c2408 4889542410 48895c2418 4889742420 48897c2428 4c89442430 4c894c24",
			storeAMD64, 1, 0, nil},
		{"empty", "", storeARM64, 4, 0, nil},
	} {
		checkSaved(t, tt.name, rowOfStores(code(t, tt.code), tt.store, tt.step), tt.first, tt.want)
	}
}

func code(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(string(slices.DeleteFunc([]byte(digits), func(c byte) bool { return c == ' ' })))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
