//go:build !linux

package target

// Other returns an error: only on Linux can another process be read.
func Other(pid int, mem *Remote) (*Process, error) {
	_, err := OpenRemote(pid)
	return nil, err
}
