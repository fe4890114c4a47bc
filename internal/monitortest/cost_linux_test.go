//go:build amd64 || arm64

package monitortest

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// timed returns how long a program takes in a directory of its own.
func timed(b *testing.B, program string, args ...string) (time.Duration, string) {
	b.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = b.TempDir()
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=")
	start := time.Now()
	out, _ := cmd.Output() // it may crash
	return time.Since(start), string(out)
}

// BenchmarkStart measures the time that the call of Monitor takes.
func BenchmarkStart(b *testing.B) {
	program := optimised.program(b)
	var calls []time.Duration
	for b.Loop() {
		_, out := timed(b, program, "time-of-call")
		d, err := time.ParseDuration(strings.TrimSpace(out))
		if err != nil {
			b.Fatal(err)
		}
		calls = append(calls, d)
	}
	slices.Sort(calls)
	b.ReportMetric(float64(calls[0].Microseconds())/1e3, "ms/least")
	b.ReportMetric(float64(calls[len(calls)/2].Microseconds())/1e3, "ms/median")
}

// BenchmarkCrash measures how much longer a crash takes.
func BenchmarkCrash(b *testing.B) {
	program := optimised.program(b)
	var added []time.Duration
	for b.Loop() {
		without, _ := timed(b, program, "nil-map")
		with, _ := timed(b, program, "nil-map", "on")
		added = append(added, with-without)
	}
	slices.Sort(added)
	b.ReportMetric(float64(added[0].Microseconds())/1e3, "ms/least")
	b.ReportMetric(float64(added[len(added)/2].Microseconds())/1e3, "ms/median")
}

// BenchmarkMemory measures the memory of the processes that Monitor starts.
func BenchmarkMemory(b *testing.B) {
	program := optimised.program(b)
	for b.Loop() {
		cmd := exec.Command(program, "wait-for-signal", "on")
		cmd.Dir = b.TempDir()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		for guardOf(cmd.Process.Pid) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond) // until it waits
		for name, pid := range map[string]int{"watcher": watcherOf(cmd.Process.Pid),
			"guard": guardOf(cmd.Process.Pid)} {
			rss, private := memoryOf(b, pid)
			b.ReportMetric(rss, "MB-RSS/"+name)
			b.ReportMetric(private, "MB-private/"+name)
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
}

// memoryOf returns how much memory a process has, and how much of it no other process
// has, in MB.
func memoryOf(b *testing.B, pid int) (rss, private float64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kB float64
		name, value, _ := strings.Cut(line, ":")
		fmt.Sscan(value, &kB)
		switch {
		case name == "Rss":
			rss = kB / 1024
		case strings.HasPrefix(name, "Private_"):
			private += kB / 1024
		}
	}
	return rss, private
}
