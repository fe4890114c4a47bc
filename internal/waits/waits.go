// Package waits tells who waits for what and for whom, as data: the first question about a
// program that hangs.
//
// Go doesn't record who has locked a mutex. Who holds a lock is concluded from the source of
// the functions on the stacks: a call of Lock before the current line without one of Unlock,
// on the same mutex. Who can wake a goroutine is concluded from references: a goroutine can
// only send on a channel that a variable of it leads to. The collector of Go finds garbage
// the same way, and so does its profile of leaked goroutines.
package waits

import (
	"coredumpy/internal/dump"
)

// Kind is the kind of thing that goroutines wait for.
type Kind uint8

// The kinds of things.
const (
	Running    Kind = iota // it doesn't wait, or for nothing that another goroutine does
	Unknown                // a semaphore, of which it isn't known what it belongs to
	Channel                // to send or to receive
	NilChannel             // one channel, or several, that are all nil: nobody can wake it
	NoCases                // select {}: it is meant to wait forever
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

// The operations; those on other things than channels and RWMutexes need no name.
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

// The roles.
const (
	Plain Role = iota
	Timer
	Signal
	ContextDone
	Pipe // of io.Pipe
	Pool // of package database/sql: the goroutine waits for a connection
)

// Thing is what goroutines wait for.
type Thing struct {
	Kind    Kind
	Role    Role
	Addr    uint64 // of the channel or struct; of a semaphore if that is all that is known
	Type    string // "" if it isn't in the dump
	Waiters []Waiter
	Holders []Holder // goroutines that have locked it, probably
	Stuck   bool     // no goroutine that could go on refers to it

	at    []dump.At
	nodes map[dump.Node]bool
}

// Waiter is a goroutine that waits.
type Waiter struct {
	ID    int64
	Op    Op
	Place dump.Place // where: the innermost frame outside the standard library
}

// Holder is a goroutine that has called Lock, as its source says, and not Unlock.
type Holder struct {
	ID    int64
	Frame int
	Of    string // the expression in the frame: s.mu
	Read  bool
	Place dump.Place // of the call
}

// Cause is the kind of a finding.
type Cause uint8

// The causes.
const (
	Cycle       Cause = iota // goroutines wait for each other in a circle
	Nil                      // a goroutine waits for channels that are nil
	NotUnlocked              // a mutex is locked, and nobody is seen to hold it
	Exhausted                // all connections of a pool are in use, and nobody is seen to use them
	NotCanceled              // a context that nobody can cancel
	Alone                    // nobody who could go on refers to what is waited for
	Behind                   // its holder is itself stuck
)

// Finding is a reason why goroutines can't go on.
type Finding struct {
	Cause Cause
	Thing *Thing // nil for Nil
	Nil   []Waiter
	Cycle []Link     // of Cycle
	Kept  []KeptLock // of NotUnlocked
}

// Link is a step of a circle: a goroutine waits for a thing, and the next goroutine, or for
// the last one the first, holds it or is who refers to it.
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

// Blocked is a goroutine that waits, and for what: a select for several things.
type Blocked struct {
	Waiter
	Things []*Thing
}

// Report says who waits for what.
type Report struct {
	Findings   []Finding
	Blocked    []Blocked
	Asleep     map[Kind][]Waiter
	Goroutines int // those of the program

	// Blind is how many goroutines may go on of which variables aren't known: what they could
	// wake isn't known either.
	Blind int
	// Hidden is set if functions of the program may be called by what isn't in a dump: timers,
	// finalizers, the handlers of package http.
	Hidden bool
	// Partial is set if the dump may lack references that there were: a limit cut some, or
	// memory couldn't be read, or other modules have variables.
	Partial bool
	// Failed is why not all could be read.
	Failed error

	look *look
}
