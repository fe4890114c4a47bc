package target

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/debugtest"
)

// ownCopy opens a copy of this program.
func ownCopy(t *testing.T) (info *debuginfo.File, path string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path = filepath.Join(t.TempDir(), "copy")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err = debuginfo.Open(path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { info.Close() })
	info.Close()
	return info, path
}

// dropped reports whether nothing is kept, nor waited for.
func (k *keeper) dropped() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.info == nil && !k.watched
}

func TestKeeper(t *testing.T) {
	info, path := ownCopy(t)
	k := keeper{most: maxKept}
	if got, _ := k.take(); got != nil {
		t.Error("got debug information before any was kept")
	}
	k.keep(info, 7)
	if got, slide := k.take(); got != info || slide != 7 {
		t.Errorf("got %p and slide %d, want %p and 7", got, slide, info)
	}
	if got, _ := k.take(); got != nil {
		t.Error("got the same debug information twice")
	}
	info.Close()

	k.keep(info, 7)
	k.since = k.since.Add(-keepFor / 2)
	if k.drop(); k.info == nil {
		t.Error("dropped before its time was over")
	}
	k.since = k.since.Add(-keepFor / 2)
	for !k.dropped() { // by the finalizer
		runtime.GC()
	}
	k.keep(info, 7)
	k.mu.Lock()
	if got, _ := k.take(); got != nil {
		t.Error("got debug information that somebody else is at")
	}
	k.mu.Unlock()

	k.info = nil
	k.most = info.Memory() - 1
	if k.keep(info, 7); k.info != nil {
		t.Errorf("kept %d bytes, want %d at most", info.Memory(), k.most)
	}
	k.most++
	if k.keep(info, 7); k.info == nil {
		t.Errorf("%d bytes not kept", info.Memory())
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Skip(err)
	}
	if got, _ := k.take(); got != nil || k.info != nil {
		t.Error("got debug information of an executable that isn't there any more")
	}
}

// The next capture of this process reads what the last one has kept, and finds the same. Nothing
// is kept unless that is wanted.
func TestDebugKeep(t *testing.T) {
	debugtest.Need(t)
	var was *Process
	names := func() (names []string) {
		capture(t, func(s *snapshot) {
			was = s.p
			for _, f := range s.stacks[s.gs[0]] {
				names = append(names, f.Func, f.File)
			}
		})
		return names
	}
	want := names()
	if info, _ := kept.take(); info != nil {
		t.Fatal("got debug information that nobody wanted to keep")
	}
	was.Keep()
	first := was.Info
	for range 3 {
		if got := names(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q as the first time", got, want)
		}
		if was.Info != first {
			t.Error("got debug information that was read again")
		}
		was.Keep()
	}
	kept.take()
}
