package caveat

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// Dumps of format 1 contain these sentences: they can't be changed.
var reasons = []struct {
	reason Reason
	want   string
}{
	{Reason{}, ""},
	{Reason{Kind: Other, Text: "map layout not recognised in go1.31"}, "map layout not recognised in go1.31"},
	{Reason{Kind: OtherLimit, Text: "the limit of objects was reached"}, "the limit of objects was reached"},
	{Reason{Kind: Unknown, Text: "tidal"}, "a reason that this coredumpy doesn't know: tidal"},
	{Reason{Kind: Limit, Text: "depth"}, "depth limit"},
	{Reason{Kind: Redacted}, "redacted"},
	{Reason{Kind: RuntimeOwn}, "the runtime's own"},
	{Reason{Kind: OptimizedOut}, "optimized out"},
	{Reason{Kind: OnePart}, "optimized out: only a part of it is kept, and it isn't known which"},
	{Reason{Kind: ShapeLost}, "type of generic code optimized out"},
	{Reason{Kind: FloatRegister}, "in a floating-point register, which isn't read"},
	{Reason{Kind: NotAllocated}, "not allocated yet"},
	{Reason{Kind: NotSetYet}, "not set yet"},
	{Reason{Kind: BarePackage}, "no variables: the package was compiled with -dwarf=false, as go run does; -gcflags=-dwarf=true undoes it"},
	{Reason{Kind: TracebackOnly}, "no variables: the frame is known from the traceback only"},
	{Reason{Kind: RanMeanwhile}, "it ran while the dump was made: what its variables refer to may have changed"},
	{Reason{Kind: NoTraceback}, "there is no traceback in the crash report"},
	{Reason{Kind: NoMemory, Addr: 0xc000012345}, "no memory at 0xc000012345"},
	{Reason{Kind: Unreadable}, "unreadable"},
	{Reason{Kind: StackMoved}, "on a stack that has moved"},
	{Reason{Kind: StackLeft, Addr: 1}, "0x1 is on a stack no longer in use"},
	{Reason{Kind: StackPartLeft, Addr: math.MaxUint64}, "0xffffffffffffffff is in a part of a stack no longer in use"},
	{Reason{Kind: StackEnd, Addr: 0, N: 24}, "0x0 is too near the end of a stack for 24 bytes"},
	{Reason{Kind: FrameOfC, Addr: 0x7fff00}, "0x7fff00 is in a frame of C, which the runtime may have overwritten since the panic"},
	{Reason{Kind: Reused}, "its memory has been reused"},
	{Reason{Kind: ReusedBy, Addr: 0xc0, N: 48}, "its memory has been reused: 0xc0 is in an object of 48 bytes"},
	{Reason{Kind: Freed}, "its memory has been freed"},
	{Reason{Kind: TypeUnknown}, "type not known"},
	{Reason{Kind: BadBool, N: 7}, "bool of value 7"},
	{Reason{Kind: BadText, N: -1}, "text of length -1"},
	{Reason{Kind: BadSlice, N: math.MinInt64, M: math.MaxInt64}, "slice of length -9223372036854775808 and capacity 9223372036854775807"},
	{Reason{Kind: BadArray, Text: "[9]main.T", N: 8}, "no value: [9]main.T of 8 bytes"},
	{Reason{Kind: SelfContained, Text: "main.T"}, "no value: main.T contains itself"},
	{Reason{Kind: MapWritten, N: 3, M: 4}, "map was being written: found 3 entries of 4"},
	{Reason{Kind: WrongSize, Text: "main.T", N: -8}, "main.T of -8 bytes"},
	{Reason{Kind: WrongSize, Text: `struct { F int "1 of 2 bytes" }`, N: 8}, `struct { F int "1 of 2 bytes" } of 8 bytes`},
	{Reason{Kind: UnknownKind, Text: "tuple"}, "its type is of a kind that this coredumpy doesn't know: tuple"},
	{Reason{Kind: NotStored}, "not in the dump"},
	{Reason{Kind: NoRecord, N: 5}, "object 5: not in the dump"},
	{Reason{Kind: BadRecord, N: 5, Text: "its line isn't JSON"}, "object 5: its line isn't JSON"},
	{Reason{Kind: Damaged, Text: "no int"}, "damaged in the dump: no int"},
	{Reason{Kind: NotOfType}, "damaged in the dump"},
	{Reason{Kind: Changed, N: 1, M: 2}, "it changed while the dump was made: its length was 1, then 2"},
	{Reason{Kind: TooMany}, "there are too many"},
	{Reason{Kind: NoField}, "no such field"},
	{Reason{Kind: NoIndex, Text: "int"}, "cannot index int"},
	{Reason{Kind: NoSlice, Text: "int"}, "cannot slice int"},
	{Reason{Kind: NoPointer, Text: "int"}, "cannot dereference int"},
	{Reason{Kind: NoFunction}, "not a func"},
}

func TestReason(t *testing.T) {
	tested := map[Kind]bool{}
	for _, tt := range reasons {
		tested[tt.reason.Kind] = true
		if got := tt.reason.String(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.reason, got, tt.want)
		}
		if got := string(tt.reason.appendSentence(nil)); got != tt.want {
			t.Errorf("%+v: appended %q, want %q", tt.reason, got, tt.want)
		}
		if got := ParseReason(tt.want); got != tt.reason {
			t.Errorf("%q: got %#v, want %#v", tt.want, got, tt.reason)
		}
	}
	for k := range numKinds {
		if !tested[k] {
			t.Errorf("kind %d isn't in the table", k)
		}
	}
}

// A text that is almost a known sentence is kept unchanged.
func TestReasonUnknown(t *testing.T) {
	for _, text := range []string{
		" ", "Redacted", "redacted ", "optimized out: ", "bool of value 07", "bool of value +7", "bool of value ",
		"bool of value 9223372036854775808", "text of length 1 ", "slice of length 1", "no memory at 0x", "no memory at 12",
		"no memory at 0x00", "no memory at 0xAB", "0x1 is", "main.T of many bytes", "\xff",
	} {
		if got, want := ParseReason(text), (Reason{Kind: Other, Text: text}); got != want {
			t.Errorf("%q: got %#v, want %#v", text, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	moved := Reason{Kind: StackMoved}
	tests := []struct {
		name string
		err  error
		want Reason
	}{
		{"no error", nil, Reason{}},
		{"a reason", moved, moved},
		{"another error", errors.New("no map at 0x1"), Reason{Kind: Other, Text: "no map at 0x1"}},
		{"one about a reason", fmt.Errorf("dereference 0x1: %w", moved), Reason{Kind: Other, Text: "dereference 0x1: on a stack that has moved"}},
	}
	for _, tt := range tests {
		if got := Of(tt.err); got != tt.want {
			t.Errorf("%s: got %#v, want %#v", tt.name, got, tt.want)
		}
	}
}

// A crashing program makes many reasons, with the collector off.
func TestReasonAllocs(t *testing.T) {
	dst := make([]byte, 0, 256)
	for _, tt := range reasons {
		r := tt.reason
		if n := testing.AllocsPerRun(100, func() { dst = r.appendSentence(dst[:0]) }); n != 0 {
			t.Errorf("%q: got %v allocations to append it, want none", tt.want, n)
		}
		if n := testing.AllocsPerRun(100, func() { r = ParseReason(tt.want) }); n != 0 {
			t.Errorf("%q: got %v allocations to parse it, want none", tt.want, n)
		}
	}
}

// Nothing of a text is lost, whatever it is.
func FuzzParseReason(f *testing.F) {
	for _, tt := range reasons {
		f.Add(tt.want)
		f.Add(strings.Replace(tt.want, " ", "  ", 1))
		f.Add("x " + tt.want + " limit")
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := ParseReason(text)
		if got := r.String(); got != text {
			t.Errorf("%q: got %q from %#v", text, got, r)
		}
		if again := ParseReason(r.String()); again != r {
			t.Errorf("%q: got %#v, then %#v", text, r, again)
		}
		if !utf8.ValidString(text) {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var decoded Reason
		if err := json.Unmarshal(quoted, &decoded); err != nil || decoded != r {
			t.Errorf("%s: got %#v and error %v, want %#v", quoted, decoded, err, r)
		}
	})
}
