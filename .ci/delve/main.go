// Command delve compares dumps with what Delve sees: it runs each program under Delve up
// to the moment when coredumpy captures, reads every frame, argument and local of every
// goroutine, lets the program write its dump, and compares. It needs the dlv command and
// isn't part of any build or test.
//
//	go build -gcflags='all=-N -l' -o /tmp/index ./testdata/crash/index
//	go run ./.ci/delve /tmp/index
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	verbose := flag.Bool("v", false, "show what the programs write")
	depth := flag.Int("depth", 3, "depth to which Delve loads values")
	elements := flag.Int("elements", 1000, "how many elements Delve loads")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./.ci/delve [flags] 'PROGRAM [ARG]...' ...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	const longest = 100000 // bytes of a string
	cfg := loadConfig{
		FollowPointers: true, MaxVariableRecurse: *depth, MaxStringLen: longest,
		MaxArrayValues: *elements, MaxStructFields: -1,
	}
	if !compareAll(flag.Args(), cfg, *verbose) {
		os.Exit(1)
	}
}

// compareAll reports whether Delve and the dumps agree for all programs.
func compareAll(programs []string, cfg loadConfig, verbose bool) bool {
	dlv, err := findDelve()
	if err != nil {
		fmt.Fprintln(os.Stderr, "delve:", err)
		return false
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "delve: go env GOROOT:", err)
		return false
	}
	goroot := strings.TrimSpace(string(out))
	var output io.Writer = io.Discard
	if verbose {
		output = os.Stderr
	}
	var user, std tally
	ok := true
	for _, program := range programs {
		line := strings.Fields(program)
		s, err := take(dlv, line[0], line[1:], cfg, output)
		if err != nil {
			fmt.Printf("%s: %v\n", program, err)
			ok = false
			continue
		}
		r := compare(s, goroot)
		show(program, r)
		user.add(r.user)
		std.add(r.std)
	}
	if len(programs) > 1 {
		fmt.Println("all programs")
		counts("user", user)
		counts("std", std)
	}
	return ok && user.differ+user.onlyDelve+user.types == 0
}

func show(program string, r *report) {
	fmt.Println(program)
	counts("user", r.user)
	counts("std", r.std)
	for _, line := range r.lines {
		fmt.Println("   ", line)
	}
}

func counts(what string, t tally) {
	if what == "user" {
		fmt.Printf("  goroutines %d, moved %d, frames %d, only in the dump %d\n", t.goroutines, t.moved,
			t.frames, t.onlyFrames)
	}
	fmt.Printf("  %s variables: %d compared, %d equal, %d differ, "+
		"%d only in Delve, %d only in the dump, %d in neither, %d other types\n",
		what, t.compared, t.equal, t.differ, t.onlyDelve, t.onlyDump, t.hidden, t.types)
	fmt.Printf("  %s values inside: %d compared, %d cut, %d redacted, %d pointers into a stack that moved\n", what,
		t.nodes, t.cut, t.redacted, t.stale)
}
