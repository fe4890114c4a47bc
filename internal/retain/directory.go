package retain

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/destination"
)

// Limits on what a crash may wait for. A directory on a slow disk may have hundreds of
// thousands of files, or of dumps. A small directory is read completely, however slow the
// machine is.
var (
	// lookTime bounds how long a directory is listed. Files not seen by then don't count.
	lookTime = time.Second
	// namesAtOnce is how many names are read from a directory at once, and the least
	// number that is read.
	namesAtOnce = 1024
	// readTime bounds how long heads are read. A dump whose head hasn't been read by then
	// stays.
	readTime = time.Second
	// maxHeads bounds how many heads are read.
	maxHeads = 1024
)

// abandoned is how long nobody has written to an unfinished dump that counts as left
// behind by a program that was killed. Younger ones are being written.
const abandoned = 10 * time.Minute

const (
	// minHeads is how many heads are read in any case.
	minHeads = 16
	// headsAtOnce is how many dumps are sorted by the time in their heads. The names give
	// the order only to within an hour or so, as they hold local time.
	headsAtOnce = 64
)

// directory is what a directory holds.
type directory struct {
	path  string
	dumps int     // with a default name, or left unfinished
	bytes int64   // of these
	alike []*dump // with the same function and line in their name, in the order of names
	left  []*dump // unfinished
	first *dump   // the oldest one of the crash, once that is known
	stuck error   // why a dump couldn't be removed

	heads  int       // read
	readBy time.Time // see readTime; zero until the first is read
}

// dump is a file that has the name of one.
type dump struct {
	path string
	info fs.FileInfo
	state
	time time.Time // in its head
}

// state says what is known about a dump.
type state int

const (
	unread state = iota
	same         // it is of the crash
	other        // it isn't of the crash, or that can't be told
	stuck        // it can't be removed
	gone
)

// look lists the directory. Only regular files count.
func (r *room) look() (*directory, error) {
	d := &directory{path: r.dir}
	f, err := os.Open(r.dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	stem, _ := destination.Stem(r.name)
	for end := clock.Now().Add(lookTime); ; {
		names, err := f.Readdirnames(namesAtOnce)
		for _, name := range names {
			d.see(name, stem)
		}
		if err != nil || !clock.Now().Before(end) {
			break
		}
	}
	slices.SortFunc(d.alike, func(a, b *dump) int { return strings.Compare(a.path, b.path) })
	return d, nil
}

// see counts a file if it is a dump. An unfinished dump without a head could never be
// removed, and doesn't count.
func (d *directory) see(name, stem string) {
	its, ok := destination.Stem(name)
	unfinished := destination.Unfinished(name)
	if !ok && !unfinished {
		return
	}
	path := filepath.Join(d.path, name)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	if unfinished && (info.Size() == 0 || clock.Now().Sub(info.ModTime()) < abandoned) {
		return
	}
	d.dumps++
	d.bytes += info.Size()
	switch c := (&dump{path: path, info: info}); {
	case unfinished:
		d.left = append(d.left, c)
	case its == stem:
		d.alike = append(d.alike, c)
	}
}

// removable yields the dumps of a crash in the order in which they may be removed: first
// some of the unfinished ones, then the complete ones. The oldest complete dump comes
// last, or, if there is none, the oldest unfinished one.
func (d *directory) removable(head *corefile.Head) iter.Seq[*dump] {
	return func(yield func(*dump) bool) {
		left := d.ofCrash(d.left[:min(len(d.left), maxHeads/4)], head)
		d.first = nil
		for chunk := range slices.Chunk(d.alike, headsAtOnce) {
			list := d.ofCrash(chunk, head)
			if d.first == nil && len(list) > 0 {
				d.first, list = list[0], append(left, list[1:]...)
				left = nil
			}
			if !yieldAll(list, yield) {
				return
			}
		}
		if d.first == nil && len(left) > 0 { // none is complete
			d.first, left = left[0], left[1:]
		}
		if yieldAll(left, yield) && d.first != nil {
			yield(d.first)
		}
	}
}

// yieldAll yields dumps, and reports whether more are wanted.
func yieldAll(list []*dump, yield func(*dump) bool) bool {
	return !slices.ContainsFunc(list, func(c *dump) bool { return !yield(c) })
}

// ofCrash returns those dumps that are of a crash and may be removed, the oldest first.
func (d *directory) ofCrash(dumps []*dump, head *corefile.Head) (list []*dump) {
	for _, c := range dumps {
		if c.state == unread && d.mayRead() {
			c.read(head)
			if c.state == gone {
				d.forget(c)
			}
		}
		if c.state == same {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *dump) int { return a.time.Compare(b.time) })
	return list
}

// mayRead reports whether one more head may be read.
func (d *directory) mayRead() bool {
	now := clock.Now()
	if d.heads == 0 {
		d.readBy = now.Add(readTime)
	}
	d.heads++
	return d.heads <= minHeads || d.heads <= maxHeads && now.Before(d.readBy)
}

// same returns the number of dumps of the crash, as far as known.
func (d *directory) same() (n int) {
	for _, c := range slices.Concat(d.left, d.alike) {
		if c.state == same {
			n++
		}
	}
	return n
}

// remove removes a dump. It is no error if somebody else has already removed it.
func (d *directory) remove(c *dump) error {
	err := c.remove()
	if err != nil {
		c.state, d.stuck = stuck, err
		return err
	}
	d.forget(c)
	return nil
}

// forget takes a dump that is gone out of the count.
func (d *directory) forget(c *dump) {
	c.state = gone
	d.dumps--
	d.bytes -= c.info.Size()
}

// read reads the head of a dump.
func (c *dump) read(head *corefile.Head) {
	c.state = other
	f, err := os.OpenFile(c.path, os.O_RDONLY|dontWait(), 0)
	if errors.Is(err, fs.ErrNotExist) {
		c.state = gone // others have removed it
	}
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !os.SameFile(c.info, info) || !info.Mode().IsRegular() {
		return // it has been replaced, maybe by a link
	}
	c.info = info
	if its, err := corefile.ReadHead(f); err == nil && sameCrash(&its, head) {
		c.state, c.time = same, its.Time
	}
}

// dontWait returns the flag that keeps the opening of a file from waiting, if a pipe has
// taken its place.
func dontWait() int {
	if runtime.GOOS == "windows" {
		return 0
	}
	return syscall.O_NONBLOCK
}

// errReplaced says that the path holds another file by now.
var errReplaced = errors.New("it has been replaced")

// remove removes the file whose head was read.
func (c *dump) remove() error {
	info, err := os.Lstat(c.path)
	if err == nil && !os.SameFile(info, c.info) {
		err = &fs.PathError{Op: "remove", Path: c.path, Err: errReplaced}
	}
	if err == nil {
		err = os.Remove(c.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
