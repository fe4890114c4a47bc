// Command rates has programs whose goroutine panics while main waits for it. It counts
// how often they end as a crash, with status 2, and leave a dump; and how often they
// crash without coredumpy. The kinds of program are those of .ci/rates/crash and
// .ci/rates/suite.
//
//	go run ./.ci/rates -n 100 [-burners 0] [-procs 0] [-watched] [-v]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

var (
	rounds  = flag.Int("n", 100, "runs of each kind")
	burners = flag.Int("burners", 0, "goroutines that compute all the time")
	procs   = flag.Int("procs", 0, "GOMAXPROCS, 0 for the default")
	only    = flag.String("only", "", "count only this way to wait; test for the test binary")
	watched = flag.Bool("watched", false, "with Monitor, which has another process make the dumps")
	verbose = flag.Bool("v", false, "show the output of runs that didn't crash")
)

var (
	kinds = []string{"done", "fault", "workers", "close", "send", "cancel", "unlock"}
	ends  = []string{"return", "print", "defer", "exit"}
)

func main() {
	flag.Parse()
	dir, err := os.MkdirTemp("", "rates-")
	check(err)
	defer os.RemoveAll(dir)
	crash, suite := filepath.Join(dir, "crash"), filepath.Join(dir, "suite.test")
	build("build", "-o", crash, "./.ci/rates/crash")
	build("test", "-c", "-ldflags=-w=0 -s=0", "-o", suite, "./.ci/rates/suite")
	version, err := exec.Command("go", "version").Output()
	check(err)
	fmt.Printf("%sruns: %d, burners: %d, GOMAXPROCS: %s\n\n", version, *rounds, *burners, orDefault(*procs))
	fmt.Println("| main waits for | main then | crashes without us | crashes with | with a dump |\n" +
		"|---|---|---|---|---|")
	r := runner{dir: dir}
	how := "on"
	if *watched {
		how = "watched"
	}
	for _, kind := range kinds {
		if *only != "" && kind != *only {
			continue
		}
		for _, end := range ends {
			r.row(kind, end,
				func() *exec.Cmd { return exec.Command(crash, "off", kind, end, strconv.Itoa(*burners)) },
				func() *exec.Cmd { return exec.Command(crash, how, kind, end, strconv.Itoa(*burners)) })
		}
	}
	if (*only == "" || *only == "test") && !*watched {
		test := func(how string) func() *exec.Cmd {
			return func() *exec.Cmd {
				c := exec.Command(suite, "-test.count=1")
				c.Env = append(os.Environ(), "RATES="+how)
				return c
			}
		}
		r.row("done, in a test", "test with OnFailure", test("off"), test("on"))
		r.row("done, in a test", "test without OnFailure", test("off"), test("bare"))
	}
}

type runner struct {
	dir string
	n   int
}

// row counts the runs of one kind of program and prints a row of the table.
func (r *runner) row(kind, end string, without, with func() *exec.Cmd) {
	plain, crashes, dumps := 0, 0, 0
	for range *rounds { // in turns, so that both meet the same load
		if status, _ := r.run(without()); status == 2 {
			plain++
		}
		status, dumped := r.run(with())
		if status == 2 {
			crashes++
		}
		if status == 2 && dumped {
			dumps++
		}
	}
	fmt.Printf("| %s | %s | %d | %d | %d |\n", kind, end, plain, crashes, dumps)
}

// run runs a program in an empty directory of its own.
func (r *runner) run(c *exec.Cmd) (status int, dumped bool) {
	r.n++
	c.Dir = filepath.Join(r.dir, strconv.Itoa(r.n))
	check(os.Mkdir(c.Dir, 0o700))
	defer os.RemoveAll(c.Dir)
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if *procs > 0 {
		c.Env = append(c.Env, "GOMAXPROCS="+strconv.Itoa(*procs))
	}
	output, _ := c.CombinedOutput()
	status = c.ProcessState.ExitCode()
	if *verbose && status != 2 {
		fmt.Printf("%s\n%s\n", c, output)
	}
	files, err := filepath.Glob(filepath.Join(c.Dir, "*.dump"))
	check(err)
	return status, len(files) > 0
}

func orDefault(n int) string {
	if n == 0 {
		return "default"
	}
	return strconv.Itoa(n)
}

func build(args ...string) {
	c := exec.Command("go", args...)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	check(c.Run())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "rates:", err)
		os.Exit(1)
	}
}
