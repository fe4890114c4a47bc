package capture

// What is known about a panic value, and its message.

import (
	"errors"
	"fmt"
	"reflect"

	"coredumpy/internal/cause"
)

// Excluded reports whether a panic value is one that the program doesn't want dumped. To
// compare errors it calls their Is, As and Unwrap methods, as the program asked; if one
// of them panics, the value isn't excluded.
func Excluded(value any, list []any) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	err, isErr := value.(error)
	for _, e := range list {
		switch e := e.(type) {
		case reflect.Type:
			if reflect.TypeOf(value) == e || isErr && wraps(err, e) {
				return true
			}
		case error:
			if isErr && errors.Is(err, e) {
				return true
			}
		}
	}
	return false
}

// wraps reports whether errors.As finds an error of type t. If errors.As doesn't accept t, it
// returns false.
func wraps(err error, t reflect.Type) bool {
	if t.Kind() != reflect.Interface && !t.Implements(reflect.TypeFor[error]()) {
		return false
	}
	return errors.As(err, reflect.New(t).Interface())
}

// panicText makes the message from the panic value's two words.
func (c *capturer) panicText(words [2]uint64) {
	c.message = cause.Text(c.p, words)
	c.head.Message, c.open = c.message.Text, !c.message.Known
	c.hideMessage(words)
}

// ownMessage does that for this process, or for one that has asked for its dump.
func (c *capturer) ownMessage() {
	if c.req.panicAddr() == 0 {
		return
	}
	c.panicText(c.req.panicValue())
	if c.head.Message != "" || c.message.Known {
		return
	}
	if c.req.There != nil {
		c.failed = errors.New("the panic value's type isn't understood")
		return
	}
	// The types can't be read.
	value := *c.req.Panic
	c.head.Message = reflect.TypeOf(value).String()
	switch value := value.(type) {
	case string:
		c.head.Message, c.open = value, false
		c.strict.message = c.strict.on
	case error, fmt.Stringer:
	default:
		c.open = false
	}
}
