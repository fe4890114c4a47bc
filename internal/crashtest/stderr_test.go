package crashtest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// announcement is the pair of lines that follows a dump.
var announcement = regexp.MustCompile(`(?m)^Your frame stack is dumped, open it with\ncoredumpy load (.*)\n(?:for its variables, .*\n)?`)

// announced returns the paths of dumps that the output announces, and the output without
// these lines.
func announced(stderr string) (paths []string, rest string) {
	for _, m := range announcement.FindAllStringSubmatch(stderr, -1) {
		paths = append(paths, m[1])
	}
	return paths, announcement.ReplaceAllString(stderr, "")
}

// crash is what the runtime prints when a panic ends a program.
type crash struct {
	message string // what comes before the first traceback
	signal  string // "\n[signal ...]" after it, or ""
	header  string // goroutine 1 [running]:
	frames  []string
}

var (
	hex       = regexp.MustCompile(`0x[0-9a-f]+`)
	goid      = regexp.MustCompile(`goroutine \d+`) // the runtime hands out ids in batches
	tracehead = regexp.MustCompile(`(?m)^goroutine \d+ .*:$`)
	arguments = regexp.MustCompile(`\([^()]*\)$`)
	elided    = regexp.MustCompile(`^\.\.\.(\d+) frames elided\.\.\.$`)
	panicLine = regexp.MustCompile(`(?m)^\t*panic: `)
)

// parseCrash parses the runtime's text; ok is false if there is no traceback.
//
//	panic: runtime error: index out of range [7] with length 3
//	goroutine 1 [running]:
//	main.pick(...)
//		/src/main.go:36 +0x59
func parseCrash(stderr string) (c crash, ok bool) {
	at := tracehead.FindStringIndex(stderr)
	if at == nil {
		return crash{message: stderr}, false
	}
	c.message = hex.ReplaceAllString(strings.TrimRight(stderr[:at[0]], "\n"), "0x?")
	c.header = goid.ReplaceAllString(stderr[at[0]:at[1]], "goroutine N")
	if i := strings.Index(c.message, "\n[signal "); i >= 0 {
		c.message, c.signal = c.message[:i], c.message[i:]
	}
	for _, line := range strings.Split(strings.TrimSpace(stderr[at[1]:]), "\n") {
		c.frames = append(c.frames, traceLines(line)...)
	}
	return c, true
}

// anyLine stands for a line that the runtime left out of a long traceback.
const anyLine = "?"

// traceLines reduces a line of a traceback to what doesn't depend on the build: the
// function, or the base name and line of the file.
func traceLines(line string) []string {
	if m := elided.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		return slices.Repeat([]string{anyLine}, 2*n)
	}
	if place, ok := strings.CutPrefix(line, "\t"); ok {
		place, _, _ = strings.Cut(place, " +0x")
		return []string{"\t" + filepath.Base(place)}
	}
	line = goid.ReplaceAllString(line, "goroutine N")
	return []string{arguments.ReplaceAllString(strings.ReplaceAll(line, "(...)", "()"), "")}
}

func sameLine(a, b string) bool { return a == b || a == anyLine || b == anyLine }

// sameCrash returns an error that says how the output of a program with coredumpy differs
// from the plain program's. It allows for what recovering and panicking again adds: the
// note after the message and the frames of the deferred call above the others.
func sameCrash(with, plain string) error {
	w, isCrash := parseCrash(with)
	p, wasCrash := parseCrash(plain)
	if !isCrash && !wasCrash {
		if with != plain {
			return fmt.Errorf("got stderr %q, the plain program's is %q", with, plain)
		}
		return nil
	}
	if w.message != p.message && w.message != repanicked(p.message) && w.message != panickedAgain(p.message) {
		return fmt.Errorf("got message %q, the plain program's is %q", w.message, p.message)
	}
	if w.signal != p.signal || w.header != p.header {
		return fmt.Errorf("got %q %q, the plain program has %q %q", w.signal, w.header, p.signal, p.header)
	}
	extra := len(w.frames) - len(p.frames)
	if extra < 0 || !slices.EqualFunc(w.frames[extra:], p.frames, sameLine) {
		return fmt.Errorf("got frames\n%s\nthe plain program has\n%s",
			strings.Join(w.frames, "\n"), strings.Join(p.frames, "\n"))
	}
	for _, line := range w.frames[:extra] {
		if !strings.HasPrefix(line, "\t") && !internal(line) {
			return fmt.Errorf("got extra frame %q above those of the plain program", line)
		}
	}
	return nil
}

// repanicked returns a message as Go 1.25 and later print it if the panic was recovered
// and repeated with the same value.
func repanicked(message string) string { return message + " [recovered, repanicked]" }

// panickedAgain returns it as Go 1.24 prints it.
func panickedAgain(message string) string {
	at := panicLine.FindAllStringIndex(message, -1)
	if at == nil {
		return message
	}
	last := message[at[len(at)-1][1]:]
	return message + " [recovered]\n\tpanic: " + last
}

// TestSameCrash checks the comparison itself, on texts of Go 1.24 and 1.26.
func TestSameCrash(t *testing.T) {
	const (
		plain = "hello\npanic: boom\n[signal SIGSEGV: code=0x1 addr=0x0 pc=0x47b05d]\n\ngoroutine 1 [running]:\n" +
			"main.f(0x1, {0x2, 0x3})\n\t/src/main.go:9 +0x1d\nmain.main()\n\t/src/main.go:4 +0x385\n"
		deferred = "goroutine 1 [running]:\ncoredumpy.OnPanic({0x0, 0x0, 0x0})\n\t/c/coredumpy.go:20 +0x3\n" +
			"panic({0x1?, 0x2?})\n\t/go/panic.go:860 +0x13a\n" +
			"main.f(0x9, {0x2, 0x3})\n\t/src/main.go:9 +0x22\nmain.main()\n\t/src/main.go:4 +0x1\n"
		signal = "\n[signal SIGSEGV: code=0x1 addr=0x0 pc=0x7]\n\n"
	)
	for _, tt := range []struct {
		name, with string
		same       bool
	}{
		{"itself", plain, true},
		{"go1.26", "hello\npanic: boom [recovered, repanicked]" + signal + deferred, true},
		{"go1.24", "hello\npanic: boom [recovered]\n\tpanic: boom" + signal + deferred, true},
		{"another message", "hello\npanic: bang [recovered, repanicked]" + signal + deferred, false},
		{"output lost", "panic: boom [recovered, repanicked]" + signal + deferred, false},
		{"signal lost", "hello\npanic: boom [recovered, repanicked]\n\n" + deferred, false},
		{"a frame lost", strings.Replace(plain, "main.main()\n\t/src/main.go:4 +0x385\n", "", 1), false},
		{"another line", strings.Replace(plain, "main.go:9", "main.go:8", 1), false},
		{"a frame of ours too many", strings.Replace(plain, "main.f(", "main.g()\n\t/src/main.go:1\nmain.f(", 1),
			false},
		{"no crash", "hello\n", false},
		{"race report", "WARNING: DATA RACE\n" + plain, false},
	} {
		if err := sameCrash(tt.with, plain); (err == nil) != tt.same {
			t.Errorf("%s: got %v, want same %v", tt.name, err, tt.same)
		}
	}
}
