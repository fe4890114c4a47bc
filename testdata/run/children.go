//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// spawn runs a program, "." for this one, and prints how it ended.
func spawn(args []string) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if args[0] == "." {
		cmd.Path, cmd.Err = self(), nil
	}
	err := cmd.Run()
	fmt.Println("child:", cmd.ProcessState, err)
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		fmt.Println(err)
	}
	return path
}

// become replaces the program by another one in the same process.
func become(path string, args []string) {
	fmt.Println(syscall.Exec(path, append([]string{path}, args...), os.Environ()))
}

// await prints its process id, and waits for a signal that ends it.
func await(n int) {
	mine := 18 * n
	fmt.Println("process", os.Getpid())
	time.Sleep(time.Minute)
	fmt.Println(mine)
}

// handle waits for a signal and ends by itself.
func handle() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR1)
	fmt.Println("process", os.Getpid())
	select {
	case s := <-c:
		fmt.Println("got", s)
	case <-time.After(time.Minute):
	}
	os.Exit(7)
}

var children = map[string]func(){
	"spawn":  func() { spawn(os.Args[2:]) },
	"become": func() { become(self(), []string{"divide"}) },
	"await":  func() { await(1) },
	"handle": handle,
}
