package front

import (
	"net"
	"path/filepath"
	"time"
)

// What the go commands in front have to say goes to the standard error of coredumpy run,
// not to that of whoever has called them and may read it.

// Kind is that of a notice.
type Kind byte

const (
	Reached Kind = 'r' // a go command that builds has come here; no text
	Line    Kind = 'l' // to be told once, whoever says it
	Kept    Kind = 'k' // name of a file that a go command may leave behind
	end     Kind = 'x' // there are no more
)

const (
	noticesName = "n"
	maxNotice   = 4096
	// patience is how long a notice may take to be taken.
	patience = 2 * time.Second
)

// Notices are what comes to coredumpy run.
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

// Close returns when all notices that have come were taken.
func (n *Notices) Close() {
	defer n.c.Close()
	// They are taken in their order.
	if send(n.c.LocalAddr().(*net.UnixAddr), end, "") == nil {
		<-n.done
	}
}

// Tell sends a notice to coredumpy run. If it has ended there is nobody to be told.
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
