//go:build !linux

package target

import (
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/memory"
)

// Other returns an error: another process can be read only on Linux.
func Other(pid int, mem *memory.Remote) (*Process, error) {
	_, err := memory.OpenRemote(pid)
	return nil, err
}

// Program is what the executable of another process says.
type Program struct {
	Info    *debuginfo.File
	InfoErr error
}

// OpenProgram returns an error, as Other does.
func OpenProgram(pid int, mem *memory.Remote) (*Program, error) {
	_, err := memory.OpenRemote(pid)
	return nil, err
}

// Process returns a process that can't be read.
func (g *Program) Process(mem *memory.Remote) *Process { return Unreadable(g.InfoErr) }

// Breakpoints returns an error, as Other does.
func Breakpoints(pid int, functions []string, suffixes ...string) (map[uint64]string, error) {
	_, err := memory.OpenRemote(pid)
	return nil, err
}
