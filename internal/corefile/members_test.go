package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// writeLarge returns a dump of several members, and its content.
func writeLarge(t *testing.T) (file, plain []byte, objects int) {
	t.Helper()
	const size = 3 * partSize
	write := func(compress bool) []byte {
		var out bytes.Buffer
		w := NewWriter(&out, compress)
		err := w.Head(&small.head)
		written := 0
		for objects = 0; written < size && err == nil; {
			objects++
			value := largeValue(objects)
			err = writeObject(w, 1, 0, value)
			written += len(value)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	return write(true), write(false), objects
}

// largeValue returns the value of an object, of about 1 KB.
func largeValue(id int) []byte {
	value := fmt.Appendf(nil, `[%d,"`, id)
	x := uint32(id)
	for range 1000 {
		x = x*1664525 + 1013904223 // Numerical Recipes' generator
		value = append(value, 'a'+byte(x>>28))
	}
	return append(value, `"]`...)
}

// readable returns how many objects can be read, and fails if one differs from what was
// written.
func readable(t *testing.T, f *File, objects int) (n int) {
	t.Helper()
	for id := 1; id <= objects; id++ {
		o, err := f.Object(id)
		if err != nil {
			continue
		}
		if want := largeValue(id); !bytes.Equal(o.Value, want) {
			t.Fatalf("object %d: got %.100s, want %.100s", id, o.Value, want)
		}
		n++
	}
	return n
}

func TestMembers(t *testing.T) {
	file, plain, objects := writeLarge(t)
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("package gzip: got %d bytes, %v, want the %d of the plain file", len(got), err, len(plain))
	}
	members, rest := splitMembers(file)
	if len(members) < 4 || len(rest) > 0 {
		t.Errorf("got %d members and %d bytes after them, want the head's, at least 3 more, and nothing after them", len(members), len(rest))
	}
	if n := claimedSize(members[0]); !bytes.HasSuffix(plain[:n], []byte("}\n")) || bytes.Count(plain[:n], []byte("\n")) != 1 {
		t.Errorf("got a first member of %d bytes, want the head", n)
	}
	for name, r := range map[string]io.Reader{"at once": bytes.NewReader(file), "one after the other": io.MultiReader(bytes.NewReader(file))} {
		f, err := Read(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := readable(t, f, objects); n != objects || f.Missing() != "" || !bytes.Equal(f.data, plain) {
			t.Errorf("%s: got %d objects, missing %q, want %d and nothing missing", name, n, f.Missing(), objects)
		}
	}
}

// Damage to a member stays in it.
func TestMemberDamaged(t *testing.T) {
	whole, _, objects := writeLarge(t)
	members, _ := splitMembers(whole)
	third := len(members[0]) + len(members[1])
	each := objects / (len(members) - 1)
	for _, tt := range []struct {
		name   string
		damage func(file []byte) []byte
		least  int // objects that can still be read
		want   string
	}{
		{"in its middle", func(b []byte) []byte { clear(b[third+5000:][:64]); return b }, objects - 2*each, "damaged"},
		{"in its checksum", func(b []byte) []byte { b[third+len(members[2])-6] ^= 1; return b }, objects - 2*each, "damaged"},
		{"in its size", func(b []byte) []byte { b[third+len(members[2])-4] ^= 1; return b }, objects - 2*each, "damaged"},
		{"all over", func(b []byte) []byte {
			for i := third + memberHeader; i < third+len(members[2])-memberTrailer; i += 97 {
				b[i] ^= 0x10
			}
			return b
		}, objects - 2*each, "damaged"},
		{"in its header", func(b []byte) []byte { b[third+2] = 9; return b }, objects - 2*each, "damaged"},
		{"in its length", func(b []byte) []byte { b[third+memberLength] ^= 1; return b }, objects, ""},
		{"a length past the end", func(b []byte) []byte { b[third+memberLength+2] = 0xff; return b }, objects, ""},
		{"cut", func(b []byte) []byte { return b[:third+len(members[2])/2] }, each + each/4, "the file ends"},
		{"cut between two", func(b []byte) []byte { return b[:third] }, each - 1, "the file ends"},
		{"zeros after the end", func(b []byte) []byte { return append(b, make([]byte, 100)...) }, objects, ""},
	} {
		f, err := Read(bytes.NewReader(tt.damage(bytes.Clone(whole))))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if n := readable(t, f, objects); n < tt.least || !strings.Contains(f.Missing(), tt.want) || tt.want == "" && f.Missing() != "" {
			t.Errorf("%s: got %d objects of %d, missing %q, want at least %d, and %q", tt.name, n, objects, f.Missing(), tt.least, tt.want)
		}
	}
}

// Whatever byte of a member's header or trailer is damaged, and if the disk lost what is around
// it, the members behind it are read.
func TestHeaderDamaged(t *testing.T) {
	whole, _, objects := writeLarge(t)
	members, _ := splitMembers(whole)
	third := len(members[0]) + len(members[1])
	each := objects / (len(members) - 1)
	check := func(what string, file []byte, lost int) {
		t.Helper()
		f, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n := readable(t, f, objects); n < objects-lost*(each+each/4) || n < objects && f.Missing() == "" {
			t.Errorf("%s: got %d objects of %d, missing %q", what, n, objects, f.Missing())
		}
	}
	for at := third - memberTrailer; at < third+memberHeader; at++ {
		for _, bits := range []byte{1, 0x20, 0xff} {
			file := bytes.Clone(whole)
			file[at] ^= bits
			check(fmt.Sprintf("byte %d, bits %x", at-third, bits), file, 1)
		}
	}
	for name, damage := range map[string]func(sector []byte){
		"text":  func(b []byte) { copy(b, bytes.Repeat([]byte("other text "), len(b))) },
		"zeros": func(b []byte) { clear(b) },
		"dump":  func(b []byte) { copy(b, whole) },
	} {
		file := bytes.Clone(whole)
		damage(file[third-300:][:512])
		check(name+" around a header", file, 2)
	}
}

// What members claim to hold is no reason to set memory aside.
func TestMembersClaim(t *testing.T) {
	one := writeSmall(t, true)
	members, _ := splitMembers(one)
	lying := bytes.Clone(members[1])
	binary.LittleEndian.PutUint32(lying[len(lying)-4:], 1<<31)
	file := append(bytes.Clone(members[0]), bytes.Repeat(lying, 100)...)
	in, err := newInput(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if data, _, _, _ := in.readMembers(); cap(data) > 64<<10 {
		t.Errorf("got %d bytes set aside for a file of %d", cap(data), len(file))
	}
	if f, err := Read(bytes.NewReader(file)); err != nil || f.Missing() == "" {
		t.Errorf("got %v, want a file that says what is wrong", err)
	}
}

// A writer that fails leaves no goroutines behind.
func TestMembersAfterError(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		w := NewWriter(&full{1000}, true)
		err := w.Head(&small.head)
		for id := 1; err == nil && id < 100_000; id++ {
			err = writeObject(w, 1, 0, largeValue(id))
		}
		if !errors.Is(err, errDiskFull) {
			t.Fatalf("got %v, want %v", err, errDiskFull)
		}
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("got %d goroutines, want %d as before", runtime.NumGoroutine(), before)
}
