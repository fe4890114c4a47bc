package cause

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// (*runtime.PanicNilError).Error of a program for linux/arm64, compiled by Go 1.27.3.
const (
	panicNilARM64 = "400200b0 00bc1191 a10580d2 c0035fd6"
	panicNilPC    = 0x4da10
	panicNilAddr  = 0x9646f
)

func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		name, goarch, code string
		pc                 uint64
		want               []uint64
	}{
		// LEAQ 0x28(PC), AX; MOVL $44, BX; RET
		{"amd64", "amd64", "488d0528000000 bb2c000000 c3", 0x1000, []uint64{0x102f}},
		{"amd64, before", "amd64", "90 4c8d05f9ffffff c3", 0x1000, []uint64{0x1001}},
		{"arm64", "arm64", panicNilARM64, panicNilPC, []uint64{panicNilAddr}},
		{"cut", "amd64", "488d0528", 0x1000, nil},
		{"cut, arm64", "arm64", panicNilARM64[:8], panicNilPC, nil},
	} {
		code, err := hex.DecodeString(strings.ReplaceAll(tt.code, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := addresses(tt.goarch, code, tt.pc); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %#x, want %#x", tt.name, got, tt.want)
		}
	}
}
