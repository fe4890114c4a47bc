package main

import (
	"cmp"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// pipe starts a program, as a shell does, that reads what is written.
func pipe(program string, stdout, stderr io.Writer, env ...string) (io.WriteCloser, error) {
	sh := []string{"sh", "-c", program}
	if runtime.GOOS == "windows" {
		sh = []string{"cmd", "/C", program}
	}
	cmd := exec.Command(sh[0], sh[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.Env = append(os.Environ(), env...)
	w, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	return &running{w, cmd}, nil
}

// running is a program that reads what is written.
type running struct {
	io.WriteCloser
	cmd *exec.Cmd
}

// Close waits for the end of the program. How it ends is its own business: grep fails if it finds
// nothing.
func (r *running) Close() error {
	r.WriteCloser.Close()
	err := r.cmd.Wait()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return nil
	}
	return err
}

// pager returns the command that shows what is longer than the screen: $PAGER, or less if there is
// one; "" for none.
func pager() string {
	command, set := os.LookupEnv("PAGER")
	switch command = strings.TrimSpace(command); {
	case command == "cat":
		return ""
	case set:
		return command
	}
	if _, err := exec.LookPath("less"); err != nil {
		return ""
	}
	return "less"
}

// startPager starts that command. less keeps colours (R), leaves what it showed on the screen (X), and
// ends by itself if that is all (F), unless the user wants something else.
func (s *session) startPager(command string) (io.WriteCloser, error) {
	return pipe(command, s.stdout, s.stderr,
		"LESS="+cmp.Or(os.Getenv("LESS"), "FRX"), "LV="+cmp.Or(os.Getenv("LV"), "-c"))
}
