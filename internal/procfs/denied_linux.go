//go:build amd64 || arm64

package procfs

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// capSysPtrace is CAP_SYS_PTRACE (linux/capability.h).
const capSysPtrace = 19

// access is what decides whether the kernel lets one process look into another
// (ptrace(2), "Ptrace access mode checking").
type access struct {
	uid, target int // user ids, -1 if not known
	capable     bool
	yama        int // kernel.yama.ptrace_scope, 0 if there is none
}

// denied returns an error that says why this process may not look into another one, and
// what to do.
func denied(pid int) error {
	a := access{uid: os.Geteuid(), target: -1}
	if uids := strings.Fields(statusField(Path(pid, "status"), "Uid")); len(uids) > 0 {
		if n, err := strconv.Atoi(uids[0]); err == nil {
			a.target = n
		}
	}
	caps, _ := strconv.ParseUint(statusField("/proc/self/status", "CapEff"), 16, 64)
	a.capable = caps&(1<<capSysPtrace) != 0
	if b, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); err == nil {
		a.yama, _ = strconv.Atoi(strings.TrimSpace(string(b)))
	}
	return a.explain(pid)
}

func (a access) explain(pid int) error {
	what := fmt.Sprintf("not permitted to look into process %d", pid)
	switch {
	case a.yama >= 3:
		return fmt.Errorf("%s: the system allows that to nobody until it is rebooted "+
			"(kernel.yama.ptrace_scope is %d)", what, a.yama)
	case a.capable:
		return fmt.Errorf("%s: it belongs to another container, or a security module protects it "+
			"(SELinux, AppArmor)", what)
	case a.target >= 0 && a.target != a.uid:
		return fmt.Errorf("%s: it belongs to user %d and this is user %d; run this as that user or with sudo",
			what, a.target, a.uid)
	case a.yama == 2:
		return fmt.Errorf("%s: the system allows that to administrators only (kernel.yama.ptrace_scope is 2); "+
			"use sudo, or --cap-add=SYS_PTRACE in a container", what)
	case a.yama == 1:
		return fmt.Errorf("%s: the system allows that for one's own children only (kernel.yama.ptrace_scope is 1); "+
			"use sudo, --cap-add=SYS_PTRACE in a container, or sysctl kernel.yama.ptrace_scope=0", what)
	}
	return fmt.Errorf("%s: it has privileges that this process doesn't have; "+
		"use sudo, or --cap-add=SYS_PTRACE in a container", what)
}
