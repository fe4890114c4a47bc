//go:build amd64 || arm64

package memory

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/childtest"
	"coredumpy/internal/longtest"
	"coredumpy/internal/procfs"
	"coredumpy/internal/ptrace"
)

func open(c *childtest.Child) *Remote {
	c.T.Helper()
	r, err := OpenRemote(c.PID)
	if err != nil {
		c.T.Fatal(err)
	}
	c.T.Cleanup(func() { r.Close() })
	return r
}

// readWord reads a word of memory.
func readWord(m Reader, addr uint64) (uint64, error) {
	var b [8]byte
	err := m.Read(b[:], addr)
	return binary.LittleEndian.Uint64(b[:]), err
}

// Indexes of the words that memoryRole prints.
const (
	heapWord = iota
	protectedWord
	untouchedWord
	fileWord
	sharedWord
)

// checkKinds reads the child's memory of every kind.
func checkKinds(t *testing.T, c *childtest.Child, r *Remote, when string) {
	t.Helper()
	page := uint64(os.Getpagesize())
	for _, tt := range []struct {
		what string
		addr uint64
		n    int
		want int // the first byte, or -1 for unreadable
	}{
		{"touched", c.Addr(protectedWord), 1, 1},
		{"up to the protected page", c.Addr(protectedWord), int(page), 1},
		{"into the protected page", c.Addr(protectedWord), int(page) + 1, -1},
		{"protected", c.Addr(protectedWord) + page, 8, -1},
		{"over the protected page", c.Addr(protectedWord), int(3 * page), -1},
		{"a word into the protected page", c.Addr(protectedWord) + page - 4, 8, -1},
		{"behind the protected page", c.Addr(protectedWord) + 2*page, 8, 3},
		{"never touched", c.Addr(untouchedWord) + 8, 100 << 10, 0},
		{"touched among it", c.Addr(untouchedWord) + 32<<20, 16, 42},
		{"before that", c.Addr(untouchedWord) + 32<<20 - 16, 17, 0},
		{"file", c.Addr(fileWord), int(page), 44},
		{"beyond the file's end", c.Addr(fileWord) + page, 8, -1},
		{"over the file's end", c.Addr(fileWord), int(2 * page), -1},
		{"shared", c.Addr(sharedWord), 8, 43},
		{"nil", 0, 8, -1},
		{"near nil", 8, 8, -1},
		{"the last byte", ^uint64(0), 1, -1},
		{"over the end", ^uint64(0), 8, -1},
		{"not canonical", 0xdead_beef_dead_beef, 8, -1},
		{"the kernel's", 0xffff_8880_0000_0000, 8, -1},
	} {
		b := bytes.Repeat([]byte{0x99}, tt.n)
		switch err := r.Read(b, tt.addr); {
		case tt.want < 0:
			if want := fmt.Sprintf("no memory at %#x", tt.addr); err == nil || err.Error() != want {
				t.Errorf("%s, %s: got error %v, want %s", when, tt.what, err, want)
			}
		case err != nil:
			t.Errorf("%s, %s: got error %v, want byte %d", when, tt.what, err, tt.want)
		case b[0] != byte(tt.want):
			t.Errorf("%s, %s: got byte %d, want %d", when, tt.what, b[0], tt.want)
		}
	}
	if err := r.Read(nil, 0); err != nil {
		t.Errorf("%s: got error %v of no bytes, want none", when, err)
	}
}

func TestRemoteKinds(t *testing.T) {
	c := childtest.Start(t, "memory 1")
	r := open(c)
	check := func(when string) {
		t.Helper()
		checkKinds(t, c, r, when)
	}
	check("running")
	s, err := ptrace.Seize(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	if err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	check("stopped")
	if _, err := r.Copy(1 << 30); err != nil {
		t.Fatal(err)
	}
	check("copied")
	if err := r.Prepare(1 << 30); err != nil {
		t.Fatal(err)
	}
	check("prepared")
	if _, err := r.Copy(1 << 30); err != nil {
		t.Fatal(err)
	}
	check("prepared and copied")
	if n, err := r.Copy(0); n != 0 || err == nil {
		t.Errorf("got %d bytes and error %v with a limit of 0, want an error", n, err)
	}
	check("copied nothing")
}

// The copy is equal to the memory, byte by byte, in pieces of all sizes.
func TestRemoteCopy(t *testing.T) {
	c := childtest.Start(t, "memory 12")
	r, live := open(c), open(c)
	s, err := ptrace.Seize(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	for i, limit := range []int64{1 << 30, 1 << 30, 10 << 20, 10 << 20, 1 << 20, 4096, 4095, 1} {
		if i%2 == 1 {
			if err := r.Prepare(limit); err != nil {
				t.Error(err)
			}
			sameMemory(t, r, live)
		}
		copied, err := r.Copy(limit)
		if copied > limit {
			t.Errorf("limit %d: got %d bytes", limit, copied)
		}
		if limit == 1<<30 {
			if err != nil || copied < 12<<20 || copied > 300<<20 {
				t.Errorf("got %d bytes and error %v, want some more than 12 MB, and none", copied, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), "are missing") || limit >= 4096 && copied < limit*9/10 {
			t.Errorf("limit %d: got %d bytes and error %v, want nearly all, and that some are missing",
				limit, copied, err)
		}
		sameMemory(t, r, live)
	}
}

// Where the kernel forbids the fast way there is a slow one, which also tells readable
// pages from unreadable ones.
func TestRemoteCopySlowly(t *testing.T) {
	c := childtest.Start(t, "memory 1")
	r := open(c)
	page := uint64(os.Getpagesize())
	for _, tt := range []struct {
		what       string
		addr, n    uint64
		unreadable int // pages at the end
	}{
		{"heap", c.Addr(heapWord) &^ (page - 1), 32 * page, 0},
		{"file", c.Addr(fileWord), 4 * page, 3},
	} {
		m := procfs.FindMapping(r.maps, tt.addr)
		g, err := r.newRegion(m, m.Hi)
		if err != nil {
			t.Fatal(err)
		}
		bad := r.copySlowly(&g, run{tt.addr, tt.addr + tt.n})
		if len(bad) != tt.unreadable {
			t.Errorf("%s: got %d unreadable pages, want %d", tt.what, len(bad), tt.unreadable)
		}
		n := tt.n - uint64(tt.unreadable)*page
		want := make([]byte, n)
		if err := r.Read(want, tt.addr); err != nil {
			t.Fatal(err)
		}
		if got := g.data[tt.addr-g.lo:][:n]; !bytes.Equal(got, want) {
			t.Errorf("%s: got a copy that isn't the same", tt.what)
		}
		r.spare = append(r.spare, g) // for Close
	}
}

// sameMemory compares the readable parts of two memories.
func sameMemory(t *testing.T, r, live *Remote) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for _, m := range r.Mappings() {
		if !m.Readable() || m.Hi-m.Lo > 1<<30 {
			continue
		}
		for addr := m.Lo; addr < m.Hi; {
			n := min(uint64(1+rnd.IntN(len(a))), m.Hi-addr)
			err1, err2 := r.Read(a[:n], addr), live.Read(b[:n], addr)
			if (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(a[:n], b[:n]) {
				t.Fatalf("%d bytes at %#x of %s: got something else (error %v) than there is (error %v)",
					n, addr, m.Path, err1, err2)
			}
			addr += n
			if m.Hi-m.Lo > 4<<20 && rnd.IntN(2) == 0 {
				addr += uint64(rnd.IntN(1 << 20))
			}
		}
	}
}

// A copy stays as it was made, even when the process has gone on, or is gone.
func TestRemoteCopyStays(t *testing.T) {
	c := childtest.Start(t, "spin 2")
	r := open(c)
	s, err := ptrace.Seize(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Copy(1 << 30); err != nil {
		t.Fatal(err)
	}
	want := c.Word(c.Addr(0))
	c.Release(s)
	c.WantMoves(c.Addr(0))
	check := func() {
		t.Helper()
		if got, err := readWord(r, c.Addr(0)); err != nil || got != want {
			t.Errorf("got %d and error %v, want %d as when it was copied", got, err, want)
		}
	}
	check()
	c.Cmd.Process.Kill()
	c.Cmd.Wait()
	check()
	if err := r.Close(); err != nil {
		t.Errorf("got error %v of Close", err)
	}
	if _, err := readWord(r, c.Addr(0)); err == nil {
		t.Errorf("got no error after Close")
	}
}

// What was prepared can be used for a process that has changed since.
func TestRemotePrepare(t *testing.T) {
	c := childtest.Start(t, "grow")
	r := open(c)
	rounds := longtest.Rounds(2, 8)
	for range rounds {
		if err := r.Prepare(1 << 30); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // it grows and shrinks
		s, err := ptrace.Seize(c.PID, childtest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Copy(1 << 30); err != nil {
			t.Error(err)
		}
		sameMemory(t, r, open(c))
		c.Release(s)
	}
	// Constants were copied too.
	var code procfs.Mapping
	for _, m := range r.Mappings() {
		if strings.HasSuffix(m.Path, ".test") && m.Perms == "r-xp" {
			code = m
		}
	}
	c.Cmd.Process.Kill()
	c.Cmd.Wait()
	if err := r.Read(make([]byte, code.Hi-code.Lo), code.Lo); err != nil || code.Hi == 0 {
		t.Errorf("got error %v for the code at %#x of a process that has ended", err, code.Lo)
	}
}

// Memory that appears later is found.
func TestRemoteRunning(t *testing.T) {
	c := childtest.Start(t, "spin 1")
	r := open(c)
	r.maps = []procfs.Mapping{}
	time.Sleep(2 * remapInterval)
	if _, err := readWord(r, c.Addr(0)); err != nil {
		t.Errorf("got error %v for memory that wasn't in the list yet", err)
	}
	first, _ := readWord(r, c.Addr(0))
	if !childtest.Eventually(func() bool {
		r.Refresh()
		now, err := readWord(r, c.Addr(0))
		return err != nil || now != first
	}) {
		t.Errorf("got count %d each time after Refresh, want it to change", first)
	}
}

func TestOpenRemoteRefused(t *testing.T) {
	for _, tt := range []struct {
		pid  int
		want string
	}{
		{1 << 30, "open: no process 1073741824"},
		{-1, "open: no process -1"},
		{2, "open: process 2 is a part of the kernel"},
	} {
		if tt.pid == 2 && !isKernelThread(2) {
			continue
		}
		r, err := OpenRemote(tt.pid)
		if err == nil {
			r.Close()
		}
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%d: got error %v, want %q", tt.pid, err, tt.want)
		}
	}
}

func isKernelThread(pid int) bool {
	st, err := procfs.ReadStat(procfs.Path(pid, "stat"))
	return err == nil && st.OfKernel()
}

func BenchmarkRemoteRead(b *testing.B) {
	c := childtest.Start(b, "memory 100")
	for _, copied := range []bool{false, true} {
		r, err := OpenRemote(c.PID)
		if err != nil {
			b.Fatal(err)
		}
		name := "cached"
		if copied {
			name = "copied"
			if _, err := r.Copy(1 << 30); err != nil {
				b.Fatal(err)
			}
		}
		var w [8]byte
		heap := c.Addr(heapWord)
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				if err := r.Read(w[:], heap+uint64(i*40)%(1<<20)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"-random", func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(1, 2))
			for range b.N {
				if err := r.Read(w[:], heap+rnd.Uint64N(99<<20)); err != nil {
					b.Fatal(err)
				}
			}
		})
		r.Close()
	}
}

// BenchmarkPause measures how long a process is stopped for a copy.
func BenchmarkPause(b *testing.B) {
	for _, mb := range []string{"10", "100", "400"} {
		for _, prepare := range []bool{false, true} {
			name := mb + "MB"
			if prepare {
				name += "-prepared"
			}
			b.Run(name, func(b *testing.B) { benchmarkPause(b, mb, prepare) })
		}
	}
}

func benchmarkPause(b *testing.B, mb string, prepare bool) {
	c := childtest.Start(b, "memory "+mb)
	var stopping time.Duration
	var size int64
	for b.Loop() {
		b.StopTimer()
		r, err := OpenRemote(c.PID)
		if err != nil {
			b.Fatal(err)
		}
		if prepare {
			if err := r.Prepare(4 << 30); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		begin := time.Now()
		s, err := ptrace.Seize(c.PID, childtest.Patience)
		if err != nil {
			b.Fatal(err)
		}
		stopping += time.Since(begin)
		if size, err = r.Copy(4 << 30); err != nil {
			b.Fatal(err)
		}
		if err := s.Release(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		r.Close()
		b.StartTimer()
	}
	b.SetBytes(size)
	b.ReportMetric(float64(stopping.Microseconds())/float64(b.N), "µs-to-stop/op")
}
