package eval

import "reflect"

// A secret in a dump has a number, so it can be compared with other secrets, although its
// value isn't known.

// sameHidden compares two values of the same basic type, or constants, of which at least one
// holds secrets. known is false if the dump doesn't say whether they are equal.
func sameHidden(x, y *operand) (same, known bool) {
	if x.c != nil {
		x, y = y, x
	}
	if x.c != nil || x.null || y.null {
		return false, false
	}
	w := y.v
	if y.c != nil {
		if x.kind() != reflect.String || !x.v.Redacted() {
			return false, false
		}
		w = typed(y.c, x.v.Type())
	}
	return x.v.SameHidden(w)
}

// hides reports whether the operand is a secret, or holds one.
func (op *operand) hides() bool {
	if op.c != nil || op.null {
		return false
	}
	v := op.v
	if v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	return v.Redacted() || v.Hidden() > 0
}
