package monitor

import (
	"reflect"
	"regexp"
)

// Patterns says how patterns were compiled, which their text doesn't say: the indexes of
// those that prefer the longest match, and of those that have POSIX syntax.
type Patterns struct{ Longest, POSIX []int }

// PatternsOf returns the Patterns of a list, which may hold nil.
func PatternsOf(list []*regexp.Regexp) (p Patterns) {
	for i, re := range list {
		if re == nil {
			continue
		}
		if f := reflect.ValueOf(re).Elem().FieldByName("longest"); f.Kind() != reflect.Bool || !f.Bool() {
			continue
		}
		if posix, err := regexp.CompilePOSIX(re.String()); err == nil && reflect.DeepEqual(posix, re) {
			p.POSIX = append(p.POSIX, i)
		} else {
			p.Longest = append(p.Longest, i)
		}
	}
	return p
}

// Compile compiles the patterns of a list again, after they were read from a file.
func (p Patterns) Compile(list []*regexp.Regexp) {
	for _, i := range p.Longest {
		list[i].Longest()
	}
	for _, i := range p.POSIX {
		list[i] = regexp.MustCompilePOSIX(list[i].String())
	}
}
