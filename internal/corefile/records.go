// Package corefile is the dump file: its records, their bytes, and reading them back
// lazily. It doesn't know where a record comes from.
//
// # Format
//
// A dump is JSON Lines in UTF-8, compressed with gzip unless the file's name ends in .json:
// in pieces, which any reader of gzip joins (see parts.go and members.go), with the head in
// one or two of its own. Each line is one record: an object with a single member, named for
// the kind of record. Records that others refer to have an "id", always their first member,
// counted from 1 within their kind. There may be millions of objects in the sense of
// [Object]: their lines are lists without ids, see runs.go.
//
//	{"coredumpy":{...}}          Head, the first line
//	{"type":{"id":1,...}}        Type
//	{"goroutine":{"id":1,...}}   Goroutine; its id is the runtime's goid
//	{"global":{"id":1,...}}      Variable: a package-level variable
//	{"objects":{"id":1,...}}     Run: what the next object is
//	[1,...]                      Object: its type, value, and if it has an address the
//	                             difference to that of the object before it
//	{"source":{"id":1,...}}      Source: the text of a source file
//	{"end":{...}}                End, the last line; without it the file was cut short
//
// The dump is written before the panic value's own method is called. The message that this
// returns then replaces the one in the head. There is room for it there: the message is
// followed by spaces. If that isn't enough, one more line follows, which takes precedence
// over the head:
//
//	{"message":{"text":...}}     Message, if it is the last line of the file
//
// In format 1 the line of an object is its id, type, value and address, references hold
// addresses (see package notation), and what are facts by now were sentences (see package
// caveat). A reader passes over kinds of records, and members of them, that it doesn't know,
// and says so, but for members of values, see [File.Unknown].
//
// # Bounds
//
// A reader trusts nothing. The size of a file bounds what it expands to, a line is decoded
// when it is asked for, and an id reserves no memory. A head of more than 4 MB and a
// goroutine or type of more than 131,072 parts are refused; the writer's own limits are far
// below.
//
// # Values
//
// The type of a value determines how it is written, and the place of the value determines
// its type (a variable's type, a field's, an element's). See package notation.
package corefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"coredumpy/internal/caveat"
)

// Version is the version of the format. Only a change in the meaning of what existed before
// raises it. A reader refuses later ones.
const (
	Version    = 2
	oldVersion = 1
)

// Head is the first record: what a dump is about. A summary of a dump needs nothing else.
type Head struct {
	Version     int       `json:"version"`
	Reason      string    `json:"reason"` // "panic", "recovered panic", "test failure" ...: see help format
	Message     string    `json:"message,omitempty"`
	Value       string    `json:"value,omitempty"` // of the panic, on one line, if the message doesn't say it
	Description string    `json:"description,omitempty"`
	Time        time.Time `json:"time"`
	Test        string    `json:"test,omitempty"` // name of the failed test
	GoVersion   string    `json:"go"`
	OS          string    `json:"os"`
	Arch        string    `json:"arch"`
	Host        string    `json:"host,omitempty"`
	PID         int       `json:"pid"`
	Program     string    `json:"program,omitempty"` // path of the executable
	Args        []string  `json:"args,omitempty"`
	Directory   string    `json:"dir,omitempty"` // working directory
	Build       *Build    `json:"build,omitempty"`
	Goroutine   int64     `json:"goroutine"` // goid of the current goroutine
	Top         *Place    `json:"top,omitempty"`
	Goroutines  int       `json:"goroutines"`
	Objects     int       `json:"objects"`
	Duration    string    `json:"duration,omitempty"` // how long the capture took
	Paused      string    `json:"paused,omitempty"`   // how long another process was stopped for it
	Notes       Notes     `json:"notes,omitempty"`    // what isn't in the dump, and how to get it
	Cut         []Cut     `json:"cut,omitempty"`      // limits that were reached
	More        []string  `json:"-"`                  // members in the file that this version doesn't know
}

// Notes are sentences. A later version may write the kind of a reason and its details
// instead.
type Notes []string

// UnmarshalJSON turns all of them into sentences.
func (n *Notes) UnmarshalJSON(raw []byte) error {
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return errors.New("its notes are no list")
	}
	*n = nil
	for _, note := range all {
		var reason caveat.Reason
		if err := json.Unmarshal(note, &reason); err != nil {
			return fmt.Errorf("its notes: %w", err)
		}
		*n = append(*n, reason.String())
	}
	return nil
}

// Build says how the program was built, from runtime/debug.BuildInfo.
type Build struct {
	Path     string      `json:"path,omitempty"`
	Main     string      `json:"main,omitempty"`    // path of the main module
	Version  string      `json:"version,omitempty"` // of the main module
	Deps     [][2]string `json:"deps,omitempty"`    // path, version
	Settings [][2]string `json:"settings,omitempty"`
}

// Place is a function and a line in a source file.
type Place struct {
	Func string `json:"func"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Cut counts how often a limit cut something.
type Cut struct {
	// Limit is "depth", "elements", "string", "objects", "bytes", "time", "goroutines",
	// "frames", "globals" or "source".
	Limit string `json:"limit"`
	Count int    `json:"count"`
}

// Type describes a Go type. Elem, Key and the fields' types are ids of other types; 0 is a
// type that isn't known.
type Type struct {
	ID     int     `json:"id"`
	Name   string  `json:"name"` // qualified with the import path
	Kind   string  `json:"kind"` // reflect.Kind's name
	Size   int64   `json:"size,omitempty"`
	Elem   int     `json:"elem,omitempty"`
	Key    int     `json:"key,omitempty"`
	Len    int64   `json:"len,omitempty"`
	Fields []Field `json:"fields,omitempty"`

	// Constants are the named constants of an integer type.
	Constants []Constant `json:"constants,omitempty"`
}

// kindByName maps the names of reflect's kinds to them.
var kindByName = func() map[string]reflect.Kind {
	m := make(map[string]reflect.Kind)
	for k := reflect.Invalid; k <= reflect.UnsafePointer; k++ {
		m[k.String()] = k
	}
	return m
}()

// ReflectKind returns the kind of a type, Invalid if it isn't known.
func (t *Type) ReflectKind() reflect.Kind { return kindByName[t.Kind] }

// Constant is a named constant. Value has its 64 bits, as a signed number.
type Constant struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// Field is a field of a struct type.
type Field struct {
	Name     string `json:"name"`
	Type     int    `json:"type"`
	Offset   int64  `json:"off,omitempty"` // in bytes
	Embedded bool   `json:"embedded,omitempty"`
	Indirect bool   `json:"ref,omitempty"` // captured by reference: the value isn't at the offset
}

// Goroutine is one goroutine with its stack, innermost frame first.
type Goroutine struct {
	ID        int64          `json:"id"`
	Status    string         `json:"status"`              // as in a traceback: "running", "chan receive", "IO wait"
	Wait      int64          `json:"wait,omitempty"`      // nanoseconds waited so far; 0: not known
	WaitsFor  []uint64       `json:"blockedOn,omitempty"` // addresses; a single 0: all channels are nil
	CreatedBy *Place         `json:"createdBy,omitempty"`
	Parent    int64          `json:"parent,omitempty"`  // goid of the creator
	System    bool           `json:"system,omitempty"`  // started by the runtime for itself
	Labels    []string       `json:"labels,omitempty"`  // pprof labels as key, value, key, value
	Panic     *Variable      `json:"panic,omitempty"`   // the value passed to panic
	Earlier   []*Variable    `json:"earlier,omitempty"` // values of the panics during which this one happened
	Note      caveat.Reasons `json:"note,omitempty"`    // what is missing of it, or may be wrong
	Trace     string         `json:"trace,omitempty"`   // the runtime's own traceback text
	Frames    []Frame        `json:"frames,omitempty"`
	More      int            `json:"more,omitempty"` // frames left out
}

// Frame is one call on a stack.
type Frame struct {
	Place
	PC        uint64        `json:"pc,omitempty"`
	Package   string        `json:"pkg,omitempty"`
	Inlined   bool          `json:"inlined,omitempty"`
	Optimized bool          `json:"optimized,omitempty"`
	Note      caveat.Reason `json:"note,omitzero"` // why there are no variables
	Vars      []Variable    `json:"vars,omitempty"`
}

// Roles a variable can have in a frame.
const (
	RoleLocal    = "" // the most common role takes no space
	RoleArgument = "arg"
	RoleResult   = "result"
	RoleCaptured = "captured" // by the closure the frame runs
	RoleGiven    = "given"    // passed by the program with Var
)

// Variable is a named value: an argument, a local, a package-level variable. Its type is an
// id, and its value in package notation's form.
type Variable struct {
	ID         int             `json:"id,omitempty"` // package-level variables only
	Name       string          `json:"name"`
	Role       string          `json:"role,omitempty"`
	Type       int             `json:"type,omitempty"`
	Addr       uint64          `json:"addr,omitempty"` // 0: it has no address (registers)
	Difference int64           `json:"diff,omitempty"` // in a file instead of Addr: the difference to the one before
	Line       int             `json:"line,omitempty"` // of its declaration
	Shadowed   bool            `json:"shadowed,omitempty"`
	Missing    caveat.Kind     `json:"-"`              // why there is no value; only while a dump is made
	Doubts     caveat.Doubts   `json:"note,omitempty"` // about the value
	Value      json.RawMessage `json:"value,omitempty"`
}

// Object is a piece of memory that values refer to by id: what a pointer points to, a
// slice's elements, a map's entries, a channel's buffer, a closure's captured variables.
// Each is stored once.
//
// An object without an address has none, or in format 1 has the one that the pointers,
// slices, maps and interfaces that refer to it hold. If its type is a slice, map or channel,
// it is either the elements of one, or the slice itself to which a pointer points: that
// follows from what refers to it.
type Object struct {
	ID    int
	Type  int
	Addr  uint64
	Value json.RawMessage
}

// Source is the text of a source file. Lines that were left out are empty in it.
type Source struct {
	ID      int      `json:"id"`
	Path    string   `json:"path"`
	Text    string   `json:"text"`
	Newer   bool     `json:"newer,omitempty"`   // than the program, which may have been built from another text
	Omitted [][2]int `json:"omitted,omitempty"` // the first and the last line of each range that was left out
}

// End is the last record.
type End struct {
	Records int      `json:"records"` // how many lines came before
	Hidden  []Hidden `json:"hidden,omitempty"`
	// Kept has the largest number of a secret in each dump that this one was made of. A secret
	// with a larger number may be equal to one of those.
	Kept []int `json:"kept,omitempty"`
}

// Hidden says how many secrets a rule has hidden.
type Hidden struct {
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}
