//go:build amd64 || arm64

package memory

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/procfs"
)

// Remote is the memory of another process. It isn't safe for concurrent use.
//
// Until Refresh, a read may return what an earlier read returned. So the process should
// be stopped, or what matters should be copied.
type Remote struct {
	// Until is when Copy gives up; zero means never.
	Until time.Time

	pid    int
	tid    int // a thread that uses the memory
	mem    *os.File
	maps   []procfs.Mapping
	mapped time.Time // when maps was read
	cache  pageCache
	copies []region // in the order of addresses
	spare  []region // see Prepare
	last   int      // the one of copies that was read last
}

// region is a copy of a part of a process's memory.
type region struct {
	lo, hi     uint64
	mapping    procfs.Mapping // the mapping that it is a copy of
	data       []byte         // of [lo, hi), with room for more
	unreadable []run          // parts that the kernel didn't let us read, in the order of addresses
	buffer     []byte         // from mmap; data is a part of it
}

// OpenRemote opens the memory of a process. If that isn't permitted, the error says what
// to do.
func OpenRemote(pid int) (*Remote, error) {
	if err := procfs.CheckNamespace(); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	mem, tid, err := procfs.OpenMemory(pid)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	r := &Remote{pid: pid, tid: tid, mem: mem}
	err = r.Refresh()
	if err == nil && len(r.maps) == 0 {
		err = procfs.EndedError(pid)
	}
	if err != nil {
		mem.Close()
		return nil, fmt.Errorf("open: %w", err)
	}
	return r, nil
}

// Close releases the copies. Reads fail from then on.
func (r *Remote) Close() error {
	err := r.dropCopies()
	r.maps = nil
	r.cache.drop()
	return errors.Join(err, r.mem.Close())
}

// Mappings returns the ranges of addresses that have memory, in order, as of the last
// call of Refresh or Copy, or later.
func (r *Remote) Mappings() []procfs.Mapping { return r.maps }

// Refresh forgets what was read, but not what was copied. Call it when the process has
// been stopped, or has gone on.
func (r *Remote) Refresh() error {
	r.cache.drop()
	b, err := os.ReadFile(procfs.TaskPath(r.pid, r.tid, "maps"))
	r.mapped = time.Now()
	if err != nil {
		return fmt.Errorf("mappings: %w", err)
	}
	r.maps = procfs.ParseMappings(string(b))
	return nil
}

// Read reads from the copies, or else from the process.
func (r *Remote) Read(p []byte, addr uint64) error {
	if addr+uint64(len(p)) < addr {
		return noMemory(addr)
	}
	if r.last < len(r.copies) { // by far the most frequent case
		c := &r.copies[r.last]
		size, off := uint64(len(c.data)), addr-c.lo
		if addr >= c.lo && off < size && uint64(len(p)) <= size-off && c.unreadable == nil {
			copy(p, c.data[off:])
			return nil
		}
	}
	for start := addr; len(p) > 0; {
		n, err := r.readPart(p, addr)
		if err != nil {
			return noMemory(start)
		}
		p, addr = p[n:], addr+uint64(n)
	}
	return nil
}

func noMemory(addr uint64) error { return caveat.Reason{Kind: caveat.NoMemory, Addr: addr} }

var errUnreadable error = caveat.Reason{Kind: caveat.Unreadable}

// directly is the size from which reads bypass the cache.
const directly = 4 * pageLine

// readPart reads as many of the first bytes of p as are in one place.
func (r *Remote) readPart(p []byte, addr uint64) (int, error) {
	i, _ := slices.BinarySearchFunc(r.copies, addr, func(c region, addr uint64) int {
		if c.hi <= addr {
			return -1
		}
		return 1
	})
	if i < len(r.copies) {
		c := &r.copies[i]
		if c.lo <= addr {
			r.last = i
			if find(c.unreadable, addr) {
				return 0, errUnreadable
			}
			n := min(uint64(len(p)), c.hi-addr)
			for _, u := range c.unreadable {
				if u.lo > addr {
					n = min(n, u.lo-addr)
					break
				}
			}
			return copy(p[:n], c.data[addr-c.lo:]), nil
		}
		p = p[:min(uint64(len(p)), c.lo-addr)]
	}
	if len(p) >= directly {
		return len(p), r.readMem(p, addr)
	}
	line, err := r.cache.line(addr, r.readMem)
	if err != nil {
		return 0, err
	}
	return copy(p, line[addr%pageLine:]), nil
}

// remapInterval is how often the mappings of a process are read again because
// an address isn't in them: it may be running.
const remapInterval = 10 * time.Millisecond

// readMem reads from the process.
func (r *Remote) readMem(p []byte, addr uint64) error {
	if !r.readable(addr, addr+uint64(len(p))) {
		if r.maps == nil || time.Since(r.mapped) < remapInterval || r.Refresh() != nil ||
			!r.readable(addr, addr+uint64(len(p))) {
			return errUnreadable
		}
	}
	n, err := r.mem.ReadAt(p, int64(addr))
	if n < len(p) && err == nil {
		err = errUnreadable
	}
	return err
}

// readable reports whether the process may read [lo, hi). The kernel doesn't check that:
// it lets a tracer read protected memory, too.
func (r *Remote) readable(lo, hi uint64) bool {
	for lo < hi {
		m := procfs.FindMapping(r.maps, lo)
		if m == nil || !m.Readable() {
			return false
		}
		lo = m.Hi
	}
	return true
}

// pageCache keeps small parts of memory, since values are read word by word.
type pageCache struct {
	tags []uint64 // address of the line in this place, plus 1
	data []byte
}

// Sizes of the cache. No mapping begins or ends within a line.
const (
	pageLine  = 4 << 10
	pageLines = 1 << 10
)

// line returns the bytes of the line that addr is in.
func (c *pageCache) line(addr uint64, read func(p []byte, addr uint64) error) ([]byte, error) {
	i := addr / pageLine % pageLines
	addr -= addr % pageLine
	if c.tags == nil {
		c.tags, c.data = make([]uint64, pageLines), make([]byte, pageLines*pageLine)
	}
	line := c.data[i*pageLine : (i+1)*pageLine]
	if c.tags[i] == addr+1 {
		return line, nil
	}
	c.tags[i] = 0
	if err := read(line, addr); err != nil {
		return nil, err
	}
	c.tags[i] = addr + 1
	return line, nil
}

func (c *pageCache) drop() { clear(c.tags) }

// find reports whether addr is in one of runs, which are in the order of addresses.
func find(runs []run, addr uint64) bool {
	i, _ := slices.BinarySearchFunc(runs, addr, func(u run, addr uint64) int {
		if u.hi <= addr {
			return -1
		}
		return 1
	})
	return i < len(runs) && runs[i].lo <= addr
}
