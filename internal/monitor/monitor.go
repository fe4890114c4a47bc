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
// It isn't a child of the program: one that waits for all its children would wait for
// ever. A child starts it and ends.
package monitor

// variable tells a process that it is to watch: the number of the process that is
// watched, and which of the two it is. See starter and watcher.
const variable = "COREDUMPY_MONITOR"

// Roles are the first word in the variable.
const (
	starter = "start" // starts the other one, and ends
	watcher = "watch"
)

// Descriptors of the processes that are started.
const (
	crashFD   = 3 // the pipe with the crash report
	settingFD = 4 // what Start was given, and its end
	stderrFD  = 5 // the program's standard error
	toldFD    = 6 // what Tell was given
	askFD     = 7 // the socket for questions
	firstFree = 8
)
