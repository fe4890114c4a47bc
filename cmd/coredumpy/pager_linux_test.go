package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Output that is longer than the screen goes through a pager, shorter output and a pager that isn't
// wanted leave it as it is.
func TestPagerOnTerminal(t *testing.T) {
	dump := ptyDump(t, 1)
	p := startPTY(t, 80, []string{"PAGER=sed 's/^/page:/'"}, "load", dump)
	p.expect(promptText)
	p.enter("p 40+2\r", "\n42\r\n")
	p.enter("help\r", "\npage:help, h, ? ")
	p.enter("help |! sed -n '1s/^/first:/p'\r", "\nfirst:bt, ")
	file := filepath.Join(t.TempDir(), "out")
	p.enter("bt >! "+file+"\r", "\n")
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "0  0x0000000000000000 in main.f\n") {
		t.Errorf("got %q, error %v", b, err)
	}
	p = startPTY(t, 80, []string{"PAGER=no-such-pager-is-there"}, "load", dump)
	p.expect(promptText)
	p.enter("help\r", "no-such-pager-is-there")
	p = startPTY(t, 80, []string{"PAGER=cat"}, "load", dump)
	p.expect(promptText)
	p.enter("help\r", "\nhelp, h, ? ")
}

// Ctrl-C reaches the program that reads a command's output, and the prompt comes back.
func TestInterruptedPipeOnTerminal(t *testing.T) {
	p := startPTY(t, 80, nil, "load", ptyDump(t, 1))
	p.expect(promptText)
	p.send("p 1 |! cat; echo ready; exec sleep 1000\r")
	p.expect("\nready")
	p.send("\x03")
	p.expect("\r" + promptText) // on a new line, unless the program ends before the prompt has its signal
	p.enter("p 40+2\r", "\n42\r\n")
}

func TestPager(t *testing.T) {
	for value, want := range map[string]string{"": "", " cat ": "", "less -S": "less -S", "most": "most"} {
		t.Setenv("PAGER", value)
		if got := pager(); got != want {
			t.Errorf("PAGER=%s: got %q, want %q", value, got, want)
		}
	}
}
