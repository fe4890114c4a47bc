package pass

import "testing"

func TestHalf(t *testing.T) {
	if got := Half(7); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

func TestSkip(t *testing.T) { t.Skip("not now") }

func TestRecovers(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("got no panic")
		}
	}()
	panic("expected")
}
