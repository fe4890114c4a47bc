package inspector

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// memoryRecords are values that overlap, with padding, secrets and what isn't in the dump.
var memoryRecords = []string{
	`{"type":{"id":1,"name":"uint32","kind":"uint32","size":4}}`,
	`{"type":{"id":2,"name":"uint8","kind":"uint8","size":1}}`,
	`{"type":{"id":3,"name":"[4]uint8","kind":"array","size":4,"elem":2,"len":4}}`,
	`{"type":{"id":4,"name":"string","kind":"string","size":16}}`,
	`{"type":{"id":5,"name":"main.T","kind":"struct","size":32,"fields":[{"name":"a","type":2},` +
		`{"name":"b","type":1,"off":4},{"name":"s","type":4,"off":8},{"name":"key","type":3,"off":24},` +
		`{"name":"pin","type":1,"off":28}]}}`,
	`{"type":{"id":6,"name":"complex64","kind":"complex64","size":8}}`,
	`{"type":{"id":7,"name":"[]uint8","kind":"slice","size":24,"elem":2}}`,
	`{"type":{"id":8,"name":"int16","kind":"int16","size":2}}`,
	`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
		`{"name":"n","type":8,"addr":12288,"value":-2},{"name":"old","type":8,"addr":12290,"value":3,"note":"doubtful"}]}]}}`,
	`{"global":{"id":1,"name":"main.hidden","type":3,"addr":16384,"value":{"x":["redacted",3]}}}`,
	`{"goroutine":{"id":2,"status":"running","frames":[{"func":"main.g","pkg":"main","vars":[` +
		`{"name":"pin","type":1,"addr":16388,"value":{"x":["redacted",4]}}]}]}}`,
	`{"objects":{"id":1}}`,
	`[5,[7,258,"xyz",{"s":"***redacted***#1","red":true},{"x":["redacted",2]}],4096]`,
	`[3,"abcd",24]`, // at 4120, where T has its key
	`[1,77,4]`,      // at 4124, where T has its pin
	`[6,[1,-2],4068]`,
	`[7,"hi",8]`,
	`[7,"abcdefghij",8182]`, // at 16382, with main.hidden and the pin of main.g
}

// cellsText writes bytes in hex, ** for hidden ones and .. for those that aren't there.
func cellsText(cells []Cell) string {
	var b strings.Builder
	for _, c := range cells {
		switch c.State {
		case Stored:
			fmt.Fprintf(&b, "%02x", c.Byte)
		case HiddenCell:
			b.WriteString("**")
		default:
			b.WriteString("..")
		}
	}
	return b.String()
}

// readNew returns an inspector of a dump in format 2, which says where objects are.
func readNew(t *testing.T, arch string, records ...string) *Inspector {
	t.Helper()
	text := fmt.Sprintf(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1,"arch":%q}}`, arch) + "\n"
	core, err := dump.Read(strings.NewReader(text + strings.Join(records, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := New(core)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestCells(t *testing.T) {
	never := func() bool { return false }
	for _, tt := range []struct {
		arch string
		addr uint64
		n    int
		want string
	}{
		{"amd64", 4096, 32, "07......" + "02010000" + "................" + "0300000000000000" + "********" + "********"},
		{"amd64", 4120, 8, "****************"}, // another object has it in plain text
		{"amd64", 4095, 3, "..07.."},
		{"amd64", 8192, 12, "0000803f" + "000000c0" + "6869.."[:4] + "...."},
		{"amd64", 12288, 4, "feff...."}, // there are doubts about old
		{"amd64", 16382, 10, "6162" + "********" + "********"},
		{"s390x", 4100, 4, "00000102"},
		{"s390x", 12288, 2, "fffe"},
		{"unknown", 4096, 2, "...."},
		{"amd64", 1<<64 - 2, 4, "........"},
		{"amd64", 0, 2, "...."},
	} {
		in := readNew(t, tt.arch, memoryRecords...)
		if got := cellsText(in.Cells(tt.addr, tt.n, never)); got != tt.want {
			t.Errorf("%s, %d bytes at %d: got %s, want %s", tt.arch, tt.n, tt.addr, got, tt.want)
		}
	}
	in := readNew(t, "amd64", memoryRecords...)
	if got := cellsText(in.Cells(4096, 2, func() bool { return true })); got != "...." {
		t.Errorf("stopped: got %s, want nothing", got)
	}
	for bytes, want := range map[string]uint64{"\x01\x02": 0x0201, "\x01\x00\x00\x80": 0x80000001, "": 0} {
		if got := in.Word([]byte(bytes)); got != want {
			t.Errorf("%q: got %#x, want %#x", bytes, got, want)
		}
	}
}

// Values of a forged dump may all be at one address. What hides one of them isn't missed.
func TestCellsOfMany(t *testing.T) {
	records := slices.Clone(memoryRecords[:1+slices.Index(memoryRecords, `{"objects":{"id":1}}`)])
	records = append(records, `[3,{"s":"***redacted***#1","red":true},4096]`)
	for range 3000 {
		records = append(records, `[3,"abcd",0]`)
	}
	in := readNew(t, "amd64", records...)
	if got := cellsText(in.Cells(4096, 2, func() bool { return false })); got != "...." && got != "****" {
		t.Errorf("got %s, want nothing of it", got)
	}
}

// A stack is read once, and not for each of its bytes.
func TestCellsOfStack(t *testing.T) {
	var frames []string
	for i := range 500 {
		frames = append(frames, fmt.Sprintf(`{"func":"main.f","pkg":"main","vars":[{"name":"n","type":1,"addr":%d,"value":%d}]}`,
			4096+4*i, i))
	}
	in := readNew(t, "amd64", memoryRecords[0],
		`{"goroutine":{"id":1,"status":"running","frames":[`+strings.Join(frames, ",")+`]}}`)
	var got string
	allocs := testing.AllocsPerRun(1, func() { got = cellsText(in.Cells(4096, 400, func() bool { return false })) })
	if want := "00000000" + "01000000" + "02000000"; !strings.HasPrefix(got, want) || strings.Contains(got, ".") {
		t.Errorf("got %s, want %s and so on", got, want)
	}
	if allocs > 20_000 {
		t.Errorf("got %.0f allocations for 400 bytes", allocs)
	}
}

// Reading the dump to find addresses can be stopped at any time, and the next time all is found.
func TestCellsStopped(t *testing.T) {
	records := []string{
		`{"type":{"id":1,"name":"uint8","kind":"uint8","size":1}}`,
		`{"type":{"id":2,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"next","type":3},{"name":"b","type":1,"off":8}]}}`,
		`{"type":{"id":3,"name":"*main.T","kind":"ptr","size":8,"elem":2}}`,
		`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
			`{"name":"p","type":3,"addr":4096,"value":[8192,1]}]}]}}`,
		`{"goroutine":{"id":2,"status":"running","frames":[]}}`,
	}
	for id := 1; id <= 10; id++ {
		records = append(records, fmt.Sprintf(`[%d,2,[[%d,%d],%d]]`, id, 8192+16*id, id+1, id))
	}
	records = append(records, `[11,2,[null,11]]`)
	text := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}` + "\n"
	stopped := 0
	for n := range 30 {
		core, err := dump.Read(strings.NewReader(text + strings.Join(records, "\n") + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		in, err := New(core)
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		const last = 8192 + 16*10 + 8
		if got := cellsText(in.Cells(last, 1, func() bool { calls++; return calls > n })); got == ".." {
			stopped++
		} else if got != "0b" {
			t.Errorf("stopped the time %d: got %s", n+1, got)
		}
		if got := cellsText(in.Cells(last, 1, func() bool { return false })); got != "0b" {
			t.Errorf("after the time %d: got %s, want 0b", n+1, got)
		}
	}
	if stopped < 10 || stopped == 30 {
		t.Errorf("got %d of 30 stopped, want more than 10 and fewer than all", stopped)
	}
}
