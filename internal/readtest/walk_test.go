package readtest

import (
	"math"
	"reflect"

	"coredumpy"
)

// walker looks at values through all of their methods.
type walker struct {
	d    *driver
	left int // how many more values to look at
}

// walk calls the methods of what is read, for as many values as a small dump has.
func (d *driver) walk(core *coredumpy.Core) {
	w := &walker{d: d, left: 2000}
	if d.few {
		w.left = 40
	}
	core.Head()
	d.checkText("what is missing", core.Missing(), false)
	ids := core.Goroutines()
	for _, id := range append(ids, -1, 0, math.MaxInt64) {
		g, err := core.Goroutine(id)
		if err != nil {
			continue
		}
		for i := range g.Frames {
			f := &g.Frames[i]
			core.Source(f.File)
			w.variables(f.Vars)
		}
		if g.Panic != nil {
			w.value(g.Panic.Value, 0)
		}
		w.variables(g.Earlier)
	}
	globals, _ := core.Globals()
	w.variables(globals)
	w.value(coredumpy.Value{}, 0)
}

func (w *walker) variables(vars []coredumpy.Variable) {
	for i := range vars {
		if v := vars[i].Value; !v.Valid() && v.Reason() == "" {
			w.d.t.Errorf("got a variable %q of type %s without a value or a reason", vars[i].Name, v.Type())
		}
		w.value(vars[i].Value, 0)
	}
}

// numbers are indexes and limits to ask for.
var numbers = []int{math.MinInt, -1, 0, 1, 2, 7, 1 << 62, math.MaxInt}

// value looks at v, and at the values that it leads to.
func (w *walker) value(v coredumpy.Value, depth int) {
	if w.left--; w.left < 0 || depth > 12 {
		return
	}
	w.typ(v.Type())
	w.scalar(v)
	stored := v.Stored()
	if stored < 0 {
		w.d.t.Errorf("got %d elements stored of a %s", stored, v.Type())
	}
	for i := range min(stored, 4) {
		w.value(v.Index(i), depth+1)
		w.value(v.Field(i), depth+1)
		key, elem := v.Entry(i)
		w.value(key, depth+1)
		w.value(elem, depth+1)
	}
	for _, n := range append(numbers, stored-1, stored) {
		if w.d.few && w.d.rnd.IntN(5) > 0 {
			continue
		}
		w.scalar(v.Index(n))
		w.scalar(v.Field(n))
		key, elem := v.Entry(n)
		w.scalar(key)
		w.scalar(elem)
		if n > 0 || depth < 3 {
			w.slices(v, int64(n))
		}
	}
	w.scalar(v.Elem())
	w.scalar(v.Closure())
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		w.value(v.Elem(), depth+1)
	case reflect.Func:
		w.value(v.Closure(), depth+1)
	}
}

// slices looks at slices of v that start or end at n.
func (w *walker) slices(v coredumpy.Value, n int64) {
	for _, s := range []coredumpy.Value{
		v.Slice(0, n, n), v.Slice(n, n, n), v.Slice(n, math.MaxInt64, math.MaxInt64), v.Slice(n, 0, math.MinInt64),
		v.Slice(n, math.MaxInt64, math.MaxInt64).Slice(n, n, math.MaxInt64).Slice(n, math.MaxInt64, math.MaxInt64),
	} {
		w.scalar(s)
		w.scalar(s.Index(0))
		w.scalar(s.Index(s.Stored() - 1))
		key, _ := s.Entry(0)
		w.scalar(key)
	}
}

// scalar calls the methods that don't lead to another value.
func (w *walker) scalar(v coredumpy.Value) {
	v.IsNil()
	v.Bool()
	v.Int()
	v.Uint()
	v.Float()
	v.Complex()
	v.Text()
	v.Redacted()
	v.Pointer()
	v.Object()
	v.Addr()
	v.Cap()
	v.Func()
	v.Waiting()
	if stored, length := v.Stored(), v.Len(); v.Kind() == reflect.Slice && int64(stored) > max(length, 0) {
		w.d.t.Errorf("got %d elements stored of a %s of length %d", stored, v.Type(), length)
	}
}

func (w *walker) typ(t *coredumpy.Type) {
	for range 3 {
		_ = t.String()
		t.Kind()
		t.Size()
		t.Len()
		t.Key()
		for i := range min(t.NumField(), 4) {
			t.Field(i)
		}
		t = t.Elem()
	}
}
