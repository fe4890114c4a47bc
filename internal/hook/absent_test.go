package hook

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// What programs do when the other end of the socket isn't what they hope for:
// the same as without the hook.
func TestAbsentReader(t *testing.T) {
	tc := needReports(t)
	if testing.Short() {
		t.Skip("TestCrash has the main thing")
	}
	p := build(t, tc, "build", "crash")
	serve := func(f func(c *net.UnixConn)) string {
		path := filepath.Join(t.TempDir(), "s")
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
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
	for _, tt := range []struct{ name, path string }{
		{"unset", ""},
		{"nobody", filepath.Join(t.TempDir(), "nobody")},
		{"abstract", "@coredumpy-hook-test-nobody"},
		{"long", "/" + longName},
		{"hangs_up", serve(func(c *net.UnixConn) { c.Close() })},
		{"resets", serve(func(c *net.UnixConn) { c.SetReadBuffer(0); c.Write([]byte("answers before it is asked")); c.Close() })},
		{"closes_late", serve(func(c *net.UnixConn) { c.Read(make([]byte, 10)); time.Sleep(10 * time.Millisecond); c.Close() })},
	} {
		for _, way := range []string{"error", "goroutine", "ten", "deadlock", "quit", "exit", "clean"} {
			t.Run(tt.name+"_"+way, func(t *testing.T) {
				env := []string{ExitEnv + "=1"}
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
