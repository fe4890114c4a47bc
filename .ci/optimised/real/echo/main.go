// Another web framework, whose middleware measures a handler.
package main

import (
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/labstack/echo/v4"

	"coredumpy/real/stop"
)

func counted(next echo.HandlerFunc) echo.HandlerFunc {
	seen := 0
	return func(c echo.Context) error {
		seen++
		c.Set("seen", seen)
		return next(c)
	}
}

func main() {
	e := echo.New()
	e.Use(counted)
	e.GET("/add/:a/:b", func(c echo.Context) error {
		a, err := strconv.Atoi(c.Param("a"))
		if err != nil {
			return err
		}
		b, _ := strconv.Atoi(c.Param("b"))
		sum := a + b
		stop.At(sum)
		return c.String(http.StatusOK, strconv.Itoa(sum))
	})
	for range 3 {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/add/1/2", nil))
	}
	stop.Never()
}
