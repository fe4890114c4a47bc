package gotypes

import (
	"reflect"
	"runtime"
	"sync"
	"testing"

	"coredumpy/internal/debugtest"
	"coredumpy/internal/gotypes/testdata/dotted.v2"
)

var (
	sinkMu sync.Mutex
	sink   any
)

// leak makes the compiler allocate on the heap what v points to.
func leak(v any) {
	sinkMu.Lock()
	defer sinkMu.Unlock()
	sink = v
}

// keep makes the compiler keep its arguments.
//
//go:noinline
func keep(vs ...any) { runtime.KeepAlive(vs) }

// Only programs built with debug information have it.
func TestWithDebugInformation(t *testing.T) { debugtest.Run(t, 1) }

// Types are the same whether they come from the runtime's descriptors or from
// debug information.
func TestDebugTypes(t *testing.T) {
	debugtest.Need(t)
	for _, tt := range typeNames {
		leak(tt.typ)
	}
	keep(dotted.T{}, &dotted.Global)
	p := selfWithInfo(t)
	bare := selfWithInfo(t) // types from debug information have no descriptors here
	bare.moduleTypes = 0
	c := &sameTypes{t: t, seen: map[*Type]bool{}}
	n := 0
	for _, pkg := range []string{"runtime", "net/http", "reflect", "os", "time", "testing", "coredumpy/internal/gotypes", "coredumpy/internal/gotypes/testdata/dotted.v2"} {
		for _, v := range p.Info.Globals(pkg) {
			got, err := p.DebugType(v.Type)
			if err != nil {
				t.Errorf("%s: %v", v.Name, err)
				continue
			}
			want, err := bare.DebugType(v.Type)
			if err != nil {
				t.Errorf("%s: %v", v.Name, err)
				continue
			}
			n++
			c.compare(v.Name, got, want)
		}
	}
	if n < 300 || len(c.seen) < 500 {
		t.Errorf("got %d variables of %d types, want more", n, len(c.seen))
	}
	t.Logf("%d variables, %d types", n, len(c.seen))
}

// sameTypes compares types, and the types they refer to, each once.
type sameTypes struct {
	t    *testing.T
	seen map[*Type]bool
}

func (c *sameTypes) compare(at string, got, want *Type) {
	if c.seen[got] || c.t.Failed() && len(c.seen) > 3000 {
		return
	}
	if got == nil || want == nil {
		if got != want {
			c.t.Errorf("%s: got type %v from the runtime, %v from debug information", at, got, want)
		}
		return
	}
	c.seen[got] = true
	if got.Name != want.Name || got.Kind != want.Kind || got.Size != want.Size || got.Len != want.Len || got.Empty != want.Empty {
		c.t.Errorf("%s: got %s, %v of %d bytes, length %d, from the runtime, %s, %v, %d, %d from debug information", at,
			got.Name, got.Kind, got.Size, got.Len, want.Name, want.Kind, want.Size, want.Len)
		return
	}
	switch got.Kind {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan, reflect.Map:
		c.compare(at+"[]", got.Elem(), want.Elem())
		if got.Key() != nil {
			c.compare(at+" key", got.Key(), want.Key())
		}
		if got.Kind == reflect.Map && *got.maps != *want.maps {
			c.t.Errorf("%s: got layout %+v of %s from the runtime, %+v from debug information", at, *got.maps, got.Name, *want.maps)
		}
	case reflect.Struct:
		c.fields(at, got.Fields(), want.Fields())
	}
}

func (c *sameTypes) fields(at string, got, want []Field) {
	if len(got) != len(want) {
		c.t.Errorf("%s: got %d fields from the runtime, %d from debug information", at, len(got), len(want))
		return
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.Name != w.Name || g.Offset != w.Offset || g.Embedded != w.Embedded {
			c.t.Errorf("%s: got field %+v from the runtime, %+v from debug information", at, g, w)
		}
		c.compare(at+"."+g.Name, g.Type, w.Type)
	}
}
