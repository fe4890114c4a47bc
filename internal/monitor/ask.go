package monitor

import (
	"os"
	"time"
)

// The process that is watched can ask the other one for something. It sends a packet
// that says where in its memory the question is, and the descriptors of a pipe, for what
// the other one says meanwhile, and of a file in memory, for its answer. Then it closes
// its end of the pipe: when the other process ends, the pipe does.

// Kinds of questions.
const (
	Dump = iota + 1 // the question is one of package capture
	Say             // what the panic value's method has returned, for the dump before
)

// Question is something to be asked.
type Question struct {
	Kind   int
	Text   []byte
	Of     uint64        // number of the question before that this belongs to
	Limit  time.Duration // how long the answer may take
	Copied func()        // called once the process needn't keep still any more
	Busy   func() bool   // called while waiting: whether the wait must not give away the processor
}

// Answer is what the other process has said: two texts, one behind the other in a file.
type Answer struct {
	Number  uint64
	File    *os.File
	Lengths [2]int64
}
