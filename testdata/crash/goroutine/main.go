// A worker goroutine panics while main waits for it, or is about to.
//
// want-panic: worker 3: job 30 is cursed
// want-frames: main.(*job).run main.worker
// want-status: main.main chan receive | runnable
// want-current: main.worker
package main

import (
	"fmt"

	"coredumpy"
)

type job struct {
	ID   int
	Tags []string
}

type badge struct{ id int }

func main() {
	jobs := make(chan *job, 4)
	done := make(chan bool)
	for _, id := range []int{10, 20, 30, 40} {
		jobs <- &job{id, []string{"nightly", fmt.Sprint("n", id)}}
	}
	// want: main.main len(done) = 0
	// want: main.main cap(jobs) = 4
	go worker(3, jobs, done)
	<-done
	close(jobs)
}

// want: main.worker id = 3
// want: main.worker len(jobs) = 1
// want: main.worker j.ID = 30
// want: main.worker n = 2
//
//go:noinline
func worker(id int, jobs <-chan *job, done chan<- bool) {
	defer coredumpy.OnPanic()
	n := 0
	for j := range jobs {
		j.run(badge{id})
		n++
	}
	done <- true
}

// want: main.(*job).run j.Tags[1] = "n30"
// want: main.(*job).run w = main.badge {id: 3}
//
//go:noinline
func (j *job) run(w badge) {
	if j.ID == 30 {
		panic(fmt.Sprintf("worker %d: job %d is cursed", w.id, j.ID))
	}
}
