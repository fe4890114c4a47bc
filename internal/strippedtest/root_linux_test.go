package strippedtest

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// rootVariable names the directory that becomes the root directory of the program to run: then
// the test itself turns into that program.
const rootVariable = "STRIPPEDTEST_ROOT"

// mountVariable names a directory: then the test itself turns into the program in the root directory
// above, which is mounted there.
const mountVariable = "STRIPPEDTEST_MOUNT"

func TestMain(m *testing.M) {
	if at := os.Getenv(mountVariable); at != "" {
		fmt.Fprintln(os.Stderr, mount(os.Getenv(rootVariable), at))
		os.Exit(statusNoRoot)
	}
	if root := os.Getenv(rootVariable); root != "" {
		fmt.Fprintln(os.Stderr, enter(root))
		os.Exit(statusNoRoot)
	}
	os.Exit(m.Run())
}

// mount runs the server in a directory that nobody else sees there.
func mount(dir, at string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := syscall.Mount(dir, at, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return syscall.Exec(filepath.Join(at, "server"), os.Args, nil)
}

// statusNoRoot is the exit status if there is no permission to change the root directory.
const statusNoRoot = 77

// nobody is a user who isn't root.
const nobody = 65534

// enter runs /server as a container has it: its root directory is read-only and has nothing
// else but a place for dumps and /proc, and it isn't root. It has mounts of its own, which end
// with it.
func enter(root string) error {
	dumps, proc := filepath.Join(root, "dumps"), filepath.Join(root, "proc")
	const private = syscall.MS_REC | syscall.MS_PRIVATE
	for _, step := range []func() error{
		func() error { return syscall.Mount("", "/", "", private, "") },
		func() error { return syscall.Mount(root, root, "", syscall.MS_BIND, "") },
		func() error {
			return syscall.Mount(root, root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
		},
		func() error { return syscall.Mount(filepath.Clean(root)+".dumps", dumps, "", syscall.MS_BIND, "") },
		func() error { return syscall.Mount("proc", proc, "proc", 0, "") },
		func() error { return syscall.Chroot(root) },
		func() error { return syscall.Chdir("/") },
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setgid(nobody) },
		func() error { return syscall.Setuid(nobody) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return syscall.Exec("/server", os.Args, []string{"COREDUMPY_DIR=/dumps"})
}
