package monitor

import (
	"reflect"
	"regexp"
)

// Patterns says how patterns were compiled, which their text doesn't tell: the numbers of
// those that prefer the longest match, and of those that have POSIX's syntax.
type Patterns struct{ Longest, POSIX []int }

// PatternsOf returns it for a list, in which there may be nil.
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

// Compile makes such patterns of those that were read.
func (p Patterns) Compile(list []*regexp.Regexp) {
	for _, i := range p.Longest {
		list[i].Longest()
	}
	for _, i := range p.POSIX {
		list[i] = regexp.MustCompilePOSIX(list[i].String())
	}
}
