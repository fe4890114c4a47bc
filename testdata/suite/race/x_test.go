package race

import (
	"testing"
	"time"
)

// first lets another goroutine be the first of two that race, without ordering them.
func first() { time.Sleep(20 * time.Millisecond) }

// The race is noticed when the test starts another one.
func TestRace(t *testing.T) {
	count := 0
	done := make(chan bool)
	go func() {
		count++
		close(done)
	}()
	first()
	count += 2
	<-done
	begin(t, &count)
}

func begin(t *testing.T, count *int) {
	t.Run("sub", func(t *testing.T) { *count++ }) // want TestRace: "race detected during execution of test" via testing.(*T).Run *count = 3
}

// Here it is noticed after the test has ended: only its name is left.
func TestEnded(t *testing.T) {
	count := 0
	done := make(chan bool)
	go func() {
		count++
		close(done)
	}()
	first()
	count += 2 // want TestEnded: "race detected during execution of test" in testing.tRunner t.common.name = "TestEnded"
	<-done
}
