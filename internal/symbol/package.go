package symbol

import "strings"

// MayBeNamed reports whether the package at an import path may have a name: the last
// element of the path, or the one before a version; "gopkg.in/yaml.v3" and
// "example.com/yaml/v3" may be yaml.
func MayBeNamed(path, name string) bool {
	elems := strings.Split(Unescaped(path), "/")
	last := elems[len(elems)-1]
	if isVersion(last) && len(elems) > 1 {
		last = elems[len(elems)-2]
	}
	if base, version, ok := strings.Cut(last, "."); ok && isVersion(version) {
		last = base
	}
	return last == name || strings.TrimPrefix(last, "go-") == name || strings.TrimSuffix(last, "-go") == name
}

func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

// SameName reports whether a name qualified with a package's name may be short for one that is
// qualified with an import path: money.Price for example.com/money/v2.Price.
func SameName(short, full string) bool {
	s, f := strings.LastIndexByte(short, '.'), strings.LastIndexByte(full, '.')
	if s < 0 || f < 0 || short[s:] != full[f:] {
		return short == full
	}
	return MayBeNamed(full[:f], short[:s]) || ShortType(full) == short
}

// BareType returns the name of a type without packages and blanks: map[string]*net/http.Request is
// map[string]*Request. Types with the same bare name may be the same.
func BareType(name string) string {
	var b strings.Builder
	start := 0
	for i := range len(name) {
		switch c := name[i]; {
		case c == '/' || c == '.':
			start = i + 1
		case c == ' ':
			b.WriteString(name[start:i])
			start = i + 1
		case !inPath(c):
			b.WriteString(name[start : i+1])
			start = i + 1
		}
	}
	return b.String() + name[start:]
}
