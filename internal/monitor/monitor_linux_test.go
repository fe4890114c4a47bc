//go:build amd64 || arm64

package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/cause"
)

// seen is what the watcher has seen of a crash.
type seen struct {
	First, Report string
	Rest          int // bytes read after the report
	Writer        int
	Settings      int
	Told          []cause.PanicID
	Guarded       bool
}

// crashing makes the test binary crash, with this many bytes of settings.
const crashing = "MONITOR_TEST_SETTINGS"

func TestMain(m *testing.M) {
	if w := Watching(); w != nil {
		watchTest(w)
		os.Exit(0)
	}
	if text := os.Getenv(crashing); text != "" {
		var n int
		fmt.Sscan(text, &n)
		crash(n)
	}
	os.Exit(m.Run())
}

// crash reports a panic to the watcher, and panics.
func crash(settings int) {
	if err := Start(bytes.Repeat([]byte("s"), settings)); err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	if err := Start(nil); err == nil || !Tells() {
		fmt.Println("started twice")
		os.Exit(3)
	}
	for n := range int64(maxTold) + 5 {
		Tell(cause.PanicID{Goroutine: n, Place: 2, Value: [2]uint64{3, 4}})
		if n%100 == 99 { // nobody waits until it has been read
			time.Sleep(time.Millisecond)
		}
	}
	panic(strings.Repeat("long", 1000))
}

// watchTest writes what it sees to where the program runs.
func watchTest(w *Watch) {
	defer w.Close()
	s := seen{Settings: len(w.Settings), Guarded: w.Guard(time.Minute) == nil}
	crashed, err := w.Wait()
	if !crashed || err != nil {
		os.Exit(1)
	}
	if err := w.Descend(); err != nil {
		fmt.Fprintln(w.Stderr(), err)
		os.Exit(1)
	}
	s.First, s.Writer, s.Told = w.First(), w.Writer(), w.Told()
	s.Report = w.Rest(1 << 20)
	s.Rest = len(w.Rest(1 << 20))
	b, _ := json.Marshal(s)
	os.WriteFile("seen.tmp", b, 0o600)
	os.Rename("seen.tmp", "seen.json")
}

// TestCrash has a watched program crash.
func TestCrash(t *testing.T) {
	for _, settings := range []int{1, 200 << 10} {
		cmd := exec.Command(os.Args[0])
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "GOTRACEBACK=single", fmt.Sprintf("%s=%d", crashing, settings))
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		var ee *exec.ExitError
		if err := cmd.Run(); !errors.As(err, &ee) || ee.ExitCode() != 2 {
			t.Fatalf("got %v; stderr:\n%s", err, &stderr)
		}
		var s seen
		var err error
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			var b []byte
			if b, err = os.ReadFile(filepath.Join(cmd.Dir, "seen.json")); err == nil {
				err = json.Unmarshal(b, &s)
				break
			}
		}
		if err != nil {
			t.Fatalf("%v; stderr:\n%s", err, &stderr)
		}
		if s.First != "panic: " || s.Writer == 0 || s.Settings != settings || !s.Guarded || s.Rest != 0 {
			t.Errorf("got beginning %q, thread %d, %d bytes of settings, a guard %v and %d bytes after the report",
				s.First, s.Writer, s.Settings, s.Guarded, s.Rest)
		}
		if s.Report != stderr.String() {
			t.Errorf("got report\n%s\nwant\n%s", s.Report, &stderr)
		}
		if n := len(s.Told); n < maxTold/2 || n > maxTold {
			t.Errorf("got %d panics, want %d to %d", n, maxTold/2, maxTold)
		} else if got, want := s.Told[n-1], (cause.PanicID{Goroutine: maxTold + 4, Place: 2,
			Value: [2]uint64{3, 4}}); got != want {
			t.Errorf("got %v as the last panic, want %v", got, want)
		}
	}
}

func TestTooManySettings(t *testing.T) {
	if _, err := settingsPipe(make([]byte, maxSettings+1)); err == nil {
		t.Error("got no error for too long settings")
	}
}

// A pipe holds one write: that can be looked at without reading it, and there is no room
// for another.
func TestPacketPipe(t *testing.T) {
	r, w, err := packetPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, f := range []*os.File{r, w} {
		if err := syscall.SetNonblock(int(f.Fd()), true); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []error{nil, syscall.EAGAIN} {
		if _, err := syscall.Write(int(w.Fd()), []byte("a")); err != want {
			t.Fatalf("got %v, want %v", err, want)
		}
	}
	poll, err := pollOnce(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer poll.Close()
	for _, want := range []int32{int32(r.Fd()), 0} { // once
		if e, err := nextEvent(poll, 0); err != nil || e.Fd != want {
			t.Errorf("got descriptor %d and %v, want %d", e.Fd, err, want)
		}
	}
}

func TestParseVariable(t *testing.T) {
	type parsed struct {
		role     string
		pid      int
		patience time.Duration
		ok       bool
	}
	for text, want := range map[string]parsed{
		"start 4711":      {starter, 4711, 0, true},
		"watch 1":         {watcher, 1, 0, true},
		"guard 25s 4711":  {guard, 4711, 25 * time.Second, true},
		"":                {},
		"watch":           {},
		"watch 0":         {},
		"watch -1":        {},
		"watch 1 2":       {},
		"guard 4711":      {},
		"guard -1s 4711":  {},
		"guard soon 4711": {},
		"guard 1s 2s 3":   {},
		"other 4711":      {},
	} {
		var got parsed
		if got.role, got.pid, got.patience, got.ok = parseVariable(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func FuzzParseVariable(f *testing.F) {
	f.Add("guard 25s 4711")
	f.Add("watch 4711")
	f.Fuzz(func(t *testing.T, text string) {
		role, pid, patience, ok := parseVariable(text)
		if !ok {
			return
		}
		again := fmt.Sprintf("%s %d", role, pid)
		if role == guard {
			again = fmt.Sprintf("%s %v %d", role, patience, pid)
		}
		if r, p, d, ok := parseVariable(again); r != role || p != pid || d != patience || !ok {
			t.Errorf("%q: got %q %d %v %v from %q", text, r, p, d, ok, again)
		}
	})
}

const status = `Name:	server
Groups.x:	7
Uid:	1000	0	1000	65534
Gid:	0	0	0	0
Groups:	27 4 1000 
CapEff:	00000000000000ff
`

func TestParseRights(t *testing.T) {
	want := rights{uid: [4]int{1000, 0, 1000, 65534}, groups: []int{4, 27, 1000}, capabilities: 0xff}
	if got, err := parseRights(status); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if got, err := parseRights(strings.Replace(status, "27 4 1000 ", "", 1)); err != nil || len(got.groups) != 0 {
		t.Errorf("got groups %v and %v, want none", got.groups, err)
	}
	for _, change := range [][2]string{
		{"Uid:", "uid:"}, {"Gid:", "G:"}, {"Groups:", "G:"}, {"CapEff:", "Cap:"},
		{"\t65534", ""}, {"65534", "65534\t1"}, {"65534", "nobody"}, {"65534", "-1"}, {"27", "x"}, {"00ff", "00fg"},
		{"00ff", "00ff 1"},
	} {
		text := strings.Replace(status, change[0], change[1], 1)
		if got, err := parseRights(text); err == nil {
			t.Errorf("%q for %q: got %+v, want an error", change[1], change[0], got)
		}
	}
	own, err := readRights("self")
	if err != nil || own.uid[0] != os.Getuid() || own.uid[1] != os.Geteuid() || own.gid[1] != os.Getegid() {
		t.Errorf("got %+v and %v of this process", own, err)
	}
}

func FuzzParseRights(f *testing.F) {
	f.Add(status)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseRights(text)
		if err == nil && !strings.Contains(text, "CapEff:") {
			t.Errorf("got %+v from %q", r, text)
		}
	})
}

func TestReduced(t *testing.T) {
	root := rights{capabilities: 0xff}
	for name, tt := range map[string]struct {
		s    standing
		want bool
	}{
		"same":                {standing{own: root, theirs: root}, false},
		"more capabilities":   {standing{own: root, theirs: rights{capabilities: 0x1ff}}, false},
		"fewer capabilities":  {standing{own: root, theirs: rights{capabilities: 0x7f}}, true},
		"another user":        {standing{own: root, theirs: rights{uid: [4]int{1, 1, 1, 1}, capabilities: 0xff}}, true},
		"another file system": {standing{own: root, theirs: rights{uid: [4]int{3: 1}, capabilities: 0xff}}, true},
		"another group":       {standing{own: root, theirs: rights{gid: [4]int{3: 1}, capabilities: 0xff}}, true},
		"another groups":      {standing{own: root, theirs: rights{groups: []int{1}, capabilities: 0xff}}, true},
		"another root":        {standing{own: root, theirs: root, root: os.Stdin}, true},
	} {
		if got := tt.s.reduced(); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// Finding out whether there is a crash output takes long. It isn't tried with descriptors
// that can't be one.
func TestMayBeOutput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	inherited, err := syscall.Dup(int(w.Fd())) // a program started by this one gets it
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(inherited)
	for fd, want := range map[int]bool{int(w.Fd()): true, int(r.Fd()): false, inherited: false} {
		if got := mayBeOutput(fd); got != want {
			t.Errorf("descriptor %d of %v, %v, %d: got %v, want %v", fd, r.Fd(), w.Fd(), inherited, got, want)
		}
	}
}
