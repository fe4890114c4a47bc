//go:build amd64 || arm64

package monitor

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"coredumpy/internal/unsafely"
)

// rights say what a process may do with files.
type rights struct {
	uid, gid     [4]int // real, effective, saved, and that of the file system
	groups       []int
	capabilities uint64 // the effective ones
}

// ofFiles is the one of the four that counts for files (credentials(7)).
const ofFiles = 3

// parseRights reads the user, groups and capabilities from the status of a process,
// proc(5).
//
//	Uid:	0	1000	0	1000
//	Groups:	4 24 1000
//	CapEff:	000001ffffffffff
func parseRights(status string) (r rights, err error) {
	fields := map[string][]string{}
	for line := range strings.Lines(status) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[name] = strings.Fields(value)
		}
	}
	numbers := func(name string) (n []int) {
		if fields[name] == nil {
			err = fmt.Errorf("the status of the process has no %s", name)
		}
		for _, text := range fields[name] {
			v, parseErr := strconv.ParseUint(text, 10, 32)
			if parseErr != nil {
				err = fmt.Errorf("the status of the process has %s %q", name, fields[name])
			}
			n = append(n, int(v))
		}
		return n
	}
	for name, to := range map[string]*[4]int{"Uid": &r.uid, "Gid": &r.gid} {
		if n := numbers(name); len(n) == len(to) {
			*to = [4]int(n)
		} else if err == nil {
			err = fmt.Errorf("the status of the process has %s %v", name, n)
		}
	}
	r.groups = numbers("Groups")
	if f := fields["CapEff"]; len(f) == 1 && err == nil {
		r.capabilities, err = strconv.ParseUint(f[0], 16, 64)
	} else if err == nil {
		err = fmt.Errorf("the status of the process has CapEff %q", f)
	}
	slices.Sort(r.groups)
	return r, err
}

func readRights(pid string) (rights, error) {
	b, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return rights{}, err
	}
	return parseRights(string(b))
}

// capChroot is CAP_SYS_CHROOT (linux/capability.h).
const capChroot = 18

// standing is the rights and directories that the watched process has when it crashes:
// afterwards it has ended.
type standing struct {
	own, theirs rights
	directory   *os.File // the current one
	root        *os.File // nil if it is this process's root
	err         error    // why the rights aren't known
}

func standingOf(pid int) (s standing) {
	proc := fmt.Sprintf("/proc/%d/", pid)
	s.directory, _ = os.Open(proc + "cwd")
	if s.own, s.err = readRights("self"); s.err != nil {
		return s
	}
	if s.theirs, s.err = readRights(strconv.Itoa(pid)); s.err != nil {
		return s
	}
	same, err := sameRoot(proc)
	switch {
	case err != nil && s.own.capabilities&(1<<capChroot) == 0:
		// Then the watched process couldn't have changed its root either.
	case err != nil:
		s.err = fmt.Errorf("its root directory: %w", err)
	case !same:
		s.root, s.err = os.Open(proc + "root")
	}
	return s
}

// equal reports whether the watched process has the same rights as this one.
func (w *Watch) equal() bool {
	s := standingOf(w.PID)
	defer s.directory.Close() // returns an error if it is nil
	defer s.root.Close()
	return s.err == nil && !s.reduced()
}

// sameRoot reports whether another process sees the same files under the same paths.
func sameRoot(proc string) (bool, error) {
	own, err1 := os.Stat("/")
	theirs, err2 := os.Stat(proc + "root/.")
	mounts1, err3 := os.Readlink("/proc/self/ns/mnt")
	mounts2, err4 := os.Readlink(proc + "ns/mnt")
	err := errors.Join(err1, err2, err3, err4)
	if err == nil {
		return os.SameFile(own, theirs) && mounts1 == mounts2, nil
	}
	// This process may not look at the other one's root directory, but it may see its
	// mounts, each with a number: a process with another root doesn't see all of them, or
	// sees them elsewhere.
	mounts, err1 := os.ReadFile("/proc/self/mountinfo")
	same, err2 := os.ReadFile(proc + "mountinfo")
	if errors.Join(err1, err2) == nil && len(mounts) > 0 && bytes.Equal(mounts, same) {
		return true, nil
	}
	return false, err
}

// reduced reports whether the watched process has another user, group or root, or fewer
// capabilities than this one.
func (s *standing) reduced() bool {
	return s.root != nil || s.own.uid != s.theirs.uid || s.own.gid != s.theirs.gid ||
		!slices.Equal(s.own.groups, s.theirs.groups) || s.own.capabilities&^s.theirs.capabilities != 0
}

// Descend takes away the rights that the watched process doesn't have: a program that has
// given up rights since it called Monitor gets the dump that it could have written
// itself. The current directory becomes that of the watched process, or else the one in
// which that called Start. After an error nothing must be written. Call it after Wait.
func (w *Watch) Descend() error {
	s := &w.standing
	if s.err != nil {
		return fmt.Errorf("the program's rights can't be found out: %w", s.err)
	}
	if s.directory != nil {
		s.directory.Chdir()
	}
	if s.reduced() {
		if err := s.descend(); err != nil {
			return fmt.Errorf("the program has given up rights, "+
				"and the watcher process can't do the same: %w", err)
		}
	}
	if s.directory == nil && s.root == nil { // this one may not see where the other one is now
		os.Chdir(w.began)
	}
	return nil
}

func (s *standing) descend() error {
	if s.root != nil {
		if err := enter(s.root); err != nil {
			return err
		}
	}
	if !slices.Equal(s.own.groups, s.theirs.groups) {
		if err := syscall.Setgroups(s.theirs.groups); err != nil {
			return os.NewSyscallError("setgroups", err)
		}
	}
	if id := s.theirs.gid[ofFiles]; s.own.gid != [4]int{id, id, id, id} {
		if err := syscall.Setresgid(id, id, id); err != nil {
			return os.NewSyscallError("setresgid", err)
		}
	}
	id := s.theirs.uid[ofFiles]
	if s.own.uid != [4]int{id, id, id, id} {
		if err := syscall.Setresuid(id, id, id); err != nil {
			return os.NewSyscallError("setresuid", err)
		}
		if s.own.uid[ofFiles] == 0 {
			return nil // without capabilities now
		}
	}
	if s.own.capabilities&^s.theirs.capabilities == 0 {
		return nil
	}
	return unsafely.LimitCapabilities(s.theirs.capabilities)
}

// enter changes the root directory, but not the current one, which may be outside.
func enter(root *os.File) error {
	here, err := os.Open(".")
	if err != nil {
		return err
	}
	defer here.Close()
	if err := root.Chdir(); err != nil {
		return err
	}
	if err := syscall.Chroot("."); err != nil {
		return os.NewSyscallError("chroot", err)
	}
	return here.Chdir()
}
