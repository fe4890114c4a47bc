package late

import (
	"testing"
	"time"
)

func TestEnds(t *testing.T) {
	go func() {
		word := "after"
		time.Sleep(20 * time.Millisecond)
		t.Error(word, "the end") // want panic : "Fail in goroutine after TestEnds has completed" via testing.(*common).Error word = "after"
	}()
}

func TestNext(t *testing.T) { time.Sleep(time.Minute) }
