// Starts starts a command, as a test runner does, and ends as that does. With the first
// argument "exec" it becomes the command. Without arguments it tells its name.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	default:
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); cmd.ProcessState == nil {
			panic(err)
		}
		os.Exit(cmd.ProcessState.ExitCode())
	}
}
