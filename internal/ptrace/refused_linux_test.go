//go:build amd64 || arm64

package ptrace

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/childtest"
	"coredumpy/internal/procfs"
)

func TestStopRefused(t *testing.T) {
	ended := childtest.Start(t, "exit")
	ended.AwaitState("Z")
	c := childtest.Start(t, "spin 1")
	tids, err := procfs.Tasks(c.PID)
	if err != nil {
		t.Fatal(err)
	}
	thread := slices.Max(tids)
	for _, tt := range []struct {
		pid  int
		want string
	}{
		{os.Getpid(), "stop: process " + strconv.Itoa(os.Getpid()) + " is this one"},
		{1 << 30, "stop: no process 1073741824"},
		{0, "stop: no process 0"},
		{-1, "stop: no process -1"},
		{2, "stop: process 2 is a part of the kernel"},
		{ended.PID, "stop: process " + strconv.Itoa(ended.PID) + " has ended"},
		{thread, "stop: " + strconv.Itoa(thread) + " is a thread of process " + strconv.Itoa(c.PID)},
	} {
		if tt.pid == 2 && !isKernelThread(2) {
			continue // a container
		}
		s, err := Stop(tt.pid, childtest.Patience)
		if err == nil {
			s.Release()
			t.Errorf("%d: got no error, want %q", tt.pid, tt.want)
		} else if err.Error() != tt.want {
			t.Errorf("%d: got error %q, want %q", tt.pid, err, tt.want)
		}
	}
}

func isKernelThread(pid int) bool {
	st, err := procfs.ReadStat(procfs.Path(pid, "stat"))
	return err == nil && st.OfKernel()
}

func TestStopForeign(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	c := childtest.Start(t, "spin 1")
	p := childtest.Start(t, "stop "+strconv.Itoa(c.PID)+" 65534")
	want := "not permitted to look into process " + strconv.Itoa(c.PID) +
		": it belongs to user 0 and this is user 65534; run this as that user or with sudo"
	if text := strings.Join(p.Words, " "); strings.Contains(text, "open /proc") {
		t.Skip("another user can't read /proc: ", text)
	}
	for _, op := range []string{"stop: ", "open: "} {
		if got := strings.Join(p.Words, " "); got != op+want {
			t.Errorf("got %q, want %q", got, op+want)
		}
		if op == "stop: " {
			p.Words = p.Listen()
		}
	}
	c.WantMoves(c.Addr(0))
}
