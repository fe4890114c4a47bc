// Command hangs hangs in a way that its first argument names, or is busy in one, and leaves a
// dump of that in the file that the second names. The hangs are made after public issues;
// most are among those of the GoBench suite (Yuan et al., CGO 2021).
package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"coredumpy"
)

// program is a hang, or a program that is only busy.
type program struct {
	name   string
	states string // of its goroutines when it has come to that, sorted
	run    func()
}

func main() {
	if len(os.Args) == 2 {
		for _, p := range slices.Concat(hangs(), busy()) {
			fmt.Println(p.name)
		}
		return
	}
	for _, p := range slices.Concat(hangs(), busy()) {
		if p.name == os.Args[1] {
			go p.run()
			await(strings.Split(p.states, ", "))
			if _, err := coredumpy.Dump(coredumpy.Path(os.Args[2])); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	fmt.Fprintf(os.Stderr, "hangs: no program %q\n", os.Args[1])
	os.Exit(1)
}

// await returns when the other goroutines are in some states.
func await(want []string) {
	slices.Sort(want)
	var got []string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = states(); slices.Equal(got, want) {
			return
		}
	}
	fmt.Fprintf(os.Stderr, "hangs: goroutines are in %q, want %q\n", got, want)
	os.Exit(1)
}

// states returns what the other goroutines do.
func states() (all []string) {
	buf := make([]byte, 1<<20)
	for _, text := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")[1:] {
		_, text, _ = strings.Cut(text, "[")
		state, frames, _ := strings.Cut(text, "]")
		state, _, _ = strings.Cut(state, ",")
		if !strings.Contains(frames, "signal_recv") {
			all = append(all, state)
		}
	}
	slices.Sort(all)
	return all
}

// forever is how long programs sleep that are busy.
const forever = time.Hour
