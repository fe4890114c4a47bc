package repl

import (
	"fmt"
	"regexp"
	"strings"
)

// filter says which variables to list, and how.
type filter struct {
	verbose bool
	json    bool
	name    *regexp.Regexp // nil for all
}

// parseVariables parses "[-v|-json] [REGEXP]".
func parseVariables(args string) (f filter, err error) {
	args, json := cutJSON(args)
	f, err = parseFilter(args)
	f.json = json
	return f, err
}

// parseFilter parses "[-v] [REGEXP]".
func parseFilter(args string) (f filter, err error) {
	if args == "-v" || strings.HasPrefix(args, "-v ") {
		f.verbose, args = true, strings.TrimSpace(args[2:])
	}
	if args == "" {
		return f, nil
	}
	if f.name, err = regexp.Compile(args); err != nil {
		return f, fmt.Errorf("%q is not a regular expression", args)
	}
	return f, nil
}

// wants reports whether to list a variable. Unnamed results, ~r0 and so on, are
// listed only on request.
func (f filter) wants(name string) bool {
	if f.name != nil {
		return f.name.MatchString(name)
	}
	return f.verbose || !strings.HasPrefix(name, "~")
}
