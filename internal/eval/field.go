package eval

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// embedded is a type on the path to a field or method.
type embedded struct {
	typ    *dump.Type
	path   []int  // indices of the fields that lead here
	names  string // of these fields: ".Base.Inner"
	method bool   // the selector denotes a method of the type
}

// maxEmbedding bounds how deep structs may be embedded in each other: the cost of a search
// grows with its square.
const maxEmbedding = 100

// findField returns the path of indices from struct type t to the field that the selector
// name denotes, or to the type whose method it denotes: the one at the shallowest depth, if
// there is only one there (Go specification, Selectors). v is of type t, or points to it.
func (e *evaluation) findField(v dump.Value, t *dump.Type, x, name string) (f embedded, found bool, err error) {
	seen := map[*dump.Type]bool{t: true}
	level := []embedded{{typ: t}}
	for depth := 0; len(level) > 0 && depth < maxEmbedding; depth++ {
		fields, next := fieldsOf(level, name, seen)
		for _, s := range level {
			if depth == 0 && len(fields) > 0 { // a type has no field and method of one name
				break
			}
			if has, err := e.hasMethod(v, s, x, name); err != nil {
				return f, false, err
			} else if has {
				s.method = true
				fields = append(fields, s)
			}
		}
		switch len(fields) {
		case 0:
		case 1:
			return fields[0], true, nil
		default:
			return f, false, fmt.Errorf("ambiguous selector %s.%s: it may be %s%s or %s%s",
				x, name, x, fields[0].selector(name), x, fields[1].selector(name))
		}
		for _, s := range next {
			seen[s.typ] = true
		}
		level = next
	}
	return f, false, nil
}

// selector returns what the selector name may be short for.
func (s *embedded) selector(name string) string {
	if s.method {
		return s.names + "." + name
	}
	return s.names
}

// hasMethod reports whether the type at s has a method, or the value in an embedded interface
// there.
func (e *evaluation) hasMethod(v dump.Value, s embedded, x, name string) (bool, error) {
	if s.typ.Kind() != reflect.Interface {
		fn, _ := e.methodOf(s.typ, name)
		return fn != "", nil
	}
	if err := e.step(1); err != nil {
		return false, err
	}
	op, err := followed(v, x, s.path)
	if err != nil || !op.v.Valid() || op.v.IsNil() || e.nested > maxNested {
		return false, nil
	}
	e.nested++
	m, err := e.member(op, name)
	e.nested--
	_, bound := m.v.Receiver()
	return err == nil && bound, nil
}

// promoted evaluates x.name where it is a method of the embedded value at a path.
func (e *evaluation) promoted(v dump.Value, x, name string, path []int) (operand, error) {
	op, err := followed(v, x, path)
	if err != nil {
		return op, err
	}
	return e.member(op, name)
}

// fieldsOf returns the fields called name in the structs of one depth, and the types
// embedded in them that weren't seen before.
func fieldsOf(level []embedded, name string, seen map[*dump.Type]bool) (found, next []embedded) {
	count := map[*dump.Type]int{}
	for _, s := range level {
		for i := range s.typ.NumField() {
			fieldName, ft, anonymous := s.typ.Field(i)
			if anonymous {
				fieldName = unqualified(fieldName)
			}
			path := append(s.path[:len(s.path):len(s.path)], i)
			f := embedded{typ: ft, path: path, names: s.names + "." + fieldName}
			if fieldName == name {
				found = append(found, f)
			}
			if f.typ.Kind() == reflect.Pointer && f.typ.Elem().Kind() != reflect.Invalid {
				f.typ = f.typ.Elem()
			}
			if !anonymous || seen[f.typ] {
				continue
			}
			// Two fields of the same type at one depth are ambiguous; more don't change
			// that.
			if count[f.typ]++; count[f.typ] <= 2 {
				next = append(next, f)
			}
		}
	}
	return found, next
}

// unqualified returns an embedded field's name without the package and type arguments that
// it may have in debug information. Package symbol does so for functions, which may have
// parentheses before the brackets.
func unqualified(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return name[strings.LastIndexByte(name, '.')+1:]
}
