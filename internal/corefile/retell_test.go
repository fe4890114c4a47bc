package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// memory is a file in memory that keeps its previous content for each write.
type memory struct {
	b      []byte
	writes []write
}

type write struct {
	at   int64
	data []byte
	was  []byte // the whole file before
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) { return bytes.NewReader(m.b).ReadAt(p, at) }

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	m.writes = append(m.writes, write{at, bytes.Clone(p), bytes.Clone(m.b)})
	m.b = written(m.b, p, at)
	return len(p), nil
}

// written returns a copy of a file with p written at an offset.
func written(file, p []byte, at int64) []byte {
	file = append(bytes.Clone(file), make([]byte, max(0, int(at)+len(p)-len(file)))...)
	copy(file[at:], p)
	return file
}

// toBeTold writes small with a message that may be replaced.
func toBeTold(t testing.TB, compress, room bool) *memory {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, compress)
	head := w.Head
	if room {
		head = w.RoomyHead
	}
	if err := head(&small.head); err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= 3; id++ {
		if err := writeObject(w, 1, 0, []byte(`"value"`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &memory{b: out.Bytes()}
}

func retold(t testing.TB, compress, room bool, message string) *memory {
	t.Helper()
	m := toBeTold(t, compress, room)
	if err := Retell(m, int64(len(m.b)), &small.head, message); err != nil {
		t.Fatal(err)
	}
	return m
}

// wantMessage wants a whole dump with that message, however it is read.
func wantMessage(t *testing.T, file []byte, want string) {
	t.Helper()
	f, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	head, err := ReadHead(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if f.Head.Message != want || head.Message != want {
		t.Errorf("got messages %.50q from Read and %.50q from ReadHead, want %.50q", f.Head.Message, head.Message, want)
	}
	if f.Missing() != "" {
		t.Errorf("got missing %q", f.Missing())
	}
	if n := readEverything(f); n != 3 {
		t.Errorf("got %d records, want 3", n)
	}
	head.Message = small.head.Message
	if want := small.head; !reflect.DeepEqual(encoded(t, &head), encoded(t, &want)) {
		t.Errorf("got head %s, want %s", encoded(t, &head), encoded(t, &want))
	}
}

func encoded(t *testing.T, h *Head) string {
	t.Helper()
	version := *h
	version.Version = Version
	b, err := encode(&version)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// messages are texts to replace small's with, and what is read then.
var messages = []struct{ text, want string }{
	{"", ""},
	{"main.myErr", "main.myErr"},
	{"my error\n\twith <code> & \"quotes\" \u2028", "my error\n\twith <code> & \"quotes\" \u2028"},
	{"not UTF-8: \xff\xfe", "not UTF-8: \ufffd\ufffd"},
	{strings.Repeat("x", roomSize-100), strings.Repeat("x", roomSize-100)},
	{strings.Repeat("x", roomSize), strings.Repeat("x", roomSize)},
	{strings.Repeat("\x01é", roomSize), strings.Repeat("\x01é", roomSize)},
	{strings.Repeat("line of a text\n", 20_000), strings.Repeat("line of a text\n", 20_000)},
}

// At any moment a reader gets the old message or the new one, in a whole dump.
func TestRetell(t *testing.T) {
	for _, compress := range []bool{false, true} {
		for _, room := range []bool{false, true} {
			for _, tt := range messages {
				t.Run(fmt.Sprintf("compress=%v,room=%v,%d bytes", compress, room, len(tt.text)), func(t *testing.T) {
					m := retold(t, compress, room, tt.text)
					wantMessage(t, m.b, tt.want)
					checkWrites(t, m, tt.want)
					wantLines(t, m.b, compress)
				})
			}
		}
	}
}

// checkWrites wants each write to be one that the system does at once, or any part of which
// leaves the old message.
func checkWrites(t *testing.T, m *memory, want string) {
	t.Helper()
	message := small.head.Message
	for i, w := range m.writes {
		wantMessage(t, w.was, message)
		if w.at == 0 {
			if len(w.data) > pageSize {
				t.Errorf("got a write of %d bytes at the beginning, want at most a page", len(w.data))
			}
			continue
		}
		if w.at != int64(len(w.was)) || i > 0 {
			t.Errorf("got write %d at %d of a file of %d bytes, want it at the end", i, w.at, len(w.was))
		}
		step := max(1, len(w.data)/40)
		for n := 0; n < len(w.data)-1; n += step {
			wantMessage(t, written(w.was, w.data[:n], w.at), message)
		}
		message = want
	}
	if len(m.writes) == 0 || len(m.writes) > 2 {
		t.Errorf("got %d writes, want one or two", len(m.writes))
	}
}

// wantLines wants a file that gzip and jq can read: one record per line, the message in the
// head as well, as far as there is room.
func wantLines(t *testing.T, file []byte, compress bool) {
	t.Helper()
	if compress {
		z, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if file, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range bytes.Split(bytes.TrimSuffix(file, []byte("\n")), []byte("\n")) {
		if !json.Valid(line) {
			t.Errorf("got the line %.100q, want JSON", line)
		}
	}
}

// A message that doesn't fit is nevertheless in the head, cut, for other readers.
func TestRetellCut(t *testing.T) {
	m := retold(t, false, true, strings.Repeat("long ", roomSize))
	line, _, _ := bytes.Cut(m.b, []byte("\n"))
	head, err := decodeHead(line)
	if err != nil {
		t.Fatal(err)
	}
	if got := head.Message; !strings.HasPrefix(got, strings.Repeat("long ", 400)) || !strings.HasSuffix(got, " more") {
		t.Errorf("got %q in the head, want the beginning of the message and how much more there is", got)
	}
}

// A head whose beginning has no room is written unchanged.
func TestRoomyHeadLong(t *testing.T) {
	head := small.head
	head.Message = strings.Repeat("long ", roomSize)
	for _, compress := range []bool{false, true} {
		var out bytes.Buffer
		w := NewWriter(&out, compress)
		if err := errors.Join(w.RoomyHead(&head), w.Close()); err != nil {
			t.Fatal(err)
		}
		m := &memory{b: out.Bytes()}
		if err := Retell(m, int64(len(m.b)), &head, "other"); err != nil {
			t.Fatal(err)
		}
		if f, err := Read(bytes.NewReader(m.b)); err != nil || f.Head.Message != "other" {
			t.Errorf("got %v and error %v, want the other message", f, err)
		}
	}
}

// A file that isn't the dump isn't changed.
func TestRetellOther(t *testing.T) {
	other := small.head
	other.PID++
	for _, compress := range []bool{false, true} {
		m := toBeTold(t, compress, true)
		for name, file := range map[string][]byte{
			"another dump": m.b, "empty": nil, "text": []byte("a text\n"), "cut": m.b[:roomSize/2], "zeros": make([]byte, 10_000),
		} {
			m := &memory{b: bytes.Clone(file)}
			if err := Retell(m, int64(len(file)), &other, "x"); err == nil || len(m.writes) > 0 {
				t.Errorf("%s: got error %v and %d writes, want an error and none", name, err, len(m.writes))
			}
		}
	}
}

// Readers that come while the message changes see one or the other.
func TestRetellMeanwhile(t *testing.T) {
	other := strings.Repeat("other ", 500)
	for _, compress := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "x")
		fresh := func() {
			t.Helper()
			if err := errors.Join(os.WriteFile(path+".tmp", toBeTold(t, compress, true).b, 0o600), os.Rename(path+".tmp", path)); err != nil {
				t.Fatal(err)
			}
		}
		fresh()
		var reading sync.WaitGroup
		stop := make(chan struct{})
		for range 2 {
			reading.Add(1)
			go func() {
				defer reading.Done()
				for {
					file, err := Open(path)
					if err != nil {
						t.Error(err)
						return
					}
					if got := file.Head.Message; file.Missing() != "" || got != small.head.Message && got != other {
						t.Errorf("got message %.100q and missing %q, want a whole dump", got, file.Missing())
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			}()
		}
		for range 100 {
			fresh()
			if err := retellAt(path, other); err != nil {
				t.Error(err)
				break
			}
		}
		close(stop)
		reading.Wait()
	}
}

func retellAt(path, message string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return err
	}
	return Retell(f, stat.Size(), &small.head, message)
}
