package quota

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"coredumpy/internal/clock"
)

// Tally keeps track of the tasks that aren't done. Its zero value is ready for use, by
// several goroutines at once.
type Tally struct {
	n         atomic.Int64
	announced atomic.Int64
	mu        sync.Mutex
	todo      map[*Task]bool
}

// Task is one thing to do.
type Task struct {
	tally   *Tally
	waiters map[*waiter]bool
}

// waiter waits for tasks.
type waiter struct {
	tasks int        // not done yet; 0 when it no longer waits
	turn  sync.Mutex // locked until then; no channel, see Queue
}

// Announce says that a task may begin in a moment. Settle waits for it until Announced is
// called. Announce takes no lock, and next to no time.
func (t *Tally) Announce() { t.announced.Add(1) }

// Announced says that the announced task has begun, or won't begin.
func (t *Tally) Announced() { t.announced.Add(-1) }

// Begin adds a task.
func (t *Tally) Begin() *Task {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.todo == nil {
		t.todo = map[*Task]bool{}
	}
	task := &Task{tally: t}
	t.todo[task] = true
	t.n.Add(1)
	return task
}

// Busy reports whether a task isn't done. It takes no lock.
func (t *Tally) Busy() bool { return t.n.Load() != 0 || t.announced.Load() != 0 }

// End says that the task is done.
func (task *Task) End() {
	t := task.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.todo, task)
	t.n.Add(-1)
	for w := range task.waiters {
		if w.tasks--; w.tasks == 0 {
			w.turn.Unlock()
		}
	}
}

// Settle waits until all tasks that have begun so far are done, since the panic that now
// goes on may end the program. If there are none it takes no lock.
func (t *Tally) Settle(limit time.Duration) {
	if !t.Busy() {
		return
	}
	for end := clock.Now().Add(limit); t.announced.Load() != 0 && clock.Now().Before(end); {
		runtime.Gosched()
	}
	w := t.wait()
	if w == nil {
		return
	}
	if clock.Fake() { // a timer might never fire
		for end := clock.Now().Add(limit); !w.turn.TryLock(); clock.Sleep(time.Millisecond) {
			if clock.Now().After(end) {
				t.giveUp(w)
			}
		}
		return
	}
	timer := time.AfterFunc(limit, func() { t.giveUp(w) })
	defer timer.Stop()
	w.turn.Lock()
}

// wait returns a waiter for all tasks, nil if there are none.
func (t *Tally) wait() *waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.todo) == 0 {
		return nil
	}
	w := &waiter{tasks: len(t.todo)}
	w.turn.Lock()
	for task := range t.todo {
		if task.waiters == nil {
			task.waiters = map[*waiter]bool{}
		}
		task.waiters[w] = true
	}
	return w
}

// giveUp ends the wait, if it hasn't ended.
func (t *Tally) giveUp(w *waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w.tasks == 0 {
		return
	}
	w.tasks = 0
	w.turn.Unlock()
	for task := range t.todo {
		delete(task.waiters, w)
	}
}
