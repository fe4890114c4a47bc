// Command crash has a goroutine that panics while main waits for it to end. The goroutine
// says that it has ended in a function deferred further in than OnPanic, so main goes on
// before OnPanic sees the panic.
//
//	crash on|watched|off done|fault|close|send|cancel|unlock|workers return|print|defer|exit BURNERS
//
// The panic is an assignment to a nil map, or with fault a nil pointer's. With off there
// is no OnPanic; with watched Monitor watches the program as well.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"

	"coredumpy"
)

type account struct {
	limits map[string]int
	next   *account
}

// waits are the ways in which main waits: each starts a panicking function by run, and
// returns when that has said that it has ended.
var waits = map[string]func(run func(ended func())){
	"done": func(run func(func())) {
		var wg sync.WaitGroup
		wg.Add(1)
		go run(wg.Done)
		wg.Wait()
	},
	"workers": func(run func(func())) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go run(wg.Done)
		}
		wg.Wait()
	},
	"fault": func(run func(func())) {
		var wg sync.WaitGroup
		wg.Add(1)
		go run(wg.Done)
		wg.Wait()
	},
	"close": func(run func(func())) {
		ended := make(chan struct{})
		go run(func() { close(ended) })
		<-ended
	},
	"send": func(run func(func())) {
		ended := make(chan *account)
		go run(func() { ended <- new(account) })
		<-ended
	},
	"cancel": func(run func(func())) {
		ctx, cancel := context.WithCancel(context.Background())
		go run(cancel)
		<-ctx.Done()
	},
	"unlock": func(run func(func())) {
		var mu sync.Mutex
		mu.Lock()
		go run(mu.Unlock)
		mu.Lock()
	},
}

func work(a *account) {
	if os.Args[2] == "fault" {
		a = a.next
	}
	a.limits["x"] = 1
}

func with(ended func()) {
	defer coredumpy.OnPanic()
	defer ended()
	work(new(account))
}

func without(ended func()) {
	defer ended()
	work(new(account))
}

func burn() {
	for n := 0; ; n++ {
		_ = n
	}
}

func main() {
	if len(os.Args) != 5 || waits[os.Args[2]] == nil {
		fmt.Fprintln(os.Stderr, "usage: crash on|watched|off "+
			"done|fault|close|send|cancel|unlock|workers return|print|defer|exit BURNERS")
		os.Exit(1)
	}
	run := without
	if os.Args[1] == "watched" {
		if err := coredumpy.Monitor(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if os.Args[1] != "off" {
		run = with
		if os.Args[3] == "defer" {
			defer coredumpy.OnPanic()
		}
	}
	burners, _ := strconv.Atoi(os.Args[4])
	for range burners {
		go burn()
	}
	waits[os.Args[2]](run)
	switch os.Args[3] {
	case "print":
		fmt.Println("all done")
	case "exit":
		os.Exit(0)
	}
}
