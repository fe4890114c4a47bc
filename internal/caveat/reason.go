// Package caveat says why a value is missing (a [Reason]), and why one that is there may be
// wrong (a [Doubt]): as facts, which code compares, and as the sentences that people read.
//
// A dump holds the facts (see fact.go): the sentences are made here, when somebody reads
// them. A dump of format 1 holds the sentences, so only this package parses them, too. A kind
// that another version wrote and this one doesn't know is shown by its name.
package caveat

// Reason says why a value, what it refers to, or a part of it is missing. The zero Reason says
// that nothing is missing. A Reason is also an error: reading memory returns it.
//
// The fields beside the kind are details; the sentence of a kind shows which ones it has.
type Reason struct {
	Kind Kind
	Text string // a name, or a sentence
	Addr uint64
	N, M int64
}

// Kind is the kind of a reason.
type Kind uint8

// The kinds of reasons.
const (
	None       Kind = iota // nothing is missing
	Other                  // an error that isn't one of these, or an unknown sentence
	OtherLimit             // an unknown sentence, about a limit
	Unknown                // a kind that this version doesn't know; Text is its name

	// Left out when the dump was made.
	Limit      // a limit was reached; Text is its name: depth, elements, objects, bytes, time
	Redacted   // it may be a secret; N is the same for equal ones, and only for those, or 0
	RuntimeOwn // a structure of the runtime, which leads to all of its memory

	// Not kept by the compiler, or not there yet.
	OptimizedOut  // the variable is nowhere, as it isn't needed
	OnePart       // some words of the variable are kept, but it isn't known which
	ShapeLost     // generic code is compiled for shapes of types, and the type is lost
	FloatRegister // it is in a register that isn't read
	NotAllocated  // the variable belongs on the heap, and hasn't been put there
	NotSetYet     // the variable's declaration hasn't been executed

	// All variables of a frame are missing.
	BarePackage   // its package was compiled without debug information for variables
	TracebackOnly // it couldn't be found on the stack

	// Reasons that apply to a goroutine.
	RanMeanwhile // it ran while the dump was made
	NoTraceback  // it isn't in the crash report from which the dump is made

	// Not in memory, or in memory that holds another value by now.
	NoMemory      // nothing is mapped at Addr, or it can't be read
	Unreadable    // the system doesn't allow reading it
	StackMoved    // the stack has been moved from there
	StackLeft     // Addr is on a stack that no goroutine has
	StackPartLeft // Addr is in a part of a stack below its top
	StackEnd      // fewer than N bytes are between Addr and the end of the stack
	FrameOfC      // Addr is on a stack that C code and signal handlers use
	Reused        // the memory holds something else
	ReusedBy      // Addr is in another object, of N bytes
	Freed         // the memory has been freed

	// Not a value of its type.
	TypeUnknown   // there is no type to read it by
	BadBool       // a bool of value N
	BadText       // a string of length N
	BadSlice      // a slice of length N and capacity M
	BadArray      // an array type Text whose elements don't fit into its N bytes
	SelfContained // a type Text that contains itself
	MapWritten    // a map in which N entries were found instead of M
	WrongSize     // a value of a type Text that would have N bytes
	UnknownKind   // a value of a type of kind Text, which this version doesn't know

	// Found out when the dump is read. These aren't in a file.
	NotStored  // it isn't in the dump
	NoRecord   // object N isn't in the dump
	BadRecord  // the record of object N is damaged; Text says how
	Damaged    // what the dump holds is no such value; Text says how
	NotOfType  // what the dump holds isn't of the type that leads to it
	Changed    // the length of a map or channel was N, then M
	TooMany    // the limit of the code that shows it
	NoField    // a struct has no such field
	NoIndex    // a value of type Text has no elements
	NoSlice    // a value of type Text can't be sliced
	NoPointer  // a value of type Text points to nothing
	NoFunction // it isn't a function, and has no captured variables

	numKinds
)

// IsLimit reports whether the reason is a limit.
func (r Reason) IsLimit() bool { return r.Kind == Limit || r.Kind == OtherLimit }

// Error returns the reason as a sentence.
func (r Reason) Error() string { return r.String() }

// Of returns the reason that an error is.
func Of(err error) Reason {
	if err == nil {
		return Reason{}
	}
	if r, ok := err.(Reason); ok { // an error that wraps one says more
		return r
	}
	return Reason{Kind: Other, Text: err.Error()}
}
