package corefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"coredumpy/internal/notation"
)

// File is a dump opened for reading. The records are in memory as they were written; each
// is decoded when it is asked for. Several goroutines may use a File at once.
type File struct {
	Head Head

	data       []byte // the decompressed file
	types      index
	goroutines index
	globals    index
	constants  index
	objects    index
	sources    index
	runs       runs    // of objects, in format 2
	order      []entry // goroutines in the order of the file
	unknown    unknown
	missing    string
	hidden     []Hidden
	kept       []int

	mu      sync.Mutex
	decoded map[int]*Type

	pathsOnce sync.Once
	paths     []string
	pathIDs   map[string]int64
}

// Open reads the dump at path. It opens a file that was cut or damaged if at least its
// head is whole, see Missing. For anything that isn't a dump of a known version it returns
// a *FormatError.
func Open(path string) (file *File, err error) {
	err = again(path, func(f *os.File) (err error) {
		file, err = Read(f)
		return err
	})
	return file, err
}

// Read is Open for the bytes that r delivers.
func Read(r io.Reader) (*File, error) {
	in, err := newInput(r)
	if err != nil {
		return nil, err
	}
	data, parts, readErr := in.readAll()
	if data == nil {
		return nil, readErr
	}
	f := &File{data: data, decoded: map[int]*Type{}}
	if err := f.scan(parts, readErr); err != nil {
		return nil, err
	}
	return f, nil
}

// Old reports whether the file is of format 1, in which references hold addresses, see
// [notation.List.OldReference].
func (f *File) Old() bool { return f.Head.Version == oldVersion }

// Missing says what the file should have and hasn't: "" if it is whole, otherwise, for
// example, "the file ends after record 17 (unexpected EOF)".
func (f *File) Missing() string { return f.missing }

// maxHidden bounds how many rules are read: only a forged file has so many.
const maxHidden = 1000

// Hidden returns how many secrets each rule has hidden; nothing if the file doesn't say it.
func (f *File) Hidden() []Hidden { return f.hidden }

// Kept returns the largest number of a secret in each dump that this one was made of.
func (f *File) Kept() []int { return f.kept }

// Types returns the ids of all types, ascending.
func (f *File) Types() []int { return ints(f.types.ids()) }

// Type returns a type, the same pointer for the same id: don't change the type.
func (f *File) Type(id int) (*Type, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.decoded[id]; t != nil {
		return t, nil
	}
	t, err := decode[Type](f, kindType, &f.types, int64(id))
	if err != nil {
		return nil, err
	}
	t.ID = id
	f.decoded[id] = t
	return t, nil
}

// Goroutines returns the ids of the goroutines in the file's order.
func (f *File) Goroutines() []int64 {
	ids := make([]int64, 0, len(f.order))
	for _, e := range f.order {
		if first, _ := f.goroutines.find(e.id); first == e.offset {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// Goroutine returns the goroutine with that goid.
func (f *File) Goroutine(id int64) (*Goroutine, error) {
	g := f.plainGoroutine(id)
	if g == nil {
		var err error
		if g, err = decode[Goroutine](f, kindGoroutine, &f.goroutines, id); err != nil {
			return nil, err
		}
	}
	g.ID = id
	last := uint64(0)
	for i := range g.Frames {
		for j := range g.Frames[i].Vars {
			v := &g.Frames[i].Vars[j]
			if v.Addr == 0 && v.Difference != 0 && last != 0 {
				v.Addr = last + uint64(v.Difference)
			}
			if v.Difference = 0; v.Addr != 0 {
				last = v.Addr
			}
		}
	}
	return g, nil
}

// plainGoroutine is decode for a goroutine's record that is as this version writes it, nil for
// another one.
func (f *File) plainGoroutine(id int64) *Goroutine {
	offset, ok := f.goroutines.find(id)
	if !ok {
		return nil
	}
	payload, ok := kindGoroutine.payload(f.line(offset))
	if !ok || parts(payload) > maxParts {
		return nil
	}
	g, ok := plainGoroutine(payload)
	if !ok {
		return nil
	}
	return g
}

// Globals returns the package-level variables in the order of their ids. With an error it
// also returns those that it could read.
func (f *File) Globals() ([]Variable, error) { return f.variables(kindGlobal, &f.globals) }

// Constants returns the package-level constants that can be read, in the order of their ids.
func (f *File) Constants() []Variable {
	constants, _ := f.variables(kindConstant, &f.constants)
	return constants
}

func (f *File) variables(k kind, x *index) ([]Variable, error) {
	var vars []Variable
	var failed error
	for _, id := range x.ids() {
		v, err := decode[Variable](f, k, x, id)
		if err != nil {
			if failed == nil {
				failed = err
			}
			continue
		}
		v.ID = int(id)
		vars = append(vars, *v)
	}
	return vars, failed
}

// Object returns the object with that id.
func (f *File) Object(id int) (*Object, error) {
	line, addr, err := f.objectLine(id)
	if err != nil {
		return nil, err
	}
	o, err := f.parseObject(line)
	if err != nil {
		return nil, &RecordError{string(kindObject), int64(id), err}
	}
	if o.ID = id; !f.Old() {
		o.Addr = addr
	}
	return o, nil
}

// Address returns the address of the object with that id, in a file of format 2.
func (f *File) Address(id int) (uint64, error) {
	_, addr, err := f.objectLine(id)
	return addr, err
}

var errLine = errors.New("its line doesn't end as a record does")

// parseObject decodes an object's line without its id, and in format 2 without its address.
func (f *File) parseObject(line []byte) (*Object, error) {
	switch line = bytes.TrimSpace(line); {
	case line[len(line)-1] != ']':
		return nil, errLine
	case !json.Valid(line):
		return nil, errors.New("its line isn't JSON, or nested too deep")
	}
	l, err := notation.ParseList(line)
	if err != nil {
		return nil, err
	}
	o := &Object{}
	p := notation.Cursor{List: l}
	switch n := l.Len(); {
	case !f.Old() && n != 2 && n != 3:
		return nil, fmt.Errorf("it has %d parts, not a type, a value and a difference", n)
	case f.Old() && n != 3 && n != 4:
		return nil, fmt.Errorf("it has %d parts, not an id, a type, a value and an address", n)
	case f.Old():
		p.Next = 1 // after the id
	}
	o.Type, o.Value = int(p.Number()), p.Take()
	if f.Old() && l.Len() == 4 {
		o.Addr = p.Address()
	}
	if p.Err != nil {
		return nil, fmt.Errorf("%.300w", p.Err)
	}
	return o, nil
}

// decode decodes the record with that id. The caller replaces the id that the line repeats
// by the one in the index, which found it.
func decode[T any](f *File, k kind, x *index, id int64) (*T, error) {
	offset, ok := x.find(id)
	if !ok {
		return nil, notFound(k, id)
	}
	payload, ok := k.payload(f.line(offset))
	if !ok {
		return nil, &RecordError{string(k), id, errLine}
	}
	if n := parts(payload); n > maxParts && (k == kindGoroutine || k == kindType) {
		return nil, &RecordError{string(k), id, fmt.Errorf("it has %d parts, more than %d", n, maxParts)}
	}
	record := new(T)
	if err := f.unmarshal(k, payload, record); err != nil {
		return nil, &RecordError{string(k), id, err}
	}
	return record, nil
}

// maxParts bounds the frames and variables of a goroutine, and the fields of a type. An
// empty one takes three bytes in the file, and hundreds in memory.
const maxParts = 1 << 17

// parts returns how many JSON objects are decoded with the record of a goroutine or a type:
// those in values of variables aren't.
func parts(payload []byte) (n int) {
	const (
		shortest = len("{},")
		deepest  = 5 // {"frames":[{"vars":[{
	)
	if len(payload) < maxParts*shortest || bytes.Count(payload, []byte("{")) < maxParts {
		return 0
	}
	depth := 0
	for i := 0; i < len(payload); i++ {
		switch payload[i] {
		case '"':
			i += len(notation.Quoted(payload[i:])) - 1
		case '{', '[':
			if depth++; payload[i] == '{' && depth <= deepest {
				n++
			}
		case '}', ']':
			depth--
		}
	}
	return n
}

func ints(ids []int64) []int {
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = int(id)
	}
	return out
}
