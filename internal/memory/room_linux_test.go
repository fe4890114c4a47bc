//go:build amd64 || arm64

package memory

import (
	"math"
	"os"
	"testing"
)

func TestRoomFor(t *testing.T) {
	if err := RoomFor(os.Getpid()); err != nil {
		t.Error(err)
	}
	if err := RoomFor(math.MaxInt32); err == nil {
		t.Error("got no error for a process that isn't there")
	}
	if left := memoryLeft(); left <= 0 || left == math.MaxInt64 {
		t.Errorf("got %d bytes left, want the system's number", left)
	}
}
