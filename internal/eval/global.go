package eval

import (
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/symbol"
)

// findGlobal returns which of names, each an import path and a variable's name
// ("net/http.DefaultClient"), pkg.name means, or -1. If quoted, pkg is an import path, or the
// end of one, as in Delve, and otherwise a package's name. The error says that the name is
// ambiguous.
func findGlobal(names []string, pkg string, quoted bool, name string) (int, error) {
	full := pkg + "." + name
	exact := func(n string) bool { return symbol.Unescaped(n) == full }
	if i := slices.IndexFunc(names, exact); i >= 0 {
		return i, nil
	}
	found, first := -1, ""
	for i, n := range names {
		dot := strings.LastIndexByte(n, '.')
		if dot < 0 || n[dot+1:] != name {
			continue
		}
		end := strings.HasSuffix(symbol.Unescaped(n[:dot]), "/"+pkg)
		if quoted && !end || !quoted && !symbol.MayBeNamed(n[:dot], pkg) {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("%s.%s is ambiguous: %q.%s or %q.%s", pkg, name, first, name, n[:dot], name)
		}
		found, first = i, n[:dot]
	}
	return found, nil
}
