// Package inspector answers, as data, what a front end asks of a dump: which goroutine and
// frame are selected, which goroutines do the same, what a name or an expression means. The
// front end decides how an answer looks.
package inspector

import (
	"cmp"
	"errors"
	"fmt"
	"go/version"
	"runtime"
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
)

// Inspector looks around in a dump. It isn't safe for concurrent use.
type Inspector struct {
	*dump.Core

	goroutine *dump.Goroutine // nil if the dump has none that can be read
	frame     int             // index of the selected frame
	program   *program
	globals   []dump.Variable
	constants []eval.Constant // nil if not asked for
	functions functions
	results   results
	shown     map[string]dump.Value // see Remember
	unparsed  map[string]bool       // files that Unparsed has reported
}

// New returns an inspector. Selected is the goroutine that the dump is about or, if that
// can't be read, the first that can; then the error says why.
func New(core *dump.Core) (*Inspector, error) {
	in := &Inspector{Core: core, program: newProgram(core.Head().Build)}
	ids, head := core.Goroutines(), core.Head()
	if i := slices.Index(ids, head.Goroutine); i > 0 {
		ids = append([]int64{head.Goroutine}, ids...)
	}
	var failed error
	for _, id := range ids {
		err := in.SelectGoroutine(id)
		if err == nil {
			break
		}
		failed = cmp.Or(failed, err)
	}
	return in, failed
}

var errNoGoroutine = errors.New("there is no goroutine in the dump")

// Selected returns the selected goroutine. It is an error if there is none.
func (in *Inspector) Selected() (*dump.Goroutine, error) {
	if in.goroutine == nil {
		return nil, errNoGoroutine
	}
	return in.goroutine, nil
}

// SelectGoroutine selects a goroutine, and the frame to look at first: the one where the
// program failed, or the innermost one outside the standard library.
func (in *Inspector) SelectGoroutine(id int64) error {
	if !slices.Contains(in.Goroutines(), id) {
		return fmt.Errorf("there is no goroutine %d in the dump", id)
	}
	g, err := in.Core.Goroutine(id)
	if err != nil {
		return err
	}
	in.goroutine, in.frame = g, in.firstFrame(g)
	return nil
}

func (in *Inspector) firstFrame(g *dump.Goroutine) int {
	head := in.Head()
	if top := head.Top; top != nil && g.ID == head.Goroutine {
		for i := range g.Frames {
			if g.Frames[i].Place == *top {
				return i
			}
		}
	}
	return in.UserFrame(g)
}

// Frame returns the selected frame and its number. It is an error if there is none.
func (in *Inspector) Frame() (*dump.Frame, int, error) {
	g, err := in.Selected()
	if err != nil {
		return nil, 0, err
	}
	if in.frame >= len(g.Frames) {
		if len(g.Note) > 0 {
			return nil, 0, fmt.Errorf("goroutine %d has no frames: %s", g.ID, g.Note)
		}
		return nil, 0, fmt.Errorf("goroutine %d has no frames", g.ID)
	}
	return &g.Frames[in.frame], in.frame, nil
}

// SelectFrame selects a frame of the selected goroutine.
func (in *Inspector) SelectFrame(n int) error {
	if _, _, err := in.Frame(); err != nil {
		return err
	}
	if last := len(in.goroutine.Frames) - 1; n < 0 || n > last {
		return fmt.Errorf("frame %d is out of range: goroutine %d has frames 0 to %d", n, in.goroutine.ID, last)
	}
	in.frame = n
	return nil
}

// Selection is a selected goroutine and frame.
type Selection struct {
	goroutine *dump.Goroutine
	frame     int
}

// At returns the selection of a frame of a goroutine.
func At(g *dump.Goroutine, frame int) Selection { return Selection{g, frame} }

// Selection returns the current selection, to return to it with [Inspector.Select].
func (in *Inspector) Selection() Selection { return Selection{in.goroutine, in.frame} }

// Select returns to an earlier selection.
func (in *Inspector) Select(s Selection) { in.goroutine, in.frame = s.goroutine, s.frame }

// Globals returns the package-level variables that can be read, and why others can't.
func (in *Inspector) Globals() (vars []dump.Variable, err error) {
	if in.globals == nil {
		in.globals, err = in.Core.Globals()
	}
	return in.globals, err
}

// Unparsed returns, once for each file, why the source of a frame can't be parsed, if the
// program was built with a later version of Go than this one; otherwise "". Without the
// source, variables have caveats that it would have settled.
func (in *Inspector) Unparsed(f *dump.Frame) string {
	if in.unparsed[f.File] || version.Compare(version.Lang(in.Head().GoVersion), version.Lang(runtime.Version())) <= 0 {
		return ""
	}
	why := in.Core.Unparsed(f.File)
	if why == "" {
		return ""
	}
	if in.unparsed == nil {
		in.unparsed = map[string]bool{}
	}
	in.unparsed[f.File] = true
	return why
}
