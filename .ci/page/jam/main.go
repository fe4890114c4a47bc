// Jam is a program whose goroutines wait for each other, with values that refer to each other, a
// secret, and texts that would do harm in a page. It writes a dump to the path in its argument.
package main

import (
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"coredumpy"
)

// Account is what goroutines lock in the wrong order.
type Account struct {
	mu      sync.Mutex
	Owner   string
	Cents   int
	Opened  time.Time
	History []*Transfer
}

// Transfer refers to accounts, which refer to it.
type Transfer struct {
	From, To *Account
	Cents    int
	Note     string
	Next     *Transfer
}

type bank struct {
	accounts map[string]*Account
	password string
	queue    chan *Transfer
	done     sync.WaitGroup
}

var hostile = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">" +
	"\u202eright to left\u202c \u2028 \xff\x00 &lt;b&gt; javascript:alert(1)"

func newBank() *bank {
	b := &bank{accounts: map[string]*Account{}, password: "swordfish-9971", queue: make(chan *Transfer, 3)}
	for _, owner := range []string{"ann", "bob", "eve", hostile} {
		opened := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		b.accounts[owner] = &Account{Owner: owner, Cents: 100 * len(owner), Opened: opened}
	}
	ann := b.accounts["ann"]
	for i := range 250 {
		t := &Transfer{From: ann, To: b.accounts["bob"], Cents: i, Note: fmt.Sprint("rent ", i)}
		if i > 0 {
			t.Next = ann.History[i-1]
		}
		ann.History = append(ann.History, t)
	}
	ann.History[0].Next = ann.History[249] // a circle
	return b
}

// transfer locks the account it takes from, and then the other one.
func transfer(from, to *Account, ready *sync.WaitGroup) {
	from.mu.Lock()
	defer from.mu.Unlock()
	ready.Done()
	ready.Wait()
	time.Sleep(10 * time.Millisecond)
	to.mu.Lock()
	defer to.mu.Unlock()
	from.Cents, to.Cents = from.Cents-1, to.Cents+1
}

func (b *bank) clerk(n int) {
	defer b.done.Done()
	counter := n * n
	for t := range b.queue {
		counter += t.Cents
	}
	log.Print(counter)
}

func audit(a *Account) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Cents
}

func main() {
	b := newBank()
	ann, bob, eve := b.accounts["ann"], b.accounts["bob"], b.accounts["eve"]
	var ready sync.WaitGroup
	ready.Add(3)
	go transfer(ann, bob, &ready)
	go transfer(bob, eve, &ready)
	go transfer(eve, ann, &ready)
	for i := range 12 {
		b.done.Add(1)
		go b.clerk(i)
	}
	ready.Wait()
	time.Sleep(50 * time.Millisecond)
	go audit(ann)
	go audit(ann)
	go audit(eve)
	var never chan int
	go func() { never <- 1 }()
	time.Sleep(300 * time.Millisecond)
	message := "three transfers don't end: " + hostile
	out, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := coredumpy.DumpTo(out, coredumpy.Description(message)); err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}
