// Package retain keeps the dumps in a directory within limits: a program that crashes and
// is started again and again must not fill the volume.
//
// All dumps with a default name count (see package destination), whoever wrote them, and so
// do those left unfinished by a program that was killed. To make room for a new dump,
// dumps of the same crash are removed: of the same program on the same host, with the
// same function and line on top. The oldest of them shows how it began. It stays as long
// as removing others is enough: the unfinished ones go first, then the next oldest. If
// too few can go, none goes, and the new dump isn't written.
//
// Room is made twice: before the dump is written, because the volume may be full of
// dumps, and again when its size is known, before it gets its name. The first time the
// oldest dump of the crash stays in any case: the new one may still fail.
//
// There is no lock. Processes that crash at the same moment may each find room for one
// more: then the limits are exceeded by what they write, until the next dump.
package retain

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"coredumpy/internal/corefile"
)

// Limits is what a directory may hold. 0 means no limit.
type Limits struct {
	Dumps int
	Bytes int64
}

// ErrFull is wrapped by the error if there is no room for a dump, and none can be made.
var ErrFull = errors.New("no room for a dump")

// Write calls write to write a dump to w, for a file that will have the given path, and
// makes room for it in the path's directory. head is the head of the dump as it is
// written; its host, program, build and top frame count. The caller names the file after
// Write has returned.
//
// A directory that can't be listed isn't limited.
func Write(w io.Writer, path string, head *corefile.Head, limits Limits, write func(io.Writer) error) error {
	if limits.Dumps <= 0 && limits.Bytes <= 0 {
		return write(w)
	}
	r := room{filepath.Dir(path), filepath.Base(path), head, limits}
	const least = 1 // a dump has some bytes
	if err := r.make(least, true); err != nil {
		return err
	}
	counted := counter{w: w}
	if err := write(&counted); err != nil {
		return err
	}
	return r.make(counted.n, false)
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (n int, err error) {
	n, err = c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// room is where a dump is to go.
type room struct {
	dir, name string
	head      *corefile.Head
	limits    Limits
}

// make makes room for a dump of a size. With spare it doesn't remove the oldest dump of
// the crash, even if there is no room then.
func (r *room) make(size int64, spare bool) error {
	if r.limits.Bytes > 0 && size > r.limits.Bytes {
		return fmt.Errorf("%w: it has %d bytes, more than the %d that Config.MaxDumpBytes allows", ErrFull,
			size, r.limits.Bytes)
	}
	d, err := r.look()
	if err != nil {
		return nil
	}
	for {
		going, enough := r.choose(d, size)
		if !enough {
			return r.full(d, size)
		}
		var failed error
		for _, c := range going {
			if spare && c == d.first || r.excess(d, size).none() {
				break // the first comes last
			}
			failed = cmp.Or(d.remove(c), failed)
		}
		if failed == nil {
			return nil
		}
	}
}

// excess is how much a directory would hold over its limits.
type excess struct {
	dumps int
	bytes int64
}

func (e excess) none() bool { return e.dumps <= 0 && e.bytes <= 0 }

// excess returns the excess of a directory with one more dump.
func (r *room) excess(d *directory, size int64) (e excess) {
	if r.limits.Dumps > 0 {
		e.dumps = d.dumps + 1 - r.limits.Dumps
	}
	if r.limits.Bytes > 0 {
		e.bytes = d.bytes + size - r.limits.Bytes
	}
	return e
}

// choose returns the dumps to remove, in this order, and whether that is enough.
func (r *room) choose(d *directory, size int64) (going []*dump, enough bool) {
	if r.excess(d, size).none() {
		return nil, true
	}
	chosen := excess{}
	for c := range d.removable(r.head) {
		going = append(going, c)
		chosen.dumps++
		chosen.bytes += c.info.Size()
		over := r.excess(d, size) // less than before if others have been at work
		if over.dumps <= chosen.dumps && over.bytes <= chosen.bytes {
			return going, true
		}
	}
	return going, r.excess(d, size).none()
}

// full returns the error that there is no room.
func (r *room) full(d *directory, size int64) error {
	dir := r.dir
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	held := fmt.Sprintf("%d dumps are there, Config.MaxDumps is %d", d.dumps, r.limits.Dumps)
	if r.excess(d, size).dumps <= 0 {
		held = fmt.Sprintf("dumps of %d bytes are there, Config.MaxDumpBytes is %d", d.bytes, r.limits.Bytes)
	}
	if n := len(d.left); n > 0 {
		held += fmt.Sprintf(" (%d unfinished: .coredumpy-*.tmp)", n)
	}
	why := "none of them is known to be of this crash"
	switch n := d.same(); {
	case d.stuck != nil:
		why = fmt.Sprintf("those of this crash can't be removed (%v)", d.stuck)
	case n > 0:
		why = fmt.Sprintf("only %d are known to be of this crash", n)
	}
	return fmt.Errorf("%w in %s: %s, and %s: remove some, or raise it", ErrFull, dir, held, why)
}
