// Server has goroutines that wait, and panics or waits itself.
package main

import (
	"fmt"
	"os"

	"coredumpy"
)

type order struct {
	ID    int
	Items []string
}

func main() {
	how := os.Args[1]
	if how == "monitor" {
		if err := coredumpy.Monitor(); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
	} else {
		defer coredumpy.OnPanic()
	}
	latest := &order{7, []string{"tea", "milk"}}
	ready, never := make(chan int), make(chan int)
	for number := range 3 {
		go worker(number, latest, ready, never)
		<-ready
	}
	if how == "wait" {
		fmt.Println("ready")
		os.Stdin.Read(make([]byte, 1))
		return
	}
	handle(latest, 5)
}

func worker(number int, latest *order, ready chan<- int, never <-chan int) {
	name := fmt.Sprint("worker ", number)
	ready <- number
	<-never
	fmt.Println(name, latest)
}

func handle(latest *order, index int) {
	count := len(latest.Items)
	fmt.Println(count, latest.Items[index])
}
