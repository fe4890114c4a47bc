package inspector

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// program knows which code is the program's own.
type program struct{ modules []string }

func newProgram(b *dump.Build) *program {
	p := &program{}
	if b == nil {
		return p
	}
	p.modules = append(p.modules, b.Main)
	for _, d := range b.Deps {
		p.modules = append(p.modules, d[0])
	}
	return p
}

// standardRoots are the first elements of the import paths of the standard library (Go 1.24 to
// 1.27). Modules without a domain may have any other name.
var standardRoots = func() map[string]bool {
	roots := map[string]bool{}
	for root := range strings.FieldsSeq(`archive arena bufio bytes cmp compress container context crypto database debug
		embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os
		path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time
		unicode unique uuid vendor weak`) {
		roots[root] = true
	}
	return roots
}()

// standard reports whether a package belongs to the standard library: its path begins with an
// element of that, and not with the path of a module.
func (p *program) standard(pkg string) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(pkg, "_test"), "/")
	return len(p.modules) > 0 && standardRoots[first] && p.module(pkg) == ""
}

// UserFrame returns the innermost frame outside the standard library; if there is none,
// the innermost outside the runtime; or else 0.
func (in *Inspector) UserFrame(g *dump.Goroutine) int {
	outside := -1
	for i := range g.Frames {
		pkg := packageOf(g.Frames[i].Package, g.Frames[i].Func)
		if ofToolchain(pkg) {
			continue
		}
		if outside < 0 {
			outside = i
		}
		if !in.program.standard(pkg) {
			return i
		}
	}
	return max(outside, 0)
}

// packageOf returns the package of a frame. pkg is that in the dump; if there is none, the
// function's name says it.
func packageOf(pkg, function string) string {
	return cmp.Or(pkg, symbol.Package(function), function)
}

// GroupKey is the same for goroutines with the same status, stack and creator, in all dumps
// that a process reads.
type GroupKey [2]uint64

// Group is a set of goroutines that do the same at the same place.
type Group struct {
	Key               GroupKey
	IDs               []int64
	Shortest, Longest int64 // waits, in nanoseconds
	Current           bool  // the selected goroutine is one of them
	System            bool  // started by the runtime, and nothing else is on the stack
}

// Groups puts the wanted goroutines that do the same at the same place into one group, and
// returns the group of the selected goroutine first, then larger ones before smaller. There
// may be a million goroutines, so a group keeps ids and no frames. read is how many
// goroutines are in the groups; there are none if stop ended the search. The error says why
// a goroutine couldn't be read.
func (in *Inspector) Groups(wanted func(*dump.Goroutine) bool, stop func() bool) (
	groups []*Group, read int, failed error) {
	index := map[GroupKey]*Group{}
	var text []byte // of a key
	for g, err := range in.AllGoroutines() {
		if stop() {
			return nil, 0, nil
		}
		if err != nil {
			failed = err
			continue
		}
		if !wanted(g) {
			continue
		}
		read++
		var key GroupKey
		key, text = groupKey(g, text)
		gr := index[key]
		if gr == nil {
			gr = &Group{Key: key, Shortest: g.Wait, Longest: g.Wait, System: ofRuntime(g)}
			index[key] = gr
			groups = append(groups, gr)
		}
		gr.IDs = append(gr.IDs, g.ID)
		gr.Shortest, gr.Longest = min(gr.Shortest, g.Wait), max(gr.Longest, g.Wait)
		gr.Current = gr.Current || in.goroutine != nil && g.ID == in.goroutine.ID
	}
	slices.SortStableFunc(groups, func(a, b *Group) int {
		if a.Current != b.Current {
			if a.Current {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.IDs), len(a.IDs))
	})
	return groups, read, failed
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// groupKey returns a hash of what all goroutines of a group share. text is a buffer.
func groupKey(g *dump.Goroutine, text []byte) (key GroupKey, _ []byte) {
	text = append(append(append(text[:0], g.Status...), '\n'), g.Note.String()...)
	place := func(p *dump.Place) {
		text = append(append(append(text, '\n'), p.Func...), ':')
		text = strconv.AppendInt(text, int64(p.Line), 10)
	}
	for i := range g.Frames {
		place(&g.Frames[i].Place)
	}
	if g.CreatedBy != nil {
		place(g.CreatedBy)
	}
	// The seeds are unknown to whoever has made the dump, so no dump can force a collision.
	// A cryptographic hash would be linked into every program that imports coredumpy.
	return GroupKey{maphash.Bytes(seeds[0], text), maphash.Bytes(seeds[1], text)}, text
}

// ofRuntime reports whether a goroutine is the runtime's own: the runtime started it, and
// nothing else is on the stack. A goroutine of the program's whose callers are missing
// isn't.
func ofRuntime(g *dump.Goroutine) bool {
	if by := g.CreatedBy; by != nil && packageOf("", by.Func) != "runtime" {
		return false
	}
	outside := func(f dump.Frame) bool { return packageOf(f.Package, f.Func) != "runtime" }
	return len(g.Frames) > 0 && !slices.ContainsFunc(g.Frames, outside)
}
