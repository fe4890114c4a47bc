// A healthy program dumps itself and goes on.
//
// want-exit: 0
// want-dumps: 1
// want-frames: main.checkpoint main.main
package main

import (
	"bytes"
	"fmt"
	"os"

	"coredumpy"
)

type progress struct {
	Done, Total int
	Failed      []string
}

func main() {
	p := &progress{Total: 3}
	for i := range 3 {
		p.Done++
		if i == 1 {
			p.Failed = append(p.Failed, "b.txt")
			checkpoint(p, i)
		}
	}
	// want: main.main i = 1
	fmt.Println(p.Done, p.Failed)
}

// want: main.checkpoint *p = main.progress {Done: 2, Total: 3, Failed: []string len: 1, cap: 1, ["b.txt"]}
// want: main.checkpoint round = 1
// want: main.checkpoint answer = 42
//
//go:noinline
func checkpoint(p *progress, round int) {
	answer := 42
	path, err := coredumpy.Dump(coredumpy.Description("half way"), coredumpy.Var("given", p))
	if err != nil || path == "" {
		fmt.Println("Dump:", path, err)
		os.Exit(1)
	}
	var b bytes.Buffer
	if err := coredumpy.DumpTo(&b); err != nil || b.Len() == 0 {
		fmt.Println("DumpTo:", b.Len(), err)
		os.Exit(1)
	}
	fmt.Println("round", round, answer)
}
