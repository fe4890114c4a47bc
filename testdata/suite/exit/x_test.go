package exit

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	status := 1
	if m.Run() == 0 {
		status += 2
	}
	os.Exit(status) // want exit : "exit status 3" status = 3
}

func TestPasses(t *testing.T) {}
