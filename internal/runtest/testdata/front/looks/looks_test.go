// Package looks has a test that depends on PATH.
package looks

import (
	"os/exec"
	"testing"
)

func TestLooks(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Error(err)
	}
}
