package eval

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// selection is x.name while it is evaluated.
type selection struct {
	x, name string
	named   string // what x is called where it has no such member: as in Delve by its type, if it has no name
	boxed   bool   // x is an interface: the member is that of the value in it
}

// member evaluates x.name by Go's rules, through pointers and embedded structs, and also
// through interfaces.
func (e *evaluation) member(op operand, name string) (operand, error) {
	s := selection{cmp.Or(op.name, op.src), name, cmp.Or(op.name, op.v.Type().String()), false}
	isError := op.v.Type().String() == "error" && name == "Error"
	if op.v.Kind() == reflect.Interface {
		if op.v.Valid() && op.v.IsNil() {
			return op, fmt.Errorf("%s (type void) has no member %s", s.named, name)
		}
		in, err := inInterface(op.v, s.x)
		if err != nil {
			return op, err
		}
		op.v, s.boxed = in, true
	}
	switch op.v.Kind() {
	case reflect.Func:
		return captured(op.v, s)
	case reflect.Chan:
		return e.channelField(op.v, s)
	}
	if m, found, err := e.fieldOrMethod(op, s); found || err != nil {
		return m, err
	}
	if fn := methodNamed(op.v.Type().String(), name); isError && fn != "" { // if no source of it is in the dump
		return valued(e.scope.Core.OfFunc(fn, &op.v)), nil
	}
	return op, e.noMember(&op, s)
}

// fieldOrMethod evaluates x.name for a value that is no interface, function or channel.
func (e *evaluation) fieldOrMethod(op operand, s selection) (m operand, found bool, err error) {
	v, t := op.v, op.v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		f, found, err := e.findField(v, t, s.x, s.name)
		switch {
		case err != nil:
			return m, true, err
		case found && !f.method:
			m, err = followed(v, s.x, f.path)
			return m, true, err
		case found && len(f.path) > 0:
			m, err = e.promoted(v, s.x, s.name, f.path)
			return m, true, err
		}
	case reflect.Invalid:
		if m, found, err = e.method(op, s.x, s.name); found || err != nil || v.Kind() != reflect.Pointer {
			return m, found, err
		}
		_, err = target(v, s.x) // the dump has no value of that type: say why
		return m, false, err
	}
	return e.method(op, s.x, s.name)
}

// noMember says that there is no such field or method.
func (e *evaluation) noMember(op *operand, s selection) error {
	v, t := op.v, op.v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	err, similar := fmt.Errorf("%s has no member %s", s.named, s.name), ""
	switch {
	case t.Kind() != reflect.Struct:
		err = fmt.Errorf("%s (type %s) has no member %s", s.named, op.typeIndexed(), s.name)
	case v.Valid() && v.IsNil() && embeds(t): // as in Delve, which looks for it in what isn't there
		return fmt.Errorf("%s is nil", s.x)
	default:
		similar = similarField(t, s.name)
	}
	if similar == "" && hasMethods(t.String()) && !e.declaredHere(op) { // it may be in a file that isn't in the dump
		return fmt.Errorf("%w: the dump knows no such method", err)
	}
	return meant(err, similar)
}

// embeds reports whether a struct type has an embedded field.
func embeds(t *dump.Type) bool {
	for i := range t.NumField() {
		if _, _, embedded := t.Field(i); embedded {
			return true
		}
	}
	return false
}

// followed follows the indices in path from v to a field.
func followed(v dump.Value, x string, path []int) (op operand, err error) {
	for _, i := range path {
		if v.Kind() == reflect.Pointer {
			if err := present(v, x); err == nil && v.IsNil() {
				return op, fmt.Errorf("%s is nil", x)
			}
			if v, err = target(v, x); err != nil {
				return op, err
			}
		}
		if err = present(v, x); err != nil {
			return op, err
		}
		if i >= v.Type().NumField() { // a pointer's target has another type
			return op, Missing(x, notOfType)
		}
		name, _, anonymous := v.Type().Field(i)
		if anonymous {
			name = unqualified(name)
		}
		x += "." + name
		v = v.Field(i)
	}
	return operand{v: v, name: x}, nil
}

// captured returns a variable that a closure has captured. As in Delve, an error names the type of
// a func value that is nil or in an interface.
func captured(v dump.Value, s selection) (op operand, err error) {
	x, name := s.x, s.name
	if err := present(v, x); err != nil {
		return op, err
	}
	if v.IsNil() {
		return op, fmt.Errorf("%s (type %s) has no member %s", s.named, v.Type(), name)
	}
	if receiver, ok := v.Receiver(); ok && name == "receiver" {
		return operand{v: receiver, name: x + "." + name}, nil
	}
	if closure := v.Closure(); closure.Valid() && closure.Kind() == reflect.Struct {
		for i := range closure.Type().NumField() {
			fieldName, _, _ := closure.Type().Field(i)
			if fieldName == name || fieldName == ".this" && name == "receiver" {
				return operand{v: closure.Field(i), name: x + "." + name}, nil
			}
		}
	}
	if s.boxed {
		return op, fmt.Errorf("%s (type %s) has no member %s", x, v.Type(), name)
	}
	return op, fmt.Errorf("%s has no member %s", s.named, name)
}

// channelField returns a field of the runtime's hchan, as far as the dump has it. buf
// begins with the element that will be received next. As in Delve, an error names the type of a
// channel that is in an interface.
func (e *evaluation) channelField(v dump.Value, s selection) (op operand, err error) {
	x, name := s.x, s.name
	switch name {
	case "qcount", "dataqsiz", "elemsize", "closed", "buf":
	default:
		if s.boxed {
			return op, fmt.Errorf("%s (type %s) has no member %s", x, v.Type(), name)
		}
		return op, fmt.Errorf("%s has no member %s", x, name)
	}
	if err := present(v, x); err != nil {
		return op, err
	}
	if v.IsNil() {
		return op, fmt.Errorf("%s is nil", x)
	}
	core := e.scope.Core
	word := core.Basic(reflect.Uint)
	switch name {
	case "qcount":
		return operand{v: word.OfUint(uint64(v.Len())), name: x + "." + name}, nil
	case "dataqsiz":
		return operand{v: word.OfUint(uint64(v.Cap())), name: x + "." + name}, nil
	case "elemsize":
		size := core.Basic(reflect.Uint16).OfUint(uint64(v.Type().Elem().Size()))
		return operand{v: size, name: x + "." + name}, nil
	case "closed":
		if why := v.Reason(); why.Kind != 0 && v.Stored() == 0 {
			return op, Missing(x+"."+name, why)
		}
		_, _, closed := v.Waiting()
		n := uint64(0)
		if closed {
			n = 1
		}
		return operand{v: core.Basic(reflect.Uint32).OfUint(n), name: x + "." + name}, nil
	}
	const most = 1 << 16
	elem := v.Type().Elem()
	if int64(v.Stored()) < v.Len() || v.Cap() > most {
		return op, notStored(v, x, fmt.Sprintf("element %d", v.Stored()))
	}
	parts := make([]dump.Value, v.Cap())
	for i := range parts {
		if parts[i] = elem.Zero(); int64(i) < v.Len() {
			parts[i] = v.Index(i)
		}
	}
	array := core.ArrayOf(v.Cap(), elem)
	return operand{v: array.OfParts(parts).Address(core.PointerTo(array)).Followed(), name: x + "." + name}, nil
}

// method returns a method value: the method of a named type, or of a pointer to one, bound
// to x.
func (e *evaluation) method(op operand, x, name string) (m operand, found bool, err error) {
	v := op.v
	fn, ofPointer := e.methodOf(v.Type(), name)
	if fn == "" {
		return m, false, nil
	}
	receiver, pointer := v, v.Kind() == reflect.Pointer
	switch {
	case ofPointer && !pointer:
		receiver = v.Address(e.scope.Core.PointerTo(v.Type()))
	case pointer && !ofPointer:
		if receiver, err = target(v, x); err != nil {
			return m, true, err
		}
	}
	return valued(e.scope.Core.OfFunc(fn, &receiver)), true, nil
}

// methodNamed names a method as Go does: errors.(*errorString).Error.
func methodNamed(typ, name string) string {
	elem, pointer := strings.CutPrefix(typ, "*")
	dot := strings.LastIndexByte(elem, '.')
	switch {
	case dot < 0 || strings.ContainsAny(elem, "*[]{( "):
		return ""
	case pointer:
		return elem[:dot] + ".(*" + elem[dot+1:] + ")." + name
	}
	return elem + "." + name
}

// methodOf returns the function of a method of a named type, or of a pointer to one, and
// whether its receiver is a pointer; "" if there is no such method.
func (e *evaluation) methodOf(t *dump.Type, name string) (fn string, ofPointer bool) {
	full, args := strings.TrimPrefix(t.String(), "*"), ""
	if i := strings.IndexByte(full, '['); i > 0 { // the source doesn't name type arguments
		full, args = full[:i], full[i:]
	}
	dot := strings.LastIndexByte(full, '.')
	if dot < 0 || e.scope.Function == nil || strings.ContainsAny(full, "*[]{( ") {
		return "", false
	}
	pkg, typ := full[:dot], full[dot+1:]
	switch {
	case e.scope.Function(pkg + ".(*" + typ + ")." + name):
		return pkg + ".(*" + typ + args + ")." + name, true
	case e.scope.Function(full + "." + name):
		return full + args + "." + name, false
	}
	return "", false
}
