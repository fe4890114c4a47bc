package goshim

import (
	"net"
	"path/filepath"
	"time"
)

// Notices of the go commands in front go to the standard error of coredumpy run, not to
// that of their callers, who may read it.

// Kind is the kind of a notice.
type Kind byte

const (
	Reached Kind = 'r' // a go command that builds has reached the one in front; no text
	Line    Kind = 'l' // a line to print once, however often it comes
	Kept    Kind = 'k' // name of a file that a go command may leave behind
	end     Kind = 'x' // no more notices
)

const (
	noticesName = "n"
	maxNotice   = 4096
	// patience is how long sending a notice may take.
	patience = 2 * time.Second
)

// Notices are the notices that come to coredumpy run.
type Notices struct {
	c    *net.UnixConn
	done chan struct{}
}

// Listen has f called for each notice, until Close.
func Listen(dir string, f func(k Kind, text string)) (*Notices, error) {
	c, err := net.ListenUnixgram("unixgram", address(dir))
	if err != nil {
		return nil, err
	}
	n := &Notices{c, make(chan struct{})}
	go func() {
		defer close(n.done)
		b := make([]byte, maxNotice)
		for {
			size, err := c.Read(b)
			switch {
			case err != nil || size > 0 && Kind(b[0]) == end:
				return
			case size > 0:
				f(Kind(b[0]), string(b[1:size]))
			}
		}
	}()
	return n, nil
}

// Close returns when all notices that have come are handled.
func (n *Notices) Close() {
	defer n.c.Close()
	// They are handled in order.
	if send(n.c.LocalAddr().(*net.UnixAddr), end, "") == nil {
		<-n.done
	}
}

// Tell sends a notice to coredumpy run. If that has ended, the notice is lost.
func (s *Settings) Tell(k Kind, text string) { _ = send(address(s.Dir), k, text) }

func send(to *net.UnixAddr, k Kind, text string) error {
	c, err := net.DialUnix("unixgram", nil, to)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(patience))
	_, err = c.Write(append([]byte{byte(k)}, text[:min(len(text), maxNotice-1)]...))
	return err
}

func address(dir string) *net.UnixAddr {
	return &net.UnixAddr{Name: filepath.Join(dir, noticesName), Net: "unixgram"}
}
