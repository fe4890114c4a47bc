//go:build unix

package memory

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
)

func mapped(t *testing.T, fd, size, prot, flags int) []byte {
	t.Helper()
	b, err := syscall.Mmap(fd, 0, size, prot, flags)
	if err != nil {
		t.Fatalf("mmap: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(b) })
	return b
}

func wantUnreadable(t *testing.T, what string, n int, addr uint64) {
	t.Helper()
	err := Own{}.Read(make([]byte, n), addr)
	if err == nil || !strings.HasPrefix(err.Error(), "no memory at 0x") {
		t.Errorf("%s: got error %v of %d bytes, want no memory", what, err, n)
	}
}

func TestOwnMemoryProtected(t *testing.T) {
	debug.SetPanicOnFault(true)
	page := os.Getpagesize()
	b := mapped(t, -1, 2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	b[page-1] = 42
	addr := addressOf(&b[0])
	if err := syscall.Mprotect(b[page:], syscall.PROT_NONE); err != nil {
		t.Fatalf("mprotect: %v", err)
	}
	wantUnreadable(t, "protected page", 1, addr+uint64(page))
	wantUnreadable(t, "into a protected page", 16, addr+uint64(page)-8)
	wantUnreadable(t, "a byte into a protected page", 8, addr+uint64(page)-7)
	var got [1]byte
	if err := (Own{}).Read(got[:], addr+uint64(page)-1); err != nil || got[0] != 42 {
		t.Errorf("got %d and error %v before the protected page, want 42", got[0], err)
	}
}

func TestOwnMemoryUnmapped(t *testing.T) {
	debug.SetPanicOnFault(true)
	b, err := syscall.Mmap(-1, 0, 1<<20, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatalf("mmap: %v", err)
	}
	addr := addressOf(&b[0])
	if err := syscall.Munmap(b); err != nil {
		t.Fatalf("munmap: %v", err)
	}
	wantUnreadable(t, "unmapped", 8, addr+1<<19)
}

// Reading beyond the end of a mapped file that was truncated raises SIGBUS, not SIGSEGV.
func TestOwnMemoryTruncatedFile(t *testing.T) {
	debug.SetPanicOnFault(true)
	page := os.Getpagesize()
	f, err := os.Create(filepath.Join(t.TempDir(), "mapped"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(int64(4 * page)); err != nil {
		t.Fatal(err)
	}
	b := mapped(t, int(f.Fd()), 4*page, syscall.PROT_READ, syscall.MAP_SHARED)
	if err := f.Truncate(int64(page)); err != nil {
		t.Fatal(err)
	}
	addr := addressOf(&b[0])
	if err := (Own{}).Read(make([]byte, page), addr); err != nil {
		t.Errorf("got error %v of what is left of the file, want none", err)
	}
	wantUnreadable(t, "beyond the end", 8, addr+uint64(2*page))
	wantUnreadable(t, "over the end", page, addr+uint64(page)-8)
}
