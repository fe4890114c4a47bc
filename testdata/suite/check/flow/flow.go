// Package flow runs the methods of a struct as tests.
package flow

import (
	"reflect"
	"strings"
	"testing"

	"coredumpy/testdata/suite/check"
)

// Suite is embedded in a struct whose Test methods are tests.
type Suite struct {
	check.Assertions
	t *testing.T
}

// T returns the test that runs.
func (s *Suite) T() *testing.T { return s.t }

// SetT makes t the test that runs.
func (s *Suite) SetT(t *testing.T) { s.t, s.Assertions.T = t, t }

// Run runs the tests of s, each after SetupTest if there is such a method.
func Run(t *testing.T, s interface{ SetT(*testing.T) }) {
	v := reflect.ValueOf(s)
	for i := range v.NumMethod() {
		method := v.Type().Method(i)
		if !strings.HasPrefix(method.Name, "Test") {
			continue
		}
		t.Run(method.Name, func(t *testing.T) {
			s.SetT(t)
			if setup := v.MethodByName("SetupTest"); setup.IsValid() {
				setup.Call(nil)
			}
			method.Func.Call([]reflect.Value{v})
		})
	}
}
