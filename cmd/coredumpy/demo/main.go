// Demo is the program that "coredumpy demo" crashes: a small shop that
// serves HTTP on the loopback interface, takes one order, and finds a bug in
// its ledger while a worker books it. Its only argument is the directory for
// the dump.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"coredumpy"
)

// Shop is the whole application.
type Shop struct {
	Name    string
	Stock   map[string]*Product
	Orders  chan *Order
	Opened  time.Time
	workers sync.WaitGroup
	dir     string // for dumps

	mu     sync.Mutex // guards ledger
	ledger *Ledger
}

// Product is something in stock.
type Product struct {
	SKU   string
	Price int // cents
	Left  int
}

// Customer is who buys.
type Customer struct {
	Name     string
	Email    string
	Password string // never in a dump
}

// Order is a cart on its way to the ledger.
type Order struct {
	ID       int
	Customer *Customer
	Lines    []Line
	Request  *http.Request
	done     chan error
}

// Line is a product and its count in an order.
type Line struct {
	Product *Product
	Count   int
}

func main() {
	log.SetFlags(0)
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	shop := open(dir)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatalf("demo: %v", err)
	}
	go shop.report(5 * time.Millisecond)
	go shop.sweep()
	go shop.restock()
	go http.Serve(listener, shop)
	log.Printf("shop %q is open on %s", shop.Name, listener.Addr())
	time.Sleep(20 * time.Millisecond) // the workers are waiting for orders now
	order(listener.Addr().String())
	shop.workers.Wait()
}

// open returns a shop with four workers.
func open(dir string) *Shop {
	shop := &Shop{
		Name:   "Pears & Co",
		Opened: time.Now(),
		Orders: make(chan *Order, 16),
		Stock: map[string]*Product{
			"pear":   {"pear", 45, 12},
			"apple":  {"apple", 30, 200},
			"quince": {"quince", 90, 3},
		},
		ledger: NewLedger("Pears & Co"),
		dir:    dir,
	}
	for id := 1; id <= 4; id++ {
		shop.workers.Add(1)
		go shop.work(id)
	}
	return shop
}

// ServeHTTP takes an order as JSON and answers when a worker has booked it.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Customer Customer
		Cart     map[string]int
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, fmt.Sprintf("bad order: %v", err), http.StatusBadRequest)
		return
	}
	order := &Order{ID: 4711, Customer: &body.Customer, Request: r, done: make(chan error)}
	for sku, n := range body.Cart {
		product, ok := s.Stock[sku]
		if !ok {
			http.Error(w, fmt.Sprintf("no product %q", sku), http.StatusNotFound)
			return
		}
		order.Lines = append(order.Lines, Line{product, n})
	}
	s.Orders <- order
	if err := <-order.done; err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

// work books orders until there are no more.
func (s *Shop) work(id int) {
	defer s.workers.Done()
	defer coredumpy.OnPanic(coredumpy.Directory(s.dir), coredumpy.Description("the demo's ledger"))
	booked := 0
	for order := range s.Orders {
		order.done <- s.book(order)
		booked++
	}
	log.Printf("worker %d booked %d orders", id, booked)
}

// book reserves what was ordered and writes it to the ledger.
func (s *Shop) book(order *Order) error {
	total := 0
	for i, line := range order.Lines {
		if line.Count > line.Product.Left {
			return fmt.Errorf("order %d, line %d: %w", order.ID, i, &ShortageError{line.Product.SKU, line.Count})
		}
		line.Product.Left -= line.Count
		total += line.Count * line.Product.Price
	}
	s.mu.Lock()
	time.Sleep(20 * time.Millisecond) // the books are slow
	err := s.ledger.Book(order.Customer, total)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("order %d: %w", order.ID, err)
	}
	return nil
}

// report logs new accounts. At the crash it waits for the ledger's mutex.
func (s *Shop) report(every time.Duration) {
	for accounts := 0; ; time.Sleep(every) {
		s.mu.Lock()
		if n := len(s.ledger.Accounts); n != accounts {
			accounts = n
			log.Printf("%d accounts", n)
		}
		s.mu.Unlock()
	}
}

// sweep looks every hour for orders that nobody paid.
func (s *Shop) sweep() {
	for {
		time.Sleep(time.Hour)
	}
}

// restock waits for a delivery that takes an hour.
func (s *Shop) restock() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	delivery := make(chan Product)
	select {
	case p := <-delivery:
		s.Stock[p.SKU] = &p
	case <-ctx.Done():
	}
}

// order is a customer's browser.
func order(addr string) {
	body := []byte(`{"Customer": {"Name": "Ann", "Email": "ann@example.com", "Password": "correct horse battery"},
		"Cart": {"pear": 3, "apple": 10}}`)
	req, err := http.NewRequest("POST", "http://"+addr+"/orders", bytes.NewReader(body))
	if err != nil {
		log.Fatalf("demo: %v", err)
	}
	req.Header.Set("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJlLW9mLXRoZS1kZW1v")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Request-Id", "demo-1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatalf("demo: %v", err)
	}
	defer resp.Body.Close()
	log.Printf("order: %s", resp.Status)
}
