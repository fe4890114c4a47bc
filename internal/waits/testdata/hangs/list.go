package main

import "strings"

// hangs returns the programs that hang.
func hangs() []program {
	return []program{
		{"abba", "sync.Mutex.Lock, sync.Mutex.Lock", func() { circle(2) }}, // cockroach#7504
		{"circle of five", strings.Repeat("sync.Mutex.Lock, ", 4) + "sync.Mutex.Lock", func() { circle(5) }},
		{"lock twice", "sync.Mutex.Lock", func() { transfer2(&account{}) }},                          // grpc#795
		{"lock in callee", "sync.Mutex.Lock", func() { (&store{items: map[string]int{}}).add("a") }}, // moby#36114
		{"read write read", "sync.RWMutex.Lock, sync.RWMutex.RLock", rwr},                            // kubernetes#62464
		{"upgrade", "sync.RWMutex.Lock", func() { (&store{}).reset() }},
		{"unlock forgotten", "sync.Mutex.Lock, sync.Mutex.Lock", func() { // moby#17176
			s := &store{items: map[string]int{}}
			s.set("", 1)
			go s.set("a", 1)
			s.set("b", 2)
		}},
		{"read unlock forgotten", "sync.RWMutex.Lock", func() {
			s := &store{items: map[string]int{}}
			s.get("a")
			s.rw.Lock()
			s.items["a"] = 1
			s.rw.Unlock()
		}},
		{"lock and channel", "chan send, sync.Mutex.Lock", lockAndChannel},                                  // kubernetes#10182
		{"lock and wait group", "sync.Mutex.Lock, sync.Mutex.Lock, sync.WaitGroup.Wait", holdsWhileWaiting}, // istio#16224
		{"once in once", "sync.Mutex.Lock", func() { (&lazy{}).load() }},
		{"never signaled", "sync.Cond.Wait", neverSignaled}, // moby#30408
		{"signal for one", "sync.Cond.Wait, sync.Cond.Wait, sync.WaitGroup.Wait", signalForOne},
		{"late result", "chan send", lateResult},                                            // kubernetes#5316
		{"first result", "chan send, chan send", func() { firstResult() }},                  // grpc#660
		{"never closed", "chan receive, chan receive, sync.WaitGroup.Wait", neverClosed},    // grpc#1275
		{"wait in loop", "sync.WaitGroup.Wait", waitInLoop},                                 // moby#25384
		{"done forgotten", "sync.WaitGroup.Wait", doneForgotten},                            // cockroach#1055
		{"nested go", "chan send, sync.WaitGroup.Wait", nestedGo},                           // errgroup with a limit
		{"group and results", "chan send, chan send, sync.WaitGroup.Wait", groupAndResults}, // errgroup
		{"nil channel", "chan receive (nil chan)", nilChannel},
		{"nil channels", "select", nilChannels},
		{"not canceled", "chan receive", notCanceled},                  // cockroach#13197
		{"child not canceled", "select", childNotCanceled},             // kubernetes#25331
		{"rows not closed", "select, select", rowsNotClosed},           // the second is database/sql's
		{"query in loop", "chan receive, select, select", queryInLoop}, // as is the first, of the transaction
		{"slot kept", "chan send", slotKept},
		{"pipe without reader", "select", pipeWithoutReader},
		{"pipe not closed", "select", pipeNotClosed},
		{"crossing", "chan send, chan send", crossing},
		{"drained", "chan receive, chan receive, sync.WaitGroup.Wait", drained},
	}
}

// transfer2 is from an account to itself.
func transfer2(a *account) {
	a.mu.Lock()
	a.balance--
	a.mu.Lock()
	a.balance++
	a.mu.Unlock()
}
