package corefile

import (
	"fmt"
	"reflect"
	"strconv"
)

// Reference decodes the list form of a pointer, slice, map, channel or interface,
// see [Value].
func (l List) Reference(k reflect.Kind) (*Value, error) {
	v, p := new(Value), cursor{list: l}
	switch k {
	case reflect.Interface:
		v.Type = int(p.number())
		if l.Len() == 2 {
			v.Value = p.take()
			break
		}
		v.Addr, v.Object = p.address(), int(p.number())
	case reflect.Pointer:
		v.Addr, v.Object = p.address(), int(p.number())
	case reflect.Map:
		v.Addr, v.Object, v.Len = p.address(), int(p.number()), p.number()
	case reflect.Slice, reflect.Chan:
		v.Addr, v.Object, v.Len = p.address(), int(p.number()), p.number()
		v.Cap = v.Len
		if l.Len() == 4 {
			v.Cap = p.number()
		}
	}
	if p.next != l.Len() {
		return nil, fmt.Errorf("%d parts, which no %v has", l.Len(), k)
	}
	return v, p.err
}

// cursor takes the elements of a list one after the other. An error
// is the first one; what isn't there is 0.
type cursor struct {
	list List
	next int
	err  error
}

func (p *cursor) take() (part []byte) {
	if p.next < p.list.Len() {
		part = p.list.At(p.next)
	}
	p.next++
	return part
}

func (p *cursor) number() int64 {
	n, err := strconv.ParseInt(string(p.take()), 10, 64)
	if err != nil && p.err == nil {
		p.err = err
	}
	return n
}

func (p *cursor) address() uint64 {
	n, err := strconv.ParseUint(string(p.take()), 10, 64)
	if err != nil && p.err == nil {
		p.err = err
	}
	return n
}
