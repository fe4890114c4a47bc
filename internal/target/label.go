package target

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/debuginfo"
)

// maxLabels bounds how many profiler labels of a goroutine are read, maxLabel how
// long one may be.
const (
	maxLabels = 1 << 8
	maxLabel  = 1 << 12
)

// labelLayout says where a goroutine's profiler labels are: g.labels points to a
// runtime/pprof.labelMap, in which there is a slice of pairs (runtime/pprof/label.go,
// runtime_setProfLabel.go; Go 1.24 to 1.27).
type labelLayout struct {
	list, key, value, size uint64
}

// labels reads a goroutine's profiler labels, keys and values in turn.
func (p *Process) labels(addr uint64) []string {
	if addr == 0 || p.labelsErr != nil {
		return nil
	}
	if p.labelLayout == nil {
		if p.labelLayout, p.labelsErr = p.readLabelLayout(); p.labelsErr != nil {
			p.labelsErr = fmt.Errorf("labels of goroutines aren't known: %w", p.labelsErr)
			return nil
		}
	}
	l := p.labelLayout
	list, err := p.ReadPair(addr + l.list)
	if err != nil {
		return nil
	}
	pair, n := list[0], list[1]
	if n > maxLabels {
		return nil
	}
	var labels []string
	for range n {
		key, err1 := p.ReadString(pair+l.key, maxLabel)
		value, err2 := p.ReadString(pair+l.value, maxLabel)
		if err1 != nil || err2 != nil {
			return nil
		}
		labels = append(labels, key, value)
		pair += l.size
	}
	return labels
}

func (p *Process) readLabelLayout() (*labelLayout, error) {
	const name = "runtime/pprof.labelMap"
	typ, ok := p.Info.TypeByName(name)
	if !ok {
		return nil, fmt.Errorf("no type %s", name)
	}
	l := &labelLayout{}
	// The list is in an embedded struct; only the struct's name changes.
	for {
		t, err := p.Info.Type(typ)
		if err != nil {
			return nil, err
		}
		if f, ok := foldedField(t, "list"); ok {
			l.list += uint64(f.Offset)
			typ = f.Type
			break
		}
		if t.Kind != reflect.Struct || len(t.Fields) != 1 || !t.Fields[0].Embedded {
			return nil, fmt.Errorf("%s not recognised: no field list", name)
		}
		l.list += uint64(t.Fields[0].Offset)
		typ = t.Fields[0].Type
	}
	list, err := p.Info.Type(typ)
	if err != nil {
		return nil, err
	}
	pair, err := p.Info.Type(list.Elem)
	if err != nil || list.Kind != reflect.Slice || pair.Kind != reflect.Struct {
		return nil, fmt.Errorf("%s not recognised: field list is no slice of structs", name)
	}
	l.size = uint64(pair.Size)
	if l.key, err = p.textField(pair, "key"); err == nil {
		l.value, err = p.textField(pair, "value")
	}
	return l, err
}

// foldedField returns the field of that name, exported or not: since Go 1.26 the fields
// are in a package that the runtime shares.
func foldedField(t *debuginfo.Type, name string) (debuginfo.Field, bool) {
	for _, f := range t.Fields {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return debuginfo.Field{}, false
}

// textField returns the offset of a string field.
func (p *Process) textField(t *debuginfo.Type, field string) (uint64, error) {
	f, ok := foldedField(t, field)
	if !ok {
		return 0, fmt.Errorf("%s not recognised: no field %s", t.Name, field)
	}
	if typ, err := p.Info.Type(f.Type); err != nil || typ.Kind != reflect.String {
		return 0, fmt.Errorf("%s not recognised: field %s is no string", t.Name, field)
	}
	return uint64(f.Offset), nil
}
