package readtest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
)

func pack(data []byte) []byte {
	var out bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	zw.Write(data)
	zw.Close()
	return out.Bytes()
}

// transcripts returns the dumps in the transcripts of the command load. Together they
// hold one of everything, and some are forged.
func transcripts(t testing.TB) (dumps [][]byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.FromSlash("../../cmd/coredumpy/testdata/load_*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got transcripts %q, %v", paths, err)
	}
	marker := regexp.MustCompile(`(?m)^-- \S+ --\n`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range marker.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), -1)[1:] {
			if strings.HasPrefix(file, `{"coredumpy":`) {
				dumps = append(dumps, []byte(file))
			}
		}
	}
	return dumps
}

// zoo has a value of each kind, for a dump that coredumpy makes itself.
type zoo struct {
	Bool      bool
	Small     int8
	Uint      uint64
	Float     float32
	Complex   complex128
	Text, Cut string
	Bytes     []byte
	Array     [3]byte
	Invalid   string
	Numbers   []int
	Matrix    [][2]float64
	Map       map[string]*zoo
	Keys      map[any]bool
	Chan      chan error
	Func      func() int
	Any       any
	Err       error
	Time      time.Time
	Self      *zoo
	Nil       *zoo
	inner
	*sync.Mutex
}

type inner struct{ Name string }

// ownDump returns the records of a dump of this process.
var ownDump = sync.OnceValue(func() []byte {
	z := &zoo{
		Bool: true, Small: -8, Uint: 1 << 63, Float: 1.5, Complex: complex(1, -2), Text: "größer\n\x1b[2J\u202e",
		Cut: strings.Repeat("long ", 1000), Bytes: []byte("bytes"), Array: [3]byte{1, 2, 3}, Invalid: "a\xffb",
		Numbers: []int{1, 2, 3}, Matrix: [][2]float64{{1, 2}, {3, 4}}, Any: []any{1, "two", nil, 3.5},
		Err:  fmt.Errorf("wrapped: %w", io.EOF),
		Keys: map[any]bool{1: true, "one": false, [1]int{1}: true}, Chan: make(chan error, 3), inner: inner{"inner"},
		Mutex: &sync.Mutex{},
	}
	z.Self, z.Map = z, map[string]*zoo{"a": z, "b": nil}
	z.Func = func() int { return len(z.Numbers) }
	z.Chan <- errors.New("buffered")
	var out bytes.Buffer
	err := coredumpy.DumpTo(&out, coredumpy.Var("zoo", z), coredumpy.Var("zoos", []zoo{*z}), coredumpy.Var("n", 3),
		coredumpy.Var("list", z.Numbers), coredumpy.Var("m", z.Map), coredumpy.Var("keys", z.Keys),
		coredumpy.Description("of a zoo"), coredumpy.Depth(6))
	if err != nil {
		panic(err)
	}
	records, err := unpack(out.Bytes())
	if err != nil {
		panic(err)
	}
	return withoutSources(records)
})

// withoutSources returns records with the texts of sources cut, so that random changes
// more often hit something else.
func withoutSources(records []byte) (out []byte) {
	for line := range bytes.Lines(records) {
		if at := bytes.Index(line, []byte(`,"text":"`)); bytes.HasPrefix(line, []byte(`{"source":`)) && at > 0 {
			line = append(line[:at:at], `,"text":"package x\n\nfunc f() {\n\tg()\n}\n"}}`+"\n"...)
		}
		out = append(out, line...)
	}
	return out
}

// TestWhole checks that undamaged dumps open and are complete.
func TestWhole(t *testing.T) {
	d := newDriver(t, 1)
	for i, dump := range append(transcripts(t), ownDump()) {
		start := time.Now()
		for _, data := range [][]byte{dump, pack(dump)} {
			if !d.drive(data) && !bytes.Contains(dump, []byte(`"version":7`)) {
				t.Errorf("dump %d of %d bytes didn't open", i, len(data))
			}
		}
		t.Logf("dump %d: %d bytes, %v", i, len(dump), time.Since(start))
	}
}
