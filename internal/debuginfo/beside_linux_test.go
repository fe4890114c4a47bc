package debuginfo

import (
	"bytes"
	"debug/dwarf"
	"debug/elf"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// writtenFile returns what Write writes of a sample.
func writtenFile(t testing.TB, name string) []byte {
	t.Helper()
	exe, err := os.Open(build(t, name).path)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	var buf bytes.Buffer
	n, of, err := Write(&buf, exe)
	if err != nil {
		t.Fatal(err)
	}
	if n <= 0 || n >= of || int64(buf.Len()) < n {
		t.Errorf("got %d bytes of %d in a file of %d", n, of, buf.Len())
	}
	return buf.Bytes()
}

// installed is a copy of an executable in a directory of its own.
type installed struct {
	dir, path string
	t         *testing.T
}

func install(t *testing.T, sample string) installed {
	data, err := os.ReadFile(build(t, sample).path)
	if err != nil {
		t.Fatal(err)
	}
	i := installed{t.TempDir(), "", t}
	i.path = i.put("server", data)
	return i
}

// put writes a file, and returns its path.
func (i installed) put(name string, data []byte) string {
	i.t.Helper()
	path := filepath.Join(i.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o700); err != nil {
		i.t.Fatal(err)
	}
	return path
}

// open opens the executable, and looks for its debug information.
func (i installed) open(list string) *File {
	i.t.Helper()
	f, err := Open(i.path)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { f.Close() })
	f.LookBeside(Places{Name: filepath.Base(i.path), Dir: i.dir, List: list})
	return f
}

// besideOf returns the path of the file that has the debug information, "" if it is the
// executable.
func besideOf(f *File) string {
	if f.beside == nil {
		return ""
	}
	return f.beside.path
}

// tool runs a program of the binutils, or skips the test without it.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func buildID(t *testing.T, path string) string {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, id := f.exe.(*elfFile).buildIDs()
	if len(id) < 8 {
		t.Skipf("%s has no GNU build ID", runtime.Version())
	}
	return id
}

// Debug information is found in all the places where it may be.
func TestLookBeside(t *testing.T) {
	tests := []struct {
		name string
		// put puts the file somewhere, and returns its path, and a list.
		put func(t *testing.T, i installed) (path, list string)
	}{
		{"beside", func(t *testing.T, i installed) (string, string) {
			return i.put("server.debug", writtenFile(t, "full")), ""
		}},
		{"listed", func(t *testing.T, i installed) (string, string) {
			i.put("server.debug", []byte("no ELF file"))
			path := i.put("elsewhere/any.name", writtenFile(t, "full"))
			return path, "/does/not/exist" + string(filepath.ListSeparator) + path
		}},
		{"in a listed directory", func(t *testing.T, i installed) (string, string) {
			path := i.put("elsewhere/server.debug", writtenFile(t, "full"))
			return path, filepath.Dir(path)
		}},
		{"by its build ID", func(t *testing.T, i installed) (string, string) {
			id := buildID(t, i.path)
			path := i.put(".build-id/"+id[:2]+"/"+id[2:]+".debug", writtenFile(t, "full"))
			return path, i.dir
		}},
		{"not stripped", func(t *testing.T, i installed) (string, string) {
			data, err := os.ReadFile(build(t, "full").path)
			if err != nil {
				t.Fatal(err)
			}
			return i.put("server.debug", data), ""
		}},
		{"of a program stripped later", func(t *testing.T, i installed) (string, string) {
			tool(t, "strip", "-o", i.path, build(t, "full").path)
			return i.put("server.debug", writtenFile(t, "full")), ""
		}},
		{"objcopy and strip", func(t *testing.T, i installed) (string, string) {
			tool(t, "strip", "-o", i.path, build(t, "full").path)
			path := filepath.Join(i.dir, "server.debug")
			tool(t, "objcopy", "--only-keep-debug", build(t, "full").path, path)
			return path, ""
		}},
		{".gnu_debuglink", func(t *testing.T, i installed) (string, string) {
			path := i.put(".debug/linked.name", writtenFile(t, "full"))
			tool(t, "objcopy", "--add-gnu-debuglink="+path, i.path)
			return path, ""
		}},
		{"listed, compared", func(t *testing.T, i installed) (string, string) {
			i.put("server.debug", writtenFile(t, "opt"))
			return i.put("right", writtenFile(t, "full")), filepath.Join(i.dir, "right")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := install(t, "full-stripped")
			path, list := tt.put(t, i)
			f := i.open(list)
			if err := f.DWARFError(); err != nil {
				t.Fatal(err)
			}
			if besideOf(f) != path || f.Stripped() {
				t.Errorf("got the debug information of %q, want that of %q", besideOf(f), path)
			}
			sameAnswers(t, f, open(t, "full").file)
		})
	}
}

// sameAnswers compares what is read.
func sameAnswers(t *testing.T, got, want *File) {
	t.Helper()
	for _, name := range written {
		is, err1 := got.section(name)
		should, err2 := want.section(name)
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(is, should) {
			t.Errorf("section %s: got %d bytes, want %d, %v", name, len(is), len(should), err)
		}
	}
	off, addr, err1 := got.Base()
	wantOff, wantAddr, err2 := want.Base()
	if err := errors.Join(err1, err2); err != nil || off != wantOff || addr != wantAddr {
		t.Errorf("Base: got %#x and %#x, want %#x and %#x, %v", off, addr, wantOff, wantAddr, err)
	}
}

// A file that doesn't fit isn't used, and the error says why.
func TestUnfit(t *testing.T) {
	small := make([]byte, elfHeaderSize)
	copy(small, "\x7fELF\x01\x01\x01")
	small[18], small[20], small[elfSectionCount] = 3, 1, 1
	file := writtenFile(t, "full")
	tests := []struct {
		name string
		put  func(t *testing.T, i installed) (list string)
		want string
	}{
		{"none", func(t *testing.T, i installed) string { return "" }, ""},
		{"of another build", func(t *testing.T, i installed) string {
			i.put("server.debug", writtenFile(t, "opt"))
			return ""
		}, "server.debug is of another build: its package main, or one that this imports, is of another source"},
		{"stripped", func(t *testing.T, i installed) string {
			data, _ := os.ReadFile(i.path)
			i.put("server.debug", data)
			return ""
		}, "server.debug has no debug information"},
		{"objcopy of another build", func(t *testing.T, i installed) string {
			tool(t, "objcopy", "--only-keep-debug", build(t, "opt").path, filepath.Join(i.dir, "server.debug"))
			return ""
		}, "server.debug is of another build: its package main"},
		{"text", func(t *testing.T, i installed) string {
			i.put("server.debug", []byte("secret text"))
			return ""
		}, "server.debug isn't an ELF file"},
		{"empty", func(t *testing.T, i installed) string {
			i.put("server.debug", nil)
			return ""
		}, "server.debug isn't an ELF file"},
		{"32-bit", func(t *testing.T, i installed) string {
			i.put("server.debug", small)
			return ""
		}, "server.debug can't be read: "},
		{"without sections", func(t *testing.T, i installed) string {
			i.put("server.debug", file[:elfHeaderSize-1])
			header := bytes.Clone(file[:elfHeaderSize])
			header[elfSectionCount], header[elfSectionCount+1] = 0, 0
			return i.put("other", header)
		}, "other is an ELF file without sections"},
		{"truncated", func(t *testing.T, i installed) string {
			i.put("server.debug", file[:len(file)/2])
			return ""
		}, "server.debug can't be read: "},
		{"directory", func(t *testing.T, i installed) string {
			i.put("server.debug/file", nil)
			return ""
		}, "server.debug: isn't a file with contents"},
		{"pipe", func(t *testing.T, i installed) string {
			if err := syscall.Mkfifo(filepath.Join(i.dir, "server.debug"), 0o600); err != nil {
				t.Fatal(err)
			}
			return ""
		}, "server.debug: isn't a file with contents"},
		{"device", func(t *testing.T, i installed) string { return "/dev/zero" }, "/dev/zero: isn't a file with contents"},
		{"unreadable", func(t *testing.T, i installed) string {
			link := filepath.Join(i.dir, "server.debug")
			if err := os.Symlink("server.debug", link); err != nil {
				t.Fatal(err)
			}
			return ""
		}, "server.debug: too many levels of symbolic links"},
		{"a listed file that isn't there", func(t *testing.T, i installed) string { return "/does/not/exist" },
			"/does/not/exist: no such file or directory"},
		{"itself", func(t *testing.T, i installed) string { return i.path }, "server is the executable itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := install(t, "full-stripped")
			f := i.open(tt.put(t, i))
			err := f.DWARFError()
			if !errors.Is(err, ErrNoDWARF) || besideOf(f) != "" || !strings.Contains(err.Error(), tt.want) ||
				strings.Contains(err.Error(), "secret") {
				t.Errorf("got the debug information of %q and error %v, want %q in it", besideOf(f), err, tt.want)
			}
			if strings.Contains(err.Error(), "beside") != (tt.want != "") {
				t.Errorf("got error %q, want it to speak of other files if there are some", err)
			}
		})
	}
}

// The file of another build doesn't fit, whatever section differs.
func TestCompared(t *testing.T) {
	own := map[string]string{}
	for _, name := range compared {
		own[name] = name + " 1000 20 1"
	}
	for _, name := range compared {
		its := map[string]string{}
		for n, line := range own {
			its[n] = line
		}
		its[name] = name + " 1000 20 2"
		if err := differ(own, its); err == nil || !strings.HasSuffix(err.Error(), "it has another "+name) {
			t.Errorf("%s: got error %v, want one that names the section", name, err)
		}
		delete(its, name)
		if err := differ(own, its); err == nil {
			t.Errorf("%s is missing: got no error", name)
		}
	}
	if err := differ(own, own); err != nil {
		t.Errorf("got error %v, want none", err)
	}
	for name, without := range map[string][]string{"code": {".text"}, "tables": compared[1:4]} {
		less := map[string]string{}
		for n, line := range own {
			if !slices.Contains(without, n) {
				less[n] = line
			}
		}
		if err := differ(less, less); err == nil {
			t.Errorf("without %s: got no error", name)
		}
	}
	if err := differ(nil, nil); err == nil {
		t.Error("without anything: got no error")
	}
}

// An executable with debug information is asked alone: not even a file that is listed but
// isn't there is an error.
func TestOwnFirst(t *testing.T) {
	i := install(t, "full")
	i.put("server.debug", writtenFile(t, "full"))
	f, err := Open(i.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	places := Places{Name: "server", Dir: i.dir, List: "/does/not/exist"}
	if n := testing.AllocsPerRun(10, func() { f.LookBeside(places) }); n > 0 {
		t.Errorf("got %v allocations, want none", n)
	}
	if err := f.DWARFError(); err != nil || besideOf(f) != "" {
		t.Errorf("got the debug information of %q and error %v, want that of the executable", besideOf(f), err)
	}
}

// The file beside the executable is opened again with it, unless it has changed.
func TestReopenBeside(t *testing.T) {
	i := install(t, "full-stripped")
	path := i.put("server.debug", writtenFile(t, "full"))
	f := i.open("")
	f.Close()
	delete(f.sections, "frame")
	if _, err := f.section("frame"); err == nil {
		t.Error("got no error from reading a file that is closed")
	}
	if err := f.Reopen(); err != nil {
		t.Fatal(err)
	}
	if data, err := f.section("frame"); err != nil || len(data) == 0 {
		t.Errorf("got %d bytes and error %v after the files were opened again", len(data), err)
	}
	f.Close()
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if err := f.Reopen(); !errors.Is(err, errReplaced) || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v, want %v with the path", err, errReplaced)
	}
}

// A damaged section costs only what is in it.
func TestDamagedBeside(t *testing.T) {
	data := writtenFile(t, "full")
	headers, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	lines := headers.Section(".debug_line")
	for j := range lines.FileSize - 40 {
		data[lines.Offset+40+j] = 0xff
	}
	i := install(t, "full-stripped")
	i.put("server.debug", data)
	f := i.open("")
	fn, ok := f.FuncByName("main.signature")
	if !ok {
		t.Fatalf("no main.signature: %v", f.DWARFError())
	}
	calls := fn.Calls(fn.End - 1)
	if len(calls) != 1 || calls[0].Line != 0 || len(calls[0].Variables()) == 0 {
		t.Errorf("got %+v, want a call with variables, without a line", calls)
	}
}

// What a file claims is bounded by the size of the executable.
func TestBudget(t *testing.T) {
	data := writtenFile(t, "full")
	headers, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	info := headers.Section(".debug_info")
	if info.Size >= 1<<24 {
		t.Fatalf("got %d bytes of .debug_info, want less", info.Size)
	}
	copy(data[info.Offset+8:], []byte{0, 0, 0, 0xb, 0, 0, 0, 0}) // elf.Chdr64.Size: 176 MB
	f, err := openBeside(bytes.NewReader(data), 1<<20)
	if err == nil {
		_, err = f.section("info")
	}
	if err == nil || !strings.Contains(err.Error(), "claims 184549376 bytes") {
		t.Errorf("got error %v, want one about the size", err)
	}
	big := bounded{bytes.NewReader(data), &budget{}}
	big.most.left.Store(int64(len(data)) / 2)
	if _, err := big.ReadAt(make([]byte, len(data)), 0); err == nil {
		t.Error("got no error from reading more than the budget")
	}
}

func TestNote(t *testing.T) {
	data := []byte("\x04\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00GNU\x00\x01\x02\x03\x00" +
		"\x03\x00\x00\x00\x05\x00\x00\x00\x04\x00\x00\x00Go\x00\x00ab/cd\x00\x00\x00")
	tests := []struct {
		data []byte
		name string
		kind uint32
		want string
	}{
		{data, "GNU", 3, "010203"},
		{data, "Go", 4, hex.EncodeToString([]byte("ab/cd"))},
		{data, "Go", 3, ""},
		{data[:20], "Go", 4, ""},
		{data[:18], "GNU", 3, ""},
		{data[:4], "GNU", 3, ""},
		{nil, "GNU", 3, ""},
		{bytes.Repeat([]byte{0xff}, 40), "GNU", 3, ""},
		{make([]byte, 40), "GNU", 3, ""},
	}
	for i, tt := range tests {
		if got := hex.EncodeToString([]byte(noteIn(tt.data, tt.name, tt.kind))); got != tt.want {
			t.Errorf("note %d: got %q, want %q", i, got, tt.want)
		}
	}
}

// Whatever a file holds, it is soon refused or read, without a panic.
func FuzzBeside(f *testing.F) {
	self, err := Open("/proc/self/exe") // which no worker needs to build
	if err != nil {
		f.Fatal(err)
	}
	defer self.Close()
	exe := self.exe.(*elfFile)
	own, err := exe.sums()
	if err != nil {
		f.Fatal(err)
	}
	out := &elfWriter{names: []byte{0}}
	out.add(elf.SectionHeader{}, nil)
	for _, s := range exe.f.Sections {
		if err := out.loaded(s); err != nil {
			f.Fatal(err)
		}
	}
	out.add(elf.SectionHeader{Name: sumsSection, Type: elf.SHT_PROGBITS}, []byte(".text 401000 1000 0\n"))
	for name, text := range map[string]string{ // a unit of one entry, a function
		"abbrev": "\x01\x2e\x00\x03\x08\x11\x01\x12\x0b\x00\x00\x00",
		"info":   "\x1c\x00\x00\x00\x05\x00\x01\x08\x00\x00\x00\x00\x01main.main\x00\x00\x10\x40\x00\x00\x00\x00\x00\x10",
	} {
		out.add(elf.SectionHeader{Name: ".debug_" + name, Type: elf.SHT_PROGBITS}, []byte(text))
	}
	var buf bytes.Buffer
	if err := out.write(&buf, exe.f); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		other, err := openBeside(bytes.NewReader(data), 1<<20)
		if err != nil {
			return
		}
		other.buildIDs()
		if its, err := other.sums(); err == nil {
			differ(own, its)
		}
		other.debugLink()
		file := &File{
			exe: exe, debug: other, sections: map[string][]byte{},
			abbrevs: map[uint64]abbrevTable{}, types: map[dwarf.Offset]*Type{}, origins: map[dwarf.Offset]*origin{},
		}
		file.FuncByName("main.main")
		file.Func(0x401000)
		file.Unwind(0x401000)
	})
}
