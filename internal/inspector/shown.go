package inspector

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"coredumpy/internal/dump"
)

// A value that lies too deep is shown as its type and address: (*main.T)(0xc000012345).
// In an expression that text stands for the value.

// maxShown bounds how many values are remembered.
const maxShown = 100_000

// conversion matches what a value that lies too deep is shown as, with or without a *
// before it.
var conversion = regexp.MustCompile(`\*?(\(("?)\*[^()"]+"?\)\(0x[0-9a-f]+\))`)

// Remember takes note of a value that text was shown for, such as (*main.T)(0xc000012345):
// in an expression the text is that value from then on.
func (in *Inspector) Remember(text string, v dump.Value) {
	if in.shown == nil {
		in.shown = map[string]dump.Value{}
	}
	if _, ok := in.shown[text]; len(in.shown) < maxShown && (!ok || v.Kind() != reflect.Pointer || v.Elem().Valid()) {
		in.shown[text] = v // where it can be had
	}
}

// recalled begins the names that stand for values.
const recalled = "shown__"

// recall replaces what was shown for values in an expression by names, and returns the
// values and what was shown for them.
func (in *Inspector) recall(expr string) (rewritten string, values map[string]dump.Value, texts map[string]string) {
	values, texts = map[string]dump.Value{}, map[string]string{}
	rewritten = conversion.ReplaceAllStringFunc(expr, func(text string) string {
		bare := strings.TrimPrefix(text, "*")
		v, ok := in.shown[bare]
		if !ok {
			return text
		}
		name := fmt.Sprintf("%s%d_", recalled, len(values)) // none begins with another
		values[name], texts[name] = v, bare
		if bare != text && v.Kind() == reflect.Pointer {
			return "*" + name
		}
		return name // what a field or an element is can be shown as a pointer to it
	})
	return rewritten, values, texts
}
