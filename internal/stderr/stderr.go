// Package stderr writes to standard error on behalf of a program that hasn't
// asked for it: what goes wrong there is lost, and nothing else happens.
package stderr

import (
	"bytes"
	"time"
)

// Writer writes to [os.Stderr], as it is at the time.
type Writer struct{}

// patience is how long a write may take if nobody reads.
const patience = time.Second

// Write writes text as far as it can, and reports that it did. If nobody reads it
// goes on later.
func (Writer) Write(text []byte) (int, error) {
	text = bytes.Clone(text)
	done := make(chan struct{})
	go func() {
		defer close(done)
		write(text)
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return len(text), nil
}
