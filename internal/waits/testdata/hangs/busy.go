package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"time"
)

// busy returns programs without a defect that a moment's look might take for hanging.
func busy() []program {
	return []program{
		{"contention", "sleep, sync.Mutex.Lock, sync.Mutex.Lock", func() {
			s := &store{}
			started := make(chan struct{})
			go func() {
				s.mu.Lock()
				close(started)
				time.Sleep(forever)
				s.mu.Unlock()
			}()
			<-started
			go s.size()
			s.size()
		}},
		{"idle workers", "chan receive, chan receive, sleep", func() {
			jobs := make(chan int)
			for range 2 {
				go func() {
					for range jobs {
					}
				}()
			}
			time.Sleep(forever)
			jobs <- 1
		}},
		{"slow consumer", "chan send, sleep", func() {
			items := make(chan int, 1)
			go func() {
				for range items {
					time.Sleep(forever)
				}
			}()
			for i := range 3 {
				items <- i
			}
		}},
		{"slow reader", "sleep, sync.RWMutex.Lock, sync.RWMutex.RLock", func() {
			s := &store{}
			started := make(chan struct{})
			go func() {
				s.rw.RLock()
				defer s.rw.RUnlock()
				close(started)
				time.Sleep(forever)
			}()
			<-started
			go func() {
				s.rw.Lock()
				s.rw.Unlock()
			}()
			for s.rw.TryRLock() {
				s.rw.RUnlock()
			}
			s.total()
		}},
		{"workers asleep", "sleep, sleep, sync.WaitGroup.Wait", func() {
			var wg sync.WaitGroup
			for range 2 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					time.Sleep(forever)
				}()
			}
			wg.Wait()
		}},
		{"empty queue", "sleep, sync.Cond.Wait", func() {
			q := &queue{}
			q.nonNil = sync.NewCond(&q.mu)
			q.ended.Add(1)
			go q.pop()
			time.Sleep(forever)
			q.nonNil.Broadcast()
		}},
		{"ticker", "select", func() {
			done := make(chan struct{})
			for t := time.NewTicker(forever); ; {
				select {
				case <-done:
					return
				case <-t.C:
				}
			}
		}},
		{"timeout", "chan receive", func() {
			ctx, cancel := context.WithTimeout(context.Background(), forever)
			defer cancel()
			<-ctx.Done()
		}},
		{"child of timeout", "select", func() {
			parent, cancel := context.WithTimeout(context.Background(), forever)
			defer cancel()
			ctx, cancel := context.WithCancel(parent)
			defer cancel()
			watch(ctx, nil)
		}},
		{"cancel kept", "chan receive, sleep", func() {
			ctx, cancel := context.WithCancel(context.Background())
			go func() { <-ctx.Done() }()
			time.Sleep(forever)
			cancel()
		}},
		{"select with nil", "select, sleep", func() {
			w := &worker{tasks: make(chan func())}
			go func() {
				time.Sleep(forever)
				w.tasks <- func() {}
			}()
			select {
			case <-w.quit:
			case f := <-w.tasks:
				f()
			}
		}},
		{"locks in a helper", "sleep, sync.Mutex.Lock", func() {
			s := &store{}
			started := make(chan struct{})
			go func() {
				s.lock()
				close(started)
				time.Sleep(forever)
				s.unlock()
			}()
			<-started
			s.size()
		}},
		{"group with limit", "chan send, sleep", func() {
			g := &group{sem: make(chan struct{}, 1)}
			for range 2 {
				g.Go(func() error {
					time.Sleep(forever)
					return nil
				})
			}
			g.Wait()
		}},
		{"group asleep", "sleep, sync.WaitGroup.Wait", func() {
			g := &group{}
			g.Go(func() error {
				time.Sleep(forever)
				return nil
			})
			g.Wait()
		}},
		{"pipe", "select, sleep", func() {
			r, w := io.Pipe()
			go func() {
				time.Sleep(forever)
				w.Close()
			}()
			io.ReadAll(r)
		}},
		{"pool in use", "select, select, sleep", func() { // the second is database/sql's
			db := open(1)
			rows, err := db.Query("SELECT id FROM t")
			if err != nil {
				return
			}
			go exists(db)
			time.Sleep(forever)
			rows.Close()
		}},
		{"pipeline", "chan receive, chan receive, sleep", func() {
			first, second := make(chan int), make(chan int)
			go func() {
				for n := range first {
					second <- n
				}
				close(second)
			}()
			go func() {
				time.Sleep(forever)
				close(first)
			}()
			for range second {
			}
		}},
		{"slow once", "sleep, sync.Mutex.Lock", func() {
			var l lazy
			started := make(chan struct{})
			go l.once.Do(func() {
				close(started)
				time.Sleep(forever)
			})
			<-started
			l.once.Do(func() {})
		}},
		{"signals", "chan receive", func() {
			c := make(chan os.Signal, 1)
			signal.Notify(c, os.Interrupt)
			<-c
		}},
		{"canceled by signal", "chan receive, select", func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			<-ctx.Done()
		}},
		{"listener", "IO wait, chan receive", func() {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return
			}
			s := &server{quit: make(chan struct{})}
			messages := make(chan string)
			s.conns.Add(1)
			go s.serve(messages)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				messages <- c.RemoteAddr().String()
			}
		}},
		{"package's channel", "chan receive, sleep", func() {
			go func() { <-wake }()
			sleepThenWake()
		}},
		{"timer's function", "chan receive", afterTime},
		{"subscribers", "chan receive, chan receive, sleep", func() {
			b := broker{subscribers: map[string]chan int{}}
			for _, name := range []string{"a", "b"} {
				c := make(chan int)
				b.subscribers[name] = c
				go func() { <-c }()
			}
			time.Sleep(forever)
			for _, c := range b.subscribers {
				close(c)
			}
		}},
		{"shards", "sleep, sync.Mutex.Lock", func() {
			shards := make([]store, 4)
			started := make(chan struct{})
			go func() {
				s := &shards[2]
				s.mu.Lock()
				defer s.mu.Unlock()
				close(started)
				time.Sleep(forever)
			}()
			<-started
			shards[2].size()
		}},
		{"embedded", "sleep, sync.Mutex.Lock", func() {
			var c struct {
				sync.Mutex
				n int
			}
			started := make(chan struct{})
			go func() {
				c.Lock()
				close(started)
				time.Sleep(forever)
				c.Unlock()
			}()
			<-started
			c.Lock()
			c.n++
			c.Unlock()
		}},
		{"unlocked early", "sleep, sync.Mutex.Lock", func() {
			a, b := &account{}, &account{balance: 1}
			go holdSecond(a, b)
			go holdSecond(a, b)
		}},
		{"same order", "sleep, sync.Mutex.Lock", func() {
			a, b := &account{}, &account{}
			started := make(chan struct{})
			go func() {
				a.mu.Lock()
				b.mu.Lock()
				close(started)
				time.Sleep(forever)
				b.mu.Unlock()
				a.mu.Unlock()
			}()
			<-started
			a.mu.Lock()
			b.mu.Lock()
		}},
		{"reply", "chan receive, sleep", func() {
			requests := make(chan chan int)
			go func() {
				for reply := range requests {
					time.Sleep(forever)
					reply <- 1
				}
			}()
			reply := make(chan int)
			requests <- reply
			<-reply
		}},
		{"queued functions", "sleep, sync.WaitGroup.Wait", func() {
			tasks := make(chan func(), 2)
			var wg sync.WaitGroup
			wg.Add(2)
			tasks <- func() { time.Sleep(forever); wg.Done() }
			tasks <- wg.Done
			go func() {
				for f := range tasks {
					f()
				}
			}()
			wg.Wait()
		}},
		{"unnamed channel", "chan send, sleep", func() {
			for range numbers() {
				time.Sleep(forever)
			}
		}},
		{"handed over", "sleep, sync.Mutex.Lock, sync.Mutex.Lock", func() {
			k := borrowed()
			for range 2 {
				go k.of.enter()
			}
			time.Sleep(forever)
			k.giveBack()
		}},
		{"main forever", "select (no cases), sleep", func() {
			go func() {
				for {
					time.Sleep(forever)
				}
			}()
			select {}
		}},
	}
}

func (s *store) lock()   { s.mu.Lock() }
func (s *store) unlock() { s.mu.Unlock() }

// key is what has locked a vault.
type key struct{ of *vault }

type vault struct {
	gold int
	door sync.Mutex
}

func borrowed() *key { return (&vault{}).borrow() }

func (v *vault) borrow() *key {
	v.door.Lock()
	return &key{v}
}

func (v *vault) enter() {
	v.door.Lock()
	v.gold++
	v.door.Unlock()
}

func (k *key) giveBack() { k.of.door.Unlock() }

var wake = make(chan struct{})

func sleepThenWake() {
	time.Sleep(forever)
	close(wake)
}

type broker struct{ subscribers map[string]chan int }

// holdSecond unlocks the first account early in one case.
func holdSecond(a, b *account) {
	a.mu.Lock()
	if a.balance < 0 {
		a.mu.Unlock()
		return
	}
	a.mu.Unlock()
	b.mu.Lock()
	time.Sleep(forever)
	b.mu.Unlock()
}

// numbers returns a channel on which numbers come.
func numbers() <-chan int {
	c := make(chan int)
	go func() {
		for i := 0; ; i++ {
			c <- i
		}
	}()
	return c
}
