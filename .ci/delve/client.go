package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// delve is a program under Delve.
type delve struct {
	cmd *exec.Cmd
	rpc *rpc.Client
}

// callTimeout limits one request, which may run the program.
const callTimeout = 2 * time.Minute

// start runs the program with args in directory dir, stopped before its first
// instruction. Its output goes to output.
func start(dlv, dir, program string, args []string, output io.Writer) (*delve, error) {
	line := append([]string{
		"exec", "--headless", "--api-version=2", "--check-go-version=false",
		"--listen=127.0.0.1:0", "--wd=" + dir, program, "--",
	}, args...)
	cmd := exec.Command(dlv, line...)
	cmd.Stderr = output
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", dlv, err)
	}
	d := &delve{cmd: cmd}
	addr, err := listening(out, output)
	if err == nil {
		err = d.connect(addr)
	}
	if err != nil {
		d.stop()
		return nil, err
	}
	return d, nil
}

// listening reads the address on which Delve listens from its first line, and sends the
// rest, the program's own output, to output.
func listening(out io.Reader, output io.Writer) (addr string, err error) {
	const mark = "API server listening at: "
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), mark)
	if !ok {
		return "", fmt.Errorf("dlv: got %q (%v), want a line with %q", line, err, mark)
	}
	go io.Copy(output, r)
	return addr, nil
}

func (d *delve) connect(addr string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return fmt.Errorf("connect to dlv: %w", err)
	}
	d.rpc = jsonrpc.NewClient(conn)
	return d.call("SetApiVersion", setAPIVersionIn{2}, &setAPIVersionOut{})
}

func (d *delve) call(method string, in, out any) error {
	call := d.rpc.Go("RPCServer."+method, in, out, nil)
	select {
	case <-call.Done:
		if call.Error != nil {
			return fmt.Errorf("dlv %s: %w", method, call.Error)
		}
		return nil
	case <-time.After(callTimeout):
		return fmt.Errorf("dlv %s: no answer after %v", method, callTimeout)
	}
}

// breakAt sets a breakpoint at location.
func (d *delve) breakAt(location string) (id int, err error) {
	var out createBreakpointOut
	err = d.call("CreateBreakpoint", createBreakpointIn{LocExpr: location}, &out)
	return out.Breakpoint.ID, err
}

func (d *delve) clear(id int) error {
	return d.call("ClearBreakpoint", clearBreakpointIn{id}, &clearBreakpointOut{})
}

// run continues the program until it stops or ends.
func (d *delve) run() (state, error) {
	var out commandOut
	err := d.call("Command", commandIn{"continue"}, &out)
	return out.State, err
}

// goroutines returns all goroutines of the stopped program.
func (d *delve) goroutines() ([]goroutine, error) {
	var out listGoroutinesOut
	err := d.call("ListGoroutines", listGoroutinesIn{0, 100000}, &out)
	return out.Goroutines, err
}

// stack returns the frames of a goroutine, with variables if cfg isn't nil.
func (d *delve) stack(goid int64, cfg *loadConfig) ([]stackframe, error) {
	const depth = 400
	var out stacktraceOut
	err := d.call("Stacktrace", stacktraceIn{ID: goid, Depth: depth, Full: cfg != nil, Cfg: cfg}, &out)
	return out.Locations, err
}

// stop ends Delve and the program.
func (d *delve) stop() {
	if d.rpc != nil {
		d.call("Detach", detachIn{Kill: true}, &detachOut{})
		d.rpc.Close()
	}
	kill := time.AfterFunc(5*time.Second, func() { d.cmd.Process.Kill() })
	d.cmd.Wait()
	kill.Stop()
}

// findDelve returns the path of the dlv command, which is in $PATH or where go install
// puts it.
func findDelve() (string, error) {
	if path, err := exec.LookPath("dlv"); err == nil {
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(home, "go", "bin", "dlv")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("no dlv command: go install github.com/go-delve/delve/cmd/dlv@latest")
	}
	return path, nil
}
