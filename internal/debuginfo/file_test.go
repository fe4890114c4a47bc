package debuginfo

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			s := build(t, m.name)
			if got := s.file.GOARCH(); got != m.arch() {
				t.Errorf("GOARCH: got %q, want %q", got, m.arch())
			}
			stripped := strings.HasSuffix(m.name, "stripped")
			err := s.file.DWARFError()
			if stripped || m.name == "nodwarf" {
				if !errors.Is(err, ErrNoDWARF) {
					t.Errorf("DWARFError: got %v, want %v", err, ErrNoDWARF)
				}
				return
			}
			if err != nil {
				t.Errorf("DWARFError: got %v, want nil", err)
			}
			want := 5
			if m.dwarf4 || m.os() == "darwin" && !m.dwarf5 || strings.HasPrefix(runtime.Version(), "go1.24") {
				want = 4
			}
			if got := s.file.packageUnits("main")[0].version; got != want {
				t.Errorf("DWARF version: got %d, want %d", got, want)
			}
		})
	}
}

// TestStripped calls everything on a file without debug information.
func TestStripped(t *testing.T) {
	for _, name := range []string{"stripped", "nodwarf", "darwin-stripped", "windows-stripped"} {
		f := build(t, name).file
		if fn, ok := f.Func(0x401000); ok {
			t.Errorf("%s: Func: got %v", name, fn)
		}
		if fn, ok := f.FuncByName("main.main"); ok {
			t.Errorf("%s: FuncByName: got %v", name, fn)
		}
		if v, ok := f.Global("main.counter"); ok {
			t.Errorf("%s: Global: got %v", name, v)
		}
		if vars := f.Globals("main"); vars != nil {
			t.Errorf("%s: Globals: got %v", name, vars)
		}
		if vars := f.ClosureVars(0x401000); vars != nil {
			t.Errorf("%s: ClosureVars: got %v", name, vars)
		}
		if typ, err := f.Type(1); err == nil {
			t.Errorf("%s: Type: got %v", name, typ)
		}
		if off, ok := f.TypeByName("int"); ok {
			t.Errorf("%s: TypeByName: got %v", name, off)
		}
		if row, ok := f.Unwind(0x401000); ok {
			t.Errorf("%s: Unwind: got %v", name, row)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	elf := func(class, data, machine byte) string {
		h := make([]byte, 64)
		copy(h, "\x7fELF")
		h[4], h[5], h[6], h[18], h[20] = class, data, 1, machine, 1
		if data == 2 { // big-endian
			h[18], h[19], h[20], h[23] = 0, machine, 0, 1
		}
		return string(h)
	}
	tests := []struct{ name, contents, want string }{
		{"empty", "", "magic number"},
		{"text", "hello, world", `not an executable: magic number "hell"`},
		{"script", "#!/bin/sh\n", "not an executable"},
		{"truncated ELF", "\x7fELF", "EOF"},
		{"32-bit ELF", elf(1, 1, 3), "only 64-bit little-endian"},
		{"big-endian ELF", elf(2, 2, 21), "only 64-bit little-endian"},
		{"riscv ELF", elf(2, 1, 243), "only amd64 and arm64"},
		{"universal Mach-O", "\xca\xfe\xba\xbe\x00\x00\x00\x02", "universal"},
		{"truncated Mach-O", "\xcf\xfa\xed\xfe\x00\x00", "EOF"},
		{"32-bit Mach-O", "\xce\xfa\xed\xfe\x00\x00", "not an executable"},
		{"DOS", "MZ\x00\x00", "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(tt.contents), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Open(path)
			if err == nil {
				f.Close()
				t.Fatal("got no error")
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "open executable ") {
				t.Errorf("got error %q, want %q in it", err, tt.want)
			}
			if f, err := newFile(bytes.NewReader([]byte(tt.contents))); err == nil {
				t.Errorf("New: got %v", f)
			}
		})
	}
	_, err := Open(filepath.Join(t.TempDir(), "missing"))
	if !os.IsNotExist(err) && !strings.Contains(err.Error(), "open executable") {
		t.Errorf("missing file: got %v", err)
	}
}

// TestClose checks that what was read stays usable, and that the rest returns nothing or
// an error.
func TestClose(t *testing.T) {
	s := build(t, "noopt")
	f, err := Open(s.path)
	if err != nil {
		t.Fatal(err)
	}
	fn, ok := f.FuncByName("main.signature")
	if !ok {
		t.Fatal("no main.signature")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Func(fn.Entry); !ok {
		t.Error("Func after Close found nothing")
	}
	calls := fn.Calls(fn.End - 1) // the line table was not read
	if len(calls) != 1 || calls[0].Name != "main.signature" || calls[0].Line != 0 || calls[0].File != "" {
		t.Errorf("Calls after Close: got %+v, want one without a line", calls)
	}
	if _, ok := f.Unwind(fn.Entry); ok {
		t.Error("Unwind after Close found something")
	}
}

// Preload reads what is otherwise read when it is needed.
func TestPreload(t *testing.T) {
	path := build(t, "opt").path
	early, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	late, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	early.Preload()
	if len(early.sections) < 3 { // locations take two in DWARF 5, one in 4
		t.Errorf("got %d sections, want those of lines, locations and frames", len(early.sections))
	}
	for name, got := range early.sections {
		if want, err := late.section(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("section %s: got %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	if _, ok := early.FuncByName("main.main"); !ok {
		t.Error("got no main.main")
	}
}
