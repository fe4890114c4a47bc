//go:build !linux

package target

// Other returns an error: only on Linux can another process be read.
func Other(pid int, mem *Remote) (*Process, error) {
	_, err := OpenRemote(pid)
	return nil, err
}

// Breakpoints returns an error, as Other does.
func Breakpoints(pid int, functions []string) (map[uint64]string, error) {
	_, err := OpenRemote(pid)
	return nil, err
}
