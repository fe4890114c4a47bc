// An error that wraps two others is the panic value.
//
// want-panic: save order 7: write /data/x: no space left
// want-panic: 	retry failed: connection reset
// want-frames: main.save main.main
package main

import (
	"errors"
	"fmt"

	"coredumpy"
)

type diskError struct {
	Op, Path string
	Err      error
}

func (e *diskError) Error() string { return e.Op + " " + e.Path + ": " + e.Err.Error() }
func (e *diskError) Unwrap() error { return e.Err }

func main() {
	defer coredumpy.OnPanic()
	save(7)
}

// want: main.save id = 7
// want: main.save disk.Path = "/data/x"
// want-value: value.errs[0].msg = "save order 7: write /data/x: no space left"
// want-value: value.errs[0].err.Path = "/data/x"
// want-value: value.errs[0].err.Err.s = "no space left"
// want-value: value.errs[1].msg = "retry failed: connection reset"
// want-value: len(value.errs) = 2
//
//go:noinline
func save(id int) {
	disk := &diskError{"write", "/data/x", errors.New("no space left")}
	first := fmt.Errorf("save order %d: %w", id, disk)
	second := fmt.Errorf("retry failed: %w", errors.New("connection reset"))
	both := errors.Join(first, second)
	panic(both)
}
