//go:build linux || darwin

package apitest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"coredumpy"
)

func mapped(t *testing.T, fd, size, flags int) []byte {
	t.Helper()
	b, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, flags)
	if err != nil {
		t.Fatalf("mmap: %v", err)
	}
	return b
}

// Hardly anything of 4 GB is read, whatever its type is.
func TestHostileSparse(t *testing.T) {
	noVariables(t)
	const size = 4 << 30
	b := mapped(t, -1, size, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	defer syscall.Munmap(b)
	first := unsafe.Pointer(&b[0])
	elements, text := coredumpy.Config.MaxElements, coredumpy.Config.MaxString
	for _, tt := range []struct {
		name   string
		value  any
		length int64
		stored int
	}{
		{"bytes", b, size, text},
		{"string", unsafe.String(&b[0], size), size, text},
		{"array", (*[size]byte)(first), size, text},
		{"numbers", unsafe.Slice((*uint64)(first), size/8), size / 8, elements},
		{"pointers", unsafe.Slice((**int)(first), size/8), size / 8, elements},
		{"strings", unsafe.Slice((*string)(first), size/16), size / 16, elements},
		{"arrays", unsafe.Slice((*[1 << 20]byte)(first), size>>20), size >> 20, 4096},
		{"array of structs", (*[size / 16]struct{ A, B *int })(first), size / 16, elements},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config(t, func(c *coredumpy.Configuration) { c.MaxBytes = 4 << 20 })
			v, d := beside(t, tt.value, 16*few)
			if v.Kind().String() == "ptr" {
				v = v.Elem()
			}
			if tt.name == "arrays" {
				if v.Len() != tt.length || v.Stored() >= 4096 || v.Index(4095).Reason() != "bytes limit" ||
					d.cuts()["bytes"] == 0 {
					t.Errorf("got %d of %d and cuts %v, want it cut by the bytes limit", v.Stored(), v.Len(), d.cuts())
				}
				return
			}
			if v.Len() != tt.length || v.Stored() != tt.stored || d.cuts()["string"]+d.cuts()["elements"] != 1 {
				t.Errorf("got %d of %d and cuts %v, want %d of %d and one",
					v.Stored(), v.Len(), d.cuts(), tt.stored, tt.length)
			}
		})
	}
}

// A value in memory that was unmapped or protected, or whose file has shrunk, says so.
func TestHostileMappings(t *testing.T) {
	const size = 1 << 20
	anonymous := syscall.MAP_ANON | syscall.MAP_PRIVATE
	freed, protected, kept := mapped(t, -1, size, anonymous), mapped(t, -1, size, anonymous),
		mapped(t, -1, size, anonymous)
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	shrunk := mapped(t, int(file.Fd()), size, syscall.MAP_SHARED)
	defer syscall.Munmap(shrunk)
	defer syscall.Munmap(protected)
	defer syscall.Munmap(kept)
	values := map[string]*[4]int{}
	for name, b := range map[string][]byte{"freed": freed, "protected": protected, "kept": kept, "shrunk": shrunk} {
		p := (*[4]int)(unsafe.Pointer(&b[8192]))
		p[3] = 7
		values[name] = p
	}
	// The slice keeps the address after this, as a slice of a program may.
	address := unsafe.Pointer(&freed[0])
	if err := syscall.Munmap(freed); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mprotect(protected, syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(0); err != nil {
		t.Fatal(err)
	}
	values["freed slice"] = (*[4]int)(address)
	for name, value := range values {
		v, _ := beside(t, value, few)
		if got := show(v.Elem()); name == "kept" && got != "[4]int [0,0,0,7]" {
			t.Errorf("%s: got %s", name, got)
		}
		if why := v.Elem().Reason(); name != "kept" && (v.Elem().Valid() || why == "") {
			t.Errorf("%s: got %s and reason %q, want no memory", name, show(v.Elem()), why)
		}
	}
}
