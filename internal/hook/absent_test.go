package hook

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// testAbsentReader checks that programs do the same as without the hook if the other
// end of the socket isn't a reader.
func testAbsentReader(t *testing.T, p pair) {
	for _, tt := range []struct{ name, path string }{
		{"unset", ""},
		{"nobody", filepath.Join(t.TempDir(), "nobody")},
		{"abstract", "@coredumpy-hook-test-nobody"},
		{"long", "/" + longName},
		{"hangs_up", serveAll(t, func(c *net.UnixConn) { c.Close() })},
		{"resets", serveAll(t, func(c *net.UnixConn) { c.SetReadBuffer(0); c.Write([]byte("answers before it is asked")); c.Close() })},
		{"closes_late", serveAll(t, func(c *net.UnixConn) { c.Read(make([]byte, 10)); time.Sleep(10 * time.Millisecond); c.Close() })},
	} {
		for _, way := range []string{"error", "goroutine", "ten", "deadlock", "quit", "exit", "clean", "asked", "recovered"} {
			t.Run(tt.name+"_"+way, func(t *testing.T) {
				env := []string{ExitEnv + "=1", RecoveredEnv + "=1"}
				if tt.path != "" {
					env = append(env, SocketEnv+"="+tt.path)
				}
				hooked, plain := start(t, env, p.hooked, way), start(t, nil, p.plain, way)
				if way == "ten" || way == "quit" { // several traces, in any order
					hooked.stderr, plain.stderr = nil, nil
				}
				compare(t, hooked, plain)
			})
		}
	}
}

const longName = "a-name-that-is-too-long-for-the-address-of-a-socket/a-name-that-is-too-long-for-the-address-of-a-socket/a-name-that-is-too-long"

// serveAll calls f with each connection to the socket whose path it returns.
func serveAll(t *testing.T, f func(c *net.UnixConn)) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hook") // t.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); os.RemoveAll(dir) })
	go func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			f(c)
		}
	}()
	return path
}
