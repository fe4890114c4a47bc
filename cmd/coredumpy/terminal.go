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

	"coredumpy"
	"coredumpy/internal/edit"
)

// lineReader reads a line behind a prompt, see LoadOptions.ReadLine.
type lineReader = func(prompt string, complete func(text string) (from int, words []string)) (string, error)

// lineEditor returns a function that reads and edits lines on a terminal, or nil if the
// terminal can't be set for that. The modes of terminals differ from system to system;
// stty(1) of POSIX sets them on all. Windows has no stty, and a console that edits lines
// itself.
func lineEditor(in, out *os.File, size *terminalSize, bold bool) lineReader {
	if term := os.Getenv("TERM"); term == "" || term == "dumb" {
		return nil
	}
	usual, err := stty(in, "-g")
	if err != nil {
		return nil
	}
	past := readHistory()
	e := edit.New(in, out)
	e.Bold, e.History = bold, past.lines
	e.Columns = size.width
	return func(prompt string, complete func(string) (int, []string)) (line string, err error) {
		e.Complete = complete
		if err := readKeys(in); err != nil {
			return "", err
		}
		size.forget()
		leave := restoring(in, usual, func() {
			size.forget()
			e.Redraw()
		})
		defer func() {
			size.forget()
			if restored := leave(); err == nil {
				err = restored
			}
		}()
		line, err = e.Line(prompt)
		if errors.Is(err, edit.ErrInterrupted) {
			err = coredumpy.ErrInterrupted
		}
		if err == nil {
			past.add(line)
		}
		return line, err
	}
}

// readKeys has a terminal pass on keys one by one. They aren't echoed, and Ctrl-C is one of them.
func readKeys(in *os.File) error {
	_, err := stty(in, "-icanon", "-echo", "min", "1", "time", "0", "intr", "undef")
	return err
}

// restoring returns a function that gives a terminal its usual mode back. A signal that
// ends the process does so only after that. If the process was stopped and goes on, the terminal
// gets the mode for keys again, and redraw is called; also if the terminal has got another size.
func restoring(in *os.File, usual string, redraw func()) (leave func() error) {
	ends, goesOn, changed := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	if len(continued) > 0 { // without signals, Notify is for all
		signal.Notify(goesOn, continued...)
		signal.Notify(changed, resized...)
	}
	left, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-goesOn:
				if readKeys(in) == nil {
					redraw()
				}
				continue
			case <-changed:
				redraw()
				continue
			case sig := <-ends:
				stty(in, usual)
				signal.Reset(sig)
				if p, err := os.FindProcess(os.Getpid()); err == nil {
					p.Signal(sig)
				}
			case <-left:
			}
			return
		}
	}()
	return func() error {
		signal.Stop(ends)
		signal.Stop(goesOn)
		signal.Stop(changed)
		close(left)
		<-done // it may be setting the mode for keys
		_, err := stty(in, usual)
		return err
	}
}

func stty(in *os.File, args ...string) (string, error) {
	cmd := exec.Command("stty", args...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = in, &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("stty %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(string(out)), err
}
