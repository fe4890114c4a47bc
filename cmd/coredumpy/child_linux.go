package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"coredumpy/internal/printable"
)

// passedOn are the signals that we pass on to the command. A terminal sends its
// signals to both, so they are passed on only without a terminal.
var passedOn = []os.Signal{
	syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM,
}

// relay takes the signals that come to us and passes them on. It starts before
// anything that must be cleaned up, and loses no signal: one that comes while there
// is no command is for the next one.
type relay struct {
	signals chan os.Signal
	// ignored are the signals that were ignored when we started, as by nohup or for a
	// script's background process. The commands must find them ignored, and may want
	// them anyway.
	ignored []os.Signal
	// interrupted is called for each SIGINT while a command runs.
	interrupted func()
}

func newRelay() *relay {
	r := &relay{signals: make(chan os.Signal, 16), interrupted: func() {}}
	for _, s := range passedOn {
		if signal.Ignored(s) {
			r.ignored = append(r.ignored, s)
		} else {
			signal.Notify(r.signals, s)
		}
	}
	return r
}

func (r *relay) stop() { signal.Stop(r.signals) }

// pending returns a signal that came while there was no command, nil if there is none.
func (r *relay) pending() os.Signal {
	select {
	case s := <-r.signals:
		return s
	default:
		return nil
	}
}

// pass passes signals on to a process, from its start until it is done.
func (r *relay) pass(cmd *exec.Cmd, started, done <-chan struct{}) {
	select {
	case <-started:
	case <-done:
		return
	}
	for s := r.pending(); s != nil; s = r.pending() {
		cmd.Process.Signal(s) // a terminal sent it before the command existed
	}
	if len(r.ignored) > 0 {
		signal.Notify(r.signals, r.ignored...)
		defer signal.Reset(r.ignored...)
	}
	for {
		select {
		case s := <-r.signals:
			if s == syscall.SIGINT {
				r.interrupted()
			}
			if s != syscall.SIGINT && s != syscall.SIGQUIT || !onTerminal() {
				cmd.Process.Signal(s)
			}
		case <-done:
			return
		}
	}
}

// wait runs a command to its end.
func (r *runner) wait(cmd *exec.Cmd) (end, error) { return r.waitBy(cmd, r.untilEnd) }

// untilEnd starts a command and returns when it has ended.
func (r *runner) untilEnd(cmd *exec.Cmd, started func()) error {
	pidfd := -1
	cmd.SysProcAttr = &syscall.SysProcAttr{PidFD: &pidfd}
	if err := cmd.Start(); err != nil {
		return err
	}
	started()
	if pidfd >= 0 {
		r.watcher.child.Store(int64(cmd.Process.Pid))
		ended(pidfd)
		r.watcher.child.Store(0)
	}
	return nil
}

// waitBy runs a command with run, and returns how it ended. run calls started when
// signals may be passed on to the command, and returns when it has ended.
func (r *runner) waitBy(cmd *exec.Cmd, run func(cmd *exec.Cmd, started func()) error) (end, error) {
	started, done, passed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(passed)
		r.relay.pass(cmd, started, done)
	}()
	defer func() { close(done); <-passed }()
	if err := run(cmd, func() { close(started) }); cmd.Process == nil {
		return end{}, err
	} else if err != nil {
		r.watcher.printf("coredumpy %s: %s\n", r.name, printable.Line(err.Error()))
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return end{}, err
	}
	return endOf(cmd.ProcessState), nil
}

// ended waits until the process that pidfd refers to has ended. It doesn't call
// wait4, which would take the stops of a child that is being traced for us. It
// doesn't use the runtime's poller, which reports each change only once: the
// process may have ended before anyone asks.
func ended(pidfd int) {
	defer syscall.Close(pidfd)
	const setSize = 1024 // FD_SETSIZE, select(2)
	for pidfd < setSize {
		var set syscall.FdSet
		width := setSize / len(set.Bits)
		set.Bits[pidfd/width] = 1 << (pidfd % width)
		if _, err := syscall.Select(pidfd+1, &set, nil, nil, nil); err != syscall.EINTR {
			return
		}
	}
}

// onTerminal reports whether this process is in the foreground of a terminal, which
// then sends its signals to the command as well.
func onTerminal() bool {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return false
	}
	// The name in parentheses may hold anything; pgrp and tpgid are the 5th and
	// the 8th field, proc_pid_stat(5).
	_, rest, _ := strings.Cut(string(stat[max(bytes.LastIndexByte(stat, ')'), 0):]), " ")
	fields := strings.Fields(rest)
	return len(fields) > 5 && fields[2] == fields[5]
}

// dieOf ends this process by the signal that has ended the command. If it can't, it
// returns the exit status that a shell has for the signal.
func dieOf(s os.Signal) (status int) {
	sig, ok := s.(syscall.Signal)
	if !ok {
		return statusFailed
	}
	syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) // one core file is enough
	if goCrashes[sig] {
		// Go's runtime would print our goroutines and exit. So a shell, which has no
		// handler for it, replaces this program.
		syscall.Exec("/bin/sh", []string{"sh", "-c", fmt.Sprintf("kill -%d $$", sig)}, nil)
		return shellSignal + int(sig)
	}
	signal.Reset(sig)
	if syscall.Kill(syscall.Getpid(), sig) == nil {
		time.Sleep(time.Second) // the signal is on its way
	}
	return shellSignal + int(sig)
}

// shellSignal is what a shell adds to the number of a signal (POSIX, Shell
// Command Language, 2.8.2).
const shellSignal = 128

// goCrashes are the signals whose handler Go's runtime never gives up: those with
// _SigThrow or _SigPanic in runtime/sigtab_linux_generic.go.
var goCrashes = map[syscall.Signal]bool{
	syscall.SIGQUIT: true, syscall.SIGILL: true, syscall.SIGTRAP: true, syscall.SIGABRT: true, syscall.SIGBUS: true,
	syscall.SIGFPE: true, syscall.SIGSEGV: true, syscall.SIGSTKFLT: true, syscall.SIGSYS: true,
}

// signalName returns the name of a fatal signal, such as "SIGABRT: aborted".
func signalName(n int) string {
	text := syscall.Signal(n).String()
	if name := signalNames[syscall.Signal(n)]; name != "" {
		return name + ": " + text
	}
	return text
}

var signalNames = map[syscall.Signal]string{
	syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGILL: "SIGILL",
	syscall.SIGQUIT: "SIGQUIT", syscall.SIGSEGV: "SIGSEGV", syscall.SIGSYS: "SIGSYS", syscall.SIGTRAP: "SIGTRAP",
	syscall.SIGXCPU: "SIGXCPU", syscall.SIGXFSZ: "SIGXFSZ",
}
