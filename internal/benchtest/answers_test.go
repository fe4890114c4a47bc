package benchtest

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

func init() { children["answer"] = timeAnswer }

// timeAnswer opens a dump and runs a command, in a process of its own. It prints how many
// nanoseconds it takes up to the first prompt, how many then, and how much memory the process
// had at most.
func timeAnswer() {
	debug.SetGCPercent(10) // as coredumpy load does
	start := time.Now()
	core, err := coredumpy.Open(os.Args[1])
	if err != nil {
		fail(err)
	}
	var prompt, answer time.Duration
	lines := &steps{lines: []string{os.Args[2] + "\n"}, at: func(n int) {
		if n == 0 {
			prompt = time.Since(start)
		} else {
			answer = time.Since(start) - prompt
		}
	}}
	var out counter
	options := coredumpy.LoadOptions{In: lines, Out: &out, Err: os.Stderr, Prompt: true}
	if err := coredumpy.Load(core, options); err != nil {
		fail(err)
	}
	fmt.Println(prompt.Nanoseconds(), answer.Nanoseconds(), status("VmHWM"))
}

// steps is input of lines that come one by one; at is told when the n-th is wanted.
type steps struct {
	lines []string
	next  int
	at    func(n int)
}

func (s *steps) Read(p []byte) (int, error) {
	s.at(s.next)
	if s.next == len(s.lines) {
		return 0, io.EOF
	}
	s.next++
	return copy(p, s.lines[s.next-1]), nil
}

// BenchmarkAnswers asks questions about a whole dump of 10,000 goroutines and a million
// objects, each from a cold start.
func BenchmarkAnswers(b *testing.B) {
	path := crowd(b, 10_000, 1_000_000)
	for _, command := range []string{
		"bt", "locals", "goroutines",
		"waits", "find item 4711", "find 4711", "refs srv", "size srv", "histogram", "diff " + path,
	} {
		b.Run(strings.Fields(command)[0], func(b *testing.B) {
			cold(b, "answer", path, []string{"prompt", "answer"}, command)
		})
	}
}

// The program of BenchmarkAnswers is as large as its arguments say, and nobody is accused of
// anything in it.
func TestCrowd(t *testing.T) {
	core, err := coredumpy.Open(crowd(t, 100, 2000))
	if err != nil {
		t.Fatal(err)
	}
	if h := core.Head(); h.Goroutines < 100 || h.Objects < 2000 {
		t.Errorf("got %d goroutines and %d objects, want at least 100 and 2000", h.Goroutines, h.Objects)
	}
	var out, failed strings.Builder
	err = coredumpy.Load(core, coredumpy.LoadOptions{Commands: []string{"waits"}, Out: &out, Err: &failed})
	if err != nil || failed.Len() > 0 {
		t.Fatal(err, failed.String())
	}
	if text := out.String(); !strings.HasPrefix(text, "no sign of a deadlock\n") ||
		!strings.Contains(text, "\n60 goroutines wait in a select for ") {
		t.Errorf("got\n%s\nwant no accusation, and 60 goroutines in a select", text)
	}
}
