package another

import "testing"

// The cleanup of a test that runs later fails another that waits for it.
func TestAnother(t *testing.T) {
	t.Run("parent", func(parent *testing.T) {
		bad := 0
		parent.Cleanup(func() {
			bad += 5
			t.Errorf("%d bad", bad) // want TestAnother: "6 bad" bad = 6
		})
		parent.Run("child", func(t *testing.T) {
			t.Parallel()
			bad++
		})
	})
}

// The cleanup of a panicking test's parent fails the parent.
func TestPanics(t *testing.T) {
	swept := "not"
	t.Cleanup(func() { t.Errorf("%s swept", swept) })
	t.Run("sub", func(t *testing.T) {
		index := len(swept)
		panic(swept[index:] + "in a subtest") // want panic TestPanics/sub: "in a subtest" index = 3
	})
}
