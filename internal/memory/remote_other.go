//go:build !linux || !(amd64 || arm64)

package memory

import (
	"fmt"
	"runtime"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/procfs"
)

// Remote is the memory of another process. There is none on this system.
type Remote struct{ Until time.Time }

// OpenRemote returns an error: another process can only be read on Linux.
func OpenRemote(pid int) (*Remote, error) {
	return nil, fmt.Errorf("open: process %d can't be read on %s/%s, only on linux/amd64 and linux/arm64",
		pid, runtime.GOOS, runtime.GOARCH)
}

// Read returns an error.
func (r *Remote) Read(p []byte, addr uint64) error {
	return caveat.Reason{Kind: caveat.NoMemory, Addr: addr}
}

// Mappings returns nil.
func (r *Remote) Mappings() []procfs.Mapping { return nil }

// Refresh does nothing.
func (r *Remote) Refresh() error { return nil }

// Prepare does nothing.
func (r *Remote) Prepare(limit int64) error { return nil }

// Copy does nothing.
func (r *Remote) Copy(limit int64) (copied int64, err error) { return 0, nil }

// Close does nothing.
func (r *Remote) Close() error { return nil }
