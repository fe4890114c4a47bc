// Optimised is for builds with optimisation: inlined calls, variables that are gone, may be
// stale, or aren't set yet, and names that hide others.
package main

import (
	"os"
	"strings"

	"coredumpy"
)

type account struct {
	owner   string
	balance int
	history []entry
}

type entry struct {
	what   string
	amount int
}

func (a *account) last() entry { return a.history[len(a.history)-1] }

func (a *account) withdraw(amount int) entry {
	before := a.balance
	a.balance -= amount
	e := entry{"withdraw", before - a.balance}
	if amount > 100 {
		a.history = a.history[:0]
	}
	if e.amount == 0 {
		return e
	}
	return last(a)
}

func last(a *account) entry { return a.last() }

//go:noinline
func total(accounts []*account, least int) (sum int, names []string) {
	for i, a := range accounts {
		name := strings.ToUpper(a.owner)
		if x := a.balance; x >= least {
			x := x * 2
			sum += x
			names = append(names, name)
			for _, e := range a.history {
				sum += e.amount
			}
		}
		if i == len(accounts)-1 {
			e := a.withdraw(sum)
			names = append(names, e.what)
		}
		later := len(names)
		sum += later
	}
	return sum, names
}

func squares(yield func(int, int) bool) {
	for i := range 5 {
		if !yield(i, i*i) {
			return
		}
	}
}

func main() {
	defer coredumpy.OnPanic()
	args := os.Args
	accounts := []*account{{"ann", 300, []entry{{"open", 1}}}, {"bob", 40, []entry{{"open", 2}}}, {"eve", 500, nil}}
	for i, square := range squares {
		each := func(n int) int { return n + square }
		if each(i) > 10 {
			sum, names := total(accounts, i)
			println(sum, len(names), len(args))
		}
	}
}
