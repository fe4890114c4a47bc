//go:build !linux

package target

import "coredumpy/internal/debuginfo"

// Other returns an error: only on Linux can another process be read.
func Other(pid int, mem *Remote) (*Process, error) {
	_, err := OpenRemote(pid)
	return nil, err
}

// Program is what the executable of another process says.
type Program struct {
	Info    *debuginfo.File
	InfoErr error
}

// OpenProgram returns an error, as Other does.
func OpenProgram(pid int, mem *Remote) (*Program, error) {
	_, err := OpenRemote(pid)
	return nil, err
}

// Process returns a process of which nothing can be read.
func (g *Program) Process(mem *Remote) *Process { return Unreadable(g.InfoErr) }

// Breakpoints returns an error, as Other does.
func Breakpoints(pid int, functions []string) (map[uint64]string, error) {
	_, err := OpenRemote(pid)
	return nil, err
}
