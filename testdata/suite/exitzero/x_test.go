package exitzero

import (
	"os"
	"testing"
)

func TestLeaves(t *testing.T) {
	status := len(t.Name()) - 10
	os.Exit(status) // want panic TestLeaves: "unexpected call to os.Exit(0) during test" status = 0
}
