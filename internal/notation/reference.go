package notation

import (
	"fmt"
	"reflect"
	"strconv"
)

// Reference decodes the list form of a pointer, slice, map, channel or interface. Its
// address, and the type of a boxed value in an interface, are those of the object.
func (l List) Reference(k reflect.Kind) (*Value, error) {
	v, c := new(Value), Cursor{List: l}
	if k == reflect.Interface && l.Len() == 2 {
		v.Type, v.Value = int(c.Number()), c.Take()
	} else {
		v.Object = int(c.Number())
		if v.Object < 1 && c.Err == nil {
			c.Err = fmt.Errorf("a reference to object %d: ids count from 1", v.Object)
		}
		c.lengths(v, k)
	}
	return c.whole(v, k)
}

// OldReference is Reference for format 1, in which an address precedes the object.
func (l List) OldReference(k reflect.Kind) (*Value, error) {
	v, c := new(Value), Cursor{List: l}
	if k == reflect.Interface {
		v.Type = int(c.Number())
	}
	if k == reflect.Interface && l.Len() == 2 {
		v.Value = c.Take()
	} else {
		v.Addr, v.Object = c.Address(), int(c.Number())
		c.lengths(v, k)
	}
	return c.whole(v, k)
}

// lengths decodes the length and the capacity that a reference of a kind has. A capacity that
// was left out is the length.
func (c *Cursor) lengths(v *Value, k reflect.Kind) {
	switch k {
	case reflect.Map:
		v.Len = c.Number()
	case reflect.Slice, reflect.Chan:
		v.Len = c.Number()
		v.Cap = v.Len
		if c.Next < c.List.Len() {
			v.Cap = c.Number()
		}
	}
}

// whole returns the decoded reference, or an error if it has other parts than its kind has.
func (c *Cursor) whole(v *Value, k reflect.Kind) (*Value, error) {
	if c.Next != c.List.Len() {
		return nil, fmt.Errorf("%d parts, which no %v has", c.List.Len(), k)
	}
	return v, c.Err
}

// Cursor takes the elements of a list one after another. An element that is missing or isn't
// a number counts as 0; the first such error is kept.
type Cursor struct {
	List List
	Next int // index of the next element
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
