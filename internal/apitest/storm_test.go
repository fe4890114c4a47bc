package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// stormEnv sets how many seconds 1,000 panics a second go on in TestStorm: 2 to 15, three
// times.
const stormEnv = "COREDUMPY_STORM"

const stormPerSecond = 1000

// prefix is how the names of functions in these tests begin.
const prefix = "coredumpy/internal/apitest."

// stormTimes is what testdata/storm prints.
type stormTimes struct{ P50, P99, Max time.Duration }

func (s stormTimes) String() string {
	return fmt.Sprintf("p50 %v, p99 %v, max %v", s.P50, s.P99, s.Max)
}

// A server whose handlers panic and recover makes some dumps of each crash site,
// including the rare one, and then goes on as if OnPanic weren't there. The panics that
// it didn't dump are counted.
func TestStorm(t *testing.T) {
	if os.Getenv(stormEnv) == "" {
		longtest.Skip(t)
	}
	program := build(t, "storm", plain)
	config, perSite, requests, perSecond := `{"MaxPanicsPerSite":2}`, 2, 2000, 0
	if text := os.Getenv(stormEnv); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 2 || seconds > 15 {
			t.Fatalf("got %s=%q, want a number of seconds from 2 to 15", stormEnv, text)
		}
		config, perSite, requests, perSecond = `{}`, 10, seconds*stormPerSecond, stormPerSecond
	}
	o := command(t, exec.Command(program, config, strconv.Itoa(requests), strconv.Itoa(perSecond)))
	if o.exit != 0 {
		t.Fatalf("got exit status %d, want 0; stderr:\n%.4000s", o.exit, o.stderr)
	}
	rare := requests / 250
	want := map[string]int{"main.common": perSite, "main.rare": min(2*rare, perSite)}
	got := dumpsAt(t, o.dir, "coredumpy_*.dump")
	for name, n := range want {
		if got[name] != n {
			t.Errorf("got %d dumps of %s, want %d", got[name], name, n)
		}
	}
	if n := strings.Count(o.stderr, "coredumpy load "); n != got["main.common"]+got["main.rare"] || len(got) != 2 {
		t.Errorf("got %d dumps announced, and dumps %v", n, got)
	}
	wantLimitLines(t, o.stderr, "MaxPanicsPerSite")
	wantNotDumped(t, open(t, filepath.Join(o.dir, "last.dump")), map[string]int{
		"main.common": requests - rare - perSite, "main.rare": rare - min(rare, perSite),
	})
	var times struct{ Plain, Guarded, After stormTimes }
	if err := json.Unmarshal([]byte(o.stdout), &times); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d panics at %d a second, %v dumped\nwithout OnPanic %v\nwith it, %v\nthe same again %v",
		requests, perSecond, got, times.Plain, times.Guarded, times.After)
}

// dumpsAt counts the dumps in a directory by the function that they are about.
func dumpsAt(t *testing.T, dir, pattern string) map[string]int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for _, e := range entries {
		if ok, _ := filepath.Match(pattern, e.Name()); !ok {
			if filepath.Ext(e.Name()) != ".dump" {
				t.Errorf("got %s left behind, want dumps only", e.Name())
			}
			continue
		}
		d := open(t, filepath.Join(dir, e.Name()))
		at[d.Head().Top.Func]++
		wantNoneOfOurs(t, d)
	}
	return at
}

// wantNoneOfOurs checks that a dump has no goroutine and no variables of coredumpy, such
// as those of another dump in the making.
func wantNoneOfOurs(t *testing.T, d *dump) {
	t.Helper()
	for _, id := range d.Goroutines() {
		g, err := d.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		if by := g.CreatedBy; strings.HasPrefix(by.Func, "coredumpy/internal/corefile.") {
			t.Errorf("got goroutine %d, which %s started, want only the program's", id, by.Func)
		}
		for _, f := range g.Frames {
			if len(f.Vars) > 0 && strings.HasPrefix(f.Func, "coredumpy") && !strings.HasPrefix(f.Func, prefix) {
				t.Errorf("got %s of %s on another goroutine, want no variables", f.Vars[0].Name, f.Func)
			}
		}
	}
}

var limitLine = regexp.MustCompile(`(?m)^coredumpy: no dump written: panic at \S+ \(\S+:\d+\): Config\.(\w+) reached; from now on the next dump says how many weren't dumped$`)

// wantLimitLines checks that standard error reports each of these limits once, and no
// other.
func wantLimitLines(t *testing.T, stderr string, limits ...string) {
	t.Helper()
	var got []string
	for _, m := range limitLine.FindAllStringSubmatch(stderr, -1) {
		got = append(got, m[1])
	}
	if strings.Join(got, " ") != strings.Join(limits, " ") || strings.Count(stderr, "no dump written") != len(limits) {
		t.Errorf("got limits %q on standard error, want %q:\n%.2000s", got, limits, stderr)
	}
}

var (
	notDumped = regexp.MustCompile(`^(\d+) panics? (?:wasn't|weren't) dumped before: (.*); `)
	placed    = regexp.MustCompile(`(\d+) at (\S+) \(`)
)

// wantNotDumped checks that a dump's note counts the panics that weren't dumped, by
// function.
func wantNotDumped(t *testing.T, d *dump, want map[string]int) {
	t.Helper()
	total := 0
	for name, n := range want {
		if total += n; n == 0 {
			delete(want, name)
		}
	}
	for _, note := range d.Head().Notes {
		m := notDumped.FindStringSubmatch(note)
		if m == nil {
			continue
		}
		if m[1] != strconv.Itoa(total) {
			t.Errorf("got note %q, want %d in all", note, total)
		}
		got := map[string]int{}
		for _, p := range placed.FindAllStringSubmatch(m[2], -1) {
			got[p[2]], _ = strconv.Atoi(p[1])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got note %q, want %v", note, want)
		}
		return
	}
	if total > 0 {
		t.Errorf("got notes %q, want one that counts %v", d.Head().Notes, want)
	}
}

// stormChild is a program whose panics are limited by the settings in its first argument.
// It recovers them.
func stormChild(f func()) func() {
	return func() {
		if err := json.Unmarshal([]byte(os.Args[1]), &coredumpy.Config); err != nil {
			panic(err)
		}
		f()
	}
}

// guarded calls f under OnPanic, as a handler does, and recovers.
func guarded(f func(), opts ...coredumpy.Option) {
	defer func() { recover() }()
	defer coredumpy.OnPanic(opts...)
	f()
}

//go:noinline
func siteA() { panic(&coded{1}) }

//go:noinline
func siteB() { panic(&coded{2}) }

//go:noinline
func siteC() { panic(&coded{3}) }

//go:noinline
func siteEOF() { panic(io.EOF) }

//go:noinline
func failOnce(i int) { defer coredumpy.OnFailure(failing{fmt.Sprint("Test", i)}) }

func lastDump() {
	if _, err := coredumpy.Dump(coredumpy.Path("last.dump")); err != nil {
		panic(err)
	}
}

// rollback recovers and panics again, as in a transaction, with an OnPanic on either side
// of it.
func rollback(f func()) {
	defer coredumpy.OnPanic()
	defer func() {
		if r := recover(); r != nil {
			panic(r)
		}
	}()
	defer coredumpy.OnPanic()
	f()
}

// failing is a test that has failed.
type failing struct{ name string }

func (f failing) Name() string { return f.name }
func (failing) Failed() bool   { return true }

func init() {
	children["limits"] = stormChild(func() {
		for _, f := range []func(){siteA, siteB} {
			for range 5 {
				guarded(f)
			}
		}
		lastDump()
	})
	children["crowd"] = stormChild(func() {
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for range 100 {
					guarded(func() { rollback([]func(){siteA, siteB}[i%2]) })
				}
			}()
		}
		wait.Wait()
		lastDump()
	})
	children["nested"] = stormChild(func() {
		for range 5 {
			guarded(func() { rollback(siteA) })
		}
		lastDump()
	})
	children["badplace"] = stormChild(func() {
		for range 3 {
			guarded(siteA, coredumpy.Path(filepath.Join("no", "x.dump")))
		}
		for range 3 {
			guarded(siteA)
		}
		lastDump()
	})
}

func init() {
	children["excluded"] = stormChild(func() {
		for range 3 {
			guarded(siteEOF, coredumpy.Exclude(io.EOF))
		}
		for range 3 {
			guarded(siteEOF)
		}
		lastDump()
	})
	children["asked"] = stormChild(func() {
		guarded(siteA)
		guarded(siteA)
		for i := range 3 {
			lastDump()
			failOnce(i)
		}
	})
	children["allocates"] = stormChild(func() {
		value := &coded{1}
		refused := func() { guarded(func() { panic(value) }) }
		refused()
		fmt.Print(testing.AllocsPerRun(100, refused))
	})
	children["main"] = stormChild(func() {
		defer coredumpy.OnPanic()
		for _, f := range []func(){siteA, siteB} {
			for range 3 {
				guarded(f)
			}
		}
		siteC()
	})
	children["workers"] = stormChild(func() {
		coredumpy.Config.AllGoroutines = false
		start := make(chan struct{})
		for range 200 {
			go func() {
				defer coredumpy.OnPanic()
				<-start
				siteA()
			}()
		}
		close(start)
		select {} // if main returned, it would race with them
	})
}

func TestPanicLimits(t *testing.T) {
	for _, tt := range []struct {
		name, child, config string
		exit                int
		dumps               map[string]int // by function
		refused             map[string]int
		limits              []string // those reported
	}{
		{"defaults", "limits", `{}`, 0, map[string]int{"siteA": 5, "siteB": 5}, nil, nil},
		{"no limits", "limits", `{"MaxPanics":0,"MaxPanicsPerSite":0,"MaxPanicsPerMinute":0}`, 0,
			map[string]int{"siteA": 5, "siteB": 5}, nil, nil},
		{"negative", "limits", `{"MaxPanics":-1,"MaxPanicsPerSite":-2,"MaxPanicsPerMinute":-3}`, 0,
			map[string]int{"siteA": 5, "siteB": 5}, nil, nil},
		{"all", "limits", `{"MaxPanics":3}`, 0,
			map[string]int{"siteA": 3}, map[string]int{"siteA": 2, "siteB": 5}, []string{"MaxPanics"}},
		{"site", "limits", `{"MaxPanicsPerSite":2}`, 0,
			map[string]int{"siteA": 2, "siteB": 2}, map[string]int{"siteA": 3,
				"siteB": 3}, []string{"MaxPanicsPerSite"}},
		{"minute", "limits", `{"MaxPanicsPerMinute":1}`, 0,
			map[string]int{"siteA": 1, "siteB": 1}, map[string]int{"siteA": 4,
				"siteB": 4}, []string{"MaxPanicsPerMinute"}},
		{"two limits", "limits", `{"MaxPanics":3,"MaxPanicsPerSite":2}`, 0,
			map[string]int{"siteA": 2, "siteB": 1}, map[string]int{"siteA": 3,
				"siteB": 4}, []string{"MaxPanicsPerSite", "MaxPanics"}},
		{"crowd", "crowd", `{"MaxPanicsPerSite":3}`, 0,
			map[string]int{"siteA": 3, "siteB": 3}, map[string]int{"siteA": 797,
				"siteB": 797}, []string{"MaxPanicsPerSite"}},
		// A panic counts once, however many OnPanic it passes.
		{"nested", "nested", `{"MaxPanicsPerSite":2}`, 0,
			map[string]int{"siteA": 2}, map[string]int{"siteA": 3}, []string{"MaxPanicsPerSite"}},
		// Excluded panics don't count.
		{"excluded", "excluded", `{"MaxPanicsPerSite":2}`, 0,
			map[string]int{"siteEOF": 2}, map[string]int{"siteEOF": 1}, []string{"MaxPanicsPerSite"}},
		// Dumps that were asked for, and failed tests, have no limit.
		{"asked for", "asked", `{"MaxPanics":1,"MaxPanicsPerMinute":1}`, 0,
			map[string]int{"siteA": 1, "failOnce": 3}, map[string]int{"siteA": 1}, []string{"MaxPanics"}},
		// A storm doesn't cost the dump of the panic that ends the program.
		{"main", "main", `{"MaxPanicsPerSite":2,"MaxPanicsPerMinute":1}`, 2,
			map[string]int{"siteA": 1, "siteB": 1, "siteC": 1}, nil, []string{"MaxPanicsPerMinute"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := child(t, tt.child, tt.config)
			if o.exit != tt.exit {
				t.Errorf("got exit status %d, want %d; stderr:\n%.2000s", o.exit, tt.exit, o.stderr)
			}
			got := dumpsAt(t, o.dir, "coredumpy_*.dump")
			if want := qualified(tt.dumps); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got dumps of %v, want %v; stderr:\n%.2000s", got, want, o.stderr)
			}
			wantLimitLines(t, o.stderr, tt.limits...)
			if tt.exit == 0 {
				wantNotDumped(t, open(t, filepath.Join(o.dir, "last.dump")), qualified(tt.refused))
			}
		})
	}
}

func qualified(names map[string]int) map[string]int {
	m := map[string]int{}
	for name, n := range names {
		m[prefix+name] = n
	}
	return m
}

// If many panics could end a program at once one of them is dumped, whichever comes
// first.
func TestPanicLimitsWorkers(t *testing.T) {
	for range 3 {
		o := child(t, "workers", `{"MaxPanicsPerSite":1}`)
		if got := dumpsAt(t, o.dir, "coredumpy_*.dump"); o.exit != 2 || got[prefix+"siteA"] != 1 || len(got) != 1 {
			t.Errorf("got exit status %d and dumps of %v, want 2 and one dump; stderr:\n%.2000s", o.exit, got, o.stderr)
		}
		if n := len(limitLine.FindAllString(o.stderr, -1)); n > 1 || strings.Count(o.stderr, "coredumpy load ") != 1 {
			t.Errorf("got the limit reported %d times, want once at most, and one dump announced:\n%.2000s",
				n, o.stderr)
		}
	}
}

// Dumps that couldn't be written don't count for the limit.
func TestPanicLimitsBadPlace(t *testing.T) {
	nowhere(t)
	o := child(t, "badplace", `{"MaxPanicsPerSite":2}`)
	if got := dumpsAt(t, o.dir, "coredumpy_*.dump")[prefix+"siteA"]; o.exit != 0 || got != 2 {
		t.Errorf("got exit status %d and %d dumps, want 0 and 2; stderr:\n%.2000s", o.exit, got, o.stderr)
	}
	if n := strings.Count(o.stderr, filepath.Join("no", "x.dump")); n != 3 {
		t.Errorf("got %d dumps that failed, want 3; stderr:\n%.2000s", n, o.stderr)
	}
	wantNotDumped(t, open(t, filepath.Join(o.dir, "last.dump")), qualified(map[string]int{"siteA": 1}))
}

// A panic that isn't dumped costs two allocations: its value and the options.
func TestRefusedAllocates(t *testing.T) {
	if o := child(t, "allocates", `{"MaxPanics":1}`); o.stdout != "2" {
		t.Errorf("got %s allocations, want 2; stderr:\n%.2000s", o.stdout, o.stderr)
	}
}

// BenchmarkRefused compares panics that OnPanic doesn't dump with panics that are only
// recovered.
func BenchmarkRefused(b *testing.B) {
	defer func(c coredumpy.Configuration) { coredumpy.Config = c }(coredumpy.Config)
	coredumpy.Config.MaxPanics = 1
	b.Chdir(b.TempDir())
	guarded(siteA)
	var null *coded
	for _, bb := range []struct {
		name string
		f    func()
	}{{"panic", siteA}, {"fault", func() { null.code++ }}} {
		b.Run(bb.name+"/recovered", func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				func() {
					defer func() { recover() }()
					bb.f()
				}()
			}
		})
		b.Run(bb.name+"/OnPanic", func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				guarded(bb.f)
			}
		})
	}
}
