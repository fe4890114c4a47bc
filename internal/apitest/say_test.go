package apitest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"coredumpy"
)

// speaker is an error that does something when it is asked for its text.
type speaker struct{ speak func() string }

func (s speaker) Error() string { return s.speak() }

type teller struct{ Text string }

func (s teller) String() string { return s.Text }

const unasked = "apitest.speaker"

// The message is what the runtime prints. The value's own method is called only if the
// message can't be found otherwise.
func TestMessageSaid(t *testing.T) {
	var none *speaker
	var exit *exec.ExitError
	_ = errors.As(exec.Command("go", "no such command").Run(), &exit)
	long := errors.Join(slicesOf(speaker{func() string { return "disk" }}, 150)...)
	for _, tt := range []struct {
		value any
		want  string
	}{
		{speaker{func() string { return "my error with code 7" }}, "my error with code 7"},
		{&speaker{func() string { return "by pointer" }}, "by pointer"},
		{speaker{func() string { return "" }}, ""},
		{speaker{func() string { return "line\n\tand another" }}, "line\n\tand another"},
		{teller{"a text"}, "a text"},
		{&teller{"<a> & b"}, "<a> & b"},
		{fmt.Errorf("wrapped: %w", teller2{}), "wrapped: teller2"},
		{exit, exit.Error()},
		{&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, "read tcp: connection reset by peer"},
		{errors.Join(io.EOF, speaker{func() string { return "inner" }}), "EOF\ninner"},
		{long, strings.TrimSuffix(strings.Repeat("disk\n", 150), "\n")},

		{speaker{func() string { panic("oops") }}, unasked},
		{speaker{func() string { panic(speaker{func() string { panic("again") }}) }}, unasked},
		{speaker{func() string { var p *int; return strconv.Itoa(*p) }}, unasked},
		{speaker{func() string { runtime.Goexit(); return "" }}, unasked},
		{speaker{func() string { select {} }}, unasked},
		{speaker{func() string { return *as[string](header{0xdead_beef_0000, 100, 0}) }}, unasked},
		{speaker{nil}, unasked},
		{none, "*apitest.speaker"},
	} {
		for _, name := range []string{"x.dump", "x.json"} {
			path := filepath.Join(t.TempDir(), name)
			told := crashTo(t, path, tt.value)
			if got := open(t, path).Head().Message; got != tt.want {
				t.Errorf("%T: got message %.300q, want %.300q", tt.value, got, tt.want)
			}
			if !toldOnce(told) {
				t.Errorf("%T: got %q on standard error, want the lines of one dump", tt.value, told)
			}
		}
	}
}

type teller2 struct{}

func (teller2) Error() string { return "teller2" }

func slicesOf(err error, n int) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// A long text is cut like any other, and doesn't make the file unreadable.
func TestMessageSaidLong(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxString = 20_000 })
	for _, tt := range []struct{ text, want string }{
		{strings.Repeat("words ", 3000), strings.Repeat("words ", 3000)},
		{strings.Repeat("words ", 10_000), strings.Repeat("words ", 3333) + "wo...+40000 more"},
		{strings.Repeat("words ", 1_000_000), strings.Repeat("words ", 3333) + "wo...+5980000 more"},
	} {
		d, _ := crash(t, func() { panic(speaker{func() string { return tt.text }}) })
		if got := d.Head().Message; got != tt.want {
			t.Errorf("got a message of %d bytes, %.20q...%q, want one of %d",
				len(got), got, got[max(0, len(got)-20):], len(tt.want))
		}
	}
}

// The text is redacted like any other.
func TestMessageSaidSecret(t *testing.T) {
	type login struct{ Password string }
	join := func(parts ...string) string { return strings.Join(parts, "") } // the source is in the dump
	given := coredumpy.Var("login", login{join("tiger", "5757")})
	for _, tt := range []struct{ text, want string }{
		{join("see password=", "chee", "tah1 there"), "see password=" + mask + "#N there"},
		{join("as tiger", "5757 says"), "as " + mask + "#N says"},
		{join("https://user:lion", "5678@host/x and lion", "5678"), "https://user:" + mask + "#N@host/x and " + mask + "#N"},
	} {
		d, _ := crash(t, func() { panic(speaker{func() string { return tt.text }}) }, given)
		got := anyNumber(d.Head().Message)
		if got != tt.want {
			t.Errorf("got message %q, want %q", got, tt.want)
		}
		for _, secret := range []string{join("chee", "tah1"), join("tiger", "5757"), join("lion", "5678")} {
			if strings.Contains(d.text, secret) {
				t.Errorf("%s is in the dump", secret)
			}
		}
	}
}

// crashTo does the same as crash, with a path for the dump.
func crashTo(t *testing.T, path string, value any) (told string) {
	t.Helper()
	return quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Path(path))
		panic(value)
	})
}

// When the method is called the dump is complete, coredumpy holds no lock, and garbage is
// collected as usual.
func TestMessageSaidAfterwards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "early.dump")
	percent := debug.SetGCPercent(123)
	defer debug.SetGCPercent(percent)
	var early string
	var gc, asked int
	var inner error
	crashTo(t, path, speaker{func() string {
		asked++
		early = open(t, path).Head().Message
		gc = debug.SetGCPercent(123)
		inner = coredumpy.DumpTo(io.Discard)
		return "late"
	}})
	if got := open(t, path).Head().Message; early != unasked || got != "late" || asked != 1 {
		t.Errorf("got message %q before, %q after, asked %d times; want %q, late, once", early, got, asked, unasked)
	}
	if gc != 123 || inner != nil {
		t.Errorf("got GC percent %d and error %v from DumpTo in the method, want 123 and none", gc, inner)
	}
}

// If the panicking goroutine holds a lock, the method may not return: it is left behind,
// and goes on when the lock is free.
func TestMessageSaidLocked(t *testing.T) {
	var mu sync.Mutex
	returned := make(chan bool)
	var message string
	func() {
		defer mu.Unlock()
		mu.Lock()
		d, _ := crash(t, func() {
			panic(speaker{func() string { mu.Lock(); defer mu.Unlock(); close(returned); return "x" }})
		})
		message = d.Head().Message
	}()
	if message != unasked {
		t.Errorf("got message %q, want %q", message, unasked)
	}
	<-returned
}

// A file that isn't the dump any more is left alone.
func TestMessageSaidElsewhere(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"moved":   func(path string) error { return os.Rename(path, path+".moved") },
		"removed": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, []byte("mine"), 0o600))
		},
		"longer":      func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) },
		"a directory": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"a link": func(path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.WriteFile(path+".mine", []byte("mine"), 0o600),
				os.Symlink(path+".mine", path))
		},
	} {
		path := filepath.Join(t.TempDir(), "x.dump")
		var failed error
		told := crashTo(t, path, speaker{func() string { failed = change(path); return "late" }})
		if failed != nil {
			t.Logf("%s: %v", name, failed) // no links on Windows
			continue
		}
		if !toldOnce(told) {
			t.Errorf("%s: got %q on standard error, want the lines of one dump", name, told)
		}
		if d, err := coredumpy.Open(path + ".moved"); err == nil && d.Head().Message != unasked {
			t.Errorf("%s: got message %q, want %q", name, d.Head().Message, unasked)
		}
		for _, file := range []string{path, path + ".mine"} {
			if got, err := os.ReadFile(file); err == nil && string(got) != "mine" {
				t.Errorf("%s: got %.100q in a file of somebody else's", name, got)
			}
		}
	}
}

// Methods that panic, and have that dumped, come to an end.
func TestMessageSaidAgainAndAgain(t *testing.T) {
	o := child(t, "againsaid")
	if d := open(t, filepath.Join(o.dir, "x.json")); o.exit != 0 || d.Head().Message != unasked {
		t.Errorf("got exit status %d and message %q, want %q\n%.1000s", o.exit, d.Head().Message, unasked, o.stderr)
	}
}

func init() {
	children["againsaid"] = func() {
		coredumpy.Config.MaxPanics, coredumpy.Config.MaxPanicsPerSite, coredumpy.Config.MaxPanicsPerMinute = 0, 0, 0
		var again func() string
		again = func() string {
			defer coredumpy.OnPanic()
			panic(speaker{again})
		}
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Path("x.json"))
		panic(speaker{again})
	}
	children["exitsaid"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic(speaker{func() string { os.Exit(7); return "" }})
	}
	children["killsaid"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic(speaker{func() string {
			p, _ := os.FindProcess(os.Getpid())
			p.Kill()
			select {}
		}})
	}
	children["said"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic(saidPanics[os.Args[1]])
	}
}

// The dump is there even if the method ends the program.
func TestMessageSaidExit(t *testing.T) {
	for _, name := range []string{"exitsaid", "killsaid"} {
		o := child(t, name)
		if o.exit != 7 && name == "exitsaid" || !strings.HasPrefix(o.stderr, "Your frame stack is dumped") {
			t.Errorf("%s: got exit status %d and stderr %q", name, o.exit, o.stderr)
		}
		if got := onlyDump(t, o.dir).Head().Message; got != unasked {
			t.Errorf("%s: got message %q, want %q", name, got, unasked)
		}
	}
}

var saidPanics = map[string]any{
	"error":    speaker{func() string { return "my error\nwith code 7" }},
	"stringer": teller{"a text"},
	"joined":   errors.Join(slicesOf(speaker{func() string { return "disk" }}, 150)...),
	"empty":    speaker{func() string { return "" }},
	"network":  &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET},
}

// The message is the text on the runtime's own lines.
func TestMessageSaidPrinted(t *testing.T) {
	for name := range saidPanics {
		o := child(t, "said", name)
		printed := strings.ReplaceAll(onlyDump(t, o.dir).Head().Message, "\n", "\n\t")
		if want := "panic: " + printed + " [recovered"; !strings.Contains(o.stderr, want) {
			t.Errorf("%s: got %.300q from the runtime, want %.300q in it", name, o.stderr, want)
		}
	}
}

// OnFailure gets the message from the method as OnPanic does.
func TestMessageSaidFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnFailure(methodTest{}, coredumpy.Path(path))
		panic(speaker{func() string { return "failed so" }})
	})
	if got := open(t, path).Head().Message; got != "failed so" {
		t.Errorf("got message %q, want failed so", got)
	}
}

// A method that hangs costs a second, once for each dump.
func TestMessageSaidLimit(t *testing.T) {
	start := time.Now()
	d, _ := crash(t, func() { panic(speaker{func() string { select {} }}) })
	if took := time.Since(start); took < time.Second {
		t.Errorf("got the dump after %v, want it to wait for the method for a second", took)
	}
	if v := reflect.ValueOf(d.Head().Message); v.String() != unasked {
		t.Errorf("got message %q, want %q", v, unasked)
	}
}

// toldOnce reports whether the text announces one dump, and nothing else.
func toldOnce(told string) bool { return oneDump.MatchString(told) }

var oneDump = regexp.MustCompile(`^Your frame stack is dumped, open it with\ncoredumpy load [^\n]*\n(?:for its variables, [^\n]*\n)?$`)
