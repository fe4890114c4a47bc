package benchtest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/dap"
	"coredumpy/internal/dump"
)

func init() { children["editor"] = timeEditor }

// timeEditor opens a dump as an editor does, in a process of its own. It prints how many
// nanoseconds it takes from launch to the first stack, and how much memory the process had at
// most.
func timeEditor() {
	debug.SetGCPercent(10) // as coredumpy dap does
	in, requests := io.Pipe()
	answers, out := io.Pipe()
	go dap.Serve(in, out, dap.Options{Open: dump.Open})
	r := bufio.NewReader(answers)
	var start time.Time
	for i, request := range []string{
		`"initialize","arguments":{"supportsVariableType":true}`,
		fmt.Sprintf(`"launch","arguments":{"dump":%q}`, os.Args[1]),
		`"configurationDone"`,
		`"threads"`,
		`"stackTrace","arguments":{"threadId":1,"startFrame":0,"levels":20}`,
	} {
		if i == 1 {
			start = time.Now()
		}
		text := fmt.Sprintf(`{"seq":%d,"type":"request","command":%s}`, i+1, request)
		if _, err := fmt.Fprintf(requests, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
			fail(err)
		}
		for answered := false; !answered; {
			var length int
			if _, err := fmt.Fscanf(r, "Content-Length: %d\r\n\r\n", &length); err != nil {
				fail(err)
			}
			text := make([]byte, length)
			if _, err := io.ReadFull(r, text); err != nil {
				fail(err)
			}
			answered = strings.Contains(string(text), fmt.Sprintf(`"request_seq":%d,"success":true`, i+1))
			if strings.Contains(string(text), `"success":false`) {
				fail(fmt.Errorf("%s", text))
			}
		}
	}
	fmt.Println(time.Since(start).Nanoseconds(), status("VmHWM"))
}

// BenchmarkEditor shows the first stack of a dump of 10,000 goroutines and a million objects in
// an editor.
func BenchmarkEditor(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("needs /proc/self/status")
	}
	path := filepath.Join(b.TempDir(), "crowd.dump")
	run(b, 1, build(b, "crowd"), "10000", "1000000", path)
	editor(b, path)
}

// The benchmark gets its answers.
func TestEditor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc/self/status")
	}
	path := filepath.Join(t.TempDir(), "crowd.dump")
	run(t, 1, build(t, "crowd"), "100", "2000", path)
	t.Setenv(childVariable, "editor")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if took, _ := run(t, 2, self, path); took[0] <= 0 || took[1] <= 0 {
		t.Errorf("got %v, want a time and a size", took)
	}
}

func editor(b *testing.B, path string) {
	size := plainSize(b, path)
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	b.Setenv(childVariable, "editor")
	var stacks, cpus []time.Duration
	var peak int64
	for b.Loop() {
		took, cpu := run(b, 2, self, path)
		stacks, cpus, peak = append(stacks, time.Duration(took[0])), append(cpus, cpu), took[1]
	}
	b.ReportMetric(median(stacks).Seconds()*1000, "ms-stack")
	b.ReportMetric(median(cpus).Seconds()*1000, "ms-cpu")
	b.ReportMetric(float64(peak)/float64(size), "x-dump-peak")
	b.ReportMetric(0, "ns/op")
}
