package coredumpy

// This file is the object graph: a dump read back as goroutines, frames,
// variables and values. How memory becomes that graph is in internal/walk.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/syntax"
)

// Core is a dump that was opened. What it holds is decoded when it is looked
// at. Values share the Core; it isn't safe for concurrent use.
type Core struct {
	file    *corefile.File
	types   map[int]*Type
	objects map[part]*object
	parsed  map[string]*syntax.File // by path; nil where there is no source
}

// part is an object, and whether it is the elements of a slice, map or channel:
// a pointer to a slice leads to one of the same type that holds the slice itself.
type part struct {
	id       int
	elements bool
}

// object is a decoded object: the value of a piece of memory.
type object struct {
	value Value
	forms corefile.Forms
}

// Head says what a dump is about: reason, message, time, program, build.
type Head = corefile.Head

// Open opens the dump at path. A file that was cut short opens with what it
// holds, see [Core.Missing]. An error names the file and says what it is if it
// isn't a dump.
func Open(path string) (*Core, error) {
	f, err := corefile.Open(path)
	if err != nil {
		return nil, err
	}
	return newCore(f), nil
}

// Read reads a dump, compressed or not, from r.
func Read(r io.Reader) (*Core, error) {
	if r == nil {
		return nil, errors.New("coredumpy: the reader given to Read is nil")
	}
	f, err := corefile.Read(r)
	if err != nil {
		return nil, err
	}
	return newCore(f), nil
}

func newCore(f *corefile.File) *Core {
	return &Core{file: f, types: map[int]*Type{}, objects: map[part]*object{}, parsed: map[string]*syntax.File{}}
}

// Head returns what the dump is about.
func (c *Core) Head() Head { return c.file.Head }

// Missing says what a damaged file lacks, "" if it is whole.
func (c *Core) Missing() string { return c.file.Missing() }

// Goroutines returns the ids of all goroutines, the current one first.
func (c *Core) Goroutines() []int64 { return c.file.Goroutines() }

// Goroutine returns the goroutine with the given id.
func (c *Core) Goroutine(id int64) (*Goroutine, error) {
	rec, err := c.file.Goroutine(id)
	if err != nil {
		return nil, err
	}
	g := &Goroutine{
		ID: rec.ID, Status: rec.Status, Wait: time.Duration(rec.Wait), Parent: rec.Parent,
		Labels: rec.Labels, Note: rec.Note, Trace: rec.Trace, Omitted: rec.More,
	}
	if rec.CreatedBy != nil {
		g.CreatedBy = *rec.CreatedBy
	}
	if rec.Panic != nil {
		v := c.variable(rec.Panic)
		g.Panic = &v
	}
	for _, e := range rec.Earlier {
		g.Earlier = append(g.Earlier, c.variable(e))
	}
	for i := range rec.Frames {
		g.Frames = append(g.Frames, c.frame(&rec.Frames[i]))
	}
	return g, nil
}

// Globals returns the package-level variables in the dump, named with their
// import path.
func (c *Core) Globals() ([]Variable, error) {
	recs, err := c.file.Globals()
	vars := make([]Variable, len(recs))
	for i := range recs {
		vars[i] = c.variable(&recs[i])
	}
	return vars, err
}

// Source returns the text of the source file at path, if the dump holds it.
func (c *Core) Source(path string) (text string, ok bool) {
	text, ok, err := c.file.Source(path)
	return text, ok && err == nil
}

// Place is a function and a line in a source file.
type Place = corefile.Place

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
	Note      string        // what could not be had of it, "" if all could
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
	Note      string // why there are no variables, "" if there could be
	Vars      []Variable
}

func (c *Core) frame(rec *corefile.Frame) Frame {
	f := Frame{Place: rec.Place, PC: rec.PC, Package: rec.Package, Inlined: rec.Inlined, Optimized: rec.Optimized, Note: rec.Note}
	for i := range rec.Vars {
		f.Vars = append(f.Vars, c.variable(&rec.Vars[i]))
	}
	c.consult(&f)
	c.scopes(&f)
	return f
}

// noteAmbiguous is a caveat about variables of one name in an inlined call.
const noteAmbiguous = "another variable of this name may be meant"

// scopes lets the source say which of the variables of a name is meant in a frame
// of optimised code, or of an inlined call: debug information has no blocks for
// that, and nothing at all of some variables.
func (c *Core) scopes(f *Frame) {
	if !f.Optimized && !f.Inlined || len(f.Vars) == 0 {
		return
	}
	s := c.syntax(f.File)
	if f.Inlined {
		f.Vars = slices.DeleteFunc(f.Vars, func(v Variable) bool { return v.Line != 0 && s.InScope(v.Name, v.Line, f.Line) == syntax.No })
	}
	for i := range f.Vars {
		v := &f.Vars[i]
		if v.Role == Given {
			continue
		}
		if d, ok := s.Resolve(v.Name, f.Line); ok && d != nil {
			v.Shadowed = f.declared(v.Name, d) != v
		} else if f.Inlined && slices.ContainsFunc(f.Vars, func(o Variable) bool { return o.Name == v.Name && o.Line != v.Line }) {
			v.Note = strings.TrimPrefix(v.Note+corefile.NoteAnd+noteAmbiguous, corefile.NoteAnd)
		}
	}
}

// declared returns the variable of a frame that a declaration in the source is of,
// nil if the dump has nothing of it. A captured variable may have the line of the
// closure; an argument of an inlined call has none.
func (f *Frame) declared(name string, d *syntax.Declaration) (found *Variable) {
	for i := range f.Vars {
		switch v := &f.Vars[i]; {
		case v.Name != name || v.Role == Given:
		case d.At(v.Line):
			return v
		case v.Role == Captured && v.Line > d.Line, v.Line == 0 && d.What == "variable":
			found = v
		}
	}
	return found
}

// absent tells why a name that a frame's function declares can't be had, "" if it
// declares none. It is unsure if only the source could tell, and isn't in the dump.
func (c *Core) absent(f *Frame, name string) (why string, unsure bool) {
	s := c.syntax(f.File)
	d, ok := s.Resolve(name, f.Line)
	if !ok || d == nil || f.declared(name, d) != nil {
		return "", s == nil && (f.Optimized || f.Inlined)
	}
	return fmt.Sprintf("%s is a %s declared on line %d, of which the dump has nothing", name, d.What, d.Line), false
}

// consult looks in the source for what the variables' notes say only because debug
// information doesn't tell better. One that certainly isn't set yet isn't in scope: it
// doesn't hide another.
func (c *Core) consult(f *Frame) {
	for i := range f.Vars {
		v := &f.Vars[i]
		note, besides, _ := strings.Cut(v.Note, corefile.NoteAnd)
		switch note {
		case corefile.NoteOnLine, corefile.NoteInStatement, corefile.NoteReturned, corefile.NoteOptimized:
		default:
			if !strings.HasPrefix(note, corefile.NoteShared) {
				continue
			}
		}
		s := c.syntax(f.File)
		if s == nil {
			return
		}
		d, ok := s.Lookup(v.Name, v.Line, f.Line)
		if !ok || v.Line > f.Line { // lines of another file, by a directive
			continue
		}
		unset := d.Unset(f.Line)
		switch {
		case note == corefile.NoteReturned:
			if !d.Skipped() {
				v.Note = besides
			}
		case unset == syntax.Yes: // what is in its place is something else's
			v.Note, v.Value = "", c.decode(v.Value.Type(), notSetYet, 0, nil)
			reveal(f.Vars, i)
		case note == corefile.NoteOptimized:
			if unset == syntax.No && !d.Reassigned(changesWhole(v)) && !d.Converted(v.Value.Type().String()) {
				v.Note = besides
			}
		case strings.HasPrefix(note, corefile.NoteShared):
			if unset == syntax.No && c.assignedOnce(f, v, &d) {
				v.Note = besides
			}
		case unset == syntax.No:
			v.Note = besides
		}
	}
}

// changesWhole reports whether a variable can't be changed but as a whole.
func changesWhole(v *Variable) bool {
	k := v.Value.Kind()
	return k == reflect.Pointer || k == reflect.Interface || k == reflect.Chan || k == reflect.Func
}

// assignedOnce reports whether a variable that shares its place with others, as its note
// tells, and all of these are assigned once.
func (c *Core) assignedOnce(f *Frame, v *Variable, d *syntax.Variable) bool {
	note, _, _ := strings.Cut(v.Note, corefile.NoteAnd)
	sharers, ok := strings.CutPrefix(note, corefile.NoteShared+": ")
	whole := changesWhole(v)
	if !ok || d.Reassigned(whole) || d.Converted(v.Value.Type().String()) {
		return false
	}
	for _, text := range strings.Split(sharers, ", ") {
		var name string
		var line int
		if _, err := fmt.Sscanf(text, "%s of line %d", &name, &line); err != nil {
			return false
		}
		o, ok := c.syntax(f.File).Lookup(name, line, f.Line)
		if !ok || o.Reassigned(whole) || o.Converted(v.Value.Type().String()) || !f.has(name, line, v.Value.Type()) {
			return false
		}
	}
	return true
}

// has reports whether the frame has a variable of that type. Of one value that variables
// of two types have, none need have its place.
func (f *Frame) has(name string, line int, typ *Type) bool {
	return slices.ContainsFunc(f.Vars, func(o Variable) bool {
		return o.Name == name && o.Line == line && o.Value.Type().String() == typ.String()
	})
}

var notSetYet = json.RawMessage(`{"x":"not set yet"}`)

// reveal lets the variable that vars[i] hides be seen.
func reveal(vars []Variable, i int) {
	if vars[i].Shadowed {
		return
	}
	hidden := -1
	for j := range vars {
		if vars[j].Shadowed && vars[j].Name == vars[i].Name && (hidden < 0 || vars[j].Line >= vars[hidden].Line) {
			hidden = j
		}
	}
	if hidden >= 0 {
		vars[hidden].Shadowed, vars[i].Shadowed = false, true
	}
}

// syntax returns what a source file says, nil if the dump doesn't hold it.
func (c *Core) syntax(path string) *syntax.File {
	s, ok := c.parsed[path]
	if !ok {
		// What has been edited since isn't what the program does.
		if text, ok := c.Source(path); ok && strings.HasSuffix(path, ".go") && !c.file.SourceNewer(path) {
			s = syntax.Parse(text)
		}
		c.parsed[path] = s
	}
	return s
}

// unparsed tells why the source of a file, which the dump holds, says nothing; "" if it
// does.
func (c *Core) unparsed(path string) string {
	if c.syntax(path) != nil {
		return ""
	}
	if text, ok := c.Source(path); ok && strings.HasSuffix(path, ".go") && !c.file.SourceNewer(path) {
		return syntax.Problem(text)
	}
	return ""
}

// Role is what a variable is to its frame.
type Role string

// The roles of variables.
const (
	Local    Role = corefile.RoleLocal
	Argument Role = corefile.RoleArgument
	Result   Role = corefile.RoleResult   // unnamed results are called ~r0, ~r1, ...
	Captured Role = corefile.RoleCaptured // by the closure that the frame runs
	Given    Role = corefile.RoleGiven    // handed over with [Var]
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

func (c *Core) variable(rec *corefile.Variable) Variable {
	return Variable{
		Name: rec.Name, Role: Role(rec.Role), Line: rec.Line, Shadowed: rec.Shadowed, Note: rec.Note,
		Value: c.decode(c.typeOf(rec.Type), rec.Value, rec.Addr, nil),
	}
}

// Type is the type of a value. The zero Type is one that isn't known. Methods that
// don't fit a type's kind return zero values; none panics.
type Type struct {
	core *Core
	rec  *corefile.Type
	kind reflect.Kind
}

var kindByName = func() map[string]reflect.Kind {
	m := make(map[string]reflect.Kind)
	for k := reflect.Invalid; k <= reflect.UnsafePointer; k++ {
		m[k.String()] = k
	}
	return m
}()

var unknownType = &Type{rec: &corefile.Type{Name: "?"}}

// typeOf returns the type with the given id, or the unknown type.
func (c *Core) typeOf(id int) *Type {
	if t := c.types[id]; t != nil {
		return t
	}
	rec, err := c.file.Type(id)
	if err != nil {
		return unknownType
	}
	t := &Type{core: c, rec: rec, kind: kindByName[rec.Kind]}
	c.types[id] = t
	return t
}

// Constant returns the name of the package-level constant of a named integer type
// that has the value with the given 64 bits: "Blue"; or names of the bits that make
// it up, "Read|Write". It is "" if there are none.
func (t *Type) Constant(bits int64) string {
	const most = 1000 // as many as are written
	constants := t.record().Constants
	constants = constants[:min(len(constants), most)]
	var names []string
	for _, k := range constants {
		if k.Value == bits {
			return k.Name
		}
	}
	for _, k := range constants {
		if b := uint64(k.Value); b&(b-1) == 0 && bits&k.Value != 0 {
			names, bits = append(names, k.Name), bits&^k.Value
		}
	}
	if bits != 0 {
		return ""
	}
	return strings.Join(names, "|")
}

// String returns the type as Go source has it, packages by import path; "?" if
// the type isn't known.
func (t *Type) String() string {
	return t.record().Name
}

// record returns what the dump holds of the type.
func (t *Type) record() *corefile.Type {
	if t == nil || t.rec == nil {
		return unknownType.rec
	}
	return t.rec
}

// Kind returns the kind of type; Invalid if the type isn't known.
func (t *Type) Kind() reflect.Kind {
	if t == nil {
		return reflect.Invalid
	}
	return t.kind
}

// Size returns the size of a value of the type in bytes.
func (t *Type) Size() int64 { return t.record().Size }

// Len returns the length of an array type.
func (t *Type) Len() int64 { return t.record().Len }

// Elem returns the element type of a pointer, slice, array, map or channel.
func (t *Type) Elem() *Type { return t.ref(t.record().Elem) }

// Key returns the key type of a map.
func (t *Type) Key() *Type { return t.ref(t.record().Key) }

func (t *Type) ref(id int) *Type {
	if t == nil || t.core == nil || id == 0 {
		return unknownType
	}
	return t.core.typeOf(id)
}

// NumField returns how many fields a struct type has.
func (t *Type) NumField() int { return len(t.record().Fields) }

// Field returns the name and type of field i of a struct type, no name and the
// unknown type if there is none.
func (t *Type) Field(i int) (name string, typ *Type, embedded bool) {
	if i < 0 || i >= t.NumField() {
		return "", unknownType, false
	}
	f := t.record().Fields[i]
	return f.Name, t.ref(f.Type), f.Embedded
}

// Value is a value in a dump. The zero Value is one that isn't there. Methods
// that don't fit a value's kind return zero values; none panics.
type Value struct {
	core *Core
	typ  *Type
	addr uint64
	raw  json.RawMessage // as in the file; nil if there is no value
	rec  *corefile.Value // the decoded object form or reference, nil for other values
	list corefile.List   // of an array, struct, map or channel; of a map it may be a part
	text string          // decoded text of a string or of an array of bytes
	data bool            // text is valid: the value is a string or text-like array
	why  string          // reason for having no value
	base *Value          // the array that [Value.Slice] made a slice of, nil for other values
	from int             // where in base the slice starts
	in   *corefile.Forms // of the object that the value is in, nil if it is in none
}

// decode gives raw, which is in the object that has the forms if there are any,
// its type. Only the outermost level is decoded.
func (c *Core) decode(t *Type, raw json.RawMessage, addr uint64, in *corefile.Forms) Value {
	v := c.parse(t, raw, addr, in)
	if k := t.kind; v.list.Given() && (k == reflect.Pointer || k == reflect.Slice || k == reflect.Map || k == reflect.Chan || k == reflect.Interface) {
		var err error
		if v.rec, err = v.list.Reference(k); err != nil {
			v.why = fmt.Sprintf("damaged in the dump: %.300v", err)
		}
		v.list = corefile.List{}
	}
	if v.why == "" && !v.fits() {
		v.why = "damaged in the dump: no " + t.kind.String()
	}
	return v
}

// parse is decode for what may not be a value of the type: the elements that a
// slice, map or channel refers to.
func (c *Core) parse(t *Type, raw json.RawMessage, addr uint64, in *corefile.Forms) Value {
	v := Value{core: c, typ: t, addr: addr, raw: raw, in: in}
	if len(raw) == 0 {
		v.why = "not in the dump"
		return v
	}
	form, err := in.Parse(raw)
	v.rec, v.list, v.text, v.data = form.Object, form.List, form.Text, form.IsText
	if v.rec != nil {
		v.why = v.rec.Reason
	}
	if err != nil {
		v.why = fmt.Sprintf("damaged in the dump: %.300v", err)
	}
	return v
}

// fits reports whether what was written is a value of the type's kind. The wrong
// value would be worse than none.
func (v Value) fits() bool {
	var err error
	switch k := v.Kind(); k {
	case reflect.Bool:
		return string(v.raw) == "true" || string(v.raw) == "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, err = strconv.ParseInt(string(v.raw), 10, 64)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		_, err = strconv.ParseUint(string(v.raw), 10, 64)
	case reflect.UnsafePointer:
		_, err = strconv.ParseUint(string(v.raw), 10, 64)
		return err == nil || v.IsNil()
	case reflect.Float32, reflect.Float64:
		_, err = strconv.ParseFloat(strings.Trim(string(v.raw), `"`), 64)
	case reflect.Complex64, reflect.Complex128:
		return v.list.Len() == 2
	case reflect.String:
		return v.data
	case reflect.Struct:
		return v.raw[0] == '['
	case reflect.Array:
		return v.data || v.list.Given()
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return v.rec != nil || v.IsNil()
	}
	return err == nil
}

// Type returns the value's type: for an interface the static one.
func (v Value) Type() *Type {
	if v.typ == nil {
		return unknownType
	}
	return v.typ
}

// Kind returns the kind of the value's type.
func (v Value) Kind() reflect.Kind { return v.Type().kind }

// Addr returns the address of the memory that held the value, 0 if there was
// none or it isn't known.
func (v Value) Addr() uint64 { return v.addr }

// Reason says why there is no value, or why what the value refers to wasn't
// stored, or not all of it, or not as it was at one moment: "optimized out",
// "depth limit", "elements limit", "map was being written: ..."; "" if nothing
// is amiss. That a string was cut shows in its length alone.
func (v Value) Reason() string {
	if v.why != "" {
		return v.why
	}
	switch v.Kind() {
	case reflect.Slice:
		if int64(v.Stored()) < v.Len() {
			return v.array().why
		}
	case reflect.Map, reflect.Chan:
		t := v.target()
		if t.why == "" && t.list.Given() {
			n := int64(v.Stored())
			if t.rec != nil {
				n = max(n, t.rec.Len)
			}
			if n != v.Len() {
				return fmt.Sprintf("it changed while the dump was made: its length was %d, then %d", v.Len(), n)
			}
		}
		return t.why
	}
	return ""
}

// Valid reports whether there is a value. A pointer, slice, map or channel
// whose target wasn't stored is valid and has a reason all the same.
func (v Value) Valid() bool {
	if v.why == "" {
		return v.raw != nil || v.rec != nil
	}
	return v.rec != nil && (v.rec.Addr != 0 || v.rec.Len != 0)
}

// IsNil reports whether the value is a nil pointer, slice, map, channel,
// function, interface or unsafe pointer.
func (v Value) IsNil() bool { return string(v.raw) == "null" }

// Bool returns the value of a bool.
func (v Value) Bool() bool { return string(v.raw) == "true" }

// Int returns the value of a signed integer.
func (v Value) Int() int64 {
	n, _ := strconv.ParseInt(string(v.raw), 10, 64)
	return n
}

// Uint returns the value of an unsigned integer, uintptr or unsafe.Pointer.
func (v Value) Uint() uint64 {
	n, _ := strconv.ParseUint(string(v.raw), 10, 64)
	return n
}

// Float returns the value of a float.
func (v Value) Float() float64 { return v.parseFloat(v.raw) }

// parseFloat parses a float, or a part of a complex number, of v's precision.
func (v Value) parseFloat(raw []byte) float64 {
	bits := 64
	if k := v.Kind(); k == reflect.Float32 || k == reflect.Complex64 {
		bits = 32
	}
	f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), bits)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// Complex returns the value of a complex number.
func (v Value) Complex() complex128 {
	if v.list.Len() != 2 {
		return complex(math.NaN(), math.NaN())
	}
	return complex(v.parseFloat(v.list.At(0)), v.parseFloat(v.list.At(1)))
}

// Text returns the stored text of a string or of an array or slice of bytes,
// and whether the value has any.
func (v Value) Text() (string, bool) {
	if v.Kind() == reflect.Slice {
		a := v.array()
		if a.Redacted() {
			return a.text, a.data
		}
		low := min(v.from, len(a.text))
		return a.text[low : low+v.clip(len(a.text)-low)], a.data
	}
	return v.text, v.data
}

// Redacted reports whether parts of the text were redacted.
func (v Value) Redacted() bool {
	if v.Kind() == reflect.Slice {
		v = v.array()
	}
	return v.rec != nil && v.rec.Redacted
}

// Pointer returns the address that a pointer, slice, map, channel, function or
// unsafe pointer holds.
func (v Value) Pointer() uint64 {
	if v.rec != nil {
		return v.rec.Addr
	}
	if k := v.Kind(); k == reflect.UnsafePointer || k == reflect.Uintptr {
		return v.Uint()
	}
	return 0
}

// Object returns the id of the object that the value refers to, 0 if there is
// none. Two values with the same object share memory.
func (v Value) Object() int {
	if v.rec == nil {
		return 0
	}
	return v.rec.Object
}

// target returns the value of the object that v refers to.
func (v Value) target() Value {
	if v.core == nil || v.Object() == 0 {
		return Value{core: v.core, typ: unknownType, why: v.why}
	}
	k := v.Kind()
	o := v.core.object(part{v.Object(), k == reflect.Slice || k == reflect.Map || k == reflect.Chan})
	if o.addr == 0 && k != reflect.Func {
		o.addr = v.rec.Addr
	}
	return o
}

// array returns the array that a slice is a slice of.
func (v Value) array() Value {
	if v.base != nil {
		return *v.base
	}
	a := v.target()
	if a.Kind() == reflect.Slice && v.rec != nil {
		// The object has the slice's type: slices of all lengths share it.
		a.typ = &Type{core: v.core, kind: reflect.Array, rec: &corefile.Type{
			Name: a.typ.rec.Name, Kind: reflect.Array.String(), Elem: a.typ.rec.Elem, Len: v.rec.Len,
		}}
	}
	if a.Kind() != reflect.Array {
		return Value{core: v.core, typ: unknownType, why: orNotStored(v.why)}
	}
	return a
}

// clip returns n, the length of what is stored, or the value's if it is less.
func (v Value) clip(n int) int {
	return int(max(0, min(int64(n), v.Len())))
}

func (c *Core) object(p part) Value {
	if o := c.objects[p]; o != nil {
		return o.value
	}
	rec, err := c.file.Object(p.id)
	o := &object{}
	if err != nil {
		why := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "coredumpy: "), "read ")
		o.value = Value{core: c, typ: unknownType, why: why}
	} else if t := c.typeOf(rec.Type); p.elements {
		o.value = c.parse(t, rec.Value, rec.Addr, &o.forms)
	} else {
		o.value = c.decode(t, rec.Value, rec.Addr, &o.forms)
	}
	c.objects[p] = o
	return o.value
}

// Len returns the length of a string, array, slice, map or channel when the
// dump was made; [Value.Stored] tells how much of it is in the dump.
func (v Value) Len() int64 {
	switch k := v.Kind(); {
	case k == reflect.Array:
		return v.typ.Len()
	case v.rec != nil && (v.rec.Len > 0 || k != reflect.String):
		return v.rec.Len
	case v.data:
		return int64(len(v.text))
	}
	return 0
}

// Cap returns the capacity of a slice or channel, -1 if it isn't known.
func (v Value) Cap() int64 {
	if v.rec == nil {
		return 0
	}
	return v.rec.Cap
}

// Stored returns how many elements, entries or fields of the value are in the
// dump; for strings how many bytes.
func (v Value) Stored() int {
	switch v.Kind() {
	case reflect.Slice:
		return v.clip(v.array().Stored() - v.from)
	case reflect.Map:
		return v.contents().list.Len() / 2
	case reflect.Chan:
		return v.contents().list.Len()
	}
	if v.data {
		return len(v.text)
	}
	return v.list.Len()
}

// contents returns what holds the elements of a map or channel: the object that
// v refers to, or v.
func (v Value) contents() Value {
	if v.list.Given() {
		return v
	}
	return v.target()
}

// Index returns element i of an array or slice or buffered value i of a
// channel.
func (v Value) Index(i int) Value {
	switch v.Kind() {
	case reflect.Slice:
		if a := v.array(); i >= 0 && i < v.Stored() {
			return a.Index(v.from + i)
		}
		return Value{core: v.core, typ: v.typ.Elem(), why: orNotStored(v.Reason())}
	case reflect.Chan:
		return v.element(v.contents(), i, 0)
	case reflect.Array:
		elem := v.typ.Elem()
		var addr uint64
		if v.addr != 0 {
			addr = v.addr + uint64(i)*uint64(elem.Size())
		}
		if v.data {
			return v.byteAt(elem, i, addr)
		}
		return v.element(v, i, addr)
	}
	return Value{core: v.core, typ: unknownType, why: "cannot index " + v.Type().String()}
}

// Slice returns v[low:high:max] of a string, array or slice, and a map without
// its first low entries. Bounds that don't fit are clipped.
func (v Value) Slice(low, high, limit int64) Value {
	length := v.Len()
	if v.Kind() == reflect.Slice {
		length = max(length, v.Cap())
	}
	high = max(0, min(high, length))
	low = max(0, min(low, high))
	w := v
	w.rec = &corefile.Value{Addr: v.Pointer(), Len: high - low}
	switch v.Kind() {
	case reflect.String:
		stored := int64(len(v.text))
		w.text, w.addr = v.text[min(low, stored):min(high, stored)], 0
		w.rec.Redacted = v.Redacted()
	case reflect.Map:
		w.why = v.Reason()
		entries := v.contents()
		w.list, w.in = entries.list.From(2*int(min(low, int64(entries.list.Len())))), entries.in
		w.rec.Len = v.Len() - low
	case reflect.Array, reflect.Slice:
		if v.IsNil() {
			return v
		}
		base := v
		if v.Kind() == reflect.Slice {
			base = v.array()
		} else {
			elem := v.typ.rec.Elem
			w.typ = &Type{core: v.core, kind: reflect.Slice, rec: &corefile.Type{Name: "[]" + v.typ.Elem().String(), Kind: "slice", Elem: elem}}
			w.rec.Addr, w.why = v.addr, ""
		}
		// A slice may start anywhere, but past what is stored all is the same.
		stored := base.Stored()
		w.base, w.from, w.addr = &base, min(v.from+int(min(low, int64(stored))), stored), 0
		w.raw, w.list, w.text, w.data = nil, corefile.List{}, "", false
		if w.rec.Cap = max(limit, high) - low; v.Cap() < 0 {
			w.rec.Cap = -1
		}
		if w.rec.Addr != 0 {
			w.rec.Addr += uint64(low) * uint64(v.typ.Elem().Size())
		}
	default:
		return Value{core: v.core, typ: unknownType, why: "cannot slice " + v.Type().String()}
	}
	return w
}

func (v Value) element(of Value, i int, addr uint64) Value {
	if i < 0 || i >= of.list.Len() {
		return Value{core: v.core, typ: v.typ.Elem(), addr: addr, why: orNotStored(v.Reason())}
	}
	return v.core.decode(v.typ.Elem(), of.list.At(i), addr, of.in)
}

// byteAt returns byte i of an array of bytes, which is stored as text.
func (v Value) byteAt(elem *Type, i int, addr uint64) Value {
	e := Value{core: v.core, typ: elem, addr: addr}
	switch {
	case v.Redacted():
		e.why = "redacted"
	case i < 0 || i >= len(v.text):
		e.why = orNotStored(v.why)
	case elem.kind == reflect.Int8:
		e.raw = strconv.AppendInt(nil, int64(int8(v.text[i])), 10)
	default:
		e.raw = strconv.AppendUint(nil, uint64(v.text[i]), 10)
	}
	return e
}

func orNotStored(why string) string {
	if why != "" {
		return why
	}
	return "not in the dump"
}

// Entry returns key and value of map entry i, in the order of the dump.
func (v Value) Entry(i int) (key, value Value) {
	entries := v.contents()
	if v.Kind() != reflect.Map || i < 0 || i >= entries.list.Len()/2 {
		none := Value{core: v.core, typ: unknownType, why: "not in the dump"}
		return none, none
	}
	return v.core.decode(v.typ.Key(), entries.list.At(2*i), 0, entries.in),
		v.core.decode(v.typ.Elem(), entries.list.At(2*i+1), 0, entries.in)
}

// Field returns field i of a struct.
func (v Value) Field(i int) Value {
	if v.Kind() != reflect.Struct || i < 0 || i >= v.typ.NumField() {
		return Value{core: v.core, typ: unknownType, why: "no such field"}
	}
	_, typ, _ := v.typ.Field(i)
	if i >= v.list.Len() {
		return Value{core: v.core, typ: typ, why: orNotStored(v.why)}
	}
	var addr uint64
	if f := v.typ.rec.Fields[i]; v.addr != 0 && !f.Indirect && (f.Offset > 0 || i == 0) {
		addr = v.addr + uint64(f.Offset)
	}
	return v.core.decode(typ, v.list.At(i), addr, v.in)
}

// Elem returns what a pointer points to or the value in an interface.
func (v Value) Elem() Value {
	switch {
	case v.Kind() == reflect.Interface && v.rec != nil && v.rec.Object == 0 && v.rec.Value != nil:
		return v.core.decode(v.core.typeOf(v.rec.Type), v.rec.Value, 0, v.in)
	case v.Kind() == reflect.Interface && v.rec != nil && v.rec.Object == 0:
		return Value{core: v.core, typ: v.core.typeOf(v.rec.Type), addr: v.rec.Addr, why: orNotStored(v.why)}
	case v.Kind() == reflect.Interface, v.Kind() == reflect.Pointer:
		e := v.target()
		if e.typ == unknownType && v.Kind() == reflect.Pointer {
			e.typ, e.addr = v.typ.Elem(), v.Pointer()
		}
		return e
	}
	return Value{core: v.core, typ: unknownType, why: "cannot dereference " + v.Type().String()}
}

// Func returns the function a func value calls.
func (v Value) Func() Place {
	if v.rec == nil {
		return Place{}
	}
	return Place{Func: v.rec.Func, File: v.rec.File, Line: v.rec.Line}
}

// Closure returns the variables a func value has captured, as a struct; not
// valid if there are none or they aren't known.
func (v Value) Closure() Value {
	if v.Kind() != reflect.Func {
		return Value{core: v.core, typ: unknownType, why: "not a func"}
	}
	return v.target()
}

// Waiting returns how many goroutines wait to receive from and to send to a
// channel, and whether it is closed.
func (v Value) Waiting() (recv, send int, closed bool) {
	if v.Kind() != reflect.Chan {
		return 0, 0, false
	}
	if t := v.target(); t.rec != nil {
		return t.rec.Recv, t.rec.Send, t.rec.Closed
	}
	return 0, 0, false
}
