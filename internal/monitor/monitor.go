// Package monitor has a second process, the watcher, watch this one. It sees any panic
// that nothing recovers, and fatal errors, which no code of the process itself can see.
//
// The runtime also writes its crash report to a pipe (runtime/debug.SetCrashOutput). The
// pipe holds one write: the first tells the watcher that there is a crash, and the second
// blocks until somebody reads. Meanwhile the thread that writes stands where it died, and
// all others are frozen, so that the process can be read.
//
// The watcher runs the same executable. An init function of package coredumpy finds out
// that the process is a watcher, and never comes to main.
//
// The watcher isn't a child of the program, unless the program is process 1 or a
// subreaper: a program that waits for all its children would wait for ever. A child
// starts the watcher and ends.
//
// A watcher that is stopped, or hangs, would hold up a crash for ever. A third process,
// the guard, kills it then.
package monitor

import "time"

// variable tells a process to watch: it holds the process's role, a guard's patience, and
// the number of the watched process.
const variable = "COREDUMPY_MONITOR"

// Roles are the first word in the variable.
const (
	starter = "start" // starts the watcher, reports its number, and ends
	watcher = "watch"
	guard   = "guard" // kills the watcher if it takes too long
)

// Descriptors of a starter and a watcher.
const (
	crashFD   = 3 // the pipe with the crash report
	settingFD = 4 // what Start was given, then its end
	numberFD  = 5 // a starter's: it writes the watcher's number there
	toldFD    = 6 // what Tell was given
	askFD     = 7 // the socket for questions
	firstFree = 8
)

// GuardPatience is how much longer than the watcher itself the guard waits for the
// watcher to be done.
const GuardPatience = 5 * time.Second
