// Package excerpt cuts a source file down to what a dump needs of it: the functions on the
// stacks, and what says more about these. Lines that are left out become empty, so that all
// others keep their numbers.
package excerpt

import (
	"path/filepath"
	"slices"
	"strings"
)

// Wanted says what of a file is needed.
type Wanted struct {
	Lines []int    // in functions that are needed
	Funcs []string // functions that are needed, by their names: net/http.(*conn).serve
	Calls []string // names: functions that call one of these are needed, too
	Alone bool     // what the wanted functions call isn't needed: the dump has none of their variables
}

// context is how many lines are kept on each side of what is needed: whole declarations in a
// Go file, so that what is kept can be parsed.
const context = 10

// shortest is how many lines are worth leaving out.
const shortest = 4

// Cut returns a file without the lines that aren't needed, and the first and the last line of
// each range of them. It returns "" if nothing is needed.
//
// In a Go file it keeps whole declarations: what is wanted; the functions of the file that this
// defers, or whose results it assigns or returns; those that those do; and the aliases of types
// among them. That is what package syntax looks up to say whether a function may recover, and
// whether a variable is declared with a value of another type: what isn't kept makes no difference
// there. In other files it keeps the lines around the wanted ones.
func Cut(path, text string, w Wanted) (cut string, omitted [][2]int) {
	lines := strings.SplitAfter(text, "\n")
	if n := len(lines); lines[n-1] == "" {
		lines = lines[:n-1]
	}
	keep := make([]bool, len(lines)+1) // by number
	if filepath.Ext(path) != ".go" || !keepDeclarations(text, w, keep) {
		clear(keep)
		for _, n := range w.Lines {
			for i := max(n-context, 1); i <= min(n+context, len(lines)); i++ {
				keep[i] = true
			}
		}
	}
	if !slices.Contains(keep, true) {
		return "", nil
	}
	omitted = gaps(keep)
	var out strings.Builder
	at := 1
	for _, gap := range omitted {
		for ; at < gap[0]; at++ {
			out.WriteString(lines[at-1])
		}
		out.WriteString(strings.Repeat("\n", gap[1]-gap[0]+1))
		at = gap[1] + 1
	}
	for ; at <= len(lines); at++ {
		out.WriteString(lines[at-1])
	}
	return out.String(), omitted
}

// gaps returns the ranges of lines that aren't kept, but for the shortest ones.
func gaps(keep []bool) (omitted [][2]int) {
	for n := 1; n < len(keep); n++ {
		first := n
		for n < len(keep) && !keep[n] {
			n++
		}
		if n-first >= shortest {
			omitted = append(omitted, [2]int{first, n - 1})
		}
	}
	return omitted
}
