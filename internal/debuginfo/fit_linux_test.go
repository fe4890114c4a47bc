package debuginfo

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withID returns an ELF file whose build IDs are others: Go's what change makes of it, which has the
// same length, and GNU's the same for all.
func withID(t *testing.T, file []byte, change func(id string) string) []byte {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	file = bytes.Clone(file)
	if s := f.Section(".note.gnu.build-id"); s != nil {
		id := file[s.Offset+16 : s.Offset+s.FileSize] // behind the header and "GNU"
		copy(id, bytes.Repeat([]byte{1}, len(id)))
	}
	s := f.Section(".note.go.buildid")
	old := (&elfFile{f: f}).note(s.Name, "Go", 4)
	id := change(old)
	if len(id) != len(old) {
		t.Fatalf("got build ID %q, want one as long as %q", id, old)
	}
	copy(file[s.Offset+16:], id)
	return file
}

// What build IDs say of the build.
func TestBuildIDs(t *testing.T) {
	stripped, err := os.ReadFile(build(t, "full-stripped").path)
	if err != nil {
		t.Fatal(err)
	}
	same := func(id string) string { return id }
	given := func(id string) string { return strings.Repeat("r", len(id)) } // as -ldflags=-buildid=redacted does
	part := func(n int) func(id string) string {
		return func(id string) string {
			all := strings.Split(id, "/")
			all[n] = strings.Repeat("x", len(all[n]))
			return strings.Join(all, "/")
		}
	}
	tests := []struct {
		name   string
		change func(id string) string // of both files
		its    func(id string) string
		of     string // the mode of which the file is
		want   string // in the error, "" for none
	}{
		{"another link", same, same, "full", ""},
		{"another binary", same, part(3), "full", ""},
		{"another source of main", same, part(1), "full", "its package main"},
		{"another package main", same, part(2), "full", "its package main"},
		{"the same by -buildid", given, same, "full", ""},
		{"the same by -buildid, another build", given, same, "opt", "another build: it has another .text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := installed{dir: t.TempDir(), t: t}
			i.path = i.put("server", withID(t, stripped, tt.change))
			i.put("server.debug", withID(t, withID(t, writtenFile(t, tt.of), tt.change), tt.its))
			f := i.open("")
			err := f.DWARFError()
			if tt.want == "" && (err != nil || besideOf(f) == "") {
				t.Errorf("got error %v, want none", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got error %v, want %q in it", err, tt.want)
			}
		})
	}
	t.Run("without checksums", func(t *testing.T) {
		i := installed{dir: t.TempDir(), t: t}
		i.path = i.put("server", withID(t, stripped, given))
		path := filepath.Join(i.dir, "server.debug")
		tool(t, "objcopy", "--only-keep-debug", build(t, "opt").path, path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		i.put("server.debug", withID(t, data, given))
		if err := i.open("").DWARFError(); err == nil || !strings.Contains(err.Error(), "no build ID says") {
			t.Errorf("got error %v, want one about the build ID", err)
		}
	})
}

// Constants, types and code are compared wherever the linker of this version puts them.
func TestComparedAll(t *testing.T) {
	for _, name := range []string{"full", "pie"} {
		exe := open(t, name).file.exe.(*elfFile)
		sums, err := exe.sums()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range exe.f.Sections {
			holds := strings.HasPrefix(s.Name, ".data.rel.ro") || strings.HasPrefix(s.Name, ".go.") ||
				s.Name == ".rodata" || s.Name == ".text"
			switch s.Name {
			case ".go.buildinfo", ".go.fipsinfo", ".go.module": // differ by how a program was linked
				holds = false
			}
			switch {
			case strings.HasSuffix(s.Name, ".typelink"), strings.HasSuffix(s.Name, ".itablink"): // only offsets
				holds = false
			}
			if holds && sums[s.Name] == "" {
				t.Errorf("%s: section %s isn't compared", name, s.Name)
			}
		}
	}
}

// Names of sections aren't decompressed: they would take as much memory as they say.
func TestCompressedNames(t *testing.T) {
	data := writtenFile(t, "full")
	var h elf.Header64
	if _, err := binary.Decode(data, binary.LittleEndian, &h); err != nil {
		t.Fatal(err)
	}
	at := h.Shoff + uint64(h.Shstrndx)*uint64(h.Shentsize)
	binary.LittleEndian.PutUint64(data[at+8:], uint64(elf.SHF_COMPRESSED)) // Section64.Flags
	const want = "the names of its sections are compressed"
	if _, err := openBeside(bytes.NewReader(data), 1<<20); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q in it", err, want)
	}
}
