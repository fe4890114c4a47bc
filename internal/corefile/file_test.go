package corefile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const headLine = `{"coredumpy":{"version":1,"reason":"dump"}}` + "\n"

// read opens a plain dump with these lines after the head.
func read(t testing.TB, lines ...string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(headLine + strings.Join(lines, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func gzipped(t testing.TB, s string) string {
	t.Helper()
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	io.WriteString(zw, s)
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// readEverything decodes each record of f, for tests of what must not panic.
func readEverything(f *File) (records int) {
	count := func(err error) {
		if err == nil {
			records++
		}
	}
	for _, id := range f.Types() {
		_, err := f.Type(id)
		count(err)
	}
	for _, id := range f.Goroutines() {
		_, err := f.Goroutine(id)
		count(err)
	}
	globals, _ := f.Globals()
	records += len(globals)
	for _, id := range objectIDs(f) {
		_, err := f.Object(int(id))
		count(err)
	}
	for _, path := range f.Sources() {
		_, _, err := f.Source(path)
		count(err)
	}
	return records
}

// objectIDs returns the ids of the objects, ascending.
func objectIDs(f *File) []int64 {
	ids := f.objects.ids()
	for _, r := range f.runs.all {
		for i := range r.count {
			ids = append(ids, r.First+int64(i))
		}
	}
	return ids
}

func TestTruncated(t *testing.T) {
	for _, compress := range []bool{false, true} {
		whole := writeSmall(t, compress)
		opened := 0
		for n := range whole {
			cut := whole[:n]
			f, err := Read(bytes.NewReader(cut))
			head, headErr := ReadHead(bytes.NewReader(cut))
			if (err == nil) != (headErr == nil) {
				t.Fatalf("compress %v, %d bytes: Read gives %v, ReadHead %v", compress, n, err, headErr)
			}
			if err != nil {
				var format *FormatError
				if !errors.As(err, &format) || opened > 0 {
					t.Fatalf("compress %v, %d bytes: got %v, want a FormatError and only before the head is whole", compress, n, err)
				}
				continue
			}
			opened++
			if head.Message != small.head.Message || f.Head.Message != head.Message {
				t.Errorf("compress %v, %d bytes: got messages %q, %q, want %q", compress, n, head.Message, f.Head.Message, small.head.Message)
			}
			onlyNewlineLost := !compress && n == len(whole)-1
			if (f.Missing() == "") != onlyNewlineLost {
				t.Errorf("compress %v, %d of %d bytes: got missing %q", compress, n, len(whole), f.Missing())
			}
			readEverything(f)
		}
		// The head is flushed separately: it is whole within its own length.
		head := bytes.IndexByte(whole, '\n') + 1
		if compress {
			members, _ := splitMembers(whole)
			head = len(members[0])
		}
		if want := len(whole) - head; opened < want {
			t.Errorf("compress %v: got %d of %d truncated files opened, want at least %d", compress, opened, len(whole), want)
		}
	}
}

// missingTests returns files that open, and what is reported as missing.
func missingTests(t testing.TB) []fileTest {
	types := `{"type":{"id":1,"name":"int","kind":"int"}}` + "\n" + `{"type":{"id":2,"name":"uint","kind":"uint"}}` + "\n"
	end := `{"end":{"records":3}}` + "\n"
	zipped := gzipped(t, headLine+types+end)
	badSum := []byte(zipped)
	badSum[len(badSum)-5] ^= 1 // in the CRC of the trailer
	return []fileTest{
		{"whole", headLine + types + end, ""},
		{"without the last newline", headLine + types + `{"end":{"records":3}}`, ""},
		{"blank lines", headLine + "\n" + types + "\r\n" + end + "\n\n", ""},
		{"kinds of later writers", headLine + strings.Replace(types, "type", "epoch", 1) + end, ""},
		{"bytes after the end", zipped + strings.Repeat("\x00", 512), ""},
		{"cut between lines", headLine + types, "the file ends after record 3 (no end record)"},
		{"cut in a line", headLine + types[:60], "the file ends after record 2 (unexpected EOF)"},
		{"only a head", headLine, "the file ends after record 1 (no end record)"},
		{"cut in the checksum", zipped[:len(zipped)-4], "the file's checksum is missing (unexpected EOF)"},
		{"wrong checksum", string(badSum),
			"the file is damaged, some of its records may be wrong (gzip: invalid checksum)"},
		{"lost lines", headLine + `{"end":{"records":5}}`, "4 records are missing"},
		{"a line twice", headLine + types + types + end, "2 records are more than the end record counts"},
		{"two ends", headLine + types + end + end, ""},
		{"a damaged end", headLine + types + `{"end":{"records":"3"}}`,
			"the file ends after record 4 (no end record); 1 lines are not records (the first is line 4)"},
		{"lines of something else", headLine + types + "hello\n[\"x\"]\n" + `{"end":{"records":5}}`,
			"2 lines are not records (the first is line 4)"},
	}
}

func TestMissing(t *testing.T) {
	for _, test := range missingTests(t) {
		f, err := Read(strings.NewReader(test.file))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := f.Missing(); got != test.want {
			t.Errorf("%s: got missing %q, want %q", test.name, got, test.want)
		}
	}
}

// A broken byte in the middle must leave the rest readable.
func TestDamagedAnywhere(t *testing.T) {
	for _, compress := range []bool{false, true} {
		whole := writeSmall(t, compress)
		for at := range whole {
			damaged := bytes.Clone(whole)
			damaged[at] ^= 0x10
			if f, err := Read(bytes.NewReader(damaged)); err == nil {
				if got := readEverything(f); got < smallRecords-1 && f.Missing() == "" && compress {
					t.Errorf("byte %d: got %d records of %d and nothing is missing", at, got, smallRecords-1)
				}
			}
		}
	}
}

func TestOpeningDecodesNothing(t *testing.T) {
	f := read(t,
		`{"type":{"id":1,nonsense`,
		`[1,nonsense]`,
		`{"goroutine":{"id":7,"status":5}}`,
		`{"global":{"id":1,"name":}}`,
		`{"global":{"id":2,"name":"main.fine"}}`,
		`{"source":{"id":1,"path":"/a.go","text":broken}}`,
		`[2,0,[1]]`,
		`[3,0,`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`]`,
		`[4,0]`,
		`[5,1.5,"x"]`,
		`[6,0,"x",-1]`,
		`[7,0,"x",4096]`)
	broken := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
	_, err := f.Type(1)
	broken(err, "coredumpy: read type 1: its line doesn't end as a record does")
	_, err = f.Object(1)
	broken(err, "coredumpy: read object 1: its line isn't JSON")
	_, err = f.Goroutine(7)
	broken(err, "coredumpy: read goroutine 7: its status is a number, and no string")
	_, _, err = f.Source("/a.go")
	broken(err, "coredumpy: read source 1: invalid character")
	_, err = f.Object(3)
	broken(err, "coredumpy: read object 3: its line isn't JSON, or nested too deep")
	_, err = f.Object(4)
	broken(err, "coredumpy: read object 4: it has 2 parts, not an id, a type, a value and an address")
	_, err = f.Object(5)
	broken(err, `coredumpy: read object 5: strconv.ParseInt: parsing "1.5": invalid syntax`)
	_, err = f.Object(6)
	broken(err, `coredumpy: read object 6: strconv.ParseUint: parsing "-1": invalid syntax`)
	globals, err := f.Globals()
	broken(err, "coredumpy: read global 1: invalid character")
	if len(globals) != 1 || globals[0].Name != "main.fine" {
		t.Errorf("got globals %+v, want the one that can be read", globals)
	}
	if o, err := f.Object(2); err != nil || string(o.Value) != "[1]" {
		t.Errorf("got object %+v, %v, want the one that can be read", o, err)
	}
	if o, err := f.Object(7); err != nil || string(o.Value) != `"x"` || o.Addr != 4096 {
		t.Errorf("got object %+v, %v, want the one at 4096", o, err)
	}
}

// An empty frame takes three bytes in the file and hundreds in memory.
func TestTooManyParts(t *testing.T) {
	many := func(n int, part string) string { return strings.Repeat(part+",", n) + part }
	f := read(t,
		`{"goroutine":{"id":1,"frames":[`+many(maxParts, "{}")+`]}}`,
		`{"goroutine":{"id":2,"frames":[{"vars":[`+many(maxParts, "{}")+`]}]}}`,
		`{"goroutine":{"id":3,"frames":[{"vars":[{"name":"x","value":[`+many(maxParts, `{"t":1}`)+`]}]}]}}`,
		`{"goroutine":{"id":4,"frames":[{"func":"`+many(maxParts, `{\"{`)+`"}]}}`,
		`{"type":{"id":1,"fields":[`+many(maxParts, "{}")+`]}}`,
		`[1,1,[`+many(maxParts, `{"t":1}`)+`]]`,
		`{"goroutine":{"id":5,"wait":`+strings.Repeat("9", 1000)+`}}`)
	for id, want := range map[int64]string{1: "it has 131074 parts, more than 131072", 2: "it has 131075 parts", 5: strings.Repeat("9", 200)} {
		if _, err := f.Goroutine(id); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("goroutine %d: got error %.1000v, want %q in it", id, err, want)
		}
	}
	for _, id := range []int64{3, 4} { // whose values and names may be anything
		if _, err := f.Goroutine(id); err != nil {
			t.Errorf("goroutine %d: got %v", id, err)
		}
	}
	if _, err := f.Object(1); err != nil { // the elements of a slice
		t.Errorf("object 1: got %v", err)
	}
	if _, err := f.Type(1); err == nil || !strings.Contains(err.Error(), "131074 parts") {
		t.Errorf("type 1: got error %v", err)
	}
}

func TestNotFound(t *testing.T) {
	f := read(t, `[2,0,1]`)
	for _, id := range []int{-1, 0, 1, 3, 1 << 40} {
		if _, err := f.Object(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("object %d: got %v, want %v", id, err, ErrNotFound)
		}
	}
	_, err := f.Goroutine(5)
	if got, want := fmt.Sprint(err), "coredumpy: goroutine 5: not in the dump"; got != want {
		t.Errorf("got error %q, want %q", got, want)
	}
}

func TestFirstOfEqualIDsCounts(t *testing.T) {
	f := read(t,
		`[9000,0,"sparse when seen"]`,
		`[1,0,"first"]`,
		`[1,0,"second"]`,
		`[5000000000,0,"far"]`,
		`[5000000000,0,"far again"]`,
		`{"goroutine":{"id":3,"status":"running"}}`,
		`{"goroutine":{"id":3,"status":"idle"}}`,
		`{"source":{"id":1,"path":"/a.go","text":"first"}}`,
		`{"source":{"id":2,"path":"/a.go","text":"second"}}`,
		strings.Repeat(`[2,0,0]`+"\n", 2000),
		`[9000,0,"dense by now"]`)
	for id, want := range map[int]string{1: `"first"`, 5000000000: `"far"`, 9000: `"sparse when seen"`} {
		if o, err := f.Object(id); err != nil || string(o.Value) != want || o.ID != id {
			t.Errorf("object %d: got %+v, %v, want value %s", id, o, err, want)
		}
	}
	if got := f.objects.ids(); fmt.Sprint(got) != "[1 2 9000 5000000000]" {
		t.Errorf("got ids %v, want [1 2 9000 5000000000]", got)
	}
	if got := f.Goroutines(); fmt.Sprint(got) != "[3]" {
		t.Errorf("got goroutines %v, want [3]", got)
	}
	if text, _, err := f.Source("/a.go"); text != "first" || err != nil {
		t.Errorf("got source %q, %v, want the first", text, err)
	}
}

// An id is no reason to reserve memory.
func TestHostileIDs(t *testing.T) {
	var lines strings.Builder
	lines.WriteString(`{"coredumpy":{"version":1,"objects":9000000000000}}` + "\n")
	for _, id := range []string{"1000000000000", "999999999999999999", "9223372036854775808", "99999999999999999999", "-1", "0", "1e9", `"1"`} {
		fmt.Fprintf(&lines, "[%s,0,0]\n", id)
		for _, kind := range []string{"type", "goroutine", "global", "source"} {
			fmt.Fprintf(&lines, `{"%s":{"id":%s,"x":0}}`+"\n", kind, id)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Read(strings.NewReader(lines.String()))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("got %d bytes allocated, want less than 1 MB", got)
	}
	if got, want := f.Goroutines(), "[1000000000000 999999999999999999]"; fmt.Sprint(got) != want {
		t.Errorf("got goroutines %v, want %s", got, want)
	}
	if got := cap(f.objects.dense); got > len(f.data) {
		t.Errorf("got room for %d objects in %d bytes", got, len(f.data))
	}
	if _, err := f.Object(1000000000000); err != nil {
		t.Errorf("object 10^12: %v", err)
	}
	if want := "30 lines are not records"; !strings.Contains(f.Missing(), want) {
		t.Errorf("got missing %q, want %q in it", f.Missing(), want)
	}
}

func TestIndexIsCompact(t *testing.T) {
	const objects = 100_000
	var lines strings.Builder
	lines.WriteString(headLine)
	for id := range objects {
		fmt.Fprintf(&lines, `[%d,1,[%d,{"p":824633786368,"o":%d}]]`+"\n", id+1, id, id)
	}
	text := lines.String()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Read(strings.NewReader(text))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Mallocs - before.Mallocs; got > 500 {
		t.Errorf("opening %d objects: got %d allocations, want less than 500", objects, got)
	}
	if got := cap(f.data) + 8*cap(f.objects.dense); got > len(text)+16*objects+1<<20 {
		t.Errorf("opening %d bytes: got %d bytes kept", len(text), got)
	}
	if o, err := f.Object(objects); err != nil || !strings.HasPrefix(string(o.Value), "[99999,") {
		t.Errorf("the last object: got %+v, %v", o, err)
	}
}

// bomb returns a gzip file of a head and then one line of size bytes.
func bomb(t *testing.T, size int) []byte {
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	io.WriteString(zw, headLine)
	io.WriteString(zw, `{"source":{"id":1,"path":"/bomb","text":"`)
	line := bytes.Repeat([]byte("a"), 1<<16)
	for range size / len(line) {
		zw.Write(line)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBomb(t *testing.T) {
	file := bomb(t, 8<<20)
	for name, r := range map[string]io.Reader{"size known": bytes.NewReader(file), "size not known": io.MultiReader(bytes.NewReader(file))} {
		in, err := newInput(r)
		if err != nil {
			t.Fatal(err)
		}
		in.free = 1 << 20
		data, _, err := in.readAll()
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "expands to more than") || data != nil {
			t.Errorf("%s: got %d bytes, %v, want an error", name, len(data), err)
		}
	}
	if _, err := Read(bytes.NewReader(file)); err != nil {
		t.Errorf("within the limit: got %v", err)
	}
	in := &input{raw: &counter{}, free: freeSize}
	for size, want := range map[int64]int64{0: 256 << 20, 1 << 20: 512 << 20, 1 << 40: 16 << 30, 1 << 62: 16 << 30} {
		in.size = size
		if got := in.limit(); got != want {
			t.Errorf("limit of a file of %d bytes: got %d, want %d", size, got, want)
		}
	}
}

// The size that a gzip file claims must not be believed either.
func TestClaimedSize(t *testing.T) {
	file := []byte(gzipped(t, headLine))
	copy(file[len(file)-4:], "\xff\xff\xff\xff")
	in, err := newInput(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(hintRatio * len(file)); in.hint > want {
		t.Errorf("got %d bytes set aside for a file of %d, want at most %d", in.hint, len(file), want)
	}
	if f, err := Read(bytes.NewReader(file)); err != nil || f.Missing() == "" {
		t.Errorf("got %v, want an opened file that says what is wrong", err)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for name, compress := range map[string]bool{"x.dump": true, "gzip.json": true, "x.json": false, "plain.dump": false} {
		path := filepath.Join(dir, name)
		data := writeSmall(t, compress)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil || f.Missing() != "" || readEverything(f) != smallRecords-1 {
			t.Errorf("%s: got %v, want all records", name, err)
		}
		head, size, err := OpenHead(path)
		if err != nil || head.Message != small.head.Message || size != int64(len(data)) {
			t.Errorf("%s: got head %+v, size %d, %v", name, head, size, err)
		}
	}
	missing := filepath.Join(dir, "none.dump")
	if _, err := Open(missing); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none.dump") {
		t.Errorf("a missing file: got %v", err)
	}
}

func TestConcurrentReaders(t *testing.T) {
	f, err := Read(bytes.NewReader(writeSmall(t, true)))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if got := readEverything(f); got != smallRecords-1 {
				t.Errorf("got %d records, want %d", got, smallRecords-1)
			}
		}()
	}
	wg.Wait()
}

// Ranges of lines that a forged file says were left out end where they contradict the text.
func TestSourceOmitted(t *testing.T) {
	for _, tt := range []struct{ omitted, want string }{
		{`[[2,3],[5,5]]`, "[[2 3] [5 5]]"},
		{`[[2,3],[3,5]]`, "[[2 3]]"},
		{`[[2,3],[5,7]]`, "[[2 3]]"},
		{`[[3,2]]`, "[]"},
		{`[[0,2]]`, "[]"},
		{`[[-5,-2]]`, "[]"},
		{`[]`, "[]"},
	} {
		f := read(t, `{"source":{"id":1,"path":"/a.go","text":"a\n\n\nb\n\n","omitted":`+tt.omitted+`}}`)
		if got := fmt.Sprint(f.SourceOmitted("/a.go")); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.omitted, got, tt.want)
		}
		if got := f.SourceOmitted("/b.go"); got != nil {
			t.Errorf("got %v omitted of a file that isn't there, want none", got)
		}
	}
}
