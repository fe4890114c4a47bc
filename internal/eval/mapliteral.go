package eval

import (
	"fmt"
	"go/ast"
	"reflect"
	"strconv"

	"coredumpy/internal/dump"
)

// mapLiteral evaluates map[K]V{x: y}. Of entries with equal keys the last one counts, as in Go,
// where constants that are equal are an error.
func (e *evaluation) mapLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	keys := mapKeys{texts: map[string]int{}}
	var values []dump.Value
	for _, elt := range n.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return v, fmt.Errorf("missing key in %s", e.source(n))
		}
		key, isConstant, err := e.assignedFrom(pair.Key, t.Key())
		if err != nil {
			return v, err
		}
		value, err := e.assigned(pair.Value, t.Elem())
		if err != nil {
			return v, err
		}
		i, err := e.keyAmong(&keys, operand{v: key, src: e.source(pair.Key)})
		switch {
		case err != nil:
			return v, err
		case i < 0:
			keys.add(key, isConstant)
			values = append(values, value)
		case isConstant && keys.constant[i]:
			return v, fmt.Errorf("duplicate key %s in map literal", e.source(pair.Key))
		default:
			values[i] = value
		}
	}
	var entries []dump.Value
	for i, value := range values {
		entries = append(entries, keys.list[i], value)
	}
	return t.OfEntries(entries), nil
}

// mapKeys are the keys of a literal.
type mapKeys struct {
	list     []dump.Value
	constant []bool         // whether they are constant expressions
	texts    map[string]int // those that are compared by a text, see keyText
	others   []int          // the other ones
}

// keyText returns a text that is the same for equal keys: booleans, numbers and strings that the
// dump has whole.
func keyText(key dump.Value) (text string, ok bool) {
	k := key.Kind()
	if f := key.Float(); isFloat(k) && key.Valid() && f == f {
		return strconv.FormatFloat(f+0, 'g', -1, 64), true // -0 becomes 0
	}
	if !key.Valid() || k != reflect.Bool && !isInteger(k) && (k != reflect.String || incomplete(key)) {
		return "", false
	}
	c, err := (&operand{v: key}).scalar()
	if err != nil {
		return "", false
	}
	return c.ExactString(), true
}

func (m *mapKeys) add(key dump.Value, isConstant bool) {
	if text, ok := keyText(key); ok {
		m.texts[text] = len(m.list)
	} else {
		m.others = append(m.others, len(m.list))
	}
	m.list, m.constant = append(m.list, key), append(m.constant, isConstant)
}

// keyAmong returns the index of a key that is equal to one, -1 if there is none.
func (e *evaluation) keyAmong(m *mapKeys, key operand) (int, error) {
	text, ok := keyText(key.v)
	if i, found := m.texts[text]; ok && found {
		return i, nil
	}
	if !ok { // a key that can't be compared with itself is none
		if _, err := e.equal(key, key); err != nil {
			return -1, err
		}
	}
	for i := range m.list {
		if ok { // only these may be equal
			if i >= len(m.others) {
				break
			}
			i = m.others[i]
		}
		same, err := e.equal(operand{v: m.list[i], src: "a key"}, key)
		if err != nil || same {
			return i, err
		}
	}
	return -1, nil
}
