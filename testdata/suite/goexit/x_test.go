package goexit

import (
	"runtime"
	"testing"
)

func TestGoexit(t *testing.T) {
	depth := 3
	if depth > 2 {
		runtime.Goexit() // want panic TestGoexit: "test executed panic(nil) or runtime.Goexit" depth = 3
	}
}
