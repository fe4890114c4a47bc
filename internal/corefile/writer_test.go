package corefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// small is a dump with a record of each kind.
var small = struct {
	head       Head
	types      []Type
	goroutines []Goroutine
	globals    []Variable
	objects    []Object
	sources    []Source
}{
	head: Head{
		Version: Version, Reason: "panic", Message: "boom <nil> & \"more\"\n\tsecond line", Time: time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC),
		GoVersion: "go1.26.0", OS: "linux", Arch: "amd64", Host: "build-7", PID: 42, Args: []string{"prog", "-x"},
		Build:     &Build{Path: "example.com/prog", Deps: [][2]string{{"example.com/dep", "v1.2.3"}}},
		Goroutine: 1, Top: &Place{"main.main", "/src/main.go", 7}, Goroutines: 2, Objects: 3,
		Notes: []string{"no locals"}, Cut: []Cut{{"depth", 3}},
	},
	types: []Type{
		{ID: 1, Name: "main.T", Kind: "struct", Size: 16, Fields: []Field{{Name: "S", Type: 2}}},
		{ID: 2, Name: "string", Kind: "string", Size: 16},
	},
	goroutines: []Goroutine{
		{ID: 18, Status: "running", Frames: []Frame{{Place: Place{Func: "main.main", File: "/src/main.go", Line: 7},
			Note: caveat.Reason{Kind: caveat.BarePackage},
			Vars: []Variable{{Name: "x", Role: RoleArgument, Type: 1, Addr: 0xc000010000, Value: json.RawMessage(`["text"]`)},
				{Name: "y", Type: 2, Value: json.RawMessage(`"no address"`)},
				{Name: "z", Type: 2, Addr: 0xc00000fff0, Doubts: caveat.Only(caveat.OnLine), Value: json.RawMessage(`"z"`)}}},
			{Place: Place{Func: "main.f"}, Vars: []Variable{{Name: "same", Addr: 0xc00000fff0}, {Name: "next", Addr: 0xc00000fff8}}}}},
		{ID: 1, Status: "chan receive", Labels: []string{"key", "value"}, Note: caveat.Reasons{{Kind: caveat.RanMeanwhile}}},
	},
	globals: []Variable{{ID: 1, Name: "main.count", Type: 2, Value: json.RawMessage(`"many"`)}},
	objects: []Object{
		{ID: 1, Type: 1, Addr: 0xc000010000, Value: json.RawMessage(`["a\nb"]`)},
		{ID: 2, Type: 2, Value: json.RawMessage(`"zwei"`)},
		{ID: 3, Type: 2, Addr: 0xc00000fff0, Value: json.RawMessage(`"drei"`)},
	},
	sources: []Source{{ID: 1, Path: "/src/main.go", Text: "package main\n\nfunc main() {}\n"}},
}

const (
	smallRecords = 10               // without the end, and the records before and after objects
	smallLines   = smallRecords + 2 // without the end
)

// writeObject writes the next object.
func writeObject(w *Writer, typ int, addr uint64, value []byte) error {
	if err := w.BeginObject(typ); err != nil {
		return err
	}
	w.ObjectValue(value)
	return w.EndObject(addr)
}

// writeSmall returns the bytes of small.
func writeSmall(t testing.TB, compress bool) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, compress)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(w.Head(&small.head))
	for i := range small.types {
		check(w.Type(&small.types[i]))
	}
	for i := range small.goroutines {
		check(w.Goroutine(&small.goroutines[i]))
	}
	check(w.Global(&small.globals[0]))
	for _, o := range small.objects {
		check(writeObject(w, o.Type, o.Addr, o.Value))
	}
	check(w.Source(&small.sources[0]))
	check(w.Close())
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, compress := range []bool{false, true} {
		f, err := Read(bytes.NewReader(writeSmall(t, compress)))
		if err != nil {
			t.Fatal(err)
		}
		equal := func(what string, got, want any, err error) {
			t.Helper()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("compress %v, %s: got %+v, %v, want %+v", compress, what, got, err, want)
			}
		}
		equal("missing", f.Missing(), "", nil)
		equal("head", f.Head, small.head, nil)
		equal("types", f.Types(), []int{1, 2}, nil)
		for _, want := range small.types {
			got, err := f.Type(want.ID)
			equal("type", got, &want, err)
			again, _ := f.Type(want.ID)
			equal("the same type", got == again, true, nil)
		}
		equal("goroutines", f.Goroutines(), []int64{18, 1}, nil)
		for _, want := range small.goroutines {
			got, err := f.Goroutine(want.ID)
			equal("goroutine", got, &want, err)
		}
		globals, err := f.Globals()
		equal("globals", globals, small.globals, err)
		for _, want := range small.objects {
			got, err := f.Object(want.ID)
			equal("object", got, &want, err)
		}
		equal("sources", f.Sources(), []string{"/src/main.go"}, nil)
		text, ok, err := f.Source("/src/main.go")
		equal("source", text, small.sources[0].Text, err)
		equal("source ok", ok, true, nil)
		_, ok, err = f.Source("/src/other.go")
		equal("no source", ok, false, err)
	}
}

// The lines are the contract with all other readers: zcat, jq, editors.
func TestLines(t *testing.T) {
	lines := strings.Split(string(writeSmall(t, false)), "\n")
	for i, prefix := range []string{
		`{"coredumpy":{"version":2,"reason":"panic","message":"boom <nil> & \"more\"\n\tsecond line",`,
		`{"type":{"id":1,"name":"main.T",`,
		`{"type":{"id":2,`,
		`{"goroutine":{"id":18,`,
		`{"goroutine":{"id":1,`,
		`{"global":{"id":1,`,
		`{"objects":{"id":1}}`,
		`[1,["a\nb"],824633786368]`,
		`[2,"zwei"]`,
		`[2,"drei",-16]`,
		`{"objects":{"id":4,"addr":824633786352}}`,
		`{"source":{"id":1,"path":"/src/main.go","text":"package main\n`,
		`{"end":{"records":12}}`,
		``,
	} {
		if !strings.HasPrefix(lines[i], prefix) {
			t.Errorf("line %d: got %s, want it to start with %s", i+1, lines[i], prefix)
		}
		if lines[i] != "" && !json.Valid([]byte(lines[i])) {
			t.Errorf("line %d is not JSON: %s", i+1, lines[i])
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, false)
	refused := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q in it", what, err, want)
		}
	}
	refused("a type before the head", w.Type(&Type{ID: 1}), "head must be the first")
	refused("closing without a head", w.Close(), "none was written")
	if err := w.Head(&small.head); err != nil {
		t.Fatal(err)
	}
	before := w.records
	refused("a second head", w.Head(&small.head), "must be the first")
	refused("a global without id", w.Global(&Variable{Name: "x"}), "global 0: ids count from 1")
	refused("a value that isn't JSON", w.Global(&Variable{ID: 1, Name: "x", Value: json.RawMessage("{")}), "write global")
	if w.records != before {
		t.Errorf("got %d records after refusals, want %d", w.records, before)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	refused("a type after the end", w.Type(&Type{ID: 1}), "closed")
	refused("an object after the end", w.BeginObject(1), "closed")
	refused("a second close", w.Close(), "closed")
	if f, err := Read(&out); err != nil || f.Missing() != "" {
		t.Errorf("after refusals: got %v, missing %q, want a whole dump", err, f.Missing())
	}
}

// full fails once it has taken n bytes.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errDiskFull
	}
	return len(p), nil
}

var errDiskFull = errors.New("disk full")

func TestWriterReportsFullDisk(t *testing.T) {
	for _, compress := range []bool{false, true} {
		w := NewWriter(&full{100_000}, compress)
		if err := w.Head(&small.head); err != nil {
			t.Fatalf("compress %v: head: %v", compress, err)
		}
		var err error
		var value []byte
		for id := 1; err == nil && id < 1_000_000; id++ {
			value = notation.AppendFloat(value[:0], 1/float64(id), 64)
			err = writeObject(w, 1, uint64(id)*0x9e3779b9, value)
		}
		if !errors.Is(err, errDiskFull) {
			t.Errorf("compress %v: object: got %v, want %v", compress, err, errDiskFull)
		}
		if err := w.Close(); !errors.Is(err, errDiskFull) {
			t.Errorf("compress %v: close: got %v, want %v", compress, err, errDiskFull)
		}
	}
	w := NewWriter(&full{10}, true)
	if err := w.Head(&small.head); !errors.Is(err, errDiskFull) {
		t.Errorf("head: got %v, want %v", err, errDiskFull)
	}
}

func TestObjectAllocatesNothing(t *testing.T) {
	for _, compress := range []bool{false, true} {
		w := NewWriter(io.Discard, compress)
		if err := w.Head(&small.head); err != nil {
			t.Fatal(err)
		}
		value := []byte(`[1,2,{"p":824633786368,"o":3}]`)
		got := testing.AllocsPerRun(10000, func() { writeObject(w, 7, 0xc000010000, value) })
		if got != 0 {
			t.Errorf("compress %v: writing an object: got %v allocations, want 0", compress, got)
		}
	}
}

func BenchmarkObject(b *testing.B) {
	w := NewWriter(io.Discard, true)
	w.Head(&small.head)
	value := []byte(`[1,2,{"p":824633786368,"o":3},"some text in the middle of it"]`)
	b.SetBytes(int64(len(value)))
	for id := 1; b.Loop(); id++ {
		writeObject(w, 7, 0xc000010000+uint64(id)*64, value)
	}
}
