// Command timeout has a handler that panics under http.TimeoutHandler, and the
// middleware shown.
package main

import (
	"errors"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"coredumpy"
)

// SHOWN: dumpPanics

type order struct{ limits map[string]int }

func newOrder() *order { return &order{} }

func charge(w http.ResponseWriter, r *http.Request) {
	o := newOrder()
	key := r.URL.Path
	switch os.Args[1] {
	case "map":
		o.limits[key] = 1 // the nil map
	case "text":
		panic("no limits for " + key) // the text
	case "error":
		panic(errors.New("no limits: " + key)) // the error
	}
}

func main() {
	defer coredumpy.OnPanic() // waits for a dump in the making
	var h http.Handler = http.HandlerFunc(charge)
	// SHOWN: net/http
	s := httptest.NewServer(h)
	if res, err := http.Get(s.URL + "/charge"); err == nil && res.StatusCode == http.StatusOK {
		log.Fatal(res)
	}
}
