package cleanup

import "testing"

func TestCleanup(t *testing.T) {
	open := []string{"conn 1", "conn 2"}
	t.Cleanup(func() {
		if len(open) > 0 {
			t.Errorf("still open: %q", open) // want TestCleanup: "still open: [\"conn 1\" \"conn 2\"]" open[1] = "conn 2"
		}
	})
}

func TestDeferred(t *testing.T) {
	left := 2
	defer func() {
		if left != 0 {
			t.Errorf("%d left", left) // want TestDeferred: "1 left" left = 1
		}
	}()
	left--
}
