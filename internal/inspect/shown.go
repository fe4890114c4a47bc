package inspect

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// maxShown bounds how many values are remembered.
const maxShown = 100_000

// conversion is how a value that lies too deep is shown, and what its users write
// to see it: its type and address.
var conversion = regexp.MustCompile(`\*?(\(("?)\*[^()"]+"?\)\(0x[0-9a-f]+\))`)

// remember takes note of a value that text was shown for.
func (p *Printer[V, T]) remember(text string, v V) {
	if p.shown == nil {
		p.shown = map[string]V{}
	}
	if _, ok := p.shown[text]; len(p.shown) < maxShown && (!ok || v.Kind() != reflect.Pointer || v.Elem().Valid()) {
		p.shown[text] = v // where it can be had
	}
}

// recalled begins the names that stand for values.
const recalled = "shown__"

// Recalled is what stands in an expression for a value that was shown.
type Recalled[V any] struct {
	Text  string
	Value V
}

// Recall replaces what was shown for values in an expression, such as
// (*main.T)(0xc000012345), by names, and returns what those stand for.
func (p *Printer[V, T]) Recall(expr string) (rewritten string, values map[string]Recalled[V]) {
	rewritten = conversion.ReplaceAllStringFunc(expr, func(text string) string {
		bare := strings.TrimPrefix(text, "*")
		v, ok := p.shown[bare]
		if !ok {
			return text
		}
		if values == nil {
			values = map[string]Recalled[V]{}
		}
		name := fmt.Sprint(recalled, len(values))
		values[name] = Recalled[V]{bare, v}
		if bare != text && v.Kind() == reflect.Pointer {
			return "*" + name
		}
		return name // what a field or an element is can be shown as a pointer to it
	})
	return rewritten, values
}
