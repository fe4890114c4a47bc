package corefile

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// FuzzRead: whatever the bytes are, reading returns a file or a FormatError, never panics,
// and what is listed can be looked up.
func FuzzRead(f *testing.F) {
	f.Add(writeSmall(f, false))
	f.Add(writeSmall(f, true))
	for _, compress := range []bool{false, true} {
		f.Add(writeRandom(f, 1, 8, compress, false).file)
		for _, message := range []string{"other", strings.Repeat("long ", roomSize)} {
			m := retold(f, compress, true, message)
			f.Add(m.b)
			f.Add(m.b[:len(m.b)-1])
		}
	}
	for _, test := range append(foreignTests(f), missingTests(f)...) {
		if len(test.file) < 1000 { // longer ones would only slow it down
			f.Add([]byte(test.file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		head, headErr := ReadHead(bytes.NewReader(data))
		file, err := Read(bytes.NewReader(data))
		if (err == nil) != (headErr == nil) {
			t.Fatalf("Read gives %v, ReadHead %v", err, headErr)
		}
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) || format.Err == nil {
				t.Fatalf("got %v, want a FormatError with a reason", err)
			}
			return
		}
		head.Message = file.Head.Message // only one of them may find the message at the end of a damaged file
		if !reflect.DeepEqual(head, file.Head) {
			t.Fatalf("Read gives the head %+v, ReadHead %+v", file.Head, head)
		}
		readEverything(file)
		file.Unknown()
		for _, id := range file.Types() {
			if typ, err := file.Type(id); errors.Is(err, ErrNotFound) || err == nil && typ.ID != id {
				t.Fatalf("type %d is listed, looking for it gives %+v, %v", id, typ, err)
			}
		}
		for _, id := range file.Goroutines() {
			if g, err := file.Goroutine(id); errors.Is(err, ErrNotFound) || err == nil && g.ID != id {
				t.Fatalf("goroutine %d is listed, looking for it gives %+v, %v", id, g, err)
			}
		}
		for _, path := range file.Sources() {
			if _, ok, _ := file.Source(path); !ok {
				t.Fatalf("source %q is listed and not found", path)
			}
		}
	})
}
