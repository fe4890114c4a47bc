package quota

import "sync"

// Queue admits one caller at a time: urgent callers first, and otherwise in order.
//
// Each waits for a locked mutex. A channel won't do: it would belong to the bubble of
// testing/synctest in which it was made, nobody outside could close it, and the bubble
// would count as deadlocked while it is waited for.
type Queue struct {
	mu      sync.Mutex
	busy    bool
	urgent  []*sync.Mutex
	patient []*sync.Mutex
}

// Enter returns when it is the caller's turn.
func (q *Queue) Enter(urgent bool) {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return
	}
	turn := new(sync.Mutex)
	turn.Lock()
	if urgent {
		q.urgent = append(q.urgent, turn)
	} else {
		q.patient = append(q.patient, turn)
	}
	q.mu.Unlock()
	turn.Lock()
}

// Leave says that the caller's turn is over.
func (q *Queue) Leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, list := range []*[]*sync.Mutex{&q.urgent, &q.patient} {
		if len(*list) > 0 {
			(*list)[0].Unlock()
			*list = (*list)[1:]
			return
		}
	}
	q.busy = false
}
