// A web framework binds a request's JSON to a struct and validates it.
package main

import (
	"net/http/httptest"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"coredumpy/real/stop"
)

type order struct {
	Name  string   `json:"name" binding:"required,known"`
	Lines []string `json:"lines" binding:"dive,known"`
}

func known(fl validator.FieldLevel) bool {
	text := fl.Field().String()
	stop.At(3)
	return len(text) > 1
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	if v, ok := binding.Validator.Engine().(*validator.Validate); ok {
		_ = v.RegisterValidation("known", known)
	}
	e := gin.New()
	e.POST("/orders/:id", func(c *gin.Context) {
		var o order
		if err := c.ShouldBindJSON(&o); err != nil {
			c.String(400, err.Error())
		}
	})
	body := strings.NewReader(`{"name": "box", "lines": ["pen", "ink", "paper"]}`)
	e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/orders/7", body))
	stop.Never()
}
