// Package dump is a dump read back: goroutines, frames, variables and values. Where the
// source says more than the file, resolve.go decides which variable a name means in a frame,
// and whether a caveat on a variable stands.
package dump

import (
	"io"
	"strings"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/syntax"
)

// What a front end needs from the file. With these names it needn't import package corefile.
type (
	Head  = corefile.Head
	Build = corefile.Build
	Place = corefile.Place
	Cut   = corefile.Cut
)

// Core is a dump that was opened. It decodes the content when that is first used. Values
// share the Core; it isn't safe for concurrent use.
type Core struct {
	file     *corefile.File
	types    map[int]*Type
	objects  map[part]*object
	parsed   map[string]*syntax.File // by path; nil where there is no source
	funcs    map[string]funcPlace    // where functions are, by name; see declares
	searched int                     // how many sources were searched for them
	named    map[string][]*Type      // see TypesNamed
	memory   *memory                 // see at
	keys     map[int]*keyIndex       // of large maps, by object, see Lookup
	sorted   map[int]*sortedMap      // by object, see Sorted
	graph    *Graph                  // see Graph; nil if not asked for

	lastArray struct{ slice, array *Type } // see arrayOf: whoever looks at each element asks for it each time
}

// part is an object, and whether it is the elements of a slice, map or channel: a pointer to
// a slice leads to an object of the same type that holds the slice itself.
type part struct {
	id       int
	elements bool
}

// object is a decoded object: the value of a piece of memory.
type object struct {
	value Value
	forms notation.Forms
}

// Open opens the dump at path, see [corefile.Open].
func Open(path string) (*Core, error) {
	f, err := corefile.Open(path)
	if err != nil {
		return nil, err
	}
	return newCore(f), nil
}

// Read reads a dump, compressed or not, from r.
func Read(r io.Reader) (*Core, error) {
	f, err := corefile.Read(r)
	if err != nil {
		return nil, err
	}
	return newCore(f), nil
}

func newCore(f *corefile.File) *Core {
	return &Core{file: f, types: map[int]*Type{}, objects: map[part]*object{}, parsed: map[string]*syntax.File{},
		funcs: map[string]funcPlace{}, keys: map[int]*keyIndex{}}
}

// File returns the file that the dump was read from.
func (c *Core) File() *corefile.File { return c.file }

// Head returns what the dump is about.
func (c *Core) Head() *Head { return &c.file.Head }

// Healthy reports whether nothing had failed in the program when the dump was made.
func (c *Core) Healthy() bool { return c.file.Head.Reason == corefile.ForAsked }

// Missing says what a damaged file lacks, "" if it is whole.
func (c *Core) Missing() string { return c.file.Missing() }

// Hidden returns how many different secrets each rule has hidden, by the rules' names; nothing
// if the dump doesn't say it.
func (c *Core) Hidden() map[string]int {
	hidden := map[string]int{}
	for _, h := range c.file.Hidden() {
		hidden[h.Rule] = h.Count
	}
	return hidden
}

// Unknown says what this version doesn't know of what was read of the dump so far: kinds of
// records, and members of them.
func (c *Core) Unknown() (lines []string) {
	for _, u := range c.file.Unknown() {
		lines = append(lines, u.String())
	}
	return lines
}

// Goroutines returns the ids of all goroutines, the current one first.
func (c *Core) Goroutines() []int64 { return c.file.Goroutines() }

// Goroutine returns the goroutine with the given id.
func (c *Core) Goroutine(id int64) (*Goroutine, error) {
	rec, err := c.file.Goroutine(id)
	if err != nil {
		return nil, err
	}
	g := &Goroutine{Goroutine: rec, core: c, Frames: make([]Frame, len(rec.Frames))}
	for i := range rec.Frames {
		g.Frames[i] = Frame{Frame: &rec.Frames[i], core: c}
	}
	return g, nil
}

// Globals returns the readable package-level variables in the dump, named with their import
// path.
func (c *Core) Globals() ([]Variable, error) {
	recs, err := c.file.Globals()
	vars := make([]Variable, len(recs))
	for i := range recs {
		vars[i] = c.variable(&recs[i])
	}
	return vars, err
}

// Source returns the text of the source file at path, if the dump has it. Lines that were left out
// are empty, see [Core.SourceOmitted].
func (c *Core) Source(path string) (text string, ok bool) {
	text, ok, err := c.file.Source(path)
	return text, ok && err == nil
}

// SourceOmitted returns the first and the last line of each range of lines of a source file that
// the dump doesn't have, in order.
func (c *Core) SourceOmitted(path string) [][2]int { return c.file.SourceOmitted(path) }

// SameSource reports whether a text is that of a source file, as far as the dump has it.
func (c *Core) SameSource(path, text string) bool {
	have, ok := c.Source(path)
	omitted := c.SourceOmitted(path)
	if !ok || len(omitted) == 0 {
		return ok && have == text
	}
	lines, others := strings.Split(have, "\n"), strings.Split(text, "\n")
	if len(lines) != len(others) {
		return false
	}
	for i, line := range lines {
		if len(omitted) > 0 && i+1 > omitted[0][1] {
			omitted = omitted[1:]
		}
		left := len(omitted) > 0 && i+1 >= omitted[0][0]
		if line != others[i] && !left && !strings.Contains(line, notation.Mask) {
			return false
		}
	}
	return true
}

// Sources returns the paths of the source files in the dump.
func (c *Core) Sources() []string { return c.file.Sources() }

// Goroutine is one goroutine: its record, and its frames, innermost first. For the values in
// the record's Panic and Earlier, see PanicValue and EarlierPanics.
type Goroutine struct {
	*corefile.Goroutine
	Frames []Frame

	core *Core
}

// Waiting returns how long the goroutine has been waiting, 0 if that isn't known.
func (g *Goroutine) Waiting() time.Duration { return time.Duration(g.Wait) }

// PanicValue returns the value passed to panic, nil if the goroutine isn't panicking.
func (g *Goroutine) PanicValue() *Variable {
	if g.Panic == nil {
		return nil
	}
	v := g.core.variable(g.Panic)
	return &v
}

// EarlierPanics returns the values of the panics before this one, the latest first.
func (g *Goroutine) EarlierPanics() (vars []Variable) {
	for _, e := range g.Earlier {
		vars = append(vars, g.core.variable(e))
	}
	return vars
}

// Frame is one call: its record, and its variables, see Vars. An inlined call is a frame of
// its own.
type Frame struct {
	*corefile.Frame

	core *Core
	vars []Variable // see Vars
	done bool       // vars is set
}

// Vars returns the frame's variables, except for those that are out of scope according to the
// source, and without the doubts that the source settles.
func (f *Frame) Vars() []Variable {
	if !f.done {
		f.done = true
		for i := range f.Frame.Vars {
			f.vars = append(f.vars, f.core.variable(&f.Frame.Vars[i]))
		}
		f.settleDoubts()
		f.settleNames()
	}
	return f.vars
}

// Role is what a variable is in its frame.
type Role string

// The roles of variables.
const (
	Local    Role = corefile.RoleLocal
	Argument Role = corefile.RoleArgument
	Result   Role = corefile.RoleResult   // unnamed results are called ~r0, ~r1, ...
	Captured Role = corefile.RoleCaptured // by the closure that the frame runs
	Given    Role = corefile.RoleGiven    // passed by the program
)

// Variable is a variable and its value when the dump was made: the file's record with its
// type and value decoded.
type Variable struct {
	Name     string
	Role     Role
	Line     int           // of the declaration; 0 if not known
	Shadowed bool          // an inner variable of the same name hides it
	Doubts   caveat.Doubts // about the value
	Value    Value
}

// Note returns the doubts about the value as a text on one line, "" if there are none.
func (v *Variable) Note() string { return v.Doubts.String() }

func (c *Core) variable(rec *corefile.Variable) Variable {
	return Variable{
		Name: rec.Name, Role: Role(rec.Role), Line: rec.Line, Shadowed: rec.Shadowed, Doubts: rec.Doubts,
		Value: c.decode(c.typeOf(rec.Type), rec.Value, rec.Addr, nil),
	}
}
