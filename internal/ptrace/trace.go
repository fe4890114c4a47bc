package ptrace

// Hit is a traced program that has come to a breakpoint. All of its threads are
// stopped.
type Hit struct {
	PID     int
	Addr    uint64   // the breakpoint
	Threads []Thread // the first one is there
	Note    string   // what isn't as it should be, "" if nothing

	// Write writes to the program's memory.
	Write func(b []byte, addr uint64) error
}
