package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"coredumpy/internal/dap"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/repl"
	"coredumpy/internal/shell"
)

var dapCommand = command{
	name:    "dap",
	args:    "[-listen ADDRESS [-remote]]",
	summary: "serve dumps to an editor by the Debug Adapter Protocol",
	help: `
Dap lets an editor that speaks the Debug Adapter Protocol open a dump: threads are
goroutines, the one that crashed first, with their stacks, variables and source. The
debug console takes Go expressions and the commands of coredumpy load; a line that is
both is the expression. What would run the program is refused.

  -listen ADDRESS   serve the clients that connect to 127.0.0.1:PORT, one after
                    another; port 0 is a free one, which is printed. Without it one
                    client is served on standard input and output.
  -remote           let ADDRESS be one that other machines reach. Nothing asks for a
                    password, and a client may open any dump that this user may read.

The editor says in launch (attach is the same) which dump to open:

  "dump"        path of the dump
  "sourceMap"   {"/build/shop": "/home/ann/shop"}: where directories of the dump are
                on this machine. The source in the dump is shown where a file isn't on
                this machine, or has another text.

VS Code, with the extension that coredumpy vscode installs: "Load with coredumpy" in
the context menu of a dump, or .vscode/launch.json:

  {"version": "0.2.0", "configurations": [
    {"type": "coredumpy", "request": "launch", "name": "dump",
     "dump": "${workspaceFolder}/coredumpy_main.dump"}]}

Neovim, with nvim-dap:

  local dap = require('dap')
  dap.adapters.coredumpy = {type = 'executable', command = 'coredumpy', args = {'dap'}}
  dap.configurations.go = dap.configurations.go or {}
  table.insert(dap.configurations.go, {type = 'coredumpy', request = 'launch',
    name = 'dump', dump = function() return vim.fn.input('dump: ', '', 'file') end})

Emacs, with dap-mode, which shows only source that is on this machine:

  (require 'dap-mode)
  (dap-register-debug-provider "coredumpy" (lambda (conf)
    (plist-put conf :dap-server-path '("coredumpy" "dap"))))
  (dap-register-debug-template "dump" (list :type "coredumpy" :request "launch"
    :name "dump" :dump "/srv/shop/coredumpy_main.dump"
    :sourceMap [(:from "/build/shop" :to "/home/ann/shop")]))

The exit status is 1 if the connection fails.
`,
	run: serveDAP,
}

var hostCommand = command{
	name:    "host",
	args:    dapCommand.args,
	summary: "the same as dap",
	help:    "Host is another name of dap: see coredumpy help dap.",
	run:     serveDAP,
}

func serveDAP(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("dap", flag.ContinueOnError)
	address := flags.String("listen", "", "")
	remote := flags.Bool("remote", false, "")
	rest, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(rest) > 0:
		return misused(stderr, "dap", fmt.Sprintf("unexpected argument %q: the editor names the dump", rest[0]))
	case *remote && *address == "":
		return misused(stderr, "dap", "-remote is for -listen")
	}
	saveMemory()
	o := dap.Options{Open: dump.Open, Console: promptOf}
	var err error
	if *address == "" {
		err = dap.Serve(stdin, stdout, o)
	} else {
		err = listenDAP(*address, *remote, stdout, stderr, o)
	}
	if err != nil {
		printError(stderr, "dap", err)
		return statusFailed
	}
	return statusOK
}

// listenDAP serves the clients that connect to an address.
func listenDAP(address string, remote bool, stdout, stderr io.Writer, o dap.Options) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-listen %q is not an address: write 127.0.0.1:PORT", address)
	}
	if ip := net.ParseIP(host); !remote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-listen %s can be reached by other machines: write 127.0.0.1:PORT, or add -remote", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer l.Close()
	if _, err := fmt.Fprintf(stdout, "listening on %s\n", l.Addr()); err != nil {
		return err
	}
	return dap.Listen(l, o, func(err error) {
		fmt.Fprintf(stderr, "coredumpy dap: a client's session ended: %s\n", printable.Line(err.Error()))
	})
}

// prompt is the prompt of load, for a debug console.
type prompt struct{ *shell.Shell }

// promptOf returns the prompt of load over an inspector. Its commands run no programs and
// write no files.
func promptOf(in *inspector.Inspector, out io.Writer, interrupt <-chan os.Signal) dap.Console {
	return prompt{repl.Console(in, repl.Options{Out: out, Err: out, Interrupt: interrupt})}
}

// Run runs the command in a line.
func (p prompt) Run(line string) error {
	err := p.Shell.Run(line)
	if errors.Is(err, shell.ErrQuit) {
		return dap.ErrQuit
	}
	return err
}
