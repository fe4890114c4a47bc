package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
)

// A compressed dump has the layout that the topic format describes. This is another reader
// than corefile's: it knows what the topic says, and package gzip.
func TestFormatLayout(t *testing.T) {
	const message = "the shop is closed"
	for size, objects := range map[int]int{10: 2000, 300: 2000, 600_000: 5} { // the largest go on in other members
		file := layoutSample(t, objects, size, message)
		next, ended, parts := 1, false, 0
		for number := 0; len(file) > 0; number++ {
			m := nextLayoutMember(t, file)
			file = file[m.length:]
			if len(m.text) > 256<<10 || len(m.text) == 0 {
				t.Errorf("size %d: got member %d of %d bytes of text, want 1 to 256 KB", size, number, len(m.text))
			}
			begun := bytes.Count(append([]byte{'\n'}, m.text...), []byte("\n["))
			goesOn := m.first == 1<<64-1
			if goesOn && m.count != parts {
				t.Errorf("size %d: got part %d of a line after %d parts", size, m.count, parts)
			}
			if !goesOn && (m.count != begun || begun > 0 && m.first != uint64(next)) {
				t.Errorf("size %d: got a member of %d objects from id %d, want %d from id %d",
					size, m.count, m.first, begun, next)
			}
			next += begun
			if parts++; m.text[len(m.text)-1] == '\n' {
				parts = 0
			}
			before, after, isEnd := strings.Cut(string(m.text), `{"end":`)
			switch {
			case isEnd:
				if len(before) > 4<<10 || strings.Count(after, "\n") != 1 {
					t.Errorf("size %d: got %d bytes before the end and %q after it", size, len(before), after)
				}
			case ended && string(m.text) != `{"message":{"text":"`+strings.Repeat(message, 1000)+"\"}}\n":
				t.Errorf("size %d: got %.100q after the end, want the message alone", size, m.text)
			}
			ended = ended || isEnd
		}
		if next != objects+1 || !ended {
			t.Errorf("size %d: got %d objects, want %d and then the end", size, next-1, objects)
		}
	}
}

// layoutSample returns a dump whose message was replaced by one that is too long for the head.
func layoutSample(t *testing.T, objects, size int, message string) []byte {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "layout.dump"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := &corefile.Head{Reason: "panic", Message: message}
	w := corefile.NewWriter(f, true)
	err = w.RoomyHead(head)
	text := []byte(`"` + strings.Repeat("x", size) + `"`)
	for n := 0; n < objects && err == nil; n++ {
		if err = w.BeginObject(1); err == nil {
			w.ObjectValue(text)
			err = w.EndObject(0)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	stat, err := f.Stat()
	if err == nil {
		err = corefile.Retell(f, stat.Size(), head, strings.Repeat(message, 1000))
	}
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// A layoutMember is a gzip member with its index.
type layoutMember struct {
	length, count int
	first         uint64
	text          []byte
}

// nextLayoutMember reads the member at the start of a file.
func nextLayoutMember(t *testing.T, file []byte) (m layoutMember) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	x := z.Extra
	if len(x) < 20 || string(x[:2]) != "cd" || binary.LittleEndian.Uint16(x[2:]) != 16 {
		t.Fatalf("got the extra field %x, want cd, a length of 16 and an index", x)
	}
	m.length = int(binary.LittleEndian.Uint32(x[4:]))
	m.count = int(binary.LittleEndian.Uint32(x[8:]))
	m.first = binary.LittleEndian.Uint64(x[12:])
	z, err = gzip.NewReader(bytes.NewReader(file[:m.length]))
	if err == nil {
		m.text, err = io.ReadAll(z)
	}
	if err != nil {
		t.Fatalf("a member of %d bytes: %v", m.length, err)
	}
	return m
}
