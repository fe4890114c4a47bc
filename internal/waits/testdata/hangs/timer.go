package main

import "time"

// afterTime waits for what a function does that a timer calls. It is in a file of its own:
// where such functions are seen, who is woken by nobody else isn't told.
func afterTime() {
	done := make(chan struct{})
	time.AfterFunc(forever, func() { close(done) })
	<-done
}
