package monitor

import (
	"os"
	"time"
)

// The watched process can ask the watcher a question. It sends a packet that says where
// in its memory the question is, with two descriptors: of a pipe, for what the watcher
// says meanwhile, and of a file in memory, for the answer. Then it closes its end of the
// pipe: the pipe ends when the watcher does.

// Kinds of questions.
const (
	Dump = iota + 1 // the question is one of package capture's
	Say             // what the panic value's method returned, for the dump asked for before
)

// Question is what the watched process asks.
type Question struct {
	Kind   int
	Text   []byte
	Of     uint64        // number of the earlier question that this one belongs to
	Limit  time.Duration // how long the answer may take
	Copied func()        // called once the process may change its memory again
	Busy   func() bool   // called while waiting: whether the wait must keep the processor
}

// Answer is the watcher's answer: two texts, one after the other in a file.
type Answer struct {
	Number  uint64
	File    *os.File
	Lengths [2]int64
}
