package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
)

var convert = flag.Bool("convert", false, "write testdata/recorded/format2 from the dumps of format 1 (TestConvert)")

// unconverted are recorded dumps of format 1 that lack records, or have damaged ones.
var unconverted = []string{"truncated", "forged", "cut"}

// TestConvert writes the recorded dumps of format 1 in format 2, with -convert.
func TestConvert(t *testing.T) {
	if !*convert {
		t.Skip("with -convert only: the dumps are recorded")
	}
	t.Chdir(recorded)
	for _, path := range recordedDumps(t) {
		name := strings.TrimSuffix(path, ".dump")
		if slices.Contains(unconverted, name) {
			continue
		}
		f, err := corefile.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Old() {
			continue
		}
		out, err := os.Create("format2/" + path)
		if err != nil {
			t.Fatal(err)
		}
		c := &converter{t: t, f: f, values: map[int][]byte{}, addrs: map[int]uint64{}, types: map[int]*corefile.Type{}}
		c.write(corefile.NewWriter(out, true))
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// converter converts a dump of format 1.
type converter struct {
	t      *testing.T
	f      *corefile.File
	types  map[int]*corefile.Type
	addrs  map[int]uint64 // of objects, from what refers to them
	values map[int][]byte // of objects, converted; nil while one is under way
}

func (c *converter) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *converter) write(w *corefile.Writer) {
	c.check(w.Head(&c.f.Head))
	for _, id := range c.f.Types() {
		t, err := c.f.Type(id)
		c.check(err)
		c.check(w.Type(t))
		c.types[id] = t
	}
	for _, id := range c.f.Goroutines() {
		g, err := c.f.Goroutine(id)
		c.check(err)
		for i := range g.Frames {
			c.variables(g.Frames[i].Vars)
		}
		for _, v := range append(g.Earlier, g.Panic) {
			if v != nil {
				v.Value = c.value(c.types[v.Type], v.Value)
			}
		}
		c.check(w.Goroutine(g))
	}
	globals, err := c.f.Globals()
	c.check(err)
	c.variables(globals)
	for i := range globals {
		c.check(w.Global(&globals[i]))
	}
	constants := c.f.Constants()
	for i := range constants {
		c.check(w.Constant(&constants[i]))
	}
	const most = 10_000
	last := most
	for last > 0 && !c.object(last, 0, false) {
		last--
	}
	for id := 1; id <= last; id++ {
		o, err := c.f.Object(id)
		if c.object(id, 0, false); err != nil { // in one that was written by hand
			o, c.values[id] = &corefile.Object{}, []byte("null")
		}
		c.check(w.BeginObject(o.Type))
		w.ObjectValue(c.values[id])
		c.check(w.EndObject(max(o.Addr, c.addrs[id])))
	}
	for i, path := range c.f.Sources() {
		text, _, err := c.f.Source(path)
		c.check(err)
		c.check(w.Source(&corefile.Source{ID: i + 1, Path: path, Text: text, Newer: c.f.SourceNewer(path)}))
	}
	c.check(w.Close())
}

func (c *converter) variables(vars []corefile.Variable) {
	for i := range vars {
		vars[i].Value = c.value(c.types[vars[i].Type], vars[i].Value)
	}
}

// object converts the value of an object, to which something refers.
func (c *converter) object(id int, addr uint64, elements bool) (known bool) {
	o, err := c.f.Object(id)
	if err != nil {
		return false
	}
	if addr != 0 && c.addrs[id] == 0 {
		c.addrs[id] = addr
	}
	if _, seen := c.values[id]; !seen {
		c.values[id] = nil
		t := c.types[o.Type]
		if !elements {
			c.values[id] = c.value(t, o.Value)
		} else if reflect.Map.String() == t.Kind {
			c.values[id] = c.list(o.Value, c.types[t.Key], c.types[t.Elem])
		} else {
			c.values[id] = c.list(o.Value, c.types[t.Elem])
		}
	}
	return addr == 0 || c.addrs[id] == addr
}

var kindsByName = func() map[string]reflect.Kind {
	m := map[string]reflect.Kind{}
	for k := reflect.Invalid; k <= reflect.UnsafePointer; k++ {
		m[k.String()] = k
	}
	return m
}()

// value converts a value of a type.
func (c *converter) value(t *corefile.Type, raw []byte) []byte {
	if t == nil || len(raw) == 0 {
		return raw
	}
	switch k := kindsByName[t.Kind]; k {
	case reflect.Struct:
		fields := make([]*corefile.Type, 0, len(t.Fields))
		for _, f := range t.Fields {
			fields = append(fields, c.types[f.Type])
		}
		return c.list(raw, fields...)
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Interface:
		if raw[0] == '[' {
			return c.reference(t, k, raw)
		}
	case reflect.Func:
		form, err := notation.ParseForm(raw)
		c.check(err)
		if form.Object != nil && form.Object.Object != 0 {
			c.object(form.Object.Object, 0, false)
		}
	}
	return c.list(raw, c.types[t.Elem])
}

// reference converts the list form of a reference.
func (c *converter) reference(t *corefile.Type, k reflect.Kind, raw []byte) []byte {
	l, err := notation.ParseList(raw)
	c.check(err)
	v, err := l.OldReference(k)
	if err != nil {
		return notation.Reason(caveat.Reason{Kind: caveat.Damaged, Text: err.Error()})
	}
	switch {
	case k == reflect.Interface && v.Value != nil:
		return fmt.Appendf(nil, "[%d,%s]", v.Type, c.value(c.types[v.Type], v.Value))
	case v.Object == 0 && k == reflect.Slice && v.Len == 0:
		return notation.AppendEmpty(nil, v.Addr, v.Cap)
	case v.Object > 0 && c.object(v.Object, v.Addr, k != reflect.Pointer && k != reflect.Interface) && c.sameType(k, v):
		switch k {
		case reflect.Slice, reflect.Chan:
			return notation.AppendRef(nil, v.Object, v.Len, v.Cap)
		case reflect.Map:
			return notation.AppendRef(nil, v.Object, v.Len)
		}
		return notation.AppendRef(nil, v.Object)
	}
	members := map[string]any{"p": v.Addr, "o": v.Object, "len": v.Len, "cap": v.Cap, "t": v.Type}
	out, err := json.Marshal(members)
	c.check(err)
	return out
}

// sameType reports whether an interface is of the type of the object in it.
func (c *converter) sameType(k reflect.Kind, v *notation.Value) bool {
	o, err := c.f.Object(v.Object)
	return k != reflect.Interface || err == nil && o.Type == v.Type
}

// list converts a list whose elements are of types in turn, or the object form of a value.
func (c *converter) list(raw []byte, types ...*corefile.Type) []byte {
	switch {
	case len(raw) > 0 && raw[0] == '[':
		l, err := notation.ParseList(raw)
		c.check(err)
		out := []byte("[")
		for i := range l.Len() {
			var t *corefile.Type
			if len(types) > 0 {
				t = types[i%len(types)]
			}
			out = append(notation.Comma(out, int64(i)), c.value(t, l.At(i))...)
		}
		return append(out, ']')
	case len(raw) > 0 && raw[0] == '{':
		var members map[string]json.RawMessage
		c.check(json.Unmarshal(raw, &members))
		if x := members["x"]; x != nil {
			var sentence string
			c.check(json.Unmarshal(x, &sentence))
			fact, err := json.Marshal(caveat.ParseReason(sentence))
			c.check(err)
			members["x"] = fact
		}
		if e := members["e"]; e != nil {
			members["e"] = c.list(e, types...)
		}
		out, err := json.Marshal(members)
		c.check(err)
		return out
	}
	return raw
}
