package eval

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// meant adds the name that may have been meant to an error.
func meant(err error, name string) error {
	if name == "" {
		return err
	}
	return fmt.Errorf("%w: did you mean %s?", err, name)
}

// Similar returns the first of names that differs from name only in case, or in one
// letter; "" if there is none.
func Similar(name string, names []string) string {
	for _, other := range names {
		if other != name && strings.EqualFold(other, name) {
			return other
		}
	}
	for _, other := range names {
		if other != name && len(name) > 2 && oneApart(name, other) {
			return other
		}
	}
	return ""
}

// oneApart reports whether a becomes b by inserting, deleting or replacing one byte.
func oneApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// similarField returns a field of a struct, or of a struct embedded in it, that may have
// been meant.
func similarField(t *dump.Type, name string) string {
	var names []string
	level, seen := []embedded{{typ: t}}, map[*dump.Type]bool{t: true}
	for depth := 0; len(level) > 0 && depth < maxEmbedding; depth++ {
		for _, s := range level {
			for i := range s.typ.NumField() {
				field, _, anonymous := s.typ.Field(i)
				if anonymous {
					field = unqualified(field)
				}
				names = append(names, field)
			}
		}
		if similar := Similar(name, names); similar != "" {
			return similar
		}
		_, level = fieldsOf(level, name, seen)
		for _, s := range level {
			seen[s.typ] = true
		}
	}
	return ""
}

// maxKeys bounds how many keys are searched for one that may have been meant.
const maxKeys = 1000

// similarKey returns a key of a map that may have been meant, as an expression.
func similarKey(v dump.Value, index operand) string {
	if v.Type().Key().Kind() != reflect.String {
		return ""
	}
	c, err := index.scalar()
	if err != nil {
		return ""
	}
	var keys []string
	for i := range min(v.Stored(), maxKeys) {
		key, _ := v.Entry(i)
		if text, ok := key.Text(); ok && !incomplete(key) {
			keys = append(keys, text)
		}
	}
	if key := Similar(strings.Trim(c.ExactString(), `"`), keys); key != "" {
		return fmt.Sprintf("%q", key)
	}
	return ""
}
