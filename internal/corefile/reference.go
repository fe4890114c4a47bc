package corefile

import (
	"fmt"
	"reflect"
	"strconv"
)

// Reference decodes the list form of a pointer, slice, map, channel or interface,
// see [Value].
func (l List) Reference(k reflect.Kind) (*Value, error) {
	v, c := new(Value), cursor{list: l}
	switch k {
	case reflect.Interface:
		v.Type = int(c.number())
		if l.Len() == 2 {
			v.Value = c.take()
			break
		}
		v.Addr, v.Object = c.address(), int(c.number())
	case reflect.Pointer:
		v.Addr, v.Object = c.address(), int(c.number())
	case reflect.Map:
		v.Addr, v.Object, v.Len = c.address(), int(c.number()), c.number()
	case reflect.Slice, reflect.Chan:
		v.Addr, v.Object, v.Len = c.address(), int(c.number()), c.number()
		v.Cap = v.Len
		if l.Len() == 4 {
			v.Cap = c.number()
		}
	}
	if c.next != l.Len() {
		return nil, fmt.Errorf("%d parts, which no %v has", l.Len(), k)
	}
	return v, c.err
}

// cursor takes the elements of a list one after the other. What isn't there, or
// is no number, is 0; the first such error is kept.
type cursor struct {
	list List
	next int
	err  error
}

func (c *cursor) take() (part []byte) {
	if c.next < c.list.Len() {
		part = c.list.At(c.next)
	}
	c.next++
	return part
}

func (c *cursor) number() int64 {
	n, err := strconv.ParseInt(string(c.take()), 10, 64)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n
}

func (c *cursor) address() uint64 {
	n, err := strconv.ParseUint(string(c.take()), 10, 64)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n
}
