package main

import (
	"errors"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int
}

// transfer locks two accounts in the order given; both is called when it has the first.
func transfer(from, to *account, both *sync.WaitGroup) {
	from.mu.Lock()
	defer from.mu.Unlock()
	both.Done()
	both.Wait()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance--
	to.balance++
}

// circle has n goroutines lock n accounts, each its own and then the next.
func circle(n int) {
	accounts := make([]*account, n)
	for i := range accounts {
		accounts[i] = &account{}
	}
	var both sync.WaitGroup
	both.Add(n)
	for i := range n {
		go transfer(accounts[i], accounts[(i+1)%n], &both)
	}
}

type store struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	items map[string]int
}

func (s *store) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

// add is moby#36114: it has the lock that what it calls takes.
func (s *store) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[key] = s.size()
}

var errEmpty = errors.New("no key")

// set is moby#17176: it returns early without unlocking.
func (s *store) set(key string, value int) error {
	s.mu.Lock()
	if key == "" {
		return errEmpty
	}
	s.items[key] = value
	s.mu.Unlock()
	return nil
}

// get is the same for a reader.
func (s *store) get(key string) (int, error) {
	s.rw.RLock()
	n, ok := s.items[key]
	if !ok {
		return 0, errEmpty
	}
	s.rw.RUnlock()
	return n, nil
}

// sum is kubernetes#62464: it reads, and what it calls reads, too; in between one has come
// who wants to write.
func (s *store) sum(reading, writing chan struct{}) int {
	s.rw.RLock()
	defer s.rw.RUnlock()
	close(reading)
	<-writing
	return s.total()
}

func (s *store) total() (n int) {
	s.rw.RLock()
	defer s.rw.RUnlock()
	for _, v := range s.items {
		n += v
	}
	return n
}

// reset wants to write while it reads.
func (s *store) reset() {
	s.rw.RLock()
	if len(s.items) == 0 {
		s.rw.Lock()
		s.items = map[string]int{}
		s.rw.Unlock()
	}
	s.rw.RUnlock()
}

func rwr() {
	s := &store{items: map[string]int{"a": 1}}
	reading, writing := make(chan struct{}), make(chan struct{})
	go s.sum(reading, writing)
	<-reading
	go func() {
		s.rw.Lock()
		s.items["b"] = 2
		s.rw.Unlock()
	}()
	for s.rw.TryRLock() { // until the writer has come
		s.rw.RUnlock()
	}
	close(writing)
}

type lazy struct {
	once sync.Once
	text string
}

func (l *lazy) load() string {
	l.once.Do(func() { l.text = l.load() + "!" })
	return l.text
}

// holdsWhileWaiting is istio#16224: who it waits for needs the lock that it has.
func holdsWhileWaiting() {
	s := &store{items: map[string]int{}}
	var wg sync.WaitGroup
	s.mu.Lock()
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.mu.Lock()
			s.items["x"]++
			s.mu.Unlock()
		}()
	}
	wg.Wait()
	s.mu.Unlock()
}

// publisher is kubernetes#10182: it sends with the lock that the receiver needs first.
type publisher struct {
	mu     sync.Mutex
	events chan int
	last   int
}

func (p *publisher) publish(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events <- n
}

func (p *publisher) consume(published chan struct{}) {
	<-published
	p.mu.Lock()
	p.last = <-p.events
	p.mu.Unlock()
}

func lockAndChannel() {
	p := &publisher{events: make(chan int)}
	published := make(chan struct{})
	go p.consume(published)
	go p.publish(1)
	for p.mu.TryLock() {
		p.mu.Unlock()
	}
	close(published)
}

// neverSignaled is moby#30408: the condition has come true before, and nobody signals again.
func neverSignaled() {
	c := sync.NewCond(new(sync.Mutex))
	c.Signal()
	c.L.Lock()
	c.Wait()
	c.L.Unlock()
}

// queue wakes one of those who wait where it should wake all.
type queue struct {
	mu     sync.Mutex
	nonNil *sync.Cond
	closed bool
	ended  sync.WaitGroup
}

func (q *queue) pop() {
	defer q.ended.Done()
	q.mu.Lock()
	for !q.closed {
		q.nonNil.Wait()
	}
	q.mu.Unlock()
}

func signalForOne() {
	q := &queue{}
	q.nonNil = sync.NewCond(&q.mu)
	q.ended.Add(3)
	for range 3 {
		go q.pop()
	}
	await([]string{"sync.Cond.Wait", "sync.Cond.Wait", "sync.Cond.Wait", "sleep"}) // main's await sleeps
	q.mu.Lock()
	q.closed = true
	q.nonNil.Signal()
	q.mu.Unlock()
	q.ended.Wait()
}
