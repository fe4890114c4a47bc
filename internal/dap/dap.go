// Package dap serves a dump to editors by the Debug Adapter Protocol, see
// https://microsoft.github.io/debug-adapter-protocol/specification (1.71). Package
// inspector answers their requests; requests to run or change a program are refused.
package dap

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// Options is what a server needs from the command that runs it.
type Options struct {
	// Open opens a dump.
	Open func(path string) (*dump.Core, error)
	// Console returns the prompt over an inspector, for lines in an editor's debug console.
	// It prints to out, and stops at an interrupt. Nil: the console takes expressions only.
	Console func(in *inspector.Inspector, out io.Writer, interrupt <-chan os.Signal) Console
}

// Console runs commands of the prompt.
type Console interface {
	// Knows reports whether a word is a command's name.
	Knows(word string) bool
	// Run runs the command in a line. It returns ErrQuit if the command ends the session.
	Run(line string) error
	// Complete returns the words that may replace the end of text, from byte from.
	Complete(text string) (from int, words []string)
}

// ErrQuit is returned by a command that ends the session.
var ErrQuit = errors.New("quit")

// Serve serves one client until it disconnects or sends nothing more.
func Serve(in io.Reader, out io.Writer, o Options) error {
	return newSession(out, o).serve(newReader(in, false))
}

func newSession(out io.Writer, o Options) *session {
	return &session{options: o, out: &writer{w: out}, consoleFrame: -1, client: clientDefaults}
}

const (
	// firstMessage bounds how long a client may take to send its first message: a
	// connection that isn't a client, such as a browser, must not keep others out.
	firstMessage = 10 * time.Second
	// slowest bounds how long a client may take to read a message.
	slowest = time.Minute
)

// Listen serves the clients that connect, one after another, until l is closed. It calls
// failed with the reason if a client's session ends early.
func Listen(l net.Listener, o Options, failed func(error)) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(firstMessage))
		c := &client{Conn: conn}
		if err := newSession(c, o).serve(newReader(c, true)); err != nil {
			failed(err)
		}
		conn.Close()
	}
}

// client is a connection with time limits.
type client struct{ net.Conn }

// Write must be called with whole messages. The first one answers a message.
func (c *client) Write(p []byte) (int, error) {
	c.SetDeadline(time.Time{})
	c.SetWriteDeadline(time.Now().Add(slowest))
	return c.Conn.Write(p)
}
