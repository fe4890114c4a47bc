// Starts starts a command, as a test runner does, and ends with its status. If the first
// argument is "exec" it becomes the command; if it is "where" it prints its directory,
// and with "signal" it ends by a signal. With "signaled" it waits for a signal, and
// prints its name. Without arguments it prints its own name.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
)

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 0:
		path, err := os.Executable()
		fmt.Println(filepath.Base(os.Args[0]), filepath.Base(path), err)
	case args[0] == "exec":
		path, err := exec.LookPath(args[1])
		if err == nil {
			err = syscall.Exec(path, args[1:], os.Environ())
		}
		panic(err)
	case args[0] == "where":
		dir, err := os.Getwd()
		fmt.Println(dir, os.Getenv("PWD"), args[1:], err)
	case args[0] == "signal":
		number, err := strconv.Atoi(args[1])
		if err != nil {
			panic(err)
		}
		syscall.Kill(syscall.Getpid(), syscall.Signal(number))
		select {} // the signal is on its way
	case args[0] == "signaled":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		fmt.Println("ready")
		fmt.Println(<-signals)
		os.Exit(9)
	default:
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); cmd.ProcessState == nil {
			panic(err)
		}
		os.Exit(cmd.ProcessState.ExitCode())
	}
}
