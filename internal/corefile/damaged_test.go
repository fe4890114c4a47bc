package corefile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// A flipped bit never turns an object into another, except for the object with the bit, if
// there is no checksum.
func TestFlipped(t *testing.T) {
	for _, compress := range []bool{true, false} {
		d := writeRandom(t, 7, 25, compress, false)
		body := len(d.file) / 2 // most of the rest is the head
		if i := bytes.Index(d.file, []byte("\n")); !compress {
			body = i
		}
		excused := 1
		if compress {
			excused = 0
		}
		for at := body; at < len(d.file); at++ {
			for _, bit := range []byte{1, 0x10} {
				file := bytes.Clone(d.file)
				file[at] ^= bit
				f, err := Read(bytes.NewReader(file))
				if err != nil {
					continue
				}
				if _, wrong := d.compare(f); len(wrong) > excused {
					t.Fatalf("compress %v, byte %d, bit %x: got wrong objects %d", compress, at, bit, wrong)
				}
			}
		}
	}
}

// A line that is lost or duplicated never turns an object into another.
func TestLinesLost(t *testing.T) {
	for seed := range uint64(3) {
		d := writeRandom(t, seed, 40, false, false)
		lines := bytes.SplitAfter(d.file, []byte("\n"))
		for i := 1; i < len(lines)-1; i++ {
			without := bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
			d.mustBeRight(t, fmt.Sprintf("seed %d without line %d, %.60q", seed, i+1, lines[i]), without, 0)
			twice := bytes.Join(append(append([][]byte{}, lines[:i+1]...), lines[i:]...), nil)
			if f, err := Read(bytes.NewReader(twice)); err != nil {
				t.Fatal(err)
			} else if _, wrong := d.compare(f); wrong != nil {
				t.Errorf("seed %d with line %d twice, %.60q: got wrong objects %d", seed, i+1, lines[i], wrong)
			}
		}
	}
}

// If the record between two runs of objects is lost, no other runs are.
func TestRunRecordLost(t *testing.T) {
	line := strings.Repeat("x", 1000)
	var out bytes.Buffer
	w := NewWriter(&out, false)
	d := &random{}
	if err := w.Head(&small.head); err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= 500; id++ {
		o := Object{ID: id, Type: 1, Addr: 0xc000000000 + uint64(id*37%11)<<12, Value: json.RawMessage(`"` + line + `"`)}
		d.objects = append(d.objects, o)
		if err := writeObject(w, o.Type, o.Addr, o.Value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	records := bytes.Count(out.Bytes(), []byte(`{"objects":`))
	if records < 500*1000/runSize || records > 2+500*1000/runSize+500*1000/fullPart {
		t.Errorf("got %d records before runs of 500 KB of objects", records)
	}
	lines := bytes.SplitAfter(out.Bytes(), []byte("\n"))
	for i, line := range lines {
		if !bytes.HasPrefix(line, []byte(`{"objects":`)) {
			continue
		}
		without := bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
		n := d.mustBeRight(t, fmt.Sprintf("without line %d, %q", i+1, line), without, 0)
		if n < 500-2*runSize/1000 {
			t.Errorf("without line %d: got %d objects", i+1, n)
		}
		// A flipped digit in a difference affects only its run.
		if i+2 >= len(lines) {
			continue
		}
		flipped := append([][]byte{}, lines...)
		flipped[i+2] = append(bytes.TrimSuffix(bytes.Clone(lines[i+2]), []byte("]\n")), "5]\n"...)
		if n := d.mustBeRight(t, fmt.Sprintf("a digit in line %d", i+3), bytes.Join(flipped, nil), 0); n < 500-2*runSize/1000 {
			t.Errorf("with a digit in line %d: got %d objects", i+3, n)
		}
	}
}

// Members that are lost, duplicated or reordered never turn an object into another, even
// members that are a part of a line.
func TestMembersLost(t *testing.T) {
	for seed := range uint64(4) {
		d := writeRandom(t, seed, 30, true, seed%2 == 0)
		members, rest := splitMembers(d.file)
		if len(rest) > 0 || len(members) < 4 {
			t.Fatalf("got %d members and %d bytes behind them", len(members), len(rest))
		}
		first := 1
		if index, _ := indexOf(members[1]); index.first == onGoing {
			first = 2 // the rest of the head
		}
		for i := first; i < len(members); i++ {
			what := fmt.Sprintf("seed %d, member %d of %d", seed, i, len(members))
			d.mustBeRight(t, what+" lost", bytes.Join(append(append([][]byte{}, members[:i]...), members[i+1:]...), nil), 0)
			if i+1 == len(members) {
				break
			}
			swapped := append([][]byte{}, members...)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			for name, file := range map[string][]byte{
				"twice":   bytes.Join(append(append([][]byte{}, members[:i+1]...), members[i:]...), nil),
				"swapped": bytes.Join(swapped, nil),
			} {
				f, err := Read(bytes.NewReader(file))
				if err != nil {
					t.Fatal(err)
				}
				if _, wrong := d.compare(f); wrong != nil {
					t.Errorf("%s %s: got wrong objects %d", what, name, wrong)
				}
			}
		}
	}
}

// Long lines may have changed their ends, which are parts with valid checksums and numbers.
func TestEndsSwapped(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, true)
	if err := w.Head(&small.head); err != nil {
		t.Fatal(err)
	}
	d := &random{}
	for id := 1; id <= 6; id++ {
		o := Object{ID: id, Type: 1, Addr: 0xc000000000 + uint64(id*id)<<16,
			Value: fmt.Appendf(nil, `"%s"`, strings.Repeat(fmt.Sprint("text ", id), partSize/4))}
		d.objects = append(d.objects, o)
		if err := writeObject(w, o.Type, o.Addr, o.Value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	members, _ := splitMembers(out.Bytes())
	var ends []int
	for i, m := range members {
		if index, _ := indexOf(m); index == (partIndex{1, onGoing}) {
			ends = append(ends, i)
		}
	}
	if len(ends) != 6 {
		t.Fatalf("got %d lines in several members", len(ends))
	}
	a, b := ends[1], ends[3]
	members[a], members[b] = members[b], members[a]
	f, err := Read(bytes.NewReader(bytes.Join(members, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if n, wrong := d.compare(f); n != 4 || wrong != nil {
		t.Errorf("got %d objects, wrong ones %d, want 4", n, wrong)
	}
}

// Wherever a file ends, what is there can be read.
func TestCutAnywhere(t *testing.T) {
	for _, compress := range []bool{true, false} {
		for seed := range uint64(3) {
			large := seed == 2
			d := writeRandom(t, seed, 30, compress, large)
			step := 3
			if large {
				step = 1 + len(d.file)/50
			}
			last := 0
			for n := len(d.file) / 10; n < len(d.file); n += step {
				f, err := Read(bytes.NewReader(d.file[:n]))
				if err != nil {
					continue
				}
				found, wrong := d.compare(f)
				if wrong != nil || found < last {
					t.Fatalf("compress %v, seed %d, %d of %d bytes: got %d objects, wrong ones %d; it were %d of fewer bytes",
						compress, seed, n, len(d.file), found, wrong, last)
				}
				last = found
			}
		}
	}
}

// If an index contradicts the content of its member, neither is believed.
func TestIndexWrong(t *testing.T) {
	file, _, objects := writeLarge(t)
	members, _ := splitMembers(file)
	at := len(members[0]) + len(members[1])
	if index, ok := indexOf(members[2]); !ok || index.count < 100 || index.first < 100 {
		t.Fatalf("got index %+v", index)
	}
	for name, damage := range map[string]func(member []byte){
		"count": func(m []byte) { m[oldHeader]++ },
		"first": func(m []byte) { m[oldHeader+4]++ },
		"going": func(m []byte) { binary.LittleEndian.PutUint64(m[oldHeader+4:], onGoing) },
	} {
		wrong := bytes.Clone(file)
		damage(wrong[at:])
		f, err := Read(bytes.NewReader(wrong))
		if err != nil {
			t.Fatal(err)
		}
		if n := readable(t, f, objects); n == objects || n < objects/2 || f.Missing() == "" {
			t.Errorf("%s: got %d objects of %d, missing %q", name, n, objects, f.Missing())
		}
	}
}

// FuzzDamaged: whatever is done to a file in format 2, its objects are what they were, or
// can't be read. Without compression one change is made, and one object may be wrong.
func FuzzDamaged(f *testing.F) {
	f.Add(uint64(1), true, []byte{0, 1, 0x10})
	f.Add(uint64(2), false, []byte{0, 200, 1, 2, 100, 3})
	f.Add(uint64(4), true, []byte{5, 5, 5, 9, 9, 9})
	f.Fuzz(func(t *testing.T, seed uint64, compress bool, changes []byte) {
		d := writeRandom(t, seed%64, 20, compress, false)
		file := bytes.Clone(d.file)
		excused, most := 0, 4
		if !compress {
			excused, most = 1, 1
		}
		for n := 0; len(changes) >= 3 && n < most; n++ {
			at := (int(changes[0])<<8 | int(changes[1])) * len(file) / (1 << 16)
			file[at] ^= changes[2]
			changes = changes[3:]
		}
		for _, r := range []io.Reader{bytes.NewReader(file), io.MultiReader(bytes.NewReader(file))} {
			got, err := Read(r)
			if err != nil {
				continue
			}
			if _, wrong := d.compare(got); len(wrong) > excused {
				t.Errorf("got wrong objects %d, missing %q", wrong, got.Missing())
			}
		}
	})
}
