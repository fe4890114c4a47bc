package corefile

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
)

// In format 2 the lines of objects have neither ids nor addresses: a reader counts both from
// the record before a run of them. So that it never counts past something damaged or lost, a
// run ends at the first line that isn't an object, and at the end of its part of the file.
// The record that follows it, and the index of its part, check it.

// Run is the record before a run of objects.
type Run struct {
	First int64  `json:"id"`             // of the next object
	Addr  uint64 `json:"addr,omitempty"` // what the difference is to
}

// A run is a run of objects in a file.
type run struct {
	Run
	offset  int // of its first line
	count   int
	end     uint64 // the address in the record after it
	closed  bool   // there is such a record
	doubted bool   // the record before it contradicts the run before that
	bad     error  // why its objects can't be read
	lines   *runLines
}

// runLines are the lines of a run, which are found when one of its objects is asked for.
type runLines struct {
	offsets []uint32 // from that of the run, up to a line that is damaged
	addrs   []uint64 // of the objects
	damage  error    // why there are no more
}

var (
	errCount     = errors.New("the ids of the objects around it don't add up")
	errAddresses = errors.New("the addresses of the objects around it don't add up")
	errIndex     = errors.New("its part of the file says that it holds other objects")
	errTwice     = errors.New("the file has two objects of this id")
	errBefore    = errors.New("the line of an object before it is damaged")
)

// maxID bounds ids, so that counting from one doesn't overflow.
const maxID = 1_000_000_000_000_000_000

// runs are the runs of a file: while it is scanned, in its order, afterwards by ids.
type runs struct {
	all  []*run
	open *run // to which the next object belongs, nil if that isn't known
	lost int  // objects that belong to none, or to one that can't be relied on

	others int // records before runs that this version doesn't write so
}

// begin begins a run whose first line is at offset.
func (rs *runs) begin(rec Run, offset int) bool {
	if rec.First < 1 || rec.First > maxID {
		rs.open = nil
		return false
	}
	next := &run{Run: rec, offset: offset}
	if last := rs.open; last != nil {
		last.end, last.closed = rec.Addr, true
		if last.after() != rec.First {
			last.bad, next.doubted = errCount, true
		} else {
			last.doubted = false
		}
	}
	rs.all, rs.open = append(rs.all, next), next
	return true
}

// object notes an object whose line is at offset. It reports whether its id is known.
func (rs *runs) object(offset int) bool {
	if rs.open == nil || int64(offset)-int64(rs.open.offset) > math.MaxUint32 {
		rs.lost++
		return false
	}
	rs.open.count++
	return true
}

// check compares the runs from number from on, which are in one part, with its index.
func (rs *runs) check(from int, index partIndex) {
	count, first := uint64(0), uint64(0)
	for _, r := range rs.all[from:] {
		if count == 0 && r.count > 0 {
			first = uint64(r.First)
		}
		count += uint64(r.count)
	}
	if count == uint64(index.count) && (count == 0 || first == index.first) {
		return
	}
	for _, r := range rs.all[from:] {
		r.bad = errIndex
	}
}

// seal ends scanning.
func (rs *runs) seal() {
	rs.open = nil
	slices.SortStableFunc(rs.all, func(a, b *run) int { return cmp.Compare(a.First, b.First) })
	rs.close()
	rs.all = slices.DeleteFunc(rs.all, func(r *run) bool { return r.count == 0 })
	rs.judge()
	for _, r := range rs.all {
		if r.bad != nil {
			rs.lost += r.count
		}
	}
}

// after returns the id after those of a run.
func (r *run) after() int64 { return r.First + int64(r.count) }

// close closes the last run of each part: by the record that begins another part.
func (rs *runs) close() {
	for i := 1; i < len(rs.all); i++ {
		if r, next := rs.all[i-1], rs.all[i]; !r.closed && next.First == r.after() {
			r.end, r.closed = next.Addr, true
		}
	}
}

// judge finds the runs that the record before them contradicts, and those that have ids of
// others.
func (rs *runs) judge() {
	var furthest *run // of those before, the one that ends last
	for _, r := range rs.all {
		if r.doubted && r.bad == nil {
			r.bad = errCount
		}
		if furthest != nil && r.First < furthest.after() {
			r.bad, furthest.bad = cmp.Or(r.bad, errTwice), cmp.Or(furthest.bad, errTwice)
		}
		if furthest == nil || r.after() > furthest.after() {
			furthest = r
		}
	}
}

// find returns the run with an object, and the object's index in it.
func (rs *runs) find(id int64) (r *run, i int, ok bool) {
	n, found := slices.BinarySearchFunc(rs.all, id, func(r *run, id int64) int { return cmp.Compare(r.First, id) })
	if !found {
		n--
	}
	if n < 0 || id-rs.all[n].First >= int64(rs.all[n].count) {
		return nil, 0, false
	}
	return rs.all[n], int(id - rs.all[n].First), true
}

// objectLine returns the line of an object, and its address; in format 1 the line has that.
func (f *File) objectLine(id int) (line []byte, addr uint64, err error) {
	if f.Old() {
		offset, ok := f.objects.find(int64(id))
		if !ok {
			return nil, 0, notFound(kindObject, int64(id))
		}
		return f.line(offset), 0, nil
	}
	r, i, ok := f.runs.find(int64(id))
	if !ok {
		return nil, 0, notFound(kindObject, int64(id))
	}
	if r.bad != nil {
		return nil, 0, &RecordError{string(kindObject), int64(id), r.bad}
	}
	lines := f.linesOf(r)
	if i >= len(lines.offsets) {
		return nil, 0, &RecordError{string(kindObject), int64(id), lines.damage}
	}
	return f.line(r.offset + int(lines.offsets[i])), lines.addrs[i], nil
}

// linesOf returns the lines of a run.
func (f *File) linesOf(r *run) *runLines {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.lines == nil {
		r.lines = r.find(f.data[r.offset:], &runLines{})
	}
	return r.lines
}

// find finds the lines of a run, with which the text begins, and adds up the differences. The
// result may use the memory of reused.
func (r *run) find(text []byte, reused *runLines) *runLines {
	found := &runLines{slices.Grow(reused.offsets[:0], r.count), slices.Grow(reused.addrs[:0], r.count), nil}
	last := r.Addr
	for offset := 0; len(found.offsets) < r.count; {
		line := text[offset:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if found.damage != nil {
				return found
			}
			addr := uint64(0)
			d, ok, whole := difference(line)
			switch {
			case !whole:
				found.damage = errBefore
			case ok:
				last += uint64(d)
				addr = last
			}
			found.offsets, found.addrs = append(found.offsets, uint32(offset)), append(found.addrs, addr)
		}
		offset += len(line) + 1
	}
	if r.closed && found.damage == nil && last != r.end {
		return &runLines{damage: errAddresses}
	}
	return found
}

// difference returns the number that ends the line of an object, if it has an address; whole
// is false if the line is damaged there:
//
//	[17,[1,2],-4096]  is  -4096
func difference(line []byte) (d int64, ok, whole bool) {
	rest, whole := bytes.CutSuffix(bytes.TrimRight(line, " \t\r"), []byte("]"))
	i := len(rest)
	for i > 0 && ('0' <= rest[i-1] && rest[i-1] <= '9' || rest[i-1] == '-') {
		i--
	}
	switch {
	case !whole || i == len(rest):
		return 0, false, whole
	case i == 0 || rest[i-1] != ',' || onlyType(rest[:i-1]):
		_, value, _ := bytes.Cut(rest, []byte(","))
		return 0, false, len(bytes.Trim(value, "0123456789+-.eE")) == 0 // a number
	}
	d, err := strconv.ParseInt(string(rest[i:]), 10, 64)
	return d, true, err == nil
}

// onlyType reports whether a line up to its last comma is "[17": a value follows.
func onlyType(line []byte) bool {
	return len(bytes.TrimLeft(bytes.TrimPrefix(line, []byte("[")), "0123456789")) == 0
}
