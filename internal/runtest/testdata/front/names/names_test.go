// Package names has tests that fail where function literals don't have the names that inlining gives them.
package names

import (
	"runtime"
	"strings"
	"testing"
)

func name() string {
	pc, _, _, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name()
}

func TestName(t *testing.T) {
	got := func() string {
		return func() string { return name() }()
	}()
	if strings.HasSuffix(got, ".func1.1") {
		t.Errorf("got %s, want the name that it has when inlined", got)
	}
}

func TestAgain(t *testing.T) {
	got := func() string {
		return func() string { return name() }()
	}()
	if strings.HasSuffix(got, ".func1.1") {
		t.Errorf("got %s, want the name that it has when inlined", got)
	}
}
