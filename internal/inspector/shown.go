package inspector

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"coredumpy/internal/dump"
)

// A value that lies too deep is shown as its type and address: (*main.T)(0xc000012345).
// In an expression that text stands for the value. Package eval, too, finds what the dump
// holds at an address, but it takes the text for a conversion: it prints a converted pointer
// as Delve does, without what it points to, and its errors don't quote the text.

// maxShown bounds how many values are remembered.
const maxShown = 100_000

// conversion matches the text for a value that lies too deep, with or without a * before
// it.
var conversion = regexp.MustCompile(`\*?(\("?\*"?[^()"]+"?\)\(0x[0-9a-f]+\))`)

// Remember has text, such as (*main.T)(0xc000012345), stand for the value v in expressions
// from now on.
func (in *Inspector) Remember(text string, v dump.Value) {
	if in.shown == nil {
		in.shown = map[string]dump.Value{}
	}
	if _, ok := in.shown[text]; len(in.shown) < maxShown && (!ok || v.Kind() != reflect.Pointer || v.Elem().Valid()) {
		in.shown[text] = v // a value whose object is in the dump replaces another
	}
}

// recalled is the prefix of names that stand for values.
const recalled = "shown__"

// recall replaces the texts that stand for values in an expression by names, and returns
// the values and the texts by these names.
func (in *Inspector) recall(expr string) (rewritten string, values map[string]dump.Value, texts map[string]string) {
	values, texts = map[string]dump.Value{}, map[string]string{}
	rewritten = conversion.ReplaceAllStringFunc(expr, func(text string) string {
		bare := strings.TrimPrefix(text, "*")
		v, ok := in.shown[bare]
		if !ok {
			return text
		}
		name := fmt.Sprintf("%s%d_", recalled, len(values)) // no name is the prefix of another
		values[name], texts[name] = v, bare
		if bare != text && v.Kind() == reflect.Pointer {
			return "*" + name
		}
		return name // a field or an element that isn't a pointer may be shown as one, with a *
	})
	return rewritten, values, texts
}
