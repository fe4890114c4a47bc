package benchtest

import (
	"bufio"
	"fmt"
	"io"
	"os"
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
	cold(b, "editor", crowd(b, 10_000, 1_000_000), []string{"stack"})
}

// The benchmark gets its answers.
func TestEditor(t *testing.T) {
	path := crowd(t, 100, 2000)
	if took, _ := runChild(t, "editor", 2, path); took[0] <= 0 || took[1] <= 0 {
		t.Errorf("got %v, want a time and a size", took)
	}
}
