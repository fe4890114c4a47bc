package benchtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
)

// childVariable makes the test binary a child of a benchmark. Its values are short:
// otherwise they would count as secrets of the environment.
const childVariable = "BENCHTEST"

// children are what the child does, by the value of the variable.
var children = map[string]func(){}

var buildDir string

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childVariable)]; child != nil {
		child()
		return
	}
	code := func() int {
		var err error
		if buildDir, err = os.MkdirTemp("", "benchtest"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(buildDir)
		return m.Run()
	}()
	os.Exit(code)
}

// unlimited lifts the limits that the data of benchmarks would reach.
func unlimited(tb testing.TB) {
	old := coredumpy.Config
	tb.Cleanup(func() { coredumpy.Config = old })
	coredumpy.Config.MaxElements = 1 << 30
}

// against measures work and peer in turns, so that both meet the same load of the
// machine. It reports the ratio of their medians as x-name, and as x-name-cpu the ratio
// of their times on all processors, which depends less on the load.
func against(b *testing.B, name string, work, peer func()) {
	b.Helper()
	var works, peers, workCPU, peerCPU []time.Duration
	for b.Loop() {
		b.StopTimer()
		took, cpu := timed(peer)
		peers, peerCPU = append(peers, took), append(peerCPU, cpu)
		b.StartTimer()
		took, cpu = timed(work)
		works, workCPU = append(works, took), append(workCPU, cpu)
	}
	b.ReportMetric(float64(median(works))/float64(median(peers)), "x-"+name)
	if cpu := median(peerCPU); cpu > 0 {
		b.ReportMetric(float64(median(workCPU))/float64(cpu), "x-"+name+"-cpu")
	}
}

func timed(f func()) (took, cpu time.Duration) {
	start, startCPU := time.Now(), cpuTime()
	f()
	return time.Since(start), cpuTime() - startCPU
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// counter counts the bytes written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// dumpTo writes a dump with v in it, discards it, and returns its size.
func dumpTo(tb testing.TB, v any) int64 {
	tb.Helper()
	var size counter
	if err := coredumpy.DumpTo(&size, coredumpy.Var("v", v)); err != nil {
		tb.Fatal(err)
	}
	return int64(size)
}

// dumpFile writes a dump with v in it to a file with the given name.
func dumpFile(tb testing.TB, name string, v any) (path string) {
	tb.Helper()
	path, err := coredumpy.Dump(coredumpy.Path(filepath.Join(tb.TempDir(), name)), coredumpy.Var("v", v))
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

func fileSize(tb testing.TB, path string) int64 {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

var (
	buildMutex sync.Mutex
	built      = map[string]string{}
)

// build builds a program in testdata as go build does: optimised, with debug information.
func build(tb testing.TB, program string) (path string) {
	tb.Helper()
	buildMutex.Lock()
	defer buildMutex.Unlock()
	if built[program] != "" {
		return built[program]
	}
	path = filepath.Join(buildDir, program+".exe")
	if out, err := exec.Command("go", "build", "-o", path, "./testdata/"+program).CombinedOutput(); err != nil {
		tb.Fatalf("go build %s: %v\n%s", program, err, out)
	}
	built[program] = path
	return path
}

// run runs a program that prints numbers, and also returns the time that it took on all
// processors.
func run(tb testing.TB, numbers int, exe string, args ...string) (out []int64, cpu time.Duration) {
	tb.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(exe, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("%s %s: %v\n%.4000s", filepath.Base(exe), strings.Join(args, " "), err, stderr.String())
	}
	out = make([]int64, numbers)
	for i := range out {
		if _, err := fmt.Fscan(&stdout, &out[i]); err != nil {
			tb.Fatalf("%s %s: want %d numbers: %v\n%.4000s",
				filepath.Base(exe), strings.Join(args, " "), numbers, err, stderr.String())
		}
	}
	return out, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
