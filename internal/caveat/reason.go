// Package caveat says why a value is missing (a [Reason]), and why one that is there may be
// wrong (a [Doubt]): as facts, which code compares, and as the sentences that people read.
//
// A dump holds the facts (see fact.go): the sentences are made here, when somebody reads
// them. A dump of format 1 holds the sentences, so they are parsed here, too, and nowhere
// else. A kind that another version wrote and this one doesn't know is shown by its name.
package caveat

// Reason says why a value is missing, or why what it refers to is, or a part of it. The
// zero Reason says that nothing is. A Reason is also an error: reading memory returns it.
//
// The fields beside the kind are details; which ones a kind has is in its sentence.
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
	Other                  // an error that isn't one of these, or a sentence that isn't known
	OtherLimit             // a sentence that isn't known, about a limit
	Unknown                // a kind that this version doesn't know; Text is its name

	// Left out when the dump was made.
	Limit      // a limit was reached; Text is its name: depth, elements, objects, bytes, time
	Redacted   // it may be a secret
	RuntimeOwn // a structure of the runtime, from which all of its memory can be reached

	// Not kept by the compiler, or not yet there.
	OptimizedOut  // the variable is nowhere, nor is it needed
	OnePart       // some words of the variable are kept, and it isn't known which
	ShapeLost     // generic code is compiled for shapes of types, and the type is lost
	FloatRegister // it is in a register that isn't read
	NotAllocated  // the variable belongs on the heap, and hasn't been put there
	NotSetYet     // the variable's declaration hasn't been executed

	// All variables of a frame are missing.
	BarePackage   // its package was compiled without debug information of variables
	TracebackOnly // it couldn't be found on the stack

	// What holds for a goroutine.
	RanMeanwhile // it ran while the dump was made
	NoTraceback  // it isn't in the crash report, of which the dump is made

	// Not in memory, or in memory that is another value's by now.
	NoMemory      // nothing is mapped at Addr, or it can't be read
	Unreadable    // the system doesn't let it be read
	StackMoved    // the stack has been moved from there
	StackLeft     // Addr is on a stack that no goroutine has
	StackPartLeft // Addr is in a part of a stack below its top
	StackEnd      // from Addr to the end of the stack are fewer than N bytes
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
	MapWritten    // a map in which N entries of M were found
	WrongSize     // a value of a type Text that would have N bytes
	UnknownKind   // a value of a type of kind Text, which this version doesn't know

	// Found out when the dump is read. These aren't in a file.
	NotStored  // it isn't in the dump
	NoRecord   // object N isn't in the dump
	BadRecord  // the record of object N is damaged; Text says how
	Damaged    // what the dump holds is no such value; Text says how
	NotOfType  // what the dump holds isn't of the type that leads to it
	Changed    // the length of a map or channel was N, then M
	TooMany    // the limit of who shows it
	NoField    // a struct has no such field
	NoIndex    // a value of type Text has no elements
	NoSlice    // a value of type Text can't be sliced
	NoPointer  // a value of type Text points to nothing
	NoFunction // it isn't a function, and has no captured variables

	numKinds
)

// IsLimit reports whether a limit is the reason.
func (r Reason) IsLimit() bool { return r.Kind == Limit || r.Kind == OtherLimit }

// Error returns the sentence.
func (r Reason) Error() string { return r.String() }

// Of returns the reason that an error is.
func Of(err error) Reason {
	if err == nil {
		return Reason{}
	}
	if r, ok := err.(Reason); ok { // what wraps one says more
		return r
	}
	return Reason{Kind: Other, Text: err.Error()}
}
