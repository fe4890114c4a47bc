// A nil pointer is followed three calls deep.
//
// want-panic: runtime error: invalid memory address or nil pointer dereference
// want-frames: main.city main.label main.ship main.main
package main

import (
	"fmt"

	"coredumpy"
)

type address struct{ Street, City string }

type customer struct {
	Name string
	Home *address
}

type order struct {
	ID       int
	Customer *customer
	Lines    []string
}

func main() {
	defer coredumpy.OnPanic()
	// want: main.main orders[1].ID = 102
	// want: main.main orders[0].Customer.Home.City = "Oslo"
	// want: main.main len(orders) = 2
	orders := []order{
		{101, &customer{"Ada", &address{"Elm 1", "Oslo"}}, []string{"pen"}},
		{102, &customer{Name: "Bob"}, []string{"ink", "cup"}},
	}
	ship(orders)
}

func ship(orders []order) {
	for i, o := range orders {
		// want: main.ship i = 1
		// want: main.ship o.Lines = []string len: 2, cap: 2, ["ink","cup"]
		// want: main.ship orders[0].Lines = []string len: 1, cap: 1, ["pen"]
		fmt.Println(i, label(&o))
	}
}

// want: main.label o.ID = 102
// want: main.label o.Customer.Name = "Bob"
//
//go:noinline
func label(o *order) string {
	prefix := "to: "
	// want: main.label prefix = "to: "
	return prefix + city(o.Customer)
}

// want: main.city c.Name = "Bob"
// want: main.city c.Home = *main.address nil
// want: main.city *c = main.customer {Name: "Bob", Home: *main.address nil}
//
//go:noinline
func city(c *customer) string { return c.Home.City }
