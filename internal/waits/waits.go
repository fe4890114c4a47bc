// Package waits finds who waits for what and for whom, as data: the first question about a
// program that hangs.
//
// Go doesn't record who has locked a mutex. We infer the holder of a lock from the source
// of the functions on the stacks: a call of Lock before the current line without a call of
// Unlock on the same mutex. We infer who can wake a goroutine from references: a goroutine
// can send only on a channel that one of its variables leads to. Go's collector finds
// garbage the same way, and so does its profile of leaked goroutines.
package waits

import (
	"coredumpy/internal/dump"
)

// Kind is the kind of a thing that goroutines wait for.
type Kind uint8

// These are the kinds of things.
const (
	Running    Kind = iota // it doesn't wait, or not for another goroutine
	Unknown                // a semaphore whose owner isn't known
	Channel                // it is about to send or to receive
	NilChannel             // one channel, or several, all nil: nothing can wake it
	NoCases                // select {}: it waits forever on purpose
	Mutex
	RWMutex
	WaitGroup
	Cond
	Once
	Sleep
	IO
	Syscall
)

// Op is what a goroutine is about to do.
type Op uint8

// These are the operations. Only those on channels and RWMutexes have names.
const (
	Wait Op = iota
	Send
	Receive
	Select
	Read  // RLock
	Write // Lock
)

// Role is what a channel is for.
type Role uint8

// These are the roles.
const (
	Plain Role = iota
	Timer
	Signal
	ContextDone
	Pipe // of io.Pipe
	Pool // of package database/sql: a request for a connection
)

// Thing is something that goroutines wait for.
type Thing struct {
	Kind    Kind
	Role    Role
	Addr    uint64 // of the channel or struct; of the semaphore if nothing else is known
	Type    string // "" if it isn't in the dump
	Waiters []Waiter
	Holders []Holder // goroutines that have probably locked it
	Stuck   bool     // no goroutine that can go on refers to it

	at    []dump.At
	nodes map[dump.Node]bool
}

// Waiter is a goroutine that waits.
type Waiter struct {
	ID    int64
	Op    Op
	Place dump.Place // where: the innermost frame outside the standard library
}

// Holder is a goroutine that has called Lock and not Unlock, according to its source.
type Holder struct {
	ID    int64
	Frame int
	Of    string // the expression in the frame: s.mu
	Read  bool
	Place dump.Place // of the call
}

// Cause is the kind of a finding.
type Cause uint8

// These are the causes.
const (
	Cycle       Cause = iota // goroutines wait for each other in a cycle
	Nil                      // a goroutine waits for nil channels
	NotUnlocked              // a mutex is locked, and has no known holder
	Exhausted                // all connections of a pool are in use, and no user of one is known
	NotCanceled              // nothing can cancel a context
	Alone                    // no goroutine that can go on refers to the thing
	Behind                   // its holder is stuck itself
)

// Finding is a reason why goroutines can't go on.
type Finding struct {
	Cause Cause
	Thing *Thing // nil for Nil
	Nil   []Waiter
	Cycle []Link     // of Cycle
	Kept  []KeptLock // of NotUnlocked
}

// Link is a step of a cycle: a goroutine waits for a thing that the next goroutine (after
// the last one, the first) holds or refers to.
type Link struct {
	Waiter
	Thing *Thing
	By    *Holder // nil: the next goroutine refers to it
}

// KeptLock is a function that may return with the lock held.
type KeptLock struct {
	Func string
	File string
	Line int // of the call of Lock
}

// Blocked is a goroutine that waits, and its things: a select may have several.
type Blocked struct {
	Waiter
	Things []*Thing
}

// Report says who waits for what.
type Report struct {
	Findings   []Finding
	Blocked    []Blocked
	Asleep     map[Kind][]Waiter
	Goroutines int // the program's own

	// Blind counts goroutines that may go on and whose variables aren't known: we don't
	// know what they could wake.
	Blind int
	// Hidden is set if code that isn't in a dump may call functions of the program:
	// timers, finalizers, the handlers of package http.
	Hidden bool
	// Partial is set if the dump may lack references that existed: a limit cut some, or
	// memory couldn't be read, or other modules have variables.
	Partial bool
	// Failed says why not everything could be read.
	Failed error

	look *look
}
