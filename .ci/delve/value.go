package main

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"coredumpy"
)

// comparison is the result of comparing one variable. Delve loads values to a small
// depth; what it didn't load isn't compared.
type comparison struct {
	diffs    []string
	nodes    int      // values compared, children included
	cut      []string // values that Delve has and the dump left out, with the reason
	redacted int

	// lo and hi bound the goroutine's stack. A pointer into it that points elsewhere in
	// Delve was left behind when the stack moved, and corrected by coredumpy.
	lo, hi uint64
	stale  int
}

func (c *comparison) differ(path, format string, args ...any) {
	c.diffs = append(c.diffs, path+": "+fmt.Sprintf(format, args...))
}

func (c *comparison) same(path, what string, dump, delve any) {
	if dump != delve {
		c.differ(path, "%s %v, Delve %v", what, dump, delve)
	}
}

// value compares what the dump has with what Delve has.
func (c *comparison) value(path string, v coredumpy.Value, d *variable) {
	if d.Unreadable != "" {
		return
	}
	c.nodes++
	if !v.Valid() {
		c.cut = append(c.cut, path+": "+v.Reason())
		return
	}
	if v.Kind() == reflect.Pointer && d.Kind == reflect.UnsafePointer {
		c.same(path, "address", v.Pointer(), target(d).Addr) // in a sync/atomic.Pointer, which the dump follows
		return
	}
	if class(v.Kind()) != class(d.Kind) && d.Kind != reflect.Invalid {
		c.differ(path, "kind %v, Delve %v", v.Kind(), d.Kind)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		c.pointer(path, v, d)
	case reflect.UnsafePointer:
		c.same(path, "address", v.Pointer(), target(d).Addr)
	case reflect.Interface:
		c.iface(path, v, d)
	case reflect.Struct:
		c.fields(path, v, d)
	case reflect.Array:
		c.elems(path, v, d)
	case reflect.Slice:
		c.slice(path, v, d)
	case reflect.Map:
		c.mapping(path, v, d)
	case reflect.Chan:
		c.channel(path, v, d)
	case reflect.Func:
		c.function(path, v, d)
	case reflect.String:
		c.text(path, v, d)
	default:
		c.scalar(path, v, d)
	}
}

// class is a kind without its size, which Delve's answers don't have.
func class(k reflect.Kind) reflect.Kind {
	switch {
	case reflect.Int <= k && k <= reflect.Int64:
		return reflect.Int
	case reflect.Uint <= k && k <= reflect.Uintptr:
		return reflect.Uint
	case k == reflect.Float32:
		return reflect.Float64
	case k == reflect.Complex64:
		return reflect.Complex128
	}
	return k
}

var nothing variable

// target returns the variable that a pointer points to.
func target(d *variable) *variable {
	if len(d.Children) == 0 {
		return &nothing
	}
	return &d.Children[0]
}

func (c *comparison) pointer(path string, v coredumpy.Value, d *variable) {
	to := target(d)
	if c.onStack(v.Pointer()) && !c.onStack(to.Addr) && to.Addr != 0 {
		c.stale++
		return
	}
	c.same(path, "address", v.Pointer(), to.Addr)
	if to.Addr == 0 || to.OnlyAddr || v.IsNil() {
		return
	}
	c.value("(*"+path+")", v.Elem(), to)
}

func (c *comparison) onStack(addr uint64) bool { return c.lo <= addr && addr < c.hi }

func (c *comparison) iface(path string, v coredumpy.Value, d *variable) {
	to := target(d)
	if isNil := to.Kind == reflect.Invalid && to.Addr == 0; isNil || v.IsNil() {
		c.same(path, "is nil", v.IsNil(), isNil)
		return
	}
	if to.Kind == reflect.Invalid {
		return // not loaded
	}
	e := v.Elem()
	c.same(path, "dynamic type", typeName(e.Type().String()), typeName(to.Type))
	if !to.OnlyAddr {
		c.value(path+".(data)", e, to)
	}
}

func (c *comparison) fields(path string, v coredumpy.Value, d *variable) {
	c.same(path, "number of fields", int64(v.Type().NumField()), d.Len)
	for i := range min(len(d.Children), v.Type().NumField()) {
		child := &d.Children[i]
		name, _, _ := v.Type().Field(i)
		if child.Name != name {
			c.differ(path, "field %d is %s, Delve %s", i, name, child.Name)
			return
		}
		c.value(path+"."+name, v.Field(i), child)
	}
}

func (c *comparison) elems(path string, v coredumpy.Value, d *variable) {
	c.same(path, "len", v.Len(), d.Len)
	for i := range d.Children {
		if i >= v.Stored() && i > 0 {
			c.cut = append(c.cut, fmt.Sprintf("%s[%d]: %s", path, i, v.Index(i).Reason()))
			return
		}
		if v.Redacted() || v.Index(i).Reason() == "redacted" {
			c.redacted++
			return
		}
		c.value(fmt.Sprintf("%s[%d]", path, i), v.Index(i), &d.Children[i])
	}
}

func (c *comparison) slice(path string, v coredumpy.Value, d *variable) {
	c.same(path, "is nil", v.IsNil(), d.Base == 0)
	if v.IsNil() {
		return
	}
	if v.Cap() >= 0 { // optimised out, which Delve shows as 0
		c.same(path, "cap", v.Cap(), d.Cap)
	}
	if c.onStack(v.Pointer()) && !c.onStack(d.Base) {
		c.stale++
		return
	}
	c.same(path, "address", v.Pointer(), d.Base)
	c.elems(path, v, d)
}

func (c *comparison) mapping(path string, v coredumpy.Value, d *variable) {
	isNil := d.Base == 0 && len(d.Children) == 0
	c.same(path, "is nil", v.IsNil(), isNil)
	if isNil || v.IsNil() {
		return
	}
	c.same(path, "len", v.Len(), d.Len)
	for i := 0; i+1 < len(d.Children); i += 2 {
		at := c.find(v, &d.Children[i], i/2)
		if at < 0 {
			what := fmt.Sprintf("%s[entry %d]: key %s", path, i/2, brief(&d.Children[i]))
			if v.Stored() < int(v.Len()) {
				c.cut = append(c.cut, what)
			} else {
				c.diffs = append(c.diffs, what+" is not in the dump")
			}
			return
		}
		_, val := v.Entry(at)
		c.value(fmt.Sprintf("%s[%s]", path, brief(&d.Children[i])), val, &d.Children[i+1])
	}
}

// find returns the entry of map v that has the key. The order is usually the same on both
// sides.
func (c *comparison) find(v coredumpy.Value, key *variable, guess int) int {
	n := v.Stored()
	for i := range n {
		at := (guess + i) % n
		k, _ := v.Entry(at)
		var one comparison
		one.value("", k, key)
		if len(one.diffs) == 0 {
			return at
		}
	}
	return -1
}

// channel compares a channel with the fields of runtime.hchan, which is how Delve shows
// it.
func (c *comparison) channel(path string, v coredumpy.Value, d *variable) {
	isNil := len(d.Children) == 0 || d.Base == 0
	c.same(path, "is nil", v.IsNil(), isNil)
	if isNil || v.IsNil() {
		return
	}
	number := func(name string) int64 {
		f := d.field(name)
		if f == nil {
			return -1
		}
		n, _ := strconv.ParseInt(f.Value, 10, 64)
		return n
	}
	c.same(path, "len", v.Len(), number("qcount"))
	c.same(path, "cap", v.Cap(), number("dataqsiz"))
	_, _, closed := v.Waiting()
	if v.Object() != 0 {
		c.same(path, "closed", closed, number("closed") == 1)
	}
	buf := d.field("buf")
	if buf == nil || len(target(buf).Children) == 0 {
		return
	}
	ring := target(buf).Children
	for i := range v.Len() {
		at := (number("recvx") + i) % int64(len(ring))
		c.value(fmt.Sprintf("%s[%d]", path, i), v.Index(int(i)), &ring[at])
	}
}

func (c *comparison) function(path string, v coredumpy.Value, d *variable) {
	isNil := d.Value == "" && d.Base == 0
	c.same(path, "is nil", v.IsNil(), isNil)
	if isNil || v.IsNil() {
		return
	}
	c.same(path, "function", generic(v.Func().Func), generic(d.Value))
	captured := v.Closure()
	for i := range d.Children {
		child := &d.Children[i]
		f, ok := field(captured, child.Name)
		if !ok {
			c.cut = append(c.cut, path+" captures "+child.Name+": not in the dump")
			continue
		}
		c.value(path+"{"+child.Name+"}", f, child)
	}
}

// field returns the field of struct v with the given name.
func field(v coredumpy.Value, name string) (coredumpy.Value, bool) {
	for i := range v.Type().NumField() {
		if n, _, _ := v.Type().Field(i); n == name {
			return v.Field(i), true
		}
	}
	return coredumpy.Value{}, false
}

func (c *comparison) text(path string, v coredumpy.Value, d *variable) {
	got, _ := v.Text()
	want := d.text()
	if v.Redacted() {
		c.redacted++
		return
	}
	c.same(path, "len", v.Len(), d.Len)
	n := min(len(got), len(want))
	if n < len(want) {
		c.cut = append(c.cut, fmt.Sprintf("%s: %d of %d bytes", path, len(got), d.Len))
	}
	if got[:n] != want[:n] {
		c.differ(path, "%.60q, Delve %.60q", got, want)
	}
}

func (c *comparison) scalar(path string, v coredumpy.Value, d *variable) {
	want := plain(d.Value)
	var got string
	switch v.Kind() {
	case reflect.Bool:
		got = strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		got = strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		got = strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		got = number(v.Float(), v.Kind() == reflect.Float32)
	case reflect.Complex64, reflect.Complex128:
		got, want = complexes(v, d)
	default:
		return
	}
	c.same(path, "value", got, want)
}

// number formats a float as Delve does, without a negative zero.
func number(f float64, single bool) string {
	switch {
	case math.IsInf(f, 1):
		return "+Inf"
	case f == 0:
		return "0"
	case single:
		return strconv.FormatFloat(f, 'f', -1, 32)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// complexes formats both sides. Delve has 0 for parts that aren't finite.
func complexes(v coredumpy.Value, d *variable) (got, want string) {
	z, single := v.Complex(), v.Kind() == reflect.Complex64
	r, i := real(z), imag(z)
	if math.IsNaN(r) || math.IsInf(r, 0) || math.IsNaN(i) || math.IsInf(i, 0) || len(d.Children) != 2 {
		return "", ""
	}
	return number(r, single) + "," + number(i, single), d.Children[0].Value + "," + d.Children[1].Value
}

// plain removes the name of a constant: "monday (1)" is "1".
func plain(s string) string {
	if open := strings.LastIndex(s, "("); open >= 0 && strings.HasSuffix(s, ")") {
		return s[open+1 : len(s)-1]
	}
	return s
}

// brief shows a map key.
func brief(d *variable) string {
	if d.Kind == reflect.String {
		return fmt.Sprintf("%.40q", d.text())
	}
	if d.Value != "" {
		return d.Value
	}
	return d.Kind.String()
}
