package gocmd

import (
	"fmt"
	"strings"
)

// split splits a list of arguments as the go command does: GOFLAGS, and the
// values of -gcflags, -ldflags and -exec. Elements are separated by spaces; one
// that starts with a quote ends at the next such quote. Nothing else is special:
// quotes inside an element are part of it (cmd/internal/quoted).
//
//	-X 'main.v=a b' -s  ->  -X | main.v=a b | -s
func split(s string) ([]string, error) {
	var list []string
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return list, nil
		}
		if s[0] == '"' || s[0] == '\'' {
			element, rest, ok := strings.Cut(s[1:], s[:1])
			if !ok {
				return nil, fmt.Errorf("unterminated %s in %q", s[:1], s)
			}
			list, s = append(list, element), rest
			continue
		}
		end := strings.IndexAny(s, " \t\r\n")
		if end < 0 {
			end = len(s)
		}
		list, s = append(list, s[:end]), s[end:]
	}
}

// join is the opposite of split. No element may have quotes of both kinds.
func join(list []string) (string, error) {
	quoted := make([]string, len(list))
	for i, element := range list {
		single, double := strings.Contains(element, "'"), strings.Contains(element, `"`)
		switch {
		case single && double:
			return "", fmt.Errorf("%q has quotes of both kinds, which the go command can't read", element)
		case single:
			element = `"` + element + `"`
		case double || element == "" || strings.ContainsAny(element, " \t\r\n"):
			element = "'" + element + "'"
		}
		quoted[i] = element
	}
	return strings.Join(quoted, " "), nil
}
