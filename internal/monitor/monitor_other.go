//go:build !linux || !(amd64 || arm64)

package monitor

import (
	"errors"
	"os"
	"time"

	"coredumpy/internal/cause"
	"coredumpy/internal/memory"
)

// Watch is a process that watches another one; there is none on this system.
type Watch struct {
	PID      int
	Settings []byte
}

// Start returns an error.
func Start([]byte) error { return errors.New("only on Linux, on amd64 and arm64") }

// Watching returns nil.
func Watching() *Watch { return nil }

// Tells returns false.
func Tells() bool { return false }

// Tell does nothing.
func Tell(cause.PanicID) {}

// Asks returns false.
func Asks() bool { return false }

// Ask returns an error.
func Ask(*Question) (*Answer, error) { return nil, errors.ErrUnsupported }

// Asked is a question of the watched process.
type Asked struct {
	Kind   int
	Number uint64
	Text   []byte
	File   *os.File
}

// The other functions aren't called.

func (*Watch) Guard(time.Duration) error            { return errors.ErrUnsupported }
func (*Watch) Close()                               {}
func (*Watch) Stderr() *os.File                     { return os.Stderr }
func (*Watch) Descend() error                       { return errors.ErrUnsupported }
func (*Asked) Copied()                              {}
func (*Asked) Wanted(memory.Reader) bool            { return false }
func (*Watch) Serve(func(*Asked) ([2]int64, error)) {}
func (*Watch) Crashed() bool                        { return false }
func (*Watch) Alone()                               {}

func (*Watch) Wait() (bool, error)                { return false, errors.ErrUnsupported }
func (*Watch) Writer() int                        { return 0 }
func (*Watch) First() string                      { return "" }
func (*Watch) Rest(int) string                    { return "" }
func (*Watch) Told() []cause.PanicID              { return nil }
func (*Watch) Beginning(func(string) bool) string { return "" }
func (*Watch) Traced() bool                       { return false }
