package gotypes

import (
	"reflect"
	"strings"
)

// Instance returns the struct type of that name, an instance of a generic type such as
// "internal/sync.entry[interface {},interface {}]"; nil if debug information has neither
// it nor its shape. If only generic code uses an instance, the compiler leaves only its
// shape (Go 1.27), which differs in the fields whose type is a type parameter.
func (p *Process) Instance(name string) *Type {
	if t := p.typeNamed(name); t != nil {
		return t
	}
	if t, known := p.instances[name]; known || p.Info == nil {
		return t
	}
	if p.instances == nil {
		p.instances = map[string]*Type{}
	}
	t := p.fromShape(name)
	p.instances[name] = t
	return t
}

// fromShape makes an instance from its shape.
func (p *Process) fromShape(name string) *Type {
	generic, arguments, ok := strings.Cut(name, "[")
	arguments, ok2 := strings.CutSuffix(arguments, "]")
	if !ok || !ok2 {
		return nil
	}
	var shapes []string
	real := map[string]string{} // shape of a type argument to the argument
	for _, argument := range splitArguments(arguments) {
		shape := ShapePrefix + argument
		real[shape] = argument
		shapes = append(shapes, shape)
	}
	shape := p.typeNamed(generic + "[" + strings.Join(shapes, ",") + "]")
	if shape == nil || shape.Kind != reflect.Struct {
		return nil
	}
	fields := make([]Field, len(shape.Fields()))
	for i, f := range shape.Fields() {
		fields[i] = f
		if f.Type == nil || real[f.Type.Name] == "" {
			continue
		}
		t := p.typeNamed(real[f.Type.Name])
		if t == nil || t.Size != f.Type.Size || t.Kind != f.Type.Kind {
			return nil
		}
		fields[i].Type = t
	}
	t := structOf(name, shape.Size, fields)
	p.addIndex(t)
	return t
}

// splitArguments splits a list of types at the commas that aren't in brackets, braces
// or parentheses.
func splitArguments(list string) (arguments []string) {
	depth, start := 0, 0
	for i := range len(list) {
		switch list[i] {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			depth--
		case ',':
			if depth == 0 {
				arguments = append(arguments, list[start:i])
				start = i + 1
			}
		}
	}
	return append(arguments, list[start:])
}
