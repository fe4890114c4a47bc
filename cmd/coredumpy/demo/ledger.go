package main

import (
	"errors"
	"fmt"
	"time"
)

// Ledger records who paid what.
type Ledger struct {
	Owner    string
	Accounts map[string]*Account
	last     error
}

// Account is what one customer paid.
type Account struct {
	Customer *Customer
	Opened   time.Time
	PerDay   map[string]int // cents, by date
}

// ShortageError says that there is too little of a product.
type ShortageError struct {
	SKU   string
	Count int
}

func (e *ShortageError) Error() string { return fmt.Sprintf("no %d of %s left", e.Count, e.SKU) }

var errNoName = errors.New("customer has no name")

// NewLedger returns an empty ledger.
func NewLedger(owner string) *Ledger {
	return &Ledger{Owner: owner, Accounts: map[string]*Account{}}
}

// Book adds a payment to a customer's account, which it opens if need be.
func (l *Ledger) Book(c *Customer, cents int) error {
	if c.Name == "" {
		return fmt.Errorf("book %d cents: %w", cents, errNoName)
	}
	account, ok := l.Accounts[c.Email]
	if !ok {
		l.last = fmt.Errorf("account %q: %w", c.Email, errors.New("not found, opening it"))
		account = &Account{Customer: c, Opened: time.Now()}
		l.Accounts[c.Email] = account
	}
	account.add(time.Now(), cents)
	return nil
}

// add adds a payment. The bug: nobody made the map.
func (a *Account) add(when time.Time, cents int) {
	day := when.Format(time.DateOnly)
	before := a.PerDay[day]
	a.PerDay[day] = before + cents
}
