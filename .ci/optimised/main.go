// Command optimised looks for wrong values in dumps of optimised programs. It makes
// programs full of variables, builds each with and without optimisation, lets both dump
// themselves at the same moment, and compares. In the optimised program a variable may
// have no value, or another one with a caveat. It must not have another value without a
// caveat.
//
//	go run ./.ci/optimised -programs 8
//	go run ./.ci/optimised -real .ci/optimised/real
//	GOTOOLCHAIN=go1.27.3 go run ./.ci/optimised -seed 42 -keep /tmp/x
package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"coredumpy"
)

var listCaveats = flag.Bool("caveats", false, "list the right values that have a caveat")

func main() {
	programs := flag.Int("programs", 8, "how many programs")
	goroutines := flag.Int("goroutines", 200, "goroutines of each")
	seed := flag.Uint64("seed", 1, "seed of the first program; the next programs have the next seeds")
	keep := flag.String("keep", "", "directory in which to keep the programs and dumps")
	real := flag.String("real", "", "compare the programs in this `directory` instead")
	flag.Parse()
	var err error
	if *real != "" {
		err = realPrograms(*real, *keep)
	} else {
		err = run(*programs, *goroutines, *seed, *keep)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "optimised:", err)
		os.Exit(1)
	}
}

// run makes the programs and compares their dumps. It returns an error if a value is
// wrong.
func run(programs, goroutines int, seed uint64, keep string) error {
	work := keep
	if work == "" {
		var err error
		if work, err = os.MkdirTemp("", "optimised"); err != nil {
			return err
		}
		defer os.RemoveAll(work)
	}
	sum := newReport()
	for i := range programs {
		seed := seed + uint64(i)
		r, err := try(filepath.Join(work, fmt.Sprint(seed)), generate(seed, goroutines))
		if err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
		r.print(fmt.Sprintf("seed %d", seed))
		sum.add(r)
	}
	return sum.end()
}

func (r *report) print(name string) {
	fmt.Printf("%s: %s\n", name, r)
	for _, line := range r.wrong {
		fmt.Println("\tWRONG", line)
	}
}

// end prints the sum of all reports, and returns an error if a value is wrong.
func (r *report) end() error {
	fmt.Printf("all: %s\n", r)
	for _, reason := range frequent(r.reasons) {
		fmt.Printf("%7d values are missing: %s\n", r.reasons[reason], reason)
	}
	for _, note := range frequent(r.caveats) {
		fmt.Printf("%7d right values have the caveat %q\n", r.caveats[note], note)
	}
	if len(r.wrong) > 0 {
		return fmt.Errorf("%d values are wrong and have no caveat", len(r.wrong))
	}
	return nil
}

func (r *report) String() string {
	right := 0
	for _, n := range r.caveats {
		right += n
	}
	percent := 0
	if all := r.equal + r.partial + right + r.doubtful; all > 0 {
		percent = (100*(right+r.doubtful) + all/2) / all
	}
	return fmt.Sprintf("%d equal, %d in part, %d right with a caveat, %d wrong with a caveat (caveats: %d %%), "+
		"%d optimized out, %d absent, %d WRONG",
		r.equal, r.partial, right, r.doubtful, percent, r.lost, r.absent, len(r.wrong))
}

// frequent returns the keys of a map of counts, the most frequent first.
func frequent(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// try builds a program in dir both ways, runs both, and compares their dumps.
func try(dir, source string) (*report, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "main.go")
	if err := os.WriteFile(path, []byte(source), 0o666); err != nil {
		return nil, err
	}
	var dumps []*coredumpy.Core
	for _, way := range []struct{ name, flags string }{{"optimised", ""}, {"truth", "all=-N -l"}} {
		program, dump := filepath.Join(dir, way.name), filepath.Join(dir, way.name+".dump")
		if err := command("go", "build", "-gcflags="+way.flags, "-o", program, path); err != nil {
			return nil, err
		}
		if err := command(program, dump); err != nil {
			return nil, err
		}
		core, err := coredumpy.Open(dump)
		if err != nil {
			return nil, err
		}
		dumps = append(dumps, core)
	}
	return compare(dumps[0], dumps[1])
}

func command(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}
