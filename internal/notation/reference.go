package notation

import (
	"fmt"
	"reflect"
	"strconv"
)

// Reference decodes the list form of a pointer, slice, map, channel or interface.
func (l List) Reference(k reflect.Kind) (*Value, error) {
	v, c := new(Value), Cursor{List: l}
	switch k {
	case reflect.Interface:
		v.Type = int(c.Number())
		if l.Len() == 2 {
			v.Value = c.Take()
			break
		}
		v.Addr, v.Object = c.Address(), int(c.Number())
	case reflect.Pointer:
		v.Addr, v.Object = c.Address(), int(c.Number())
	case reflect.Map:
		v.Addr, v.Object, v.Len = c.Address(), int(c.Number()), c.Number()
	case reflect.Slice, reflect.Chan:
		v.Addr, v.Object, v.Len = c.Address(), int(c.Number()), c.Number()
		v.Cap = v.Len
		if l.Len() == 4 {
			v.Cap = c.Number()
		}
	}
	if c.Next != l.Len() {
		return nil, fmt.Errorf("%d parts, which no %v has", l.Len(), k)
	}
	return v, c.Err
}

// Cursor takes the elements of a list one after the other. What isn't there, or
// is no number, is 0; the first such error is kept.
type Cursor struct {
	List List
	Next int // the element that comes next
	Err  error
}

// Take returns the next element, nil if there is none.
func (c *Cursor) Take() (part []byte) {
	if c.Next < c.List.Len() {
		part = c.List.At(c.Next)
	}
	c.Next++
	return part
}

// Number returns the next element, a number.
func (c *Cursor) Number() int64 {
	n, err := strconv.ParseInt(string(c.Take()), 10, 64)
	if err != nil && c.Err == nil {
		c.Err = err
	}
	return n
}

// Address returns the next element, an address.
func (c *Cursor) Address() uint64 {
	n, err := strconv.ParseUint(string(c.Take()), 10, 64)
	if err != nil && c.Err == nil {
		c.Err = err
	}
	return n
}
