package ptrace

// Hit is a traced program that has reached a breakpoint. All of its threads are stopped.
type Hit struct {
	PID     int
	Addr    uint64   // the breakpoint
	Threads []Thread // the first one has reached the breakpoint
	Note    string   // what isn't as it should be, "" if all is

	// Write writes to the program's memory.
	Write func(b []byte, addr uint64) error
}
