// Package compare says how two dumps of a program differ, as data: goroutines by what they
// do, package-level variables, and the variables of a frame. Ids and addresses don't count.
package compare

import (
	"cmp"
	"maps"
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// Report is how a second dump differs from the first.
type Report struct {
	Goroutines [2]int        // how many there are in each
	Groups     []Group       // those with other numbers of goroutines, the largest difference first
	Globals    []Variable    // package-level variables that differ
	Frame      *FramePair    // nil if the second dump has none like the selected one
	Same       int           // package-level variables that don't differ
	Failed     [2]error      // why not all could be read
	Unknown    int           // values that can't be compared, as a dump lacks them or hides them
	Partial    bool          // not all values were compared: there are too many
	budget     int           // pairs of values that may still be compared
	equal      map[pair]bool // objects that a variable has led to, and in which nothing differs
	progress   dump.Progress
	stopped    bool
}

// Group is goroutines with the same status and the same stack.
type Group struct {
	IDs   [2][]int64
	Of    int // the dump, 0 or 1, that has First
	First int64
}

// Variable is a variable that differs.
type Variable struct {
	Name        string
	Differences []Difference
	More        int // differences that aren't among them
}

// Difference is a part of a variable that differs.
type Difference struct {
	Path string // from the variable's value: .Items[3].Price
	What What
	A, B dump.Value // of Changed
	N    [2]int64   // lengths, of Length
	Keys []string   // of KeysLost and KeysNew: the first ones
}

// What is the kind of a difference.
type What uint8

// These are the kinds of differences.
const (
	Changed  What = iota // the value, or its type
	Length               // of a slice or channel
	KeysLost             // N[0] keys of a map that only the first dump has
	KeysNew              // N[1] keys that only the second has
	Closed               // a channel is open in one and closed in the other
	Gone                 // the second dump has no such variable
	New                  // the first has none
)

// FramePair is a frame of the first dump and the frame of the second that is like it.
type FramePair struct {
	Goroutines [2]int64
	Frames     [2]int
	Func       string
	Variables  []Variable
	Same       int
}

const (
	maxPairs = 100_000 // of values that are compared
	maxShown = 20      // differences of a variable
	maxKeys  = 3       // of a map that are named
	deepest  = 200     // references
)

// Dumps compares two dumps, and returns nil if progress stops it. The frame is the one that
// is selected in the first.
func Dumps(a, b *inspector.Inspector, progress dump.Progress) *Report {
	r := &Report{budget: maxPairs, progress: progress, equal: map[pair]bool{}}
	stop := func() bool {
		r.stopped = r.stopped || progress(0, 1)
		return r.stopped
	}
	all := func(*dump.Goroutine) bool { return true }
	var groups [2][]*inspector.Group
	for i, in := range []*inspector.Inspector{a, b} {
		groups[i], r.Goroutines[i], r.Failed[i] = in.Groups(all, stop)
	}
	r.groups(groups)
	r.globals(a, b)
	r.frame(a, b, groups)
	if r.stopped {
		return nil
	}
	return r
}

// groups finds the groups of which one dump has more goroutines.
func (r *Report) groups(groups [2][]*inspector.Group) {
	index := map[inspector.GroupKey]int{}
	for of, list := range groups {
		for _, g := range list {
			i, ok := index[g.Key]
			if !ok {
				i = len(r.Groups)
				index[g.Key] = i
				r.Groups = append(r.Groups, Group{Of: of, First: g.IDs[0]})
			}
			r.Groups[i].IDs[of] = g.IDs
		}
	}
	r.Groups = slices.DeleteFunc(r.Groups, func(g Group) bool { return len(g.IDs[0]) == len(g.IDs[1]) })
	change := func(g Group) int { return max(len(g.IDs[0])-len(g.IDs[1]), len(g.IDs[1])-len(g.IDs[0])) }
	slices.SortStableFunc(r.Groups, func(a, b Group) int { return cmp.Compare(change(b), change(a)) })
}

func (r *Report) globals(a, b *inspector.Inspector) {
	before, failed := a.Globals()
	r.Failed[0] = cmp.Or(r.Failed[0], failed)
	after, failed := b.Globals()
	r.Failed[1] = cmp.Or(r.Failed[1], failed)
	r.Globals, r.Same = r.variables(before, after)
}

// named is a variable by its name: the n-th of that name.
type named struct {
	name string
	n    int
}

func byName(vars []dump.Variable) (keys []named, index map[named]*dump.Variable) {
	counts := map[string]int{}
	index = map[named]*dump.Variable{}
	for i := range vars {
		k := named{vars[i].Name, counts[vars[i].Name]}
		counts[k.name]++
		keys, index[k] = append(keys, k), &vars[i]
	}
	return keys, index
}

// variables compares variables of the same names.
func (r *Report) variables(before, after []dump.Variable) (differ []Variable, same int) {
	keys, here := byName(before)
	others, there := byName(after)
	for _, k := range keys {
		v, w := here[k], there[k]
		switch {
		case w == nil:
			differ = append(differ, Variable{Name: k.name, Differences: []Difference{{What: Gone}}})
			continue
		case len(v.Doubts) > 0 || len(w.Doubts) > 0:
			r.Unknown++
			continue
		}
		c := comparison{Report: r, seen: map[pair]bool{}}
		unknown := r.Unknown
		switch c.values("", v.Value, w.Value, 0); {
		case len(c.found) > 0:
			differ = append(differ, Variable{k.name, c.found, c.more})
		case r.Unknown == unknown && !r.Partial:
			same++
			maps.Copy(r.equal, c.seen)
		}
	}
	for _, k := range others {
		if here[k] == nil {
			differ = append(differ, Variable{Name: k.name, Differences: []Difference{{What: New}}})
		}
	}
	return differ, same
}

// frame compares the variables of the selected frame of the first dump with those of the
// frame of the second that is like it: in the goroutine that both dumps are about, or in one
// with the same stack.
func (r *Report) frame(a, b *inspector.Inspector, groups [2][]*inspector.Group) {
	f, n, err := a.Frame()
	if err != nil {
		return
	}
	g, err := a.Selected()
	if err != nil {
		return
	}
	var ids []int64
	if g.ID == a.Head().Goroutine {
		ids = append(ids, b.Head().Goroutine)
	}
	for _, mine := range groups[0] {
		for _, other := range groups[1] {
			if mine.Key == other.Key && mine.Current {
				ids = append(ids, other.IDs[0])
			}
		}
	}
	for _, id := range ids {
		like, err := b.Goroutine(id)
		if err != nil {
			continue
		}
		if i := frameLike(g, n, like); i >= 0 {
			p := &FramePair{Goroutines: [2]int64{g.ID, id}, Frames: [2]int{n, i}, Func: f.Func}
			p.Variables, p.Same = r.variables(f.Vars(), like.Frames[i].Vars())
			r.Frame = p
			return
		}
	}
}

// frameLike returns the frame of another goroutine that is of the function of frame n of g: as
// many frames from the outermost one as that, or else the innermost one; -1 if there is none.
func frameLike(g *dump.Goroutine, n int, other *dump.Goroutine) int {
	same := func(f dump.Frame) bool { return f.Func == g.Frames[n].Func }
	if i := len(other.Frames) - len(g.Frames) + n; i >= 0 && i < len(other.Frames) && same(other.Frames[i]) {
		return i
	}
	return slices.IndexFunc(other.Frames, same)
}
