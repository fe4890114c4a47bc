// Command gin has a handler that panics, and the recovery hook shown.
package main

import (
	"errors"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"coredumpy"
	"github.com/gin-gonic/gin"
)

// SHOWN: dump

type order struct{ limits map[string]int }

func newOrder() *order { return &order{} }

func charge(c *gin.Context) {
	o := newOrder()
	key := c.Request.URL.Path
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
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	// SHOWN: gin
	r.GET("/charge", charge)
	s := httptest.NewServer(r)
	res, err := http.Get(s.URL + "/charge")
	if err != nil || res.StatusCode != http.StatusInternalServerError {
		log.Fatal(res, err)
	}
}
