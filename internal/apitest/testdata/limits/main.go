// Limits dumps itself once for each pair of arguments: settings of Config in JSON, and
// the path of the dump.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"

	"coredumpy"
)

var (
	GlobalA = "global a"
	GlobalB = []int{1, 2, 3}
	GlobalC = map[string]int{"c": 3}
	GlobalD = 4.5
	GlobalE = true
	GlobalF = &GlobalD
)

func recurse(n int) int {
	local := fmt.Sprint("level ", n)
	if n == 0 {
		dump()
		return len(local)
	}
	return recurse(n-1) + len(local)
}

func dump() {
	defaults := coredumpy.Config
	for i := 1; i+1 < len(os.Args); i += 2 {
		coredumpy.Config = defaults
		if err := json.Unmarshal([]byte(os.Args[i]), &coredumpy.Config); err != nil {
			panic(err)
		}
		if _, err := coredumpy.Dump(coredumpy.Path(os.Args[i+1])); err != nil {
			panic(err)
		}
	}
}

func park(id int, ch chan int) {
	name := fmt.Sprint("worker ", id)
	<-ch
	fmt.Println(name)
}

func main() {
	ch := make(chan int)
	for i := range 20 {
		go park(i, ch)
	}
	for text := make([]byte, 1<<20); bytes.Contains(text[:runtime.Stack(text, true)], []byte(" [runnable")); {
		time.Sleep(time.Millisecond) // until all 20 wait
	}
	recurse(50)
	runtime.KeepAlive(ch)
	fmt.Fprint(os.Stderr, GlobalA, GlobalB, GlobalC, GlobalD, GlobalE, GlobalF)
}
