package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pty is a terminal on which the command runs: what a person sees and types.
type pty struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	exited chan struct{}

	gate sync.Mutex // held while nobody looks: then what is written has to wait
	mu   sync.Mutex
	out  strings.Builder // everything that was written
	seen int             // how much of it expect has passed
	news chan struct{}
}

func ioctl(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		t.Fatalf("ioctl %#x: %v", request, errno)
	}
}

// openPTY opens a new terminal.
func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals: %v", err)
	}
	var number, unlock int32
	ioctl(t, master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(t, master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("the pseudo-terminal can't be opened: %v", err)
	}
	return master, slave
}

// startPTY starts the command on a new terminal, of these columns, with more environment.
func startPTY(t *testing.T, columns int, env []string, args ...string) *pty {
	t.Helper()
	master, slave := openPTY(t)
	defer slave.Close()
	p := &pty{t: t, master: master, exited: make(chan struct{}), news: make(chan struct{}, 1)}
	p.resize(columns)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(exe, args...)
	p.cmd.Env = append(append(os.Environ(), beCommand+"=1", "TERM=xterm", "NO_COLOR=1", "PAGER=cat", historyVariable+"=off"), env...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = slave, slave, slave
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read()
	go func() { p.cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() { p.cmd.Process.Kill(); <-p.exited; master.Close() })
	return p
}

func (p *pty) read() {
	b := make([]byte, 4096)
	for {
		p.gate.Lock()
		n, err := p.master.Read(b)
		p.gate.Unlock()
		p.mu.Lock()
		p.out.Write(b[:n])
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// resize gives the terminal other columns, which tells the command.
func (p *pty) resize(columns int) {
	p.t.Helper()
	size := struct{ rows, columns, x, y uint16 }{24, uint16(columns), 0, 0}
	ioctl(p.t, p.master, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

func (p *pty) send(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// longestWait is for machines under load: a test that works ends long before.
const longestWait = time.Minute

// pasteMode removes what the prompt says to the terminal about text that is pasted.
var pasteMode = strings.NewReplacer("\x1b[?2004h", "", "\x1b[?2004l", "")

// expect waits until the command writes a text behind what was expected before, and returns
// what it has written up to there.
func (p *pty) expect(text string) string {
	p.t.Helper()
	end := time.After(longestWait)
	for {
		p.mu.Lock()
		rest := pasteMode.Replace(p.out.String())[p.seen:]
		if i := strings.Index(rest, text); i >= 0 {
			p.seen += i + len(text)
			p.mu.Unlock()
			return rest[:i+len(text)]
		}
		p.mu.Unlock()
		select {
		case <-p.news:
		case <-end:
			p.t.Fatalf("got %q, want %q in it", rest, text)
		}
	}
}

// enter types keys, and waits until a text is printed, and then for the next prompt: what is
// typed before that is for the terminal, and not yet for the prompt.
func (p *pty) enter(keys, want string) {
	p.t.Helper()
	p.send(keys)
	p.expect(want)
	p.expect("\r" + promptText)
}

// ends waits for the end of the command, and returns its status.
func (p *pty) ends() int {
	p.t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(longestWait):
		p.t.Fatalf("the command goes on after %q", p.out.String())
	}
	return 0
}

// ptyDump writes a dump with that many goroutines and returns its path.
func ptyDump(t *testing.T, goroutines int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":4,"name":"main.Order","kind":"struct","size":24,"fields":[{"name":"Identity","type":1},{"name":"Name","type":2,"off":8}]}}
`)
	for id := 1; id <= goroutines; id++ {
		fmt.Fprintf(&b, `{"goroutine":{"id":%d,"status":"running","frames":[{"func":"main.f","pkg":"main",`+
			`"file":"/src/x.go","line":3,"vars":[{"name":"order","line":2,"role":"arg","type":4,`+
			`"value":[7,"世界世界世界世界世界世界世界世界世界世界世界世界"]},`+
			`{"name":"many","line":2,"role":"arg","type":3,"value":[4096,1,200000]}]},`+
			`{"func":"main.main","pkg":"main","file":"/src/x.go","line":6}]}}`+"\n", id)
	}
	b.WriteString(`{"source":{"id":1,"path":"/src/x.go","text":"package main\nfunc f(order Order, many []int) {\n\tpanic(order.Identity)\n}\nfunc main() {\n\tf()\n}\n"}}
[1,3,[`)
	for i := range 200_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, 1_000_000+i)
	}
	b.WriteString("]]\n")
	b.WriteString(fmt.Sprintf(`{"end":{"records":%d}}`, strings.Count(b.String(), "\n")) + "\n")
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
