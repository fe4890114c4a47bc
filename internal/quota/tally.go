package quota

import (
	"sync"
	"sync/atomic"
	"time"
)

// Tally keeps track of what is to be done. Its zero value is ready for use, by
// several goroutines at once.
type Tally struct {
	n    atomic.Int64
	mu   sync.Mutex
	todo map[*Task]bool
}

// Task is one thing to do.
type Task struct {
	tally *Tally
	done  chan struct{}
}

// Begin adds a task.
func (t *Tally) Begin() *Task {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.todo == nil {
		t.todo = map[*Task]bool{}
	}
	task := &Task{t, make(chan struct{})}
	t.todo[task] = true
	t.n.Add(1)
	return task
}

// End says that the task is done.
func (task *Task) End() {
	t := task.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.todo, task)
	t.n.Add(-1)
	close(task.done)
}

// Settle waits until all that was begun by now is done, since the panic that goes
// on now may end the program. If there is nothing to do it takes no lock.
func (t *Tally) Settle(limit time.Duration) {
	if t.n.Load() == 0 {
		return
	}
	t.mu.Lock()
	tasks := make([]*Task, 0, len(t.todo))
	for task := range t.todo {
		tasks = append(tasks, task)
	}
	t.mu.Unlock()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for _, task := range tasks {
		select {
		case <-task.done:
		case <-timeout.C:
			return
		}
	}
}
