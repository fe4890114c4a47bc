package corefile

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// goroutineRecords returns the records of the goroutines in the dumps of a directory.
func goroutineRecords(tb testing.TB, dir string) (records [][]byte) {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil || len(paths) < 10 {
		tb.Fatalf("got %d dumps, %v", len(paths), err)
	}
	for _, path := range paths {
		f, err := Open(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, e := range f.order {
			if payload, ok := kindGoroutine.payload(f.line(e.offset)); ok {
				records = append(records, payload)
			}
		}
	}
	return records
}

const (
	recorded1 = "../../testdata/recorded"
	recorded2 = "../../testdata/recorded/format2"
)

// checkPlain reports whether a record is decoded without package json, and checks that it is
// decoded as that does.
func checkPlain(tb testing.TB, record []byte) bool {
	tb.Helper()
	before := bytes.Clone(record)
	got, ok := plainGoroutine(record)
	if !bytes.Equal(before, record) {
		tb.Fatalf("%q was changed", before)
	}
	if !ok {
		return false
	}
	var want Goroutine
	if more, err := unmarshal(record, &want); err != nil || len(more) > 0 || !reflect.DeepEqual(got, &want) {
		tb.Errorf("%q:\ngot  %+v\nwant %+v, %v, unknown members %q", record, got, &want, err, more)
	}
	return true
}

// All records as this version writes them are decoded without package json.
func TestPlainGoroutines(t *testing.T) {
	for _, record := range goroutineRecords(t, recorded2) {
		if !checkPlain(t, record) {
			t.Errorf("%.300q was left to package json", record)
		}
	}
	for _, record := range goroutineRecords(t, recorded1) {
		checkPlain(t, record)
	}
}

// A record that is anything else is left to package json, or decoded as that does.
func TestChangedGoroutines(t *testing.T) {
	const all = `{"id":7,"status":"a\u00e9\\n\"b","wait":-5,"blockedOn":[1,18446744073709551615],"createdBy":{"func":"f","file":"x","line":3},` +
		`"parent":2,"system":true,"labels":["k","v"],"panic":{"name":"p","type":1,"value":[1,{"a":-1.5e+3}]},"earlier":[{"name":"e","value":null}],` +
		`"trace":"é","frames":[{"func":"g","line":1,"pc":5,"pkg":"p","inlined":false,"optimized":true,` +
		`"vars":[{"name":"v","role":"arg","type":2,"addr":9,"diff":-8,"line":4,"shadowed":true,"value":"x"}]}],"more":1}`
	if !checkPlain(t, []byte(all)) {
		t.Error("a record with all members was left to package json")
	}
	records := append(goroutineRecords(t, recorded2), []byte(all), []byte(all), []byte(all))
	pieces := []string{"", " ", ",", "0", "-", "01", "1e5", "1.5", "null", "true", "[]", "{}", "[1]", `""`, `"x"`, `"\ud800"`, "\xff", "\x00", `\`, `\u`,
		"99999999999999999999", `,"id":1`, `"ID":1,`, `"new":1,`, `"line":1,"line":2,`, `"note":["x"],`, "}", "]", ":"}
	random := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 100_000 {
		record := records[random.IntN(len(records))]
		if len(record) > 4000 {
			continue
		}
		from := random.IntN(len(record))
		to := min(from+random.IntN(6), len(record))
		changed := append(append(bytes.Clone(record[:from]), pieces[random.IntN(len(pieces))]...), record[to:]...)
		if checkPlain(t, changed) {
			plain++
		}
	}
	if plain < 1000 {
		t.Errorf("got %d changed records that were decoded, want more", plain)
	}
}

func FuzzPlainGoroutine(f *testing.F) {
	for _, record := range goroutineRecords(f, recorded2) {
		if len(record) < 2000 {
			f.Add(record)
		}
	}
	f.Fuzz(func(t *testing.T, record []byte) { checkPlain(t, record) })
}

// Goroutines are decoded in a few pieces, however many variables they have.
func TestPlainGoroutineAllocations(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(recorded2, "zoo.dump"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := kindGoroutine.payload(f.line(f.order[0].offset))
	quick := testing.AllocsPerRun(10, func() { plainGoroutine(payload) })
	slow := testing.AllocsPerRun(10, func() { unmarshal(payload, new(Goroutine)) })
	if quick > slow/2 {
		t.Errorf("got %v allocations, want at most half of package json's %v", quick, slow)
	}
}
