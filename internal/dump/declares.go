package dump

import (
	"path"
	"strings"

	"coredumpy/internal/symbol"
)

// funcPlace is where the dump has the source of a function: file "" if it hasn't, line 0 for a
// function literal.
type funcPlace struct {
	file string
	line int
}

// maxSearched bounds how many sources are searched for functions, each for each of them: a forged
// dump may name very many.
const maxSearched = 1 << 20

// declares returns where the dump has the source of a function; none if more than one place
// could be meant. It is looked for once.
func (c *Core) declares(name string) funcPlace {
	at, ok := c.funcs[name]
	if !ok && c.searched < maxSearched {
		at = c.declaredAt(name)
		c.funcs[name] = at
	}
	return at
}

func (c *Core) declaredAt(name string) (found funcPlace) {
	pkg := symbol.Package(name)
	rest := strings.TrimPrefix(name, pkg+".")
	literal := symbol.IsLiteral(rest)
	for symbol.IsLiteral(rest) {
		rest = rest[:max(strings.LastIndexByte(rest, '.'), 0)]
	}
	sources := c.file.Sources()
	c.searched += len(sources)
	for _, candidate := range sources {
		if !symbol.InDirectory(pkg, path.Dir(candidate)) {
			continue
		}
		s := c.syntax(candidate)
		if pkg == "main" && s.Package() != pkg {
			continue
		}
		at := s.Function(s.Package() + "." + rest)
		switch {
		case at == 0:
		case found.file != "":
			return funcPlace{}
		case literal:
			found.file = candidate
		default:
			found = funcPlace{candidate, at}
		}
	}
	return found
}
