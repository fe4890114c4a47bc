// A router calls a handler behind three middlewares.
package main

import (
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"coredumpy/real/stop"
)

type store struct{ items map[string]int }

func (s *store) show(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	if n, ok := s.items[name]; ok {
		stop.At(n)
	}
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	s := &store{map[string]int{"pen": 2, "ink": 1}}
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.StripSlashes, middleware.NoCache)
	r.Route("/items", func(r chi.Router) {
		r.Get("/{name}", s.show)
	})
	for _, path := range []string{"/items/no", "/items/pen/", "/items/pen"} {
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	stop.Never()
}
