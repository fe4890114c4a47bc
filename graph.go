package coredumpy

// This file is the face of the object graph: a dump read back as goroutines, frames,
// variables and values. How that is read is in internal/dump, how memory becomes it in
// internal/walk.
//
// Its types wrap or copy those of internal/dump, because go doc shows no methods of an alias
// to an internal type, and because programs depend on these: internal/dump may change.

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// Core is a dump that was opened. It decodes parts when they are asked for. Values
// share the Core; it isn't safe for concurrent use.
type Core struct {
	core *dump.Core
	in   *inspector.Inspector // for [Frame.Eval]; nil if not asked for
}

// Head says what a dump is about. Reason, Message, Value, Description and Test are what has
// happened; Time, Program, Args, Directory, PID, Host, GoVersion, OS, Arch and Build, what it has
// happened to; Goroutine, a goid, and Top, where. Notes and Cut are what the dump lacks. "coredumpy
// help format" describes each of them, and coredumpy peek -json prints them all.
type Head = corefile.Head

// Place is a function, Func, and a line in a source file, File and Line.
type Place = corefile.Place

// Open opens the dump at path. A file that was cut short opens with what it
// holds, see [Core.Missing]. An error names the file; if that isn't a dump, it says
// what it is. The command "coredumpy help format" describes the file.
func Open(path string) (*Core, error) {
	c, err := dump.Open(path)
	if err != nil {
		return nil, err
	}
	return &Core{core: c}, nil
}

// Read reads a dump, compressed or not, from r.
func Read(r io.Reader) (*Core, error) {
	if r == nil {
		return nil, errors.New("coredumpy: the reader given to Read is nil")
	}
	c, err := dump.Read(r)
	if err != nil {
		return nil, err
	}
	return &Core{core: c}, nil
}

// Head returns what the dump is about.
func (c *Core) Head() Head { return *c.core.Head() }

// Missing says what a damaged file lacks, "" if it is whole.
func (c *Core) Missing() string { return c.core.Missing() }

// Hidden returns how many different secrets each rule has hidden, by the rules' names, see
// coredumpy help secrets. It is empty if the dump doesn't say it.
func (c *Core) Hidden() map[string]int { return c.core.Hidden() }

// Unknown says what in the dump this version of coredumpy doesn't know, as a later one may
// have made it: kinds of records, and as far as records were read members of them. All else
// is what it was.
func (c *Core) Unknown() []string { return c.core.Unknown() }

// Goroutines returns the ids of all goroutines, the current one first.
func (c *Core) Goroutines() []int64 { return c.core.Goroutines() }

// Goroutine returns the goroutine with the given id.
func (c *Core) Goroutine(id int64) (*Goroutine, error) {
	from, err := c.core.Goroutine(id)
	if err != nil {
		return nil, err
	}
	g := &Goroutine{
		ID: from.ID, Status: from.Status, Wait: from.Waiting(), Parent: from.Parent,
		Labels: from.Labels, Note: from.Note.String(), Trace: from.Trace, Omitted: from.More,
		Earlier: variables(from.EarlierPanics()),
	}
	if from.CreatedBy != nil {
		g.CreatedBy = *from.CreatedBy
	}
	if v := from.PanicValue(); v != nil {
		p := variable(v)
		g.Panic = &p
	}
	for i := range from.Frames {
		f := &from.Frames[i]
		g.Frames = append(g.Frames, Frame{
			Place: f.Place, PC: f.PC, Package: f.Package, Inlined: f.Inlined, Optimized: f.Optimized,
			Note: f.Note.String(),
			Vars: variables(f.Vars()), core: c, of: from, index: i,
		})
	}
	return g, nil
}

// Globals returns the package-level variables in the dump, named with their
// import path. The error is why some can't be read.
func (c *Core) Globals() ([]Variable, error) {
	vars, err := c.core.Globals()
	return variables(vars), err
}

// Source returns the text of the source file at path, if the dump holds it. Lines that it doesn't
// hold are empty: without Config.WholeSources, a file that isn't the program's own is cut down to
// the functions on the stacks.
func (c *Core) Source(path string) (text string, ok bool) { return c.core.Source(path) }

// Goroutine is one goroutine. Frames begins with the innermost call.
type Goroutine struct {
	ID        int64
	Status    string        // as in a traceback: "running", "chan receive", "IO wait"
	Wait      time.Duration // how long it has been waiting; 0 if not known
	CreatedBy Place         // the go statement; Func is "" for the main goroutine
	Parent    int64         // id of the goroutine that created it; 0 if not known
	Labels    []string      // pprof labels: key, value, key, value
	Panic     *Variable     // the value passed to panic, nil if it isn't panicking
	Earlier   []Variable    // values of the panics that came before, latest first
	Note      string        // what could not be read of it, "" if all could
	Trace     string        // the runtime's own traceback, for the current goroutine
	Frames    []Frame
	Omitted   int // frames cut by a limit, outermost
}

// Frame is one call. Inlined calls are frames of their own.
type Frame struct {
	Place
	PC        uint64
	Package   string // import path
	Inlined   bool
	Optimized bool   // built with optimisation: some variables have no value
	Note      string // why variables can't be known, "" if they can
	Vars      []Variable

	core  *Core
	of    *dump.Goroutine
	index int // in of
}

// Eval evaluates a Go expression in the frame: with its variables and those of the packages
// in the dump, `order.Items[0].Price * 2`. It takes what the command p of "coredumpy load"
// takes, see its help, but for results of other expressions; calls aren't evaluated. A
// constant is a value of its default type. The Note of a [Variable] holds for every value
// that is made from it.
//
// An error says what can't be evaluated, or that the dump doesn't hold it and why. Where an
// expression is only of a variable or a part of one, and there is no value, the Value says
// why, see [Value.Reason].
func (f *Frame) Eval(expr string) (Value, error) {
	if f.core == nil {
		return Value{}, errors.New("coredumpy: eval in a Frame that no Core returned")
	}
	if f.core.in == nil {
		f.core.in, _ = inspector.New(f.core.core)
	}
	f.core.in.Select(inspector.At(f.of, f.index))
	r, err := f.core.in.Evaluate(expr)
	if err == nil {
		var v dump.Value
		if v, err = r.Typed(f.core.core); err == nil {
			return Value(v), nil
		}
	}
	return Value{}, fmt.Errorf("coredumpy: eval %.100q: %w", expr, err)
}

// Role is what a variable is to its frame.
type Role string

// The roles of variables.
const (
	Local    Role = corefile.RoleLocal
	Argument Role = corefile.RoleArgument
	Result   Role = corefile.RoleResult   // unnamed results are called ~r0, ~r1, ...
	Captured Role = corefile.RoleCaptured // by the closure that the frame runs
	Given    Role = corefile.RoleGiven    // passed with [Var]
)

// Variable is a variable and its value when the dump was made.
type Variable struct {
	Name     string
	Role     Role
	Line     int    // line of the declaration; 0 if not known
	Shadowed bool   // an inner variable of the same name hides it
	Note     string // a caveat about the value, "" if there is none
	Value    Value
}

func variable(v *dump.Variable) Variable {
	return Variable{
		Name: v.Name, Role: Role(v.Role), Line: v.Line, Shadowed: v.Shadowed, Note: v.Note(), Value: Value(v.Value),
	}
}

func variables(vars []dump.Variable) []Variable {
	if vars == nil {
		return nil
	}
	all := make([]Variable, len(vars))
	for i := range vars {
		all[i] = variable(&vars[i])
	}
	return all
}

// Type is the type of a value. The zero Type is one that isn't known. Methods that
// don't fit a type's kind return zero values; none panics.
type Type dump.Type

func (t *Type) is() *dump.Type { return (*dump.Type)(t) }

// Constant returns the name of the package-level constant of a named integer type
// whose value has the given 64 bits: "Blue"; or the names of the constants that make
// the value up, "Read|Write". It is "" if there are none.
func (t *Type) Constant(bits int64) string { return t.is().Constant(bits) }

// String returns the type as Go source has it, packages by import path; "?" if
// the type isn't known.
func (t *Type) String() string { return t.is().String() }

// Kind returns the kind of type; Invalid if the type isn't known.
func (t *Type) Kind() reflect.Kind { return t.is().Kind() }

// Size returns the size of a value of the type in bytes.
func (t *Type) Size() int64 { return t.is().Size() }

// Len returns the length of an array type.
func (t *Type) Len() int64 { return t.is().Len() }

// Elem returns the element type of a pointer, slice, array, map or channel.
func (t *Type) Elem() *Type { return (*Type)(t.is().Elem()) }

// Key returns the key type of a map.
func (t *Type) Key() *Type { return (*Type)(t.is().Key()) }

// NumField returns how many fields a struct type has.
func (t *Type) NumField() int { return t.is().NumField() }

// Field returns the name and type of field i of a struct type; no name and the
// zero Type if there is none.
func (t *Type) Field(i int) (name string, typ *Type, embedded bool) {
	name, of, embedded := t.is().Field(i)
	return name, (*Type)(of), embedded
}

// Value is a value in a dump. The zero Value is one that isn't there. Methods
// that don't fit a value's kind return zero values; none panics.
type Value dump.Value

func (v Value) is() dump.Value { return dump.Value(v) }

// Type returns the value's type: for an interface the static one.
func (v Value) Type() *Type { return (*Type)(v.is().Type()) }

// Kind returns the kind of the value's type.
func (v Value) Kind() reflect.Kind { return v.is().Kind() }

// Addr returns the address of the memory that held the value, 0 if there was
// none or it isn't known.
func (v Value) Addr() uint64 { return v.is().Addr() }

// Reason says why there is no value; or why what the value refers to wasn't
// stored, wasn't stored whole, or wasn't stored as it was at one moment:
// "optimized out", "depth limit", "elements limit", "map was being written: ...".
// It is "" if nothing is amiss. For a string that was cut it is "", too: compare
// [Value.Stored] with [Value.Len].
func (v Value) Reason() string { return v.is().Reason().String() }

// Valid reports whether there is a value. A pointer, slice, map or channel
// whose target wasn't stored is valid and has a reason all the same.
func (v Value) Valid() bool { return v.is().Valid() }

// IsNil reports whether the value is a nil pointer, slice, map, channel,
// function, interface or unsafe pointer.
func (v Value) IsNil() bool { return v.is().IsNil() }

// Bool returns the value of a bool.
func (v Value) Bool() bool { return v.is().Bool() }

// Int returns the value of a signed integer.
func (v Value) Int() int64 { return v.is().Int() }

// Uint returns the value of an unsigned integer, uintptr or unsafe.Pointer.
func (v Value) Uint() uint64 { return v.is().Uint() }

// Float returns the value of a float.
func (v Value) Float() float64 { return v.is().Float() }

// Complex returns the value of a complex number.
func (v Value) Complex() complex128 { return v.is().Complex() }

// Text returns the stored text of a string or of an array or slice of bytes,
// and whether the value has any.
func (v Value) Text() (string, bool) { return v.is().Text() }

// Redacted reports whether parts of the text were redacted.
func (v Value) Redacted() bool { return v.is().Redacted() }

// Hidden returns the number of a secret that is all of the value: a text, a number, or
// a list of integers. In one dump equal secrets have the same number, and different
// ones haven't: a number is a secret as the text of its digits. It is 0 if the value
// isn't a secret, or the dump doesn't tell that one from others. A secret inside a
// text has its number there: ***redacted***#17.
func (v Value) Hidden() int { return v.is().Hidden() }

// Pointer returns the address that a pointer, slice, map, channel, function or
// unsafe pointer holds.
func (v Value) Pointer() uint64 { return v.is().Pointer() }

// Object returns the id of the object that the value refers to, 0 if there is
// none. Two values with the same object share memory.
func (v Value) Object() int { return v.is().Object() }

// Len returns the length of a string, array, slice, map or channel when the
// dump was made; [Value.Stored] says how much of it is in the dump.
func (v Value) Len() int64 { return v.is().Len() }

// Cap returns the capacity of a slice or channel, -1 if it isn't known.
func (v Value) Cap() int64 { return v.is().Cap() }

// Stored returns how many elements, entries or fields of the value are in the
// dump; for strings how many bytes.
func (v Value) Stored() int { return v.is().Stored() }

// Index returns element i of an array or slice or buffered value i of a
// channel.
func (v Value) Index(i int) Value { return Value(v.is().Index(i)) }

// Slice returns v[low:high:max] of a string, array or slice, and a map without
// its first low entries. Bounds that don't fit are clipped.
func (v Value) Slice(low, high, limit int64) Value { return Value(v.is().Slice(low, high, limit)) }

// Entry returns key and value of map entry i, in the order of the dump.
func (v Value) Entry(i int) (key, value Value) {
	k, e := v.is().Entry(i)
	return Value(k), Value(e)
}

// Field returns field i of a struct.
func (v Value) Field(i int) Value { return Value(v.is().Field(i)) }

// Elem returns what a pointer points to or the value in an interface.
func (v Value) Elem() Value { return Value(v.is().Elem()) }

// Func returns the function a func value calls.
func (v Value) Func() Place { return v.is().Func() }

// Closure returns the variables a func value has captured, as a struct; not
// valid if there are none or they aren't known.
func (v Value) Closure() Value { return Value(v.is().Closure()) }

// Waiting returns how many goroutines wait to receive from and to send to a
// channel, and whether it is closed.
func (v Value) Waiting() (recv, send int, closed bool) { return v.is().Waiting() }
