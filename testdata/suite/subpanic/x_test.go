package subpanic

import (
	"errors"
	"fmt"
	"testing"
)

var errClosed = errors.New("closed")

func TestSubpanic(t *testing.T) {
	t.Run("passes", func(t *testing.T) {})
	t.Run("panics", func(t *testing.T) {
		err := fmt.Errorf("read: %w", errClosed)
		panic(err) // want panic TestSubpanic/panics: "read: closed" err.msg = "read: closed"
	})
	t.Run("never", func(t *testing.T) { t.Error("comes so far") })
}
