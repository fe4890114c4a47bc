package main

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"

	"coredumpy"
)

// A walker goes through dumps of the same memory in step: the first is without redaction,
// the others are with some rules.
type walker struct {
	cores []*coredumpy.Core
	visit func(*text)
	seen  map[edge]bool
	queue []item
}

// A text is a string, or bytes, at one place in memory, as each dump shows it.
type text struct {
	at      *step
	plain   string
	shown   []string     // "" if the dump hides the whole value
	lost    []bool       // the dump has nothing that leads to it
	kind    reflect.Kind // of the value
	numbers bool         // of more than a byte each
}

type item struct {
	values []coredumpy.Value
	at     *step
}

// edge is one way into an object.
type edge struct {
	object int
	addr   uint64
	size   int64
	typ    string
}

// A step leads to a value.
type step struct {
	from *step
	name string
}

func (s *step) String() string {
	var names []string
	for ; s != nil && len(names) < 4; s = s.from {
		names = append([]string{s.name}, names...)
	}
	return strings.Join(names, " ")
}

// last is the last step with a name of the source.
func (s *step) last() string {
	for s.from != nil && (s.name[0] == '[' || s.name == "key") {
		s = s.from
	}
	return s.name
}

func (w *walker) walk() error {
	w.seen = make(map[edge]bool)
	w.globals()
	for _, id := range w.cores[0].Goroutines() {
		var all []*coredumpy.Goroutine
		for _, c := range w.cores {
			g, err := c.Goroutine(id)
			if err != nil {
				return fmt.Errorf("goroutine %d: %w", id, err)
			}
			all = append(all, g)
		}
		for f := range all[0].Frames {
			var lists [][]coredumpy.Variable
			for _, g := range all {
				if f >= len(g.Frames) {
					return fmt.Errorf("goroutine %d: %d frames in one dump, %d in another", id, f, len(all[0].Frames))
				}
				lists = append(lists, g.Frames[f].Vars)
			}
			w.variables(all[0].Frames[f].Func, lists)
		}
	}
	for len(w.queue) > 0 {
		last := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		w.value(last.values, last.at)
	}
	return nil
}

func (w *walker) globals() {
	var lists [][]coredumpy.Variable
	for _, c := range w.cores {
		vars, _ := c.Globals() // the error says that there are more
		lists = append(lists, vars)
	}
	w.variables("", lists)
}

func (w *walker) variables(of string, lists [][]coredumpy.Variable) {
	for i, v := range lists[0] {
		values := make([]coredumpy.Value, len(lists))
		for j, l := range lists {
			if i < len(l) && l[i].Name == v.Name {
				values[j] = l[i].Value
			}
		}
		w.push(values, &step{nil, strings.TrimPrefix(of+"."+v.Name, ".")})
	}
}

func (w *walker) push(values []coredumpy.Value, at *step) {
	w.queue = append(w.queue, item{values, at})
}

// each pushes what f returns for the value in each dump.
func (w *walker) each(values []coredumpy.Value, at *step, f func(coredumpy.Value) coredumpy.Value) {
	all := make([]coredumpy.Value, len(values))
	for j, v := range values {
		all[j] = f(v)
	}
	w.push(all, at)
}

// first reports whether an object is reached in this way for the first time.
func (w *walker) first(v coredumpy.Value) bool {
	e := edge{v.Object(), v.Pointer(), 0, v.Type().String()}
	if v.Kind() == reflect.Slice {
		e.size = v.Len()
	}
	if e.object == 0 || w.seen[e] {
		return false
	}
	w.seen[e] = true
	return true
}

func (w *walker) value(values []coredumpy.Value, at *step) {
	v := values[0]
	if !v.Valid() {
		return
	}
	if t, ok := v.Text(); ok {
		w.text(values, at, t)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.Stored() {
			name, _, _ := v.Type().Field(i)
			w.each(values, &step{at, v.Type().String() + "." + name},
				func(v coredumpy.Value) coredumpy.Value { return v.Field(i) })
		}
	case reflect.Array, reflect.Slice, reflect.Chan:
		if v.Kind() != reflect.Array && !w.first(v) {
			return
		}
		if b := numbers(v); b != nil {
			w.text(values, at, string(b))
			return
		}
		for i := range v.Stored() {
			w.each(values, at, func(v coredumpy.Value) coredumpy.Value { return v.Index(i) })
		}
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Interface || w.first(v) {
			w.each(values, at, coredumpy.Value.Elem)
		}
	case reflect.Map:
		if w.first(v) {
			w.entries(values, at)
		}
	case reflect.Func:
		if w.first(v) {
			w.each(values, &step{at, v.Func().Func}, coredumpy.Value.Closure)
		}
	}
}

func (w *walker) entries(values []coredumpy.Value, at *step) {
	for i := range values[0].Stored() {
		key, _ := values[0].Entry(i)
		name, _ := key.Text()
		w.each(values, &step{at, "key"}, func(v coredumpy.Value) coredumpy.Value {
			key, _ := v.Entry(i)
			return key
		})
		w.each(values, &step{at, fmt.Sprintf("[%.40q]", name)}, func(v coredumpy.Value) coredumpy.Value {
			_, value := v.Entry(i)
			return value
		})
	}
}

// text visits a text that the first dump shows.
func (w *walker) text(values []coredumpy.Value, at *step, plain string) {
	if e := (edge{-1, values[0].Addr(), int64(len(plain)), values[0].Kind().String()}); e.addr != 0 {
		if values[0].Kind() == reflect.Slice {
			e.addr = values[0].Pointer()
		}
		if w.seen[e] {
			return
		}
		w.seen[e] = true
	}
	t := &text{
		at: at, plain: plain, shown: make([]string, len(values)), lost: make([]bool, len(values)),
		kind: values[0].Kind(), numbers: numbers(values[0]) != nil,
	}
	for j, v := range values {
		shown, ok := v.Text()
		if b := numbers(v); b != nil {
			shown, ok = string(b), true
		}
		if t.shown[j] = shown; !ok && v.Reason() != "redacted" && !v.Valid() {
			t.lost[j] = true
		}
	}
	w.visit(t)
}

// numbers returns the memory of an array or slice of integers of more than one byte, as
// parts of keys are held.
func numbers(v coredumpy.Value) []byte {
	if k := v.Kind(); k != reflect.Array && k != reflect.Slice || v.Stored() < 2 {
		return nil
	}
	var b []byte
	for i := range v.Stored() {
		e := v.Index(i)
		switch k := e.Kind(); k {
		case reflect.Uint32, reflect.Uint64, reflect.Uint, reflect.Int32, reflect.Int64, reflect.Int:
			if !e.Valid() {
				return b
			}
			n := e.Uint() | uint64(e.Int())
			b = append(b, binary.LittleEndian.AppendUint64(nil, n)[:e.Type().Size()]...)
		default:
			return nil
		}
	}
	return b
}
