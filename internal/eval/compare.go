package eval

import (
	"cmp"
	"fmt"
	"go/constant"
	"go/token"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// equal evaluates x == y.
func (e *evaluation) equal(x, y operand) (bool, error) {
	if x.null {
		x, y = y, x
	}
	if y.null {
		return isNil(x)
	}
	if x.kind() == reflect.Interface || y.kind() == reflect.Interface {
		if !e.mayHold(&x, &y) || !e.mayHold(&y, &x) {
			return false, e.mismatched(x, y)
		}
		return e.equalInterfaces(x, y)
	}
	if err := unify(&x, &y); err != nil && !sameChannels(&x, &y) {
		return false, err
	}
	if isScalar(x.kind()) {
		return equalScalars(x, y)
	}
	return e.equalValues(x.v, y.v, &place{name: x.src}, &place{name: y.src})
}

// mismatched says why an interface and another operand don't compare. A method that is missing may be in
// a file that isn't in the dump.
func (e *evaluation) mismatched(x, y operand) error {
	in, other := x, y
	if in.kind() != reflect.Interface {
		in, other = y, x
	}
	err := unify(&x, &y)
	if err == nil || !hasMethods(other.typeName()) {
		return err
	}
	if method := e.lacks(other.value(), in.v.Type()); method != "" {
		return fmt.Errorf("%w: the dump knows no method %s of %s", err, method, other.typeName())
	}
	return err
}

// hasMethods reports whether a type may have methods by its name, which is that of a package's type, or
// of a pointer to one.
func hasMethods(name string) bool {
	return strings.Contains(name, ".") && !strings.HasPrefix(name, "[") && !hasWord(name) &&
		!strings.HasPrefix(name, "map[") && !strings.HasPrefix(name, "func(") && !strings.HasPrefix(name, "struct {")
}

// value returns the operand as a value, if it has a type.
func (op *operand) value() dump.Value {
	if op.c != nil && op.typ != nil {
		return typed(op.c, op.typ)
	}
	return op.v
}

// sameChannels reports whether the operands are channels of the same elements that compare: one
// has both directions, or it has a type with a name, whose directions aren't known, and the other has
// none.
func sameChannels(x, y *operand) bool {
	if x.kind() != reflect.Chan || y.kind() != reflect.Chan {
		return false
	}
	a, b := x.v.Type(), y.v.Type()
	both := strings.HasPrefix(a.String(), "chan ") || strings.HasPrefix(b.String(), "chan ")
	oneNamed := hasWord(a.String()) != hasWord(b.String())
	return (both || oneNamed) && a.Elem().String() == b.Elem().String()
}

// hasWord reports whether the name of a channel type begins with that: it has no name of its own.
func hasWord(name string) bool {
	return strings.HasPrefix(name, "chan ") || strings.HasPrefix(name, "chan<- ") || strings.HasPrefix(name, "<-chan ")
}

func isNil(x operand) (bool, error) {
	switch {
	case x.null:
		return true, nil
	case x.c != nil:
		return false, fmt.Errorf("can not compare %s to nil", kindName(&x))
	}
	switch x.v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return x.v.IsNil(), present(x.v, x.src)
	case reflect.UnsafePointer:
		return x.v.Pointer() == 0, present(x.v, x.src)
	}
	return false, fmt.Errorf("can not compare %s to nil", kindName(&x))
}

// equalScalars compares two values of the same basic type, or constants.
func equalScalars(x, y operand) (bool, error) {
	if same, known := sameHidden(&x, &y); known {
		return same, nil
	}
	if m, ok := x.textLen(); ok {
		if n, ok := y.textLen(); ok && m != n {
			return false, nil // even if the dump lacks parts of them
		}
	}
	a, b, err := scalars(&x, &y)
	if err != nil {
		return false, err
	}
	k := x.kind()
	switch typed := x.c == nil || y.c == nil; {
	case typed && isFloat(k):
		return x.float() == y.float(), nil
	case typed && isComplex(k):
		return x.complex() == y.complex(), nil
	}
	if !alike(a, b) {
		return false, fmt.Errorf("mismatched types %q and %q", x.typeName(), y.typeName())
	}
	return constant.Compare(a, token.EQL, b), nil
}

// textLen returns the length of a string, if the dump has it.
func (op *operand) textLen() (n int64, ok bool) {
	switch {
	case op.c != nil && op.c.Kind() == constant.String:
		return int64(len(constant.StringVal(op.c))), true
	case op.c == nil && op.v.Kind() == reflect.String:
		return op.v.Len(), op.v.Valid() && !op.v.Redacted()
	}
	return 0, false
}

// place says where a value is, for messages: x, or a field or an element of the value in
// another place. Its text is made only when needed: most values have no message.
type place struct {
	in    *place
	name  string
	index int // of an element, if there is no name
}

// maxNested bounds how deep values that are compared may be nested. Only in a forged dump
// is a struct inside a struct of its own type, and so on.
const maxNested = 100

func (p *place) String() string {
	switch {
	case p.in == nil:
		return p.name
	case p.name != "":
		return p.in.String() + "." + p.name
	}
	return fmt.Sprintf("%s[%d]", p.in, p.index)
}

// presentAt is present for a value in a place.
func presentAt(v dump.Value, p *place) error {
	if v.Valid() {
		return nil
	}
	return Missing(p.String(), v.Reason())
}

// equalValues compares two values of the same type, which are in the places a and b.
func (e *evaluation) equalValues(x, y dump.Value, a, b *place) (bool, error) {
	if err := e.step(1); err != nil {
		return false, err
	}
	if e.nested++; e.nested > maxNested {
		e.nested--
		return false, fmt.Errorf("values in more than %d others can't be compared", maxNested)
	}
	defer func() { e.nested-- }()
	if same, known := x.SameHidden(y); known {
		return same, nil
	}
	if err := presentAt(x, a); err != nil {
		return false, err
	}
	if err := presentAt(y, b); err != nil {
		return false, err
	}
	switch k := x.Kind(); k {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		if nowhere(x) && nowhere(y) {
			return false, fmt.Errorf("can not compare %s: what it points to has no address", a)
		}
		return x.Pointer() == y.Pointer() && nowhere(x) == nowhere(y), nil
	case reflect.Slice, reflect.Map, reflect.Func:
		return false, fmt.Errorf("can not compare %s variables", k)
	case reflect.Interface:
		return e.equalInterfaces(operand{v: x, src: a.String()}, operand{v: y, src: b.String()})
	case reflect.Struct:
		if a, b := x.Type(), y.Type(); a != b && !strings.HasPrefix(a.String(), "struct {") {
			_, err := sameDynamic(a, b, false)
			return false, err
		}
		return e.equalParts(x.Type().NumField(), func(i int) (bool, error) {
			name, _, _ := x.Type().Field(i)
			if name == "_" {
				return true, nil // == ignores it
			}
			return e.equalValues(x.Field(i), y.Field(i), &place{in: a, name: name}, &place{in: b, name: name})
		})
	case reflect.Array:
		if s, ok := x.Text(); ok && !x.Redacted() && !y.Redacted() {
			if t, ok := y.Text(); ok && int64(len(s)) == x.Len() && int64(len(t)) == y.Len() {
				return s == t, nil
			}
		}
		return e.equalParts(int(min(x.Len(), maxSteps+1)), func(i int) (bool, error) {
			return e.equalValues(x.Index(i), y.Index(i), &place{in: a, index: i}, &place{in: b, index: i})
		})
	case reflect.Invalid:
		return false, fmt.Errorf("can not compare %s: its type is not known", a)
	}
	same, err := equalScalars(operand{v: x}, operand{v: y})
	if err != nil {
		return equalScalars(operand{v: x, src: a.String()}, operand{v: y, src: b.String()})
	}
	return same, nil
}

// nowhere reports whether a value points to one that has no address in the program's memory, such as
// a literal.
func nowhere(v dump.Value) bool { return v.Kind() == reflect.Pointer && v.Pointer() == 0 && !v.IsNil() }

// equalParts compares n fields or elements. One that differs decides, even if another one
// can't be compared; otherwise the first that can't be compared is named.
func (e *evaluation) equalParts(n int, same func(i int) (bool, error)) (bool, error) {
	var failed error
	for i := range n {
		equal, err := same(i)
		if err != nil {
			if e.steps > maxSteps {
				return false, err
			}
			failed = cmp.Or(failed, err)
		} else if !equal {
			return false, nil
		}
	}
	return failed == nil, failed
}

// equalInterfaces compares two values, at least one of them in an interface: they are
// equal if their dynamic types and their values are.
func (e *evaluation) equalInterfaces(x, y operand) (bool, error) {
	for _, op := range []*operand{&x, &y} {
		if op.c != nil || op.v.Hidden() > 0 {
			continue
		}
		if err := present(op.v, op.src); err != nil {
			return false, err
		}
	}
	if a, b := isNilInterface(x), isNilInterface(y); a || b {
		return a && b, nil
	}
	both := x.kind() == y.kind() // they are interfaces
	if err := cmp.Or(x.unbox(), y.unbox()); err != nil {
		return false, err
	}
	switch {
	case x.c != nil && y.c != nil:
		return false, nil
	case x.c != nil:
		return equalToConstant(y, x)
	case y.c != nil:
		return equalToConstant(x, y)
	}
	if same, err := sameDynamic(x.v.Type(), y.v.Type(), both); !same || err != nil {
		return false, err
	}
	return e.equalValues(x.v, y.v, &place{name: x.src}, &place{name: y.src})
}

// unbox turns an interface that isn't nil into the value in it, which may be hidden.
func (op *operand) unbox() error {
	if op.c != nil || op.v.Kind() != reflect.Interface {
		return nil
	}
	in, err := inInterface(op.v, op.src)
	switch {
	case err != nil && in.Hidden() == 0:
		return err
	case in.Kind() == reflect.Interface:
		return Missing(op.src, notOfType)
	}
	op.v = in
	return nil
}

// equalToConstant compares the value of an interface with a constant.
func equalToConstant(x, c operand) (bool, error) {
	if !c.defaultsTo(x.v.Type()) {
		return false, nil
	}
	c.typ = x.v.Type()
	return equalScalars(x, c)
}

// sameDynamic reports whether two types are the same. Types declared in functions may have
// the same name, so it is known only whether two types in interfaces are different.
func sameDynamic(a, b *dump.Type, both bool) (bool, error) {
	switch {
	case a == b:
		return true, nil
	case a.String() != b.String() || both:
		return false, nil
	}
	return false, fmt.Errorf("there are two types called %s, and it isn't known whether these are the same", a)
}

// mayHold reports whether x == y may be asked if x is an interface: a type without a name has no
// methods, which error and the like ask for, and slices, maps and functions don't compare. Of a type
// in the dump's source the methods are known.
func (e *evaluation) mayHold(x, y *operand) bool {
	if x.kind() != reflect.Interface || y.kind() == reflect.Interface {
		return true
	}
	switch y.kind() {
	case reflect.Slice, reflect.Map, reflect.Func:
		return false
	}
	name := y.typeName()
	if in := x.v.Elem(); x.v.Valid() && !x.v.IsNil() && in.Type().String() == name {
		return true // the interface asks for no methods
	}
	if !y.isUntyped() && e.declaredHere(y) && e.lacks(y.value(), x.v.Type()) != "" {
		return false
	}
	if k := y.kind(); k == reflect.Pointer || k == reflect.Struct {
		return true // one with an embedded struct has its methods
	}
	return x.typeName() == "interface {}" || hasMethods(name)
}

func isNilInterface(op operand) bool {
	return op.c == nil && !op.null && op.v.Kind() == reflect.Interface && op.v.IsNil()
}

// defaultsTo reports whether a constant in an interface has type t: an untyped one takes
// its default type.
func (op *operand) defaultsTo(t *dump.Type) bool {
	if op.typ != nil {
		return op.typ == t
	}
	return t.String() == defaultKind(op).String()
}
