// Package monitor has a second process watch this one, and see it crash: any panic that
// nothing recovers, and fatal errors, which no code of the process itself can see.
//
// The runtime writes its crash report to a pipe as well (runtime/debug.SetCrashOutput).
// The pipe holds one write: the first tells the watching process that there is a crash,
// and the second blocks until somebody reads. Meanwhile the thread that writes stands
// where it died, and all others are frozen, so that the process can be read.
//
// The watching process runs the same executable. It finds out in an init function of
// package coredumpy that it is one, and never comes to main.
//
// It isn't a child of the program, unless that is process 1 or a subreaper: one that waits
// for all its children would wait for ever. A child starts it and ends.
//
// One that is stopped, or hangs, would hold a crash for ever. A third process ends it
// then.
package monitor

import "time"

// variable tells a process that it is to watch: which of the roles it has, how long it is
// patient, if it is a guard, and the number of the process that is watched.
const variable = "COREDUMPY_MONITOR"

// Roles are the first word in the variable.
const (
	starter = "start" // starts the watcher, tells its number, and ends
	watcher = "watch"
	guard   = "guard" // ends the watcher if it takes too long
)

// Descriptors of a starter and a watcher.
const (
	crashFD   = 3 // the pipe with the crash report
	settingFD = 4 // what Start was given, and its end
	numberFD  = 5 // a starter's: where it tells the watcher's number
	toldFD    = 6 // what Tell was given
	askFD     = 7 // the socket for questions
	firstFree = 8
)

// GuardPatience is how much longer than the watcher itself the guard waits until the
// watcher is done.
const GuardPatience = 5 * time.Second
