package debuginfo

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

// TestMalformed damages the debug sections of a sample and asks for everything. There is
// nothing to compare the answers with: the test checks that there is no panic, and that
// each file is done soon.
func TestMalformed(t *testing.T) {
	files := longtest.Rounds(20, 120)
	data, err := os.ReadFile(build(t, "plain").path)
	if err != nil {
		t.Fatal(err)
	}
	sections := debugSections(t, data)
	rnd := rand.New(rand.NewPCG(1, 2))
	answers := 0
	for i := range files {
		damaged := bytes.Clone(data)
		var where []string
		for range 1 + rnd.IntN(8) {
			section := sections[rnd.IntN(len(sections))]
			// The start of a section has headers, on which more depends.
			size := section.Size
			if rnd.IntN(2) == 0 {
				size = min(size, 200)
			}
			for range 1 + rnd.IntN(30) {
				damaged[section.Offset+rnd.Uint64N(size)] = byte(rnd.Uint32())
			}
			where = append(where, section.Name)
		}
		start := time.Now()
		f, err := newFile(bytes.NewReader(damaged))
		if err != nil {
			t.Errorf("file %d: %v: the headers are not damaged", i, err)
			continue
		}
		answers += askEverything(f)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("file %d, damaged in %v: took %v", i, where, d)
		}
	}
	if answers == 0 {
		t.Error("got no answer from any file, want some")
	}
}

func debugSections(t *testing.T, data []byte) []*elf.Section {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var sections []*elf.Section
	for _, s := range f.Sections {
		if strings.HasPrefix(s.Name, ".debug_") && s.Size > 0 {
			sections = append(sections, s)
		}
	}
	if len(sections) < 6 {
		t.Fatalf("got %d debug sections", len(sections))
	}
	return sections
}

// askEverything returns how many questions had an answer.
func askEverything(f *File) (answers int) {
	regs := testRegs
	for _, name := range []string{"main.signature", "main.walk", "runtime.main", "main.nothing"} {
		fn, ok := f.FuncByName(name)
		if !ok {
			continue
		}
		answers++
		f.ClosureVars(fn.Entry)
		for pc := fn.Entry; pc < fn.End && pc < fn.Entry+200; pc += 7 {
			f.Func(pc)
			f.Unwind(pc)
			for _, c := range fn.Calls(pc) {
				for _, v := range c.Variables() {
					if expr, err := v.Location(); err == nil {
						f.Eval(expr, regs)
					}
					if t, err := f.Type(v.Type); err == nil {
						answers++
						f.Type(t.Elem)
						f.Type(t.Key)
						for _, field := range t.Fields {
							f.Type(field.Type)
						}
					}
				}
			}
		}
	}
	for _, v := range f.Globals("main") {
		answers++
		v.Location()
	}
	f.Global("runtime.allgs")
	f.TypeByName("runtime.g")
	return answers
}

// TestInflate checks sections that give a wrong size.
func TestInflate(t *testing.T) {
	compress := func(contents []byte, size uint64) []byte {
		var b bytes.Buffer
		b.WriteString(zlibMagic)
		b.Write(binary.BigEndian.AppendUint64(nil, size))
		w := zlib.NewWriter(&b)
		w.Write(contents)
		w.Close()
		return b.Bytes()
	}
	text := bytes.Repeat([]byte("debug"), 1000)
	tests := []struct {
		name string
		data []byte
		want string // the contents, or the error after "error: "
	}{
		{"plain", []byte("plain"), "plain"},
		{"empty", nil, ""},
		{"magic alone", []byte("ZLIB"), "ZLIB"},
		{"compressed", compress(text, uint64(len(text))), string(text)},
		{"smaller claim", compress(text, 10), string(text[:10])},
		{"larger claim", compress(text, uint64(len(text))+1), "error: unexpected EOF"},
		{"impossible claim", compress(text, 1<<29), "error: cannot hold"},
		{"huge claim", compress(text, 1<<62), "error: more than the limit"},
		{"damaged", append(compress(nil, 5)[:12], "damaged"...), "error: invalid header"},
	}
	for _, tt := range tests {
		got, err := inflate(".zdebug_info", tt.data)
		if err != nil {
			if want, ok := strings.CutPrefix(tt.want, "error: "); !ok || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %q, want %q", tt.name, err, tt.want)
			}
			continue
		}
		if string(got) != tt.want {
			t.Errorf("%s: got %d bytes %.20q, want %.20q", tt.name, len(got), got, tt.want)
		}
	}
}
