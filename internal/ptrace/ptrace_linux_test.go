//go:build amd64 || arm64

package ptrace

import (
	"slices"
	"testing"

	"coredumpy/internal/childtest"
	"coredumpy/internal/procfs"
)

// Looking for threads that have ended takes no stop away from the tracer, though the
// kernel would hand it out.
func TestReap(t *testing.T) {
	c := childtest.Start(t, "spin 1")
	tids, err := procfs.Tasks(c.PID)
	if err != nil {
		t.Fatal(err)
	}
	tid := slices.Max(tids)
	done := make(chan bool)
	onOwnThread(func() {
		defer close(done)
		for _, request := range []int{ptraceSeize, ptraceInterrupt} {
			if err := ptrace(request, tid, 0, 0); err != nil {
				t.Error(err)
				return
			}
		}
		childtest.Eventually(func() bool {
			st, _ := procfs.ReadStat(procfs.TaskPath(c.PID, tid, "stat"))
			return st.Stopped()
		})
		reap(tid)
		if e, status := waitFor(c.PID, tid); e != waitStopped || status>>8 != eventStop {
			t.Errorf("got event %d with status %#x after reap, want a stop", e, status)
		}
		c.Cmd.Process.Kill()
		childtest.Eventually(func() bool {
			st, err := procfs.ReadStat(procfs.TaskPath(c.PID, tid, "stat"))
			return err != nil || st.Ended()
		})
		reap(tid)
		if st, err := procfs.ReadStat(procfs.TaskPath(c.PID, tid, "stat")); err == nil {
			t.Errorf("got a thread in state %c after reap, want none", st.State)
		}
	})
	<-done
}
