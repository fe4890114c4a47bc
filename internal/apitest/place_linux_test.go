package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// noise returns strings that don't compress well and take at least n bytes in a dump.
func noise(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n/1000)
	for i := range list {
		text := make([]byte, 2000)
		for j := range text {
			text[j] = "abcdefghijklmno "[r.IntN(16)]
		}
		list[i] = string(text)
	}
	return list
}

// check ends a child that can't do its part.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

func init() {
	children["full"] = func() {
		dir := os.Args[1]
		if err := syscall.Mount("coredumpy", dir, "tmpfs", 0, "size=64k"); err != nil {
			fmt.Print("skip: mount: ", err)
			os.Exit(0)
		}
		defer func() { // nobody else sees the directory
			entries, err := os.ReadDir(dir)
			check(err)
			fmt.Print(len(entries), " files")
		}()
		defer coredumpy.OnPanic(coredumpy.Path(filepath.Join(dir, "x.dump")), coredumpy.Var("noise", noise(1<<20)))
		panic("the original")
	}
	children["large"] = func() {
		if os.Args[1] == "notify" {
			signal.Notify(make(chan os.Signal, 1), syscall.SIGXFSZ)
		}
		check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}))
		defer coredumpy.OnPanic(coredumpy.Var("noise", noise(1<<20)))
		panic("the original")
	}
	children["descriptors"] = func() {
		left, err := strconv.Atoi(os.Args[1])
		check(err)
		if os.Args[2] == "poller" {
			f, err := os.Open("/")
			check(err)
			check(f.Close())
		}
		check(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 50, Max: 50}))
		var fds []int
		for {
			fd, err := syscall.Dup(1)
			if err != nil {
				break
			}
			fds = append(fds, fd)
		}
		for _, fd := range fds[:left] {
			check(syscall.Close(fd))
		}
		defer coredumpy.OnPanic()
		panic("the original")
	}
}

func init() {
	children["gone"] = func() {
		check(os.Remove(os.Args[1]))
		defer coredumpy.OnPanic()
		panic("the original")
	}
	children["link"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path(os.Args[1]))
		panic("the original")
	}
	children["deaf"] = func() {
		guarded(siteA)
		fmt.Print("alive")
		defer coredumpy.OnPanic()
		siteB()
	}
	children["slow"] = func() {
		size, err := strconv.Atoi(os.Args[1])
		check(err)
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"), coredumpy.Var("noise", noise(size)))
		panic("the original")
	}
}

// wantPanicAfterLine checks that a program ended by its own panic, after one line of
// coredumpy about why there is no dump, which has the given reason among others.
func wantPanicAfterLine(t *testing.T, o outcome, why string) {
	t.Helper()
	line, rest, _ := strings.Cut(o.stderr, "\n")
	if o.exit != 2 || !strings.HasPrefix(line, "coredumpy: no dump written: ") ||
		!strings.Contains(line+"; ", why+"; ") ||
		!strings.HasPrefix(rest, "panic: the original [recovered") || strings.Contains(rest, "coredumpy: ") {
		t.Errorf("got exit status %d and stderr %.500q, want 2, a line with %q and then the panic",
			o.exit, o.stderr, why)
	}
}

// Nothing is left behind on a full disk, and the dump goes elsewhere.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	// The program is root, in a namespace of its own if need be.
	other := filepath.Join(filepath.Dir(elsewhere(t)), "coredumpy-0")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := onFullDisk(t, dir)
	wantPanicAfterLine(t, o, filepath.Join(dir, "x.dump")+": no space left on device")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	o = onFullDisk(t, dir)
	if d := wantElsewhere(t, o, other,
		filepath.Join(dir, "x.dump")+": no space left on device"); d.Head().Message != "the original" {
		t.Errorf("got a dump of %q, want the panic's", d.Head().Message)
	}
}

// onFullDisk runs a program whose dump, at x.dump in dir, doesn't fit on the disk.
func onFullDisk(t *testing.T, dir string) outcome {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, dir)
	cmd.Env = append(os.Environ(), childVariable+"=full", "GOTRACEBACK=single")
	// The mount is the process's own, and ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Skip("no mount of a small disk here: ", err)
	}
	cmd.Wait()
	if why, ok := strings.CutPrefix(stdout.String(), "skip: "); ok {
		t.Skip("no small disk here: ", why)
	}
	if got := stdout.String(); got != "0 files" {
		t.Errorf("got %q on the disk, want nothing left behind", got)
	}
	return outcome{exit: cmd.ProcessState.ExitCode(), stderr: stderr.String()}
}

// A file may not grow beyond the limit of the process, which raises a signal.
func TestFileSizeLimit(t *testing.T) {
	for _, mode := range []string{"default", "notify"} {
		other := elsewhere(t)
		o := child(t, "large", mode)
		if line, _, _ := strings.Cut(o.stderr, "\n"); strings.Count(line, ".dump: file too large") != 2 {
			t.Errorf("got line %q, want the same for two places", line)
		}
		wantPanicAfterLine(t, o, ".dump: file too large")
		wantNothing(t, o.dir)
		wantNothing(t, other)
	}
}

// With few descriptors left there is a dump, or a line that says why not. The runtime
// would end the program if it couldn't make its poller.
func TestFewDescriptors(t *testing.T) {
	nowhere(t)
	for _, poller := range []string{"poller", "none"} {
		need := map[string]int{"poller": 1, "none": 3}[poller]
		for left := range 5 {
			o := child(t, "descriptors", strconv.Itoa(left), poller)
			if left < need {
				wantPanicAfterLine(t, o, "too many open files")
				wantNothing(t, o.dir)
				continue
			}
			if d := onlyDump(t, o.dir); o.exit != 2 || d.Head().Message != "the original" {
				t.Errorf("%s, %d left: got exit status %d and message %q, want 2 and the panic's",
					poller, left, o.exit, d.Head().Message)
			}
		}
	}
}

// The current directory may be gone.
func TestDirectoryGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	nowhere(t)
	run := func() outcome {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, dir)
		cmd.Env, cmd.Dir = append(os.Environ(), childVariable+"=gone", "GOTRACEBACK=single"), dir
		return command(t, cmd)
	}
	wantPanicAfterLine(t, run(), "no such file or directory")
	other := elsewhere(t)
	wantElsewhere(t, run(), other, "no such file or directory")
}

// wantAt checks that a program ended by its own panic, with a dump at a link's path.
func wantAt(t *testing.T, o outcome, path, to string) {
	t.Helper()
	if d := open(t, path); o.exit != 2 || d.Head().Message != "the original" ||
		!strings.Contains(o.stderr, "\ncoredumpy load "+path+"\n") {
		t.Errorf("link to %s: got exit status %d and message %q, want 2 and the panic's\n%s",
			to, o.exit, d.Head().Message, o.stderr)
	}
}

// makeTargets makes files that links may lead to; the third one is a link to a descriptor.
func makeTargets(dir, descriptor string) error {
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "file"), []byte("the last one"), 0o600),
		os.Mkdir(filepath.Join(dir, "dir"), 0o700),
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
		os.Symlink("file", filepath.Join(dir, "second")),
		os.Symlink(descriptor, filepath.Join(dir, "third")))
}

// A symbolic link at the final name is followed, and stays, if it leads to a file or to
// nothing. Anything else that it leads to stays as it is, too, and the dump goes
// elsewhere.
func TestSymlinkOnPanic(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	fd := func(f *os.File) string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd()) }
	for _, tt := range []struct{ to, why string }{
		{"file", ""},
		{"made", ""},
		{"second", ""},
		{"dir", "dir, a directory, not a regular file"},
		{".", "a directory, not a regular file"},
		{"pipe", "pipe, a named pipe, not a regular file"},
		{"socket", "socket, a socket, not a regular file"},
		{os.DevNull, "/dev/null, a device, not a regular file"},
		{"x.dump", "too many symbolic links"},
		{fd(w), "is a descriptor, not a regular file"},
		{fd(log), "is a descriptor, not a regular file"},
		{"third", "is a descriptor, not a regular file"},
		{"none/x.dump", "no such file or directory"},
	} {
		dir, other := t.TempDir(), elsewhere(t)
		path := filepath.Join(dir, "x.dump")
		if err := errors.Join(makeTargets(dir, fd(log)), os.Symlink(tt.to, path)); err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("unix", filepath.Join(dir, "socket"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		before := entries(t, dir)
		o := child(t, "link", path)
		wantLine := before
		switch tt.why {
		case "":
			wantAt(t, o, path, tt.to)
			wantNothing(t, filepath.Dir(other))
			if tt.to == "made" {
				wantLine = append(slices.Clone(before), "made -rw-------")
				slices.Sort(wantLine)
			}
		default:
			wantElsewhere(t, o, other, tt.why)
		}
		if got := entries(t, dir); !slices.Equal(got, wantLine) {
			t.Errorf("link to %s: got %q in the directory, want %q", tt.to, got, wantLine)
		}
	}
	if info, err := log.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("got %d bytes, %v in a file that a descriptor leads to, want none", info.Size(), err)
	}
}

// entries lists the files in a directory with their kinds.
func entries(t *testing.T, dir string) (list []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprint(e.Name(), " ", info.Mode()))
	}
	return list
}

// If nobody reads standard error any more, the program goes on all the same.
func TestNobodyReads(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stdout bytes.Buffer
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVariable+"=deaf")
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &stdout, w
	cmd.Run()
	if got := cmd.ProcessState.String(); got != "exit status 2" || stdout.String() != "alive" {
		t.Errorf("got %s and stdout %q, want exit status 2 and alive", got, stdout.String())
	}
	if got := dumpsAt(t, cmd.Dir, "*.dump"); got[prefix+"siteA"] != 1 || got[prefix+"siteB"] != 1 {
		t.Errorf("got dumps of %v, want one of each panic", got)
	}
}

// A signal in the middle of writing ends the program as it would at any other time. Then
// there is no dump; the part that was written has a name of its own, and peek doesn't
// take it for a dump.
func TestKilledWhileWriting(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			if sig != syscall.SIGKILL {
				longtest.Skip(t)
			}
			for size := 8 << 20; ; size *= 2 {
				if killWhileWriting(t, sig, size) {
					return
				}
				if size > 64<<20 {
					t.Fatal("every dump was written before the signal came, however large")
				}
			}
		})
	}
}

// killWhileWriting reports whether the signal came in time.
func killWhileWriting(t *testing.T, sig syscall.Signal, size int) bool {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(exe, strconv.Itoa(size))
	cmd.Env = append(os.Environ(), childVariable+"=slow")
	cmd.Dir, cmd.Stderr = t.TempDir(), &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := func() bool {
		files, _ := filepath.Glob(filepath.Join(cmd.Dir, ".coredumpy-*.tmp"))
		for _, name := range files {
			if info, err := os.Stat(name); err == nil && info.Size() > 100_000 {
				return true
			}
		}
		return false
	}
	for end := time.Now().Add(time.Minute); !begun() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
		if files, _ := filepath.Glob(filepath.Join(cmd.Dir, "x.dump")); len(files) > 0 {
			break
		}
	}
	cmd.Process.Signal(sig)
	cmd.Wait()
	if _, err := os.Stat(filepath.Join(cmd.Dir, "x.dump")); err == nil {
		return false
	}
	if got := cmd.ProcessState.Sys().(syscall.WaitStatus); !got.Signaled() || got.Signal() != sig {
		t.Errorf("got %v, want it ended by the signal", cmd.ProcessState)
	}
	if stderr.Len() > 0 {
		t.Errorf("got stderr %q, want none", stderr.String())
	}
	entries, err := os.ReadDir(cmd.Dir)
	if err != nil || len(entries) != 1 || !strings.HasPrefix(entries[0].Name(), ".coredumpy-") ||
		!strings.HasSuffix(entries[0].Name(), ".tmp") {
		t.Fatalf("got %v, %v in the directory, want the temporary file", entries, err)
	}
	core, err := coredumpy.Open(filepath.Join(cmd.Dir, entries[0].Name()))
	if err != nil || core.Missing() == "" {
		t.Errorf("got error %v and Missing %q, want a dump that says what it lacks", err, core.Missing())
	}
	var out bytes.Buffer
	if n, err := coredumpy.Peek(&out, []string{cmd.Dir}, coredumpy.PeekOptions{}); n != 0 || err == nil ||
		!strings.Contains(err.Error(), "no dumps in") || out.Len() > 0 {
		t.Errorf("got %d dumps, %v and %q of the directory, want none", n, err, out.String())
	}
	return true
}
