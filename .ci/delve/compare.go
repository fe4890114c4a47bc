package main

import (
	"fmt"
	"regexp"
	"strings"

	"coredumpy"
)

// tally counts what a comparison found.
type tally struct {
	goroutines, moved, frames, onlyFrames                int
	compared, equal, differ, onlyDelve, onlyDump, hidden int
	nodes, cut, redacted, stale, types                   int
}

func (t *tally) add(o tally) {
	t.goroutines += o.goroutines
	t.moved += o.moved
	t.frames += o.frames
	t.onlyFrames += o.onlyFrames
	t.compared += o.compared
	t.equal += o.equal
	t.differ += o.differ
	t.onlyDelve += o.onlyDelve
	t.onlyDump += o.onlyDump
	t.hidden += o.hidden
	t.nodes += o.nodes
	t.cut += o.cut
	t.redacted += o.redacted
	t.stale += o.stale
	t.types += o.types
}

// report is the outcome for one program: counts for the frames of the program and its
// modules, counts for the standard library's, and a line for each thing that needs a
// look.
type report struct {
	user, std tally
	lines     []string
	goroot    string
	lo, hi    uint64 // the stack of the current goroutine
}

func (r *report) say(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

// compare compares a dump with what Delve saw when it was about to be made.
func compare(s *snapshot, goroot string) *report {
	r := &report{goroot: goroot}
	for _, st := range s.stacks {
		r.goroutine(s, st)
	}
	return r
}

func (r *report) goroutine(s *snapshot, st stack) {
	if st.err != nil {
		r.say("goroutine %d: Delve: %v", st.ID, st.err)
		return
	}
	g, err := s.core.Goroutine(st.ID)
	if err != nil {
		if len(st.frames) > 0 && own(st.frames) {
			return // coredumpy's own goroutine
		}
		if st.Status == statusDeadExtra {
			return // kept by the runtime for a thread that C may make
		}
		r.say("goroutine %d (%s): %v", st.ID, st.StartLoc.name(), err)
		r.user.onlyDelve++
		return
	}
	r.user.goroutines++
	pairs, extra, missing := align(g.Frames, st.frames)
	if st.ID != s.core.Head().Goroutine && (st.Status == statusRunning || len(extra)+len(missing) > 0) {
		r.user.moved++
		r.say("goroutine %d moved (%s)", st.ID, st.StartLoc.name())
		return
	}
	r.user.onlyFrames += len(extra)
	r.user.frames += len(pairs)
	if len(extra)+len(missing) > 0 {
		r.say("goroutine %d: frames only in the dump %q, only in Delve %q", st.ID, extra, missing)
	}
	r.lo, r.hi = extent(st.frames)
	for _, p := range pairs {
		r.frame(st.ID, p)
	}
}

// extent returns the addresses between which the variables on a goroutine's stack are,
// with some room around them.
func extent(frames []stackframe) (lo, hi uint64) {
	const room = 4096
	for _, f := range frames {
		for _, v := range append(f.Arguments, f.Locals...) {
			if v.Addr == 0 || v.Flags&(flagEscaped|flagFake) != 0 {
				continue
			}
			if lo == 0 || v.Addr < lo {
				lo = v.Addr
			}
			hi = max(hi, v.Addr)
		}
	}
	return lo - min(lo, room), hi + room
}

// own reports whether the stack is coredumpy's own goroutine.
func own(frames []stackframe) bool {
	for _, f := range frames {
		if ours(f.name()) {
			return true
		}
	}
	return false
}

func ours(name string) bool {
	return strings.HasPrefix(name, "coredumpy.") || strings.HasPrefix(name, "coredumpy/internal/")
}

// pair is the same frame on both sides.
type pair struct {
	dump  *coredumpy.Frame
	delve *stackframe
}

// align pairs the frames, from the outermost on, and names those that only one side has;
// the runtime's and coredumpy's own don't count.
func align(dump []coredumpy.Frame, delve []stackframe) (pairs []pair, extra, missing []string) {
	j := len(delve) - 1
	seen := make([]bool, len(delve))
	for i := len(dump) - 1; i >= 0; i-- {
		f := &dump[i]
		k := j
		for k >= 0 && !same(f, &delve[k]) {
			k--
		}
		if k >= 0 {
			pairs = append(pairs, pair{f, &delve[k]})
			seen[k], j = true, k-1
		} else if !internal(f.Func) {
			extra = append(extra, fmt.Sprintf("%s:%d", f.Func, f.Line))
		}
	}
	for k, f := range delve {
		if !seen[k] && !internal(f.name()) {
			missing = append(missing, fmt.Sprintf("%s:%d", f.name(), f.Line))
		}
	}
	return pairs, extra, missing
}

func same(f *coredumpy.Frame, d *stackframe) bool {
	return f.Line == d.Line && generic(f.Func) == generic(d.name())
}

// internal reports whether a function is the runtime's, coredumpy's, or the
// compiler's wrapper for a deferred call.
func internal(name string) bool {
	return ours(name) || deferred.MatchString(name) || strings.HasPrefix(name, "runtime.") ||
		strings.HasPrefix(name, "internal/runtime/") ||
		name == "?" || !strings.Contains(name, ".")
}

var deferred = regexp.MustCompile(`\.deferwrap\d+$`)

var brackets = regexp.MustCompile(`\[[^\[\]]*\]`)

// generic replaces the type arguments in a function's name by "...", as each side writes
// them differently.
func generic(name string) string {
	for {
		next := brackets.ReplaceAllString(name, "<...>")
		if next == name {
			return name
		}
		name = next
	}
}

// frame compares the variables of a frame.
func (r *report) frame(goid int64, p pair) {
	if internal(p.delve.name()) {
		return
	}
	t := &r.user
	if strings.HasPrefix(p.delve.File, r.goroot) {
		t = &r.std
	}
	where := fmt.Sprintf("goroutine %d %s:%d", goid, p.dump.Func, p.dump.Line)
	used := make([]bool, len(p.dump.Vars))
	for _, d := range distinct(append(p.delve.Arguments, p.delve.Locals...)) {
		i := match(p.dump.Vars, used, &d)
		if i < 0 {
			r.absent(t, where, &d)
			continue
		}
		used[i] = true
		r.variable(t, where, &p.dump.Vars[i], &d)
	}
	for i, v := range p.dump.Vars {
		if !used[i] && v.Role != coredumpy.Given && v.Value.Valid() {
			t.onlyDump++
		}
	}
}

// distinct leaves out the compiler's own variables, such as the places for words of
// others that it describes since Go 1.27 (err.itab). It also leaves out the copy in a
// register of an argument that was moved to the heap: Delve shows both under the same
// name.
func distinct(vars []variable) (out []variable) {
	escaped := map[string]int{}
	for _, v := range vars {
		if v.Flags&flagEscaped != 0 {
			escaped[v.Name] = v.DeclLine
		}
	}
	for _, v := range vars {
		line, twice := escaped[v.Name]
		if strings.ContainsAny(v.Name, ".[") || twice && line == v.DeclLine && v.Flags&flagEscaped == 0 {
			continue
		}
		out = append(out, v)
	}
	return out
}

// match returns the index of the dump's variable that is Delve's d, -1 if there is none.
func match(vars []coredumpy.Variable, used []bool, d *variable) int {
	loose := -1
	for i, v := range vars {
		if used[i] || v.Name != d.Name || v.Role == coredumpy.Given {
			continue
		}
		if v.Line == d.DeclLine {
			return i
		}
		if loose < 0 && v.Shadowed == (d.Flags&flagShadowed != 0) {
			loose = i
		}
	}
	return loose
}

func (r *report) absent(t *tally, where string, d *variable) {
	if d.Unreadable != "" {
		t.hidden++
		return
	}
	t.onlyDelve++
	r.say("%s %s: only in Delve: %s", where, d.Name, d.brief(2))
}

func (r *report) variable(t *tally, where string, v *coredumpy.Variable, d *variable) {
	got, want := typeName(v.Value.Type().String()), typeName(d.Type)
	if want == "*"+got && d.Unreadable == "" {
		// Delve doesn't always see that a variable was moved to the heap.
		d = target(d)
	} else if got != want && want != "" {
		t.types++
		r.say("%s %s: type %s, Delve %s", where, v.Name, got, want)
	}
	unreadable := d.Unreadable != "" ||
		len(d.Children) == 1 && strings.HasPrefix(d.Children[0].Unreadable, "unknown or unsupported kind")
	switch {
	case unreadable && !v.Value.Valid():
		t.hidden++
		return
	case d.Unreadable != "":
		t.onlyDump++
		return
	case !v.Value.Valid():
		t.onlyDelve++
		r.say("%s %s: %s; Delve has %s", where, v.Name, v.Value.Reason(), d.brief(2))
		return
	}
	c := comparison{lo: r.lo, hi: r.hi}
	c.value(v.Name, v.Value, d)
	t.compared++
	t.nodes += c.nodes
	t.cut += len(c.cut)
	t.redacted += c.redacted
	t.stale += c.stale
	if len(c.diffs) == 0 {
		t.equal++
	} else {
		t.differ++
	}
	const most = 5
	for i, line := range append(c.diffs, c.cut...) {
		if i == most {
			r.say("%s ... %d more", where, len(c.diffs)+len(c.cut)-most)
			break
		}
		r.say("%s %s", where, line)
	}
}

// typeName removes what the two sides write differently with the same meaning.
func typeName(s string) string {
	return strings.NewReplacer("%2e", ".", "interface {}", "any", " {", "{", "{ ", "{", " }", "}").Replace(s)
}
