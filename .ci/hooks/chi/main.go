// Command chi has a handler that panics, and the middleware shown.
package main

import (
	"errors"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"coredumpy"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
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
	r := chi.NewRouter()
	// SHOWN: chi
	r.Get("/charge", charge)
	s := httptest.NewServer(r)
	res, err := http.Get(s.URL + "/charge")
	if err != nil || res.StatusCode != http.StatusInternalServerError {
		log.Fatal(res, err)
	}
}
