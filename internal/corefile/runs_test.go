package corefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// A random dump has objects of all kinds, records between them, and parts of all sizes.
type random struct {
	file      []byte
	objects   []Object
	globals   []Variable
	goroutine Goroutine
}

// writeRandom writes n objects. If large is set, some values don't fit into a part.
func writeRandom(t testing.TB, seed uint64, n int, compress, large bool) *random {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	d := &random{}
	var out bytes.Buffer
	w := NewWriter(&out, compress)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	head := small.head
	if r.IntN(2) == 0 {
		check(w.RoomyHead(&head))
	} else {
		check(w.Head(&head))
	}
	d.goroutine = Goroutine{ID: 5, Status: "running",
		Frames: []Frame{{}, {Vars: randomVariables(r)}, {Vars: randomVariables(r)}}}
	check(w.Goroutine(&d.goroutine))
	for id := 1; id <= n; id++ {
		o := Object{ID: id, Type: r.IntN(2000), Addr: randomAddr(r), Value: randomValue(r, large && r.IntN(n) < 3)}
		d.objects = append(d.objects, o)
		check(w.BeginObject(o.Type))
		for rest := o.Value; len(rest) > 0; {
			k := min(len(rest), 1+r.IntN(100_000))
			w.ObjectValue(rest[:k])
			rest = rest[k:]
		}
		check(w.EndObject(o.Addr))
		switch r.IntN(12) {
		case 0:
			v := Variable{ID: len(d.globals) + 1, Name: "main.x", Addr: randomAddr(r), Value: randomValue(r, false)}
			d.globals = append(d.globals, v)
			check(w.Global(&v))
		case 1:
			check(w.flush("test")) // a part of few lines
		}
	}
	check(w.Close())
	d.file = out.Bytes()
	return d
}

func randomAddr(r *rand.Rand) uint64 {
	switch r.IntN(8) {
	case 0:
		return 0
	case 1:
		return r.Uint64()
	}
	return 0xc000000000 + uint64(r.IntN(1<<30))
}

func randomVariables(r *rand.Rand) (vars []Variable) {
	for range r.IntN(6) {
		v := Variable{Name: "x", Addr: randomAddr(r)}
		vars = append(vars, v)
		if r.IntN(4) == 0 {
			vars = append(vars, v) // in the same place
		}
	}
	return vars
}

func randomValue(r *rand.Rand, large bool) json.RawMessage {
	values := []string{
		`7`, `-7`, `null`, `true`, `""`, `"]"`, `"1,2]"`, `[]`, `[[],[1,-2]]`, `{"x":["limit","depth"]}`, `{"p":5,"len":7}`,
		`"\"\\"`, `[1,"{",{"s":"x","len":5}]`, `1e300`, `"` + strings.Repeat("text ", r.IntN(50)) + `"`,
	}
	if large {
		return json.RawMessage(`["` + strings.Repeat("a long text, ", (partSize+r.IntN(3*partSize))/13) + `"]`)
	}
	return json.RawMessage(values[r.IntN(len(values))])
}

// compare wants each object to be as written, or an error. It returns how many it found,
// and which ones are wrong.
func (d *random) compare(f *File) (found int, wrong []int) {
	for _, want := range d.objects {
		got, err := f.Object(want.ID)
		if err != nil {
			continue
		}
		found++
		if !reflect.DeepEqual(*got, want) {
			wrong = append(wrong, want.ID)
		}
	}
	return found, wrong
}

func TestRoundTripRandom(t *testing.T) {
	for seed := range uint64(16) {
		compress, large := seed%2 == 0, seed%4 < 2
		d := writeRandom(t, seed, 60, compress, large)
		for name, r := range map[string]io.Reader{
			"at once":     bytes.NewReader(d.file),
			"from a pipe": io.MultiReader(bytes.NewReader(d.file)),
		} {
			f, err := Read(r)
			if err != nil {
				t.Fatal(err)
			}
			if n, wrong := d.compare(f); n != len(d.objects) || wrong != nil || f.Missing() != "" {
				t.Errorf("seed %d, %s: got %d objects of %d, wrong ones %d, missing %q",
					seed, name, n, len(d.objects), wrong, f.Missing())
			}
			got, err := f.Globals()
			if err != nil || len(got) != len(d.globals) || len(got) > 0 && !reflect.DeepEqual(got, d.globals) {
				t.Errorf("seed %d, %s: got globals %v and error %v, want %v", seed, name, got, err, d.globals)
			}
			if g, err := f.Goroutine(5); err != nil || !reflect.DeepEqual(*g, d.goroutine) {
				t.Errorf("seed %d, %s: got goroutine %+v and error %v, want %+v", seed, name, g, err, d.goroutine)
			}
			if _, err := f.Object(len(d.objects) + 1); err == nil {
				t.Errorf("seed %d, %s: got an object that there isn't", seed, name)
			}
		}
	}
}

// mustBeRight fails if an object of a damaged file isn't what was written. excused is how
// many may be wrong: what isn't compressed has no checksums.
func (d *random) mustBeRight(t *testing.T, what string, file []byte, excused int) (found int) {
	t.Helper()
	for _, r := range []io.Reader{bytes.NewReader(file), io.MultiReader(bytes.NewReader(file))} {
		f, err := Read(r)
		if err != nil {
			continue
		}
		n, wrong := d.compare(f)
		if len(wrong) > excused {
			t.Errorf("%s: got wrong objects %d", what, wrong)
		}
		if n < len(d.objects) && f.Missing() == "" && !strings.Contains(what, "digit") {
			t.Errorf("%s: got %d objects of %d, and nothing is missing", what, n, len(d.objects))
		}
		found = max(found, n)
	}
	return found
}

// Objects may be asked for in any order.
func TestManyObjects(t *testing.T) {
	const n = 100_000
	for _, compress := range []bool{true, false} {
		var out bytes.Buffer
		w := NewWriter(&out, compress)
		if err := w.Head(&small.head); err != nil {
			t.Fatal(err)
		}
		value := func(id int) []byte { return fmt.Appendf(nil, `[%d,[%d]]`, id, id/2+1) }
		addr := func(id int) uint64 { return 0xc000000000 + uint64(id)*48%(1<<20) }
		for id := 1; id <= n; id++ {
			if err := writeObject(w, id%7, addr(id), value(id)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := Read(bytes.NewReader(out.Bytes()))
		if err != nil || f.Missing() != "" {
			t.Fatalf("got %v, %v", f, err)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 20_000 {
			id := 1 + r.IntN(n)
			o, err := f.Object(id)
			if err != nil || o.Type != id%7 || o.Addr != addr(id) || !bytes.Equal(o.Value, value(id)) {
				t.Fatalf("object %d: got %+v and error %v", id, o, err)
			}
			if got, err := f.Address(id); err != nil || got != addr(id) {
				t.Fatalf("object %d: got address %#x and error %v", id, got, err)
			}
		}
	}
}

// Opening a file reserves memory for runs, not for objects.
func TestRunsAreCompact(t *testing.T) {
	const n = 200_000
	var out bytes.Buffer
	w := NewWriter(&out, false)
	if err := w.Head(&small.head); err != nil {
		t.Fatal(err)
	}
	for id := range n {
		if err := writeObject(w, 7, 0xc000000000+uint64(id)*16, fmt.Appendf(nil, `[%d,[%d]]`, id, id+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Read(bytes.NewReader(out.Bytes()))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Mallocs - before.Mallocs; got > 3000 {
		t.Errorf("opening %d objects: got %d allocations, want few for each 64 KB", n, got)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(out.Len())+1<<20 {
		t.Errorf("opening %d bytes: got %d bytes allocated", out.Len(), got)
	}
	if o, err := f.Object(n); err != nil || !strings.HasPrefix(string(o.Value), "[199999,") {
		t.Errorf("the last object: got %+v, %v", o, err)
	}
}

// The record before a run of objects is read by hand, and by package json if there is more in
// it than this version writes.
func TestRunRecord(t *testing.T) {
	for line, want := range map[string]string{
		`{"objects":{"id":1}}`:                              "1 0x0",
		`{"objects":{"id":7,"addr":4096}}`:                  "7 0x1000",
		`{"objects":{"id":7,"addr":18446744073709551615}}`:  "7 0xffffffffffffffff",
		`{"objects":{"addr":4096,"id":7}}`:                  "7 0x1000",
		`{"objects":{"id":7,"addr":4096,"sum":5}}` + "\t\r": "7 0x1000",
		`{"objects":{"id":7,"addr":18446744073709551616}}`:  "none",
		`{"objects":{"id":7,"addr":-1}}`:                    "none",
		`{"objects":{"id":0}}`:                              "none",
		`{"objects":{"id":-1}}`:                             "none",
		`{"objects":{"id":1000000000000000001}}`:            "none",
		`{"objects":{"id":18446744073709551615}}`:           "none",
		`{"objects":{"id":"7"}}`:                            "none",
		`{"objects":{"id":7}`:                               "none",
		`{"objects":{"id":7}},{}`:                           "none",
		`{"objects":{}}`:                                    "none",
		`{"object":{"id":7}}`:                               "none",
	} {
		f, err := Read(strings.NewReader(newHeadLine + line + "\n[1,5]\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if runs := f.runs.all; len(runs) > 0 {
			got = fmt.Sprintf("%d %#x", runs[0].First, runs[0].Addr)
		}
		if got != want || got == "none" && !strings.Contains(f.Missing(), "not records") {
			t.Errorf("%s: got %s, missing %q, want %s", line, got, f.Missing(), want)
		}
	}
}

// A forged file may have very many records before runs, with members that aren't known.
func TestRunRecordsMany(t *testing.T) {
	const n = 3 * maxOtherRuns
	f, err := Read(strings.NewReader(newHeadLine + strings.Repeat(`{"objects":{"id":1,"sum":5}}`+"\n", n)))
	if err != nil {
		t.Fatal(err)
	}
	if u := f.Unknown(); len(u) != 1 || u[0] != (Unknown{"objects", "sum", maxOtherRuns}) {
		t.Errorf("got %v, want the member of the first %d records", u, maxOtherRuns)
	}
	if len(f.runs.all) > 0 || f.runs.lost > 0 {
		t.Errorf("got %d runs, want none", len(f.runs.all))
	}
}

// A variable's difference is to the address of one before it: without that it has no address.
func TestDifferenceToNothing(t *testing.T) {
	f, err := Read(strings.NewReader(newHeadLine +
		`{"goroutine":{"id":1,"status":"running","frames":[{"func":"f","vars":[{"name":"a","diff":-16},` +
		`{"name":"b","addr":4096},{"name":"c","diff":-16}]}]}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, v := range g.Frames[0].Vars {
		got += fmt.Sprintf("%s %#x ", v.Name, v.Addr)
	}
	if want := "a 0x0 b 0x1000 c 0xff0 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A line of an object may have whatever value: the difference is what stands behind it.
func TestDifference(t *testing.T) {
	for line, want := range map[string]string{
		`[1,5]`: "0 false true", `[1,-5]`: "0 false true", `[12345,[1,2]]`: "0 false true", `[1,"1,2"]`: "0 false true",
		`[1,5,7]`: "7 true true", `[1,5,-7]`: "-7 true true", `[1,[1],0]` + "\r": "0 true true",
		`[1,null,18]`: "18 true true", `[1,{"len":5}]`: "0 false true", `[1,{"len":5},6]`: "6 true true",
		`[1,"x",-9223372036854775808]`: "-9223372036854775808 true true",
		`[1,"x",9223372036854775808]`:  "9223372036854775807 true false",
		`[1,"x",5-5]`:                  "0 true false", `[1,"x",--]`: "0 true false", `[1,"x",5`: "0 false false",
		`[1,"x"`: "0 false false", `[`: "0 false false", `]`: "0 false true", `[]`: "0 false true",
		`[5]`: "0 false true", `[1,"x"5]`: "0 false false", `[1,"x", 5]`: "0 false false",
		`[1,1.5e-7]`: "0 false true", `[1,[2]x5]`: "0 false false",
	} {
		d, ok, whole := difference([]byte(line))
		if got := fmt.Sprint(d, ok, whole); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}
