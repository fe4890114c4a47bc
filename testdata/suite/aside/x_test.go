package aside

import "testing"

func TestErrorAside(t *testing.T) {
	done := make(chan int)
	part := 6
	go func() {
		defer close(done)
		double := 2 * part
		t.Errorf("double is %d", double) // want TestErrorAside: "double is 12" double = 12
	}()
	<-done
}

func TestFailNowAside(t *testing.T) {
	done := make(chan int)
	go func() {
		defer close(done)
		verify(t, "long enough")
	}()
	<-done
}

func verify(t *testing.T, s string) {
	if n := len(s); n > 3 {
		t.FailNow() // want TestFailNowAside: "" n = 11
	}
}
