package quota

import "sync"

// Queue lets one in at a time: of those that wait the urgent ones first, and
// otherwise in order.
type Queue struct {
	mu      sync.Mutex
	busy    bool
	urgent  []chan struct{}
	patient []chan struct{}
}

// Enter returns when it is the caller's turn.
func (q *Queue) Enter(urgent bool) {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return
	}
	turn := make(chan struct{})
	if urgent {
		q.urgent = append(q.urgent, turn)
	} else {
		q.patient = append(q.patient, turn)
	}
	q.mu.Unlock()
	<-turn
}

// Leave says that the caller's turn is over.
func (q *Queue) Leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, list := range []*[]chan struct{}{&q.urgent, &q.patient} {
		if len(*list) > 0 {
			close((*list)[0])
			*list = (*list)[1:]
			return
		}
	}
	q.busy = false
}
