//go:build amd64 || arm64

package memory

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"coredumpy/internal/procfs"
	"coredumpy/internal/unsafely"
)

// Prepare does the part of Copy for which the process needn't be stopped, so that it is
// stopped for a shorter time: it allocates memory, which takes longer than copying, and
// copies what the process can't write, such as constants. The same limit applies.
func (r *Remote) Prepare(limit int64) error {
	if err := r.dropCopies(); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if err := r.Refresh(); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	p := r.newPlan(limit)
	p.add(r.maps, changes)
	r.runJobs(p.regions, p.jobs, (*Remote).populate)
	r.spare = p.regions // all zeros
	c := r.newPlan(limit - p.size)
	c.add(r.maps, constant)
	r.runJobs(c.regions, c.jobs, (*Remote).copyRuns)
	r.setCopies(c.regions)
	return nil
}

// Copy copies what can change: private memory that the process may write. From then on
// reads of it come from the copy, even when the process goes on or ends. Reads of
// everything else, such as constants, still come from the process, unless Prepare was
// called. Memory that was never touched isn't copied: it reads as zeros. Neither is
// memory that is shared with other processes, or belongs to large files.
//
// If there is more than limit bytes, the error says how much is missing: the end of the
// largest mapping, where the heap is.
func (r *Remote) Copy(limit int64) (copied int64, err error) {
	if err := r.Refresh(); err != nil {
		return 0, fmt.Errorf("copy: %w", err)
	}
	err = r.dropChanged()
	p := r.newPlan(limit)
	p.add(r.maps, changes)
	r.runJobs(p.regions, p.jobs, (*Remote).copyRuns)
	r.setCopies(append(r.copies, p.regions...))
	for _, c := range r.spare { // unused
		err = errors.Join(err, syscall.Munmap(c.buffer))
	}
	r.spare = nil
	if r.late() {
		err = errors.Join(err, errLate)
	}
	if p.missing > 0 {
		err = fmt.Errorf("%d bytes of process %d are missing: the limit is %d", p.missing, r.pid, limit)
	}
	if err != nil {
		err = fmt.Errorf("copy: %w", err)
	}
	return p.size, err
}

var errLate = errors.New("it takes too long")

// late reports whether the time for copying is over.
func (r *Remote) late() bool { return !r.Until.IsZero() && time.Now().After(r.Until) }

// changes reports whether the content of m may change.
func changes(m *procfs.Mapping) bool {
	return m.Readable() && m.Writable() && m.Private() && (m.Inode == 0 || m.Hi-m.Lo <= maxFile)
}

// constant reports whether the content of m stays the same as long as m is there.
func constant(m *procfs.Mapping) bool {
	return m.Readable() && !m.Writable() && m.Private() && m.Inode != 0 && m.Hi-m.Lo <= maxFile
}

// maxFile is the size up to which mappings of files are copied. A larger file isn't an
// executable but a database.
const maxFile = 256 << 20

// dropChanged drops the copies, except those of constants that are still there.
func (r *Remote) dropChanged() error {
	var kept []region
	var errs []error
	for _, c := range r.copies {
		if m := procfs.FindMapping(r.maps, c.lo); m != nil && constant(m) && *m == c.mapping {
			kept = append(kept, c)
		} else {
			errs = append(errs, syscall.Munmap(c.buffer))
		}
	}
	r.setCopies(kept)
	return errors.Join(errs...)
}

// dropCopies drops all copies.
func (r *Remote) dropCopies() error {
	var errs []error
	for _, c := range append(r.copies, r.spare...) {
		errs = append(errs, syscall.Munmap(c.buffer))
	}
	r.setCopies(nil)
	r.spare = nil
	return errors.Join(errs...)
}

func (r *Remote) setCopies(cs []region) {
	slices.SortFunc(cs, func(a, b region) int { return cmp.Compare(a.lo, b.lo) })
	r.copies, r.last = cs, 0
}

// plan says what is copied, and where to.
type plan struct {
	r             *Remote
	limit         int64
	regions       []region
	jobs          []copyJob
	size, missing int64
}

func (r *Remote) newPlan(limit int64) *plan { return &plan{r: r, limit: limit} }

// add plans the mappings that which accepts, the smaller ones first.
func (p *plan) add(ms []procfs.Mapping, which func(*procfs.Mapping) bool) {
	pagemap, _ := os.Open(procfs.TaskPath(p.r.pid, p.r.tid, "pagemap"))
	defer pagemap.Close() // may be nil
	ms = slices.DeleteFunc(slices.Clone(ms), func(m procfs.Mapping) bool { return !which(&m) })
	slices.SortFunc(ms, func(a, b procfs.Mapping) int { return cmp.Compare(a.Hi-a.Lo, b.Hi-b.Lo) })
	entries := make([]byte, 256<<10)
	for i := range ms {
		m := &ms[i]
		runs, n, over := cut(resident(pagemap, m, entries), p.limit-p.size)
		p.missing += over
		hi := m.Hi
		if over > 0 {
			if len(runs) == 0 {
				continue
			}
			hi = runs[len(runs)-1].hi
		}
		c, err := p.r.newRegion(m, hi)
		if err != nil {
			p.missing += n
			continue
		}
		p.size += n
		for _, u := range runs {
			if u = u.huge(); u.lo < u.hi {
				syscall.Madvise(c.data[u.lo-c.lo:u.hi-c.lo], madvHugePage) // it may be refused
			}
		}
		p.jobs = appendJobs(p.jobs, len(p.regions), runs)
		p.regions = append(p.regions, c)
	}
}

// run is a part of a mapping whose pages exist.
type run struct{ lo, hi uint64 }

// huge returns the part of a run that consists of large pages only.
func (u run) huge() run {
	return run{(u.lo + hugePage - 1) &^ (hugePage - 1), u.hi &^ (hugePage - 1)}
}

// cut shortens runs to limit bytes.
func cut(runs []run, limit int64) (kept []run, n, over int64) {
	page := int64(os.Getpagesize())
	limit = max(limit, 0) / page * page
	for i, u := range runs {
		size := int64(u.hi - u.lo)
		if n+size <= limit {
			n += size
			continue
		}
		kept = runs[:i:i]
		if rest := limit - n; rest > 0 && over == 0 {
			kept = append(kept, run{u.lo, u.lo + uint64(rest)})
		}
		for _, u := range runs[i:] {
			over += int64(u.hi - u.lo)
		}
		over -= limit - n
		return kept, limit, over
	}
	return runs, n, 0
}

// From /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst).
const (
	pagePresent = 1 << 63
	pageSwapped = 1 << 62
)

// resident returns the parts of a mapping whose pages exist. In a file's mapping the
// other pages aren't zeros, so it counts as a whole. entries is a buffer for a part of
// pagemap.
func resident(pagemap *os.File, m *procfs.Mapping, entries []byte) (runs []run) {
	all := []run{{m.Lo, m.Hi}}
	if pagemap == nil || m.Inode != 0 {
		return all
	}
	page := uint64(os.Getpagesize())
	for addr := m.Lo; addr < m.Hi; {
		b := entries[:min(uint64(len(entries)), (m.Hi-addr)/page*8)]
		if _, err := pagemap.ReadAt(b, int64(addr/page*8)); err != nil {
			return all
		}
		for ; len(b) > 0; b, addr = b[8:], addr+page {
			if binary.NativeEndian.Uint64(b)&(pagePresent|pageSwapped) == 0 {
				continue
			}
			if n := len(runs); n > 0 && runs[n-1].hi == addr {
				runs[n-1].hi += page
			} else {
				runs = append(runs, run{addr, addr + page})
			}
		}
	}
	return runs
}

// hugePage is the size of the larger pages on most systems.
const hugePage = 2 << 20

// growth is how much a mapping may grow between Prepare and Copy.
const growth = 64 << 20

// newRegion makes room for a copy of m up to hi. Its memory isn't Go's heap, and only
// pages that are written take any. Its addresses have the same offset within a large page
// as those of m.
func (r *Remote) newRegion(m *procfs.Mapping, hi uint64) (region, error) {
	for i, c := range r.spare {
		room := c.data[:cap(c.data)]
		if c.lo == m.Lo && uint64(len(room)) >= hi-c.lo {
			r.spare = slices.Delete(r.spare, i, i+1)
			c.hi, c.data, c.mapping = hi, room[:hi-c.lo], *m
			return c, nil
		}
	}
	size := hi - m.Lo
	b, err := syscall.Mmap(-1, 0, int(size+growth+hugePage), syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return region{}, err
	}
	off := (m.Lo - unsafely.BytesAddr(b)) % hugePage
	return region{lo: m.Lo, hi: hi, mapping: *m, data: b[off : off+size], buffer: b}, nil
}

// copyJob is what one system call copies.
type copyJob struct {
	region int
	runs   []run
}

// Bounds of a copyJob.
const (
	maxJobSize = 2 << 20
	maxJobRuns = 512 // less than IOV_MAX
)

func appendJobs(jobs []copyJob, region int, runs []run) []copyJob {
	j := copyJob{region: region}
	size := uint64(0)
	for _, u := range runs {
		for u.lo < u.hi {
			part := run{u.lo, min(u.hi, (u.lo/maxJobSize+1)*maxJobSize)}
			if size+part.hi-part.lo > maxJobSize || len(j.runs) == maxJobRuns {
				jobs = append(jobs, j)
				j.runs, size = nil, 0
			}
			j.runs = append(j.runs, part)
			size += part.hi - part.lo
			u.lo = part.hi
		}
	}
	if len(j.runs) > 0 {
		jobs = append(jobs, j)
	}
	return jobs
}

// runJobs calls do for all jobs, on several threads. It notes what do couldn't read.
func (r *Remote) runJobs(regions []region, jobs []copyJob, do func(*Remote, *region, []run) []run) {
	var wg sync.WaitGroup
	var next atomic.Int64
	var mu sync.Mutex
	for range min(runtime.GOMAXPROCS(0), maxCopiers, len(jobs)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) || r.late() {
					return
				}
				c := &regions[jobs[i].region]
				if bad := do(r, c, jobs[i].runs); bad != nil {
					mu.Lock()
					c.unreadable = append(c.unreadable, bad...)
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	for i := range regions {
		slices.SortFunc(regions[i].unreadable, func(a, b run) int { return cmp.Compare(a.lo, b.lo) })
	}
}

// maxCopiers is how many threads copy at most. More would hinder each other: the page
// tables of the process have one lock.
const maxCopiers = 4

// populate creates the pages of parts of a region at once. That is several times faster
// than one by one, when they are written.
func (r *Remote) populate(c *region, runs []run) []run {
	for _, u := range runs {
		if u.hi-u.lo >= worthPopulating {
			syscall.Madvise(c.data[u.lo-c.lo:u.hi-c.lo], madvPopulateWrite) // since Linux 5.14
		}
	}
	return nil
}

// worthPopulating is the size from which populating is faster than writing.
const worthPopulating = 32 << 10

// From asm-generic/mman-common.h.
const (
	madvHugePage      = 14
	madvPopulateWrite = 23
)

// copyRuns copies parts of a region, and returns what couldn't be read.
func (r *Remote) copyRuns(c *region, runs []run) (unreadable []run) {
	r.populate(c, runs)
	for len(runs) > 0 {
		n := r.readRuns(c, runs)
		for len(runs) > 0 && n >= runs[0].hi-runs[0].lo {
			n -= runs[0].hi - runs[0].lo
			runs = runs[1:]
		}
		if len(runs) > 0 {
			unreadable = append(unreadable, r.copySlowly(c, run{runs[0].lo + n, runs[0].hi})...)
			runs = runs[1:]
		}
	}
	return unreadable
}

// copySlowly copies a part of a region that can't be read at once, perhaps because the
// kernel forbids only reading it at once.
func (r *Remote) copySlowly(c *region, u run) (unreadable []run) {
	page := uint64(os.Getpagesize())
	for failed := 0; u.lo < u.hi; failed++ {
		n, err := r.mem.ReadAt(c.data[u.lo-c.lo:u.hi-c.lo], int64(u.lo))
		if u.lo += uint64(n); err == nil {
			break
		}
		if n > 0 {
			failed = 0
		}
		u.lo -= u.lo % page
		bad := run{lo: u.lo, hi: min(u.lo+page, u.hi)}
		if failed == maxFailed {
			bad.hi = u.hi
		}
		unreadable = append(unreadable, bad)
		u.lo = bad.hi
	}
	return unreadable
}

// maxFailed is the number of unreadable pages after which the rest of a job counts as
// unreadable, as beyond the end of a file.
const maxFailed = 16

// readRuns reads parts of a region at once, and returns the number of bytes read.
func (r *Remote) readRuns(c *region, runs []run) uint64 {
	remote := make([]unsafely.Range, len(runs))
	local := make([]syscall.Iovec, len(runs))
	for i, u := range runs {
		remote[i] = unsafely.Range{Addr: u.lo, Size: u.hi - u.lo}
		local[i] = syscall.Iovec{Base: &c.data[u.lo-c.lo], Len: u.hi - u.lo}
	}
	return unsafely.ReadProcess(r.tid, local, remote)
}
