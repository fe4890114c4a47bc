package main

import (
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const promptText = "(coredumpy) "

// A session on a terminal works as a person would expect.
func TestSessionOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 1))
	if got := p.expect(promptText); !strings.Contains(got, "=>   3:\t\tpanic(order.Identity)  // order = ") {
		t.Errorf("got %q, want the source with the order behind its line", got)
	}
	p.send("p order.Id\t")
	p.expect("p order.Identity")
	p.enter("\r", "\n7\r\n")
	p.enter("\x12many\x07p 1+\x1b[A\x1b[B1\r", "\n2\r\n") // a search that is given up, and the history
	p.send("\x12Ident")
	p.expect("(search) Ident: p order.Identity")
	p.enter("\r", "\n7\r\n")
	p.send("\x1b[200~p 2+2\rp 3+\t3\x1b[201~\r") // two lines are pasted
	p.expect("\n4\r\n")
	p.enter("", "\n6\r\n")
	p.enter("\"世界\x7f\" + \"é\"\x01p \r", "\n\"世é\"\r\n") // a wide character is removed
	p.send("p 1234\x03")
	p.expect("^C")
	p.expect(promptText)
	p.send("\x04")
	if status := p.ends(); status != 0 {
		t.Errorf("got status %d after Ctrl-D", status)
	}
}

// Ctrl-C ends a command with long output, and the prompt comes back.
func TestInterruptOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 300))
	p.expect(promptText)
	p.enter("config max-elements 200000\r", "")
	p.enter("config max-output 0\r", "")
	p.send("goroutines -exec p many\r")
	p.expect("1000000,")
	p.gate.Lock()
	p.send("\x03")
	p.gate.Unlock()
	if got := p.expect(promptText); strings.Contains(got, "Goroutine 300 ") {
		t.Error("the command went on to its end")
	}
	p.send("p 40+2\r")
	p.expect("\n42\r\n")
}

// Output is cut where it would never end, and says so.
func TestLongOutputOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 1))
	p.expect(promptText)
	p.enter("config max-elements 200000\r", "")
	p.enter("config max-output 3000\r", "")
	p.enter("p many\r", "(cut after 3000 bytes: config max-output prints more)")
	p.send("args\r") // each in a line of its own, cut at the width
	locals := p.expect("many = ")
	for _, line := range strings.Split(locals, "\r\n") {
		if strings.HasPrefix(line, "order = ") && !strings.HasSuffix(line, "…") {
			t.Errorf("got %q, want it cut", line)
		}
	}
}

// The line that is typed follows the width of the terminal.
func TestResizeOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 1))
	p.expect(promptText)
	p.send("p 1+11111111111111111")
	p.expect("p 1+11111111111111111")
	p.resize(20)
	p.expect("\r" + promptText + "1111111\x1b[K")
	p.send("2")
	p.expect("\r" + promptText + "1111112\x1b[K") // 20 columns but one, the prompt is 12 of them
	p.enter("\x05\x15bt\r", "main.f")
	p.send("list\r")
	if got := p.expect(promptText); strings.Contains(got, "// order") {
		t.Errorf("got %q, want no values: there is no room", got)
	}
	p.resize(100)
	p.send("list .\r")
	p.expect("// order = ")
}

// The history is kept from one session to the next, for one that wants it.
func TestHistoryOnTerminal(t *testing.T) {
	dump, state := ptyDump(t, 1), []string{"XDG_STATE_HOME=" + t.TempDir(), historyVariable + "="}
	p := startPTY(t, 80, state, "load", dump)
	p.expect(promptText)
	p.enter("p 41+1\r", "\n42\r\n")
	p.enter(" p 7+7\r", "\n14\r\n") // begins with a space
	p.send("q\r")
	p.ends()
	p = startPTY(t, 80, state, "load", dump)
	p.expect(promptText)
	p.send("\x1b[A\x1b[A\r") // q, and what was before
	p.expect("p 41+1")
	p.expect("\n42\r\n")
}

// Colour is for terminals that have it, and whose users want it.
func TestColorOnTerminal(t *testing.T) {
	dump := ptyDump(t, 1)
	for _, tt := range []struct {
		env   string
		color bool
	}{{"NO_COLOR=", true}, {"NO_COLOR=1", false}, {"TERM=dumb", false}} {
		p := startPTY(t, 80, []string{"NO_COLOR=", tt.env}, "load", dump)
		got := p.expect("main.f()")
		got += p.expect(promptText[:len(promptText)-1])
		if strings.Contains(got, "\x1b[1m") != tt.color {
			t.Errorf("%s: got %q, want colour %v", tt.env, got, tt.color)
		}
		p.send("p 41+1\n")
		p.expect("42\r\n")
	}
}

// After the session was stopped and goes on, the line is there again.
func TestStoppedOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 1))
	p.expect(promptText)
	p.send("p 41+")
	p.expect("p 41+")
	p.cmd.Process.Signal(syscall.SIGSTOP)
	p.cmd.Process.Signal(syscall.SIGCONT)
	p.expect("\r" + promptText + "p 41+\x1b[K")
	p.send("1\r")
	p.expect("\n42\r\n")
}

// The terminal gets its usual mode back after what is done when a stopped session goes on, not before.
func TestLeavesAfterContinuing(t *testing.T) {
	master, slave := openPTY(t)
	defer master.Close()
	defer slave.Close()
	usual, err := stty(slave, "-g")
	if err != nil {
		t.Skipf("there is no stty: %v", err)
	}
	var once sync.Once
	begun, left, early := make(chan struct{}), make(chan struct{}), make(chan bool, 1)
	leave := restoring(slave, usual, func() {
		once.Do(func() {
			close(begun)
			early <- hasLeft(left)
		})
	})
	syscall.Kill(os.Getpid(), syscall.SIGCONT)
	<-begun
	go func() {
		defer close(left)
		if err := leave(); err != nil {
			t.Error(err)
		}
	}()
	if <-early {
		t.Error("left before the line was drawn")
	}
	<-left
	if got, err := stty(slave, "-g"); err != nil || got != usual {
		t.Errorf("got mode %q and error %v, want %q", got, err, usual)
	}
}

// waitingToLeave matches the stack of a goroutine in which the function that restoring returns waits.
var waitingToLeave = regexp.MustCompile(`(?m)^goroutine \d+ \[chan receive.*\]:\n.*\.restoring\.func`)

// hasLeft waits until what restoring returns has come to its end, or waits for something.
func hasLeft(left <-chan struct{}) bool {
	stacks := make([]byte, 1<<20)
	for {
		select {
		case <-left:
			return true
		default:
		}
		if waitingToLeave.Match(stacks[:runtime.Stack(stacks, true)]) {
			return false
		}
		time.Sleep(time.Millisecond)
	}
}
