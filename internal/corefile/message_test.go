package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// Records of messages count only at the end, and do no harm elsewhere.
func TestMessageRecords(t *testing.T) {
	const end, other = `{"end":{"records":1}}`, `{"message":{"text":"other"}}`
	for _, tt := range []struct {
		name    string
		lines   []string
		want    string
		missing string
	}{
		{"last", []string{end, other}, "other", ""},
		{"empty", []string{end, `{"message":{"text":""}}`}, "", ""},
		{"several", []string{end, `{"message":{"text":"first"}}`, other}, "other", ""},
		{"in the middle", []string{other, end}, "was", ""},
		{"not text", []string{end, `{"message":{"text":5}}`}, "was", "1 lines are not records (the first is line 3)"},
		{"null", []string{end, `{"message":{"text":null}}`}, "was", "1 lines are not records (the first is line 3)"},
		{"no text", []string{end, `{"message":{}}`}, "was", "1 lines are not records (the first is line 3)"},
		{"not text behind one", []string{end, other, `{"message":{"text":[]}}`}, "was",
			"1 lines are not records (the first is line 4)"},
		{"cut", []string{end, other[:20]}, "was", "1 lines are not records (the first is line 3)"},
		{"huge", []string{end, `{"message":{"text":"` + strings.Repeat("x", maxHeadLine) + `"}}`}, "was",
			"1 lines are not records (the first is line 3)"},
		{"unknown field", []string{end, `{"message":{"text":"other","more":1}}`}, "other", ""},
		{"without an end", []string{other}, "other", "the file ends after record 2 (no end record)"},
	} {
		plain := `{"coredumpy":{"version":1,"reason":"panic","message":"was"}}` + "\n" + strings.Join(tt.lines, "\n") + "\n"
		if strings.Contains(tt.name, "middle") {
			plain = strings.Replace(plain, `"records":1`, `"records":2`, 1)
		}
		var packed bytes.Buffer
		w := newPartWriter(&packed, true)
		for _, line := range strings.SplitAfter(plain, "\n") {
			w.write([]byte(line))
			w.flush()
		}
		for _, file := range []string{plain, packed.String(), plain + "\n \n"} {
			f, err := Read(strings.NewReader(file))
			head, headErr := ReadHead(strings.NewReader(file))
			if err != nil || headErr != nil {
				t.Fatalf("%s: got errors %v and %v", tt.name, err, headErr)
			}
			if f.Head.Message != tt.want || head.Message != tt.want || f.Missing() != tt.missing {
				t.Errorf("%s: got messages %.50q and %.50q, missing %q, want %q and %q", tt.name, f.Head.Message, head.Message, f.Missing(), tt.want, tt.missing)
			}
		}
	}
}

// ofFormat1 returns a member as format 1 has it: without an index.
func ofFormat1(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Extra = binary.LittleEndian.AppendUint32(append([]byte(extraID), oldExtra, 0), 0)
	z.Write(text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b.Bytes()[memberLength:], uint32(b.Len()))
	return b.Bytes()
}

// ofFormat2 returns a member of format 2.
func ofFormat2(t *testing.T, text []byte) []byte {
	t.Helper()
	m := newMember()
	m.raw = text
	if m.compress(); m.err != nil {
		t.Fatal(m.err)
	}
	return bytes.Clone(m.out.Bytes())
}

// noise returns a text of that length, on one line, which hardly compresses.
func noise(length int) string {
	text := make([]byte, length)
	x := uint32(length)
	for i := range text {
		x = x*1664525 + 1013904223 // Numerical Recipes' generator
		text[i] = '0' + byte(x>>26)
	}
	return strings.ReplaceAll(string(text), `\`, "x")
}

// The message of a file is found however long the members before it are, in files of format
// 1, too, and in those of format 2 whose end follows more than is written before it now.
func TestLastMessageInMembers(t *testing.T) {
	head := `{"coredumpy":{"version":%d,"reason":"panic","message":"was"}}` + "\n"
	end := `{"end":{"records":1}}` + "\n"
	for version, member := range map[int]func(*testing.T, []byte) []byte{1: ofFormat1, 2: ofFormat2} {
		for _, before := range []int{0, 1000, 10_000, 100_000, 250_000} {
			for _, length := range []int{-1, 1, 1000, 10_000, 100_000, 1_000_000} {
				t.Run(fmt.Sprintf("format %d, %d before, %d", version, before, length), func(t *testing.T) {
					file := member(t, fmt.Appendf(nil, head, version))
					file = append(file, member(t, []byte(`{"tide":{"x":"`+noise(before)+`"}}`+"\n"+end))...)
					want := "was"
					if length >= 0 {
						want = noise(length)
						file = append(file, member(t, []byte(`{"message":{"text":"`+want+`"}}`+"\n"))...)
					}
					whole, err := Read(bytes.NewReader(file))
					head, headErr := ReadHead(bytes.NewReader(file))
					if err != nil || headErr != nil {
						t.Fatal(err, headErr)
					}
					if whole.Head.Message != want || head.Message != want {
						t.Errorf("got messages %.50q and %.50q, want %.50q", whole.Head.Message, head.Message, want)
					}
				})
			}
		}
	}
}

// Members that are damaged or cut don't hide a message behind them, and don't bring one.
func TestLastMessageDamaged(t *testing.T) {
	first := ofFormat2(t, []byte(`{"coredumpy":{"version":2,"reason":"panic","message":"was"}}`+"\n"))
	middle := ofFormat2(t, []byte(`{"tide":{"x":"`+noise(5000)+`"}}`+"\n"+`{"end":{"records":1}}`+"\n"))
	last := ofFormat2(t, []byte(`{"message":{"text":"other"}}`+"\n"))
	damage := func(at int, b ...byte) []byte {
		m := bytes.Clone(middle)
		copy(m[at:], b)
		return m
	}
	for name, tt := range map[string]struct {
		parts [][]byte
		want  string
	}{
		"whole":                      {[][]byte{first, middle, last}, "other"},
		"a length past the end":      {[][]byte{first, damage(memberLength, 0, 0, 0, 1), last}, "other"},
		"a length that is too short": {[][]byte{first, damage(memberLength, 99, 0, 0, 0), last}, "other"},
		"a length of nothing":        {[][]byte{first, damage(memberLength, 0, 0, 0, 0), last}, "other"},
		"no magic":                   {[][]byte{first, damage(0, 0), last}, "other"},
		"magics within":              {[][]byte{first, damage(100, []byte(strings.Repeat(gzipMagic, 50))...), last}, "other"},
		"headers within":             {[][]byte{first, damage(100, bytes.Repeat(last[:memberHeader], 50)...), last}, "other"},
		"a message within":           {[][]byte{first, damage(100, last...)}, "was"},
		"cut":                        {[][]byte{first, middle, last[:len(last)-1]}, "was"},
		"cut in its header":          {[][]byte{first, middle, last[:memberHeader-3]}, "was"},
		"cut before":                 {[][]byte{first, middle[:3000]}, "was"},
		"followed by something":      {[][]byte{first, middle, last, []byte("text")}, "was"},
		"a checksum that is wrong":   {[][]byte{first, middle, last[:len(last)-8], []byte("1234"), last[len(last)-4:]}, "was"},
		"too large a claim":          {[][]byte{first, middle, last[:len(last)-4], {0xff, 0xff, 0xff, 0xff}}, "was"},
	} {
		head, err := ReadHead(bytes.NewReader(bytes.Join(tt.parts, nil)))
		if err != nil || head.Message != tt.want {
			t.Errorf("%s: got message %q and error %v, want %q", name, head.Message, err, tt.want)
		}
	}
}

// counted counts what is read of a file.
type counted struct {
	*bytes.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.Reader.ReadAt(p, at)
	c.n += n
	return n, err
}

// How much is read for the head doesn't depend on the size of the file.
func TestHeadReadsLittle(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, true)
	err := w.Head(&small.head)
	for n := 0; n < 350 && err == nil; n++ { // the last member would have much more than the end
		err = writeObject(w, 1, 0, []byte(`"`+noise(1000+n)+`"`))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	file := out.Bytes()
	for name, tt := range map[string]struct {
		file []byte
		most int
	}{
		"as it is written": {file, inputBuffer + firstTail + 100},
		"zeros at the end": {append(bytes.Clone(file), make([]byte, 32<<20)...), inputBuffer + 5<<20},
		"cut":              {file[:len(file)*2/3], inputBuffer + 1<<20},
	} {
		r := &counted{Reader: bytes.NewReader(tt.file)}
		if _, err := ReadHead(r); err != nil || r.n > tt.most {
			t.Errorf("%s: got %d of %d bytes read, error %v, want at most %d", name, r.n, len(tt.file), err, tt.most)
		}
	}
}

// A forged file whose end is full of headers takes no longer than its length: each would
// lead through all the others.
func TestLastMemberForged(t *testing.T) {
	small := ofFormat2(t, nil)
	for name, tt := range map[string]struct {
		tail []byte
		want []byte
		ok   bool
	}{
		"members":        {bytes.Repeat(small, maxHeadLine/len(small)), small, true},
		"broken members": {append(bytes.Repeat(small, maxHeadLine/len(small)), 'x'), nil, false},
		"magics":         {bytes.Repeat([]byte(gzipMagic), maxHeadLine/2), nil, false},
		"headers":        {bytes.Repeat(small[:memberHeader], maxHeadLine/memberHeader), nil, true},
	} {
		if member, ok := lastMember(tt.tail); ok != tt.ok || !bytes.Equal(member, tt.want) {
			t.Errorf("%s: got %x, %v, want %x, %v", name, member[:min(len(member), 100)], ok, tt.want, tt.ok)
		}
	}
}
