package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/guard"
)

// below ends a pattern that names a package and those below it, as in go list.
const below = "/..."

// ShowsText returns a function that reports whether text may be shown in what has a
// qualified name in a package, such as example.com/shop.Order.Status in example.com/shop:
// whether ShowText names it or the package. It returns nil if all text may be shown.
func (r *Redaction) ShowsText() func(pkg, name string) bool {
	if !r.HideText {
		return nil
	}
	shown := slices.Clone(r.ShowText)
	return func(pkg, name string) bool {
		return slices.ContainsFunc(shown, func(pattern string) bool {
			if path, ok := strings.CutSuffix(pattern, below); ok {
				return pkg == path || strings.HasPrefix(pkg, path+"/")
			}
			return pattern == name || pattern == pkg
		})
	}
}

// CheckShowText returns an error for a pattern that can't name anything.
func CheckShowText(pattern string) error {
	if name := strings.TrimSuffix(pattern, below); name == "" || strings.ContainsAny(name, " \t\n*?,") &&
		!strings.Contains(name, "(*") || strings.Contains(name, "...") {
		return fmt.Errorf("%q names no text to show: want a type, a field, a variable or a package, "+
			"as in main.Order, main.Order.Status, example.com/shop or example.com/shop/...", pattern)
	}
	return nil
}

// problem says why EnvironFilter has failed, without the program's text if that is hidden.
func (r *Redaction) problem(err error) string {
	var panicked *guard.Panicked
	if r.HideText && errors.As(err, &panicked) {
		return panicked.WithoutValue()
	}
	return err.Error()
}
