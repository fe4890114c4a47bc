package waits_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/longtest"
	"coredumpy/internal/repl"
)

// hangs are the first lines that waits prints for the programs that hang.
var hangs = []struct{ name, want string }{
	{"abba", circleOf2 + `.* waits for to\.mu .*probably locked by goroutine \d+: from\.mu\.Lock\(\) at locks\.go:`},
	{"circle of five", `possible deadlock: 5 goroutines wait for each other`},
	{"lock twice", itself + `.* waits for a\.mu .* locked itself: a\.mu\.Lock\(\) at list\.go`},
	{"lock in callee", itself + `.* waits for s\.mu .* locked itself: s\.mu\.Lock\(\)`},
	{"read write read", circleOf2 + `(.*\n)*.* waits to read-lock s\.rw .*behind goroutine`},
	{"upgrade", itself + `.* waits to lock s\.rw .* locked itself: s\.rw\.RLock\(\)`},
	{"unlock forgotten",
		`never unlocked: 2 goroutines wait for s\.mu .*; set locks .* may return without unlocking it`},
	{"read unlock forgotten",
		`never unlocked: 1 goroutine waits to lock s\.rw .* locked, and no call on a stack has locked it`},
	{"lock and channel", circleOf2 + `(.*\n)*.*waits to send to p\.events`},
	{"lock and wait group", circleOf2 + `(.*\n)*.*waits for wg .*counter 2`},
	{"once in once", itself + `.* l\.once `},
	{"never signaled", `stuck: 1 goroutine waits for .*sync\.Cond.* no other goroutine .*refers to it`},
	{"signal for one", accused + `waits? for q\.nonNil `},
	{"late result", `stuck: 1 goroutine waits to send to result .*unbuffered.* no other goroutine .*refers to it`},
	{"first result", `stuck: 2 goroutines wait to send to results .*unbuffered.* no other goroutine .*refers to it`},
	{"never closed", accused + `waits to receive from jobs`},
	{"wait in loop", `stuck: 1 goroutine waits for wg .*counter 1.* no other goroutine .*refers to it`},
	{"done forgotten", `stuck: 1 goroutine waits for wg .*counter 1.* no other goroutine .*refers to it`},
	{"nested go", accused + `waits to send to g\.sem .*1 of 1 in it`},
	{"group and results", accused + `waits to send to results`},
	{"nil channel", `nil channel: 1 goroutine waits that nobody can wake: .*nilChannel`},
	{"nil channels", `nil channel: 1 goroutine waits that nobody can wake: .*nilChannels`},
	{"not canceled", `stuck: 1 goroutine waits for .*Done of a context.* no other goroutine .*can cancel it`},
	{"child not canceled", `stuck: 1 goroutine waits .*Done of a context.* can cancel it`},
	{"rows not closed", `exhausted: 1 goroutine waits for a connection of database/sql.*Rows, a Tx or a Conn`},
	{"query in loop", `exhausted: 1 goroutine waits for a connection of database/sql.*Rows, a Tx or a Conn`},
	{"slot kept", `stuck: 1 goroutine waits to send to slots .*2 of 2 in it`},
	{"pipe without reader", `stuck: 1 goroutine waits for .*an io\.Pipe`},
	{"pipe not closed", `stuck: 1 goroutine waits for .*an io\.Pipe`},
	{"crossing", circleOf2 + `(.*\n)*.*waits to send to left`},
	{"drained", accused + `waits for s\.conns .*counter 2`},
}

// These begin the text.
const (
	accused   = `^(possible deadlock|probably stuck)(.|\n)*`
	circleOf2 = `possible deadlock: 2 goroutines wait for each other\n`
	itself    = `possible deadlock: a goroutine waits for itself\n`
)

// The first firstLines lines must name the cause.
const firstLines = 6

func TestHangs(t *testing.T) {
	for _, b := range builds(t) {
		said := b.run(t)
		right := 0
		var table strings.Builder
		for _, h := range hangs {
			first := firstOf(said[h.name], firstLines)
			ok := regexp.MustCompile(h.want).MatchString(first)
			if ok {
				right++
			} else if b.debug {
				t.Errorf("%s, %s: got\n%s\nwant %s", b.name, h.name, said[h.name], h.want)
			}
			line, _, _ := strings.Cut(first, "\n")
			fmt.Fprintf(&table, "%-5v %-24s %s\n", ok, h.name, line)
		}
		t.Logf("%s: the cause is named in %d of %d\n%s", b.name, right, len(hangs), table.String())
	}
}

// Programs that are only busy get no finding.
func TestBusy(t *testing.T) {
	hang := map[string]bool{}
	for _, h := range hangs {
		hang[h.name] = true
	}
	for _, b := range builds(t) {
		accused := 0
		var table strings.Builder
		said := b.run(t)
		for name, text := range said {
			if hang[name] {
				continue
			}
			line, _, _ := strings.Cut(text, "\n")
			if line != "no sign of a deadlock" {
				accused++
				t.Errorf("%s, %s: got\n%s\nwant no accusation", b.name, name, text)
			}
			fmt.Fprintf(&table, "%-24s %s\n", name, line)
		}
		t.Logf("%s: %d false accusations of %d\n%s", b.name, accused, len(said)-len(hangs), table.String())
	}
}

func firstOf(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[:min(n, len(lines))], "")
}

// build is the program of testdata/hangs, built in one way.
type build struct {
	name  string
	exe   string
	debug bool // every variable is kept

	once sync.Once
	said map[string]string // the output of waits for each program
}

var (
	buildOnce sync.Once
	built     []*build
	buildErr  error
	directory string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if directory != "" {
		os.RemoveAll(directory)
	}
	os.Exit(code)
}

// builds builds the program with and without optimisation, once.
func builds(t *testing.T) []*build {
	t.Helper()
	buildOnce.Do(func() {
		if directory, buildErr = os.MkdirTemp("", "waits"); buildErr != nil {
			return
		}
		for _, b := range []*build{{name: "not optimised", debug: true}, {name: "optimised"}} {
			if !b.debug && !longtest.All() {
				continue
			}
			b.exe = filepath.Join(directory, strings.ReplaceAll(b.name, " ", "-")+".exe")
			args := []string{"build", "-o", b.exe}
			if b.debug {
				args = append(args, "-gcflags=-N -l")
			}
			if out, err := exec.Command("go", append(args, "./testdata/hangs")...).CombinedOutput(); err != nil {
				buildErr = fmt.Errorf("go build: %w\n%s", err, out)
				return
			}
			built = append(built, b)
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return built
}

// run runs each program, and returns the output of waits for it.
func (b *build) run(t *testing.T) map[string]string {
	t.Helper()
	b.once.Do(func() {
		names, err := exec.Command(b.exe, "-list").Output()
		if err != nil {
			t.Fatal(err)
		}
		b.said = map[string]string{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		slots := make(chan struct{}, runtime.GOMAXPROCS(0))
		for _, name := range strings.Split(strings.TrimSpace(string(names)), "\n") {
			wg.Add(1)
			go func() {
				defer wg.Done()
				slots <- struct{}{}
				defer func() { <-slots }()
				text, err := b.waits(name)
				mu.Lock()
				defer mu.Unlock()
				if b.said[name] = text; err != nil {
					t.Errorf("%s, %s: %v", b.name, name, err)
				}
			}()
		}
		wg.Wait()
	})
	return b.said
}

// waits runs a program, and returns the output of waits for its dump.
func (b *build) waits(name string) (string, error) {
	path := filepath.Join(directory, strings.ReplaceAll(b.name+"-"+name, " ", "-")+".dump")
	if out, err := exec.Command(b.exe, name, path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	core, err := dump.Open(path)
	if err != nil {
		return "", err
	}
	var out, failed strings.Builder
	if err = repl.Run(core, repl.Options{Commands: []string{"waits"}, Out: &out, Err: &failed}); err != nil {
		return "", fmt.Errorf("%w: %s", err, failed.String())
	}
	return out.String(), paste(core, out.String())
}

// paste runs the commands in the output of waits.
func paste(core *dump.Core, text string) error {
	var commands []string
	for _, m := range command.FindAllStringSubmatch(text, -1) {
		commands = append(commands, m[1])
	}
	if len(commands) == 0 {
		return nil
	}
	var out, failed strings.Builder
	if err := repl.Run(core, repl.Options{Commands: commands, Out: &out, Err: &failed}); err != nil {
		return fmt.Errorf("%q: %w: %s", commands, err, failed.String())
	}
	return nil
}

var command = regexp.MustCompile(`(?m)^ {6}((?:goroutine \d+ frame \d+ )?p .*)$`)

// Handlers of http.DefaultServeMux, which isn't in a dump, may wake any goroutine.
func TestServed(t *testing.T) {
	longtest.Skip(t)
	exe, path := filepath.Join(t.TempDir(), "served.exe"), filepath.Join(t.TempDir(), "served.dump")
	if out, err := exec.Command("go", "build", "-gcflags=-N -l", "-o", exe, "./testdata/served").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if out, err := exec.Command(exe, path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	core, err := dump.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var out, failed strings.Builder
	if err := repl.Run(core, repl.Options{Commands: []string{"waits"}, Out: &out, Err: &failed}); err != nil {
		t.Fatal(err, failed.String())
	}
	if text := out.String(); !strings.HasPrefix(text, "no sign of a deadlock\n(") || !strings.Contains(text, "updates") {
		t.Errorf("got\n%s\nwant no accusation, and why, and who waits for updates", text)
	}
}
