package apitest

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// These variables set how many dumps TestLive takes in all, how long a busy goroutine
// rests now and then, how many goroutines wait meanwhile, and how many programs
// TestLivePanics runs.
const (
	liveEnv       = "COREDUMPY_LIVE"
	liveRestEnv   = "COREDUMPY_LIVE_REST"
	liveParkedEnv = "COREDUMPY_LIVE_PARKED"
	livePanicsEnv = "COREDUMPY_LIVE_PANICS"
)

// number returns the number in an environment variable, or n if it isn't set.
func number(t *testing.T, env string, n int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return n
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}

// needC skips a test where cgo, which -race needs, doesn't work.
func needC(t *testing.T) {
	t.Helper()
	out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	enabled, cc, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if _, err := exec.LookPath(strings.Fields(cc + " none")[0]); enabled != "1" || err != nil {
		t.Skip("needs cgo and a C compiler")
	}
}

// live is a way to run testdata/live.
type live struct {
	name  string
	flags []string
	env   string
	args  []string
	rest  string // between two bursts of work
	few   bool   // even without COREDUMPY_LIVE
}

var raced = append([]string{"-race"}, whole...)

// With -race everything is ten times slower, and a dump shares the processors with the
// rest. These values leave it enough time.
const (
	gentleRest = "2ms"
	racedRest  = "20ms"
)

var lives = []live{
	{name: "four", flags: whole, env: "GOMAXPROCS=4", few: true},
	{name: "one", flags: whole, env: "GOMAXPROCS=1"},
	{name: "optimised", flags: plain, env: "GOMAXPROCS=8 GOGC=1"},
	{name: "race", flags: raced, env: "GOMAXPROCS=4", rest: racedRest},
	{name: "two", flags: whole, env: "GOMAXPROCS=2 GOGC=off"},
	{name: "cooperative", flags: whole, env: "GOMAXPROCS=3 GODEBUG=asyncpreemptoff=1", args: []string{"-cooperative"},
		few: true},
	{name: "race_eight", flags: raced, env: "GOMAXPROCS=8 GOGC=10", rest: racedRest},
	{name: "eight", flags: whole, env: "GOMAXPROCS=8 GOGC=off"},
	{name: "race_one", flags: raced, env: "GOMAXPROCS=1 GOGC=off", rest: racedRest},
	{name: "optimised_two", flags: plain, env: "GOMAXPROCS=2"},
	{name: "race_cooperative", flags: raced, env: "GOMAXPROCS=2 GODEBUG=asyncpreemptoff=1",
		args: []string{"-cooperative"}, rest: racedRest},
}

// liveReport is what the program reports at its end.
type liveReport struct {
	Dumps, Files, Failed int
	Errors               []string
	Quiet, Dumping       struct{ N, P50, P99, Max int } // microseconds
	Leaked               struct{ Goroutines, Files, HeapKB int }
	PeakMB               int
}

// A process is dumped again and again while it is busy: it isn't disturbed, and values
// that don't change are right in every dump. Without COREDUMPY_LIVE it is less busy.
func TestLive(t *testing.T) {
	total, parked := number(t, liveEnv, 0), number(t, liveParkedEnv, 50)
	rest := os.Getenv(liveRestEnv)
	if total == 0 {
		longtest.Skip(t)
	}
	chosen, shares := lives[:0:0], 0
	for _, l := range lives {
		if total > 0 || l.few {
			chosen = append(chosen, l)
			shares += l.share()
		}
	}
	for _, l := range chosen {
		dumps := max(total*l.share()/shares, 1)
		if total == 0 {
			dumps, rest = 4, gentleRest
		}
		t.Run(l.name, func(t *testing.T) { l.run(t, dumps, parked, rest) })
	}
}

func (l *live) raced() bool { return len(l.flags) > 0 && l.flags[0] == "-race" }

// share returns how many dumps a way takes, as a multiple of those with -race.
func (l *live) share() int {
	if l.raced() {
		return 1
	}
	return 2
}

func (l *live) run(t *testing.T, dumps, parked int, rest string) {
	if l.raced() {
		needC(t)
	}
	args := append([]string{"-dumps", fmt.Sprint(dumps), "-parked", fmt.Sprint(parked), "-dir", t.TempDir()}, l.args...)
	if rest = cmp.Or(l.rest, rest); rest != "" {
		args = append(args, "-rest", rest)
	}
	cmd := exec.Command(build(t, "live", l.flags), args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir()) // for a dump that can't be where it should go
	cmd.Env = append(cmd.Env, strings.Fields(l.env)...)
	c := &liveCheck{parked: parked, exact: len(l.flags) > 0}
	r := converse(t, cmd, c)
	if r.Dumps != dumps || r.Files != c.dumps || len(r.Errors) > 0 {
		t.Errorf("got %d dumps, %d of them in files, and errors %.2000q, want %d, %d and none",
			r.Dumps, r.Files, r.Errors, dumps, c.dumps)
	}
	if r.Leaked.Goroutines > 0 || r.Leaked.Files > 0 || r.Leaked.HeapKB > 8<<10 {
		t.Errorf("got %+v left behind, want nothing", r.Leaked)
	}
	t.Logf("%d dumps, %d failed as they should; %v", r.Dumps, r.Failed, c)
	t.Logf("another goroutine was late by %+v µs, while dumps were taken by %+v µs; %d MB at most, %d KB left",
		r.Quiet, r.Dumping, r.PeakMB, r.Leaked.HeapKB)
}

// converse runs the program, checks the dumps that it announces, and returns its report.
func converse(t *testing.T, cmd *exec.Cmd, c *liveCheck) (r liveReport) {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr, cmd.WaitDelay = &stderr, time.Minute
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	last := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		hung.Reset(2 * time.Minute)
		if last = lines.Text(); filepath.Ext(last) != ".dump" {
			continue
		}
		c.check(t, last)
		if t.Failed() {
			break
		}
		os.Remove(last)
		io.WriteString(in, "\n")
	}
	in.Close()
	err := cmd.Wait()
	if !hung.Stop() {
		t.Fatalf("the program hangs; stderr so far:\n%.4000s", &stderr)
	}
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("got %v, want no error, and nothing on standard error:\n%.4000s", err, &stderr)
	}
	if err := json.Unmarshal([]byte(last), &r); err != nil && !t.Failed() {
		t.Fatalf("got report %.500q: %v", last, err)
	}
	return r
}

// liveCheck compares dumps of testdata/live with what the program makes.
type liveCheck struct {
	parked int
	exact  bool // every variable has its value

	waiting map[int64]bool // by goroutine id: those of the first dump

	dumps, ran     int // dumps, goroutines
	values, absent int // of waiting goroutines
	changed        int // values of running goroutines that are inconsistent
}

func (c *liveCheck) String() string {
	return fmt.Sprintf("%d opened, %d goroutines in them had run; %d values of waiting goroutines right, %d absent; %d changed under the reader", c.dumps, c.ran, c.values, c.absent, c.changed)
}

// sample is about how many waiting goroutines are looked at in a dump; in every hundredth
// dump all are. Over many dumps every goroutine has its turn.
const sample = 500

// chosen reports whether a goroutine is looked at in this dump.
func (c *liveCheck) chosen(id int64) bool {
	if c.waiting == nil || !c.waiting[id] || c.dumps%100 == 0 {
		return true
	}
	every := int64(max(c.parked/sample, 1))
	return id%every == int64(c.dumps)%every
}

var liveStatus = []string{"chan receive", "select", "sync.Mutex.Lock", "sync.WaitGroup.Wait", "sync.Cond.Wait"}

func (c *liveCheck) check(t *testing.T, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Error(err)
		return
	}
	if why := core.Missing(); why != "" {
		t.Errorf("%s: got Missing %q, want a whole file", path, why)
	}
	if c.dumps++; core.Head().Reason == "panic" {
		c.waiting = nil // it is another process
	}
	waiting, there := map[int64]bool{}, 0
	for _, id := range core.Goroutines() {
		if !c.chosen(id) {
			there++
			continue
		}
		g, err := core.Goroutine(id)
		if err != nil {
			t.Error(err)
			return
		}
		if strings.Contains(g.Note, "it ran") {
			c.ran++
		}
		for i := range g.Frames {
			if f := &g.Frames[i]; f.Func == "main.hold" {
				c.waits(t, g, f)
				waiting[id] = true
			}
		}
	}
	if c.waiting == nil {
		c.waiting = waiting
	}
	if there += len(waiting); there != c.parked {
		t.Errorf("%s: got %d waiting goroutines, want %d", path, there, c.parked)
	}
	c.tables(t, core)
}

// waits checks a waiting goroutine.
func (c *liveCheck) waits(t *testing.T, g *coredumpy.Goroutine, f *coredumpy.Frame) {
	t.Helper()
	vars := map[string]coredumpy.Value{}
	for _, v := range f.Vars {
		vars[v.Name] = v.Value
	}
	id := vars["id"].Int()
	if !vars["id"].Valid() {
		id = vars["c"].Elem().Field(0).Int()
	}
	if g.Note != "" || g.Status != liveStatus[id%5] {
		t.Errorf("goroutine %d: got status %s and note %q, want %s", g.ID, g.Status, g.Note, liveStatus[id%5])
	}
	text := fmt.Sprint("parked ", id)
	for name, want := range map[string]string{
		"id":    fmt.Sprint(id),
		"text":  strconv.Quote(text),
		"list":  fmt.Sprintf("[]string len: 2, cap: 2, [%q,\"card %d\"]", text, id),
		"small": fmt.Sprintf("[3]int16 [%d,%d,%d]", int16(id), int16(id+1), int16(id+2)),
	} {
		c.one(t, g, name, vars[name], show(vars[name]) == want)
	}
	c.one(t, g, "c", vars["c"], isCard(vars["c"].Elem(), id))
	c.one(t, g, "boxed", vars["boxed"], isCard(vars["boxed"].Elem().Elem(), id))
	double := vars["double"]
	c.one(t, g, "double", double, double.Func().Func == "main.hold.func1" && double.Closure().Field(0).Int() == id)
}

// one counts a value of a waiting goroutine.
func (c *liveCheck) one(t *testing.T, g *coredumpy.Goroutine, name string, v coredumpy.Value, right bool) {
	t.Helper()
	switch {
	case right:
		c.values++
	case !c.exact && !v.Valid():
		c.absent++
	default:
		t.Errorf("goroutine %d: got %s = %.500s", g.ID, name, show(v))
	}
}

// isCard reports whether all parts of a card follow from its number.
func isCard(v coredumpy.Value, id int64) bool {
	self := v.Field(6)
	return v.Field(0).Int() == id && show(v.Field(1)) == fmt.Sprintf("%q", fmt.Sprint("card ", id)) &&
		show(v.Field(2)) == fmt.Sprintf("[]int len: 3, cap: 4, [%d,%d,%d]", id, id+1, id+2) &&
		isPairs(v.Field(3), id) && v.Field(4).Elem().Int() == 2*id &&
		show(v.Field(5)) == fmt.Sprintf("interface {}([2]int) [%d,%d]", id, -id) &&
		self.Pointer() == v.Addr() && self.Elem().Field(0).Int() == id
}

func isPairs(v coredumpy.Value, id int64) bool {
	want := min(2, 1+max(id, -id)) // -0 is 0
	for i := range v.Stored() {
		key, text := v.Entry(i)
		if key.Int() != id && key.Int() != -id || show(text) != strconv.Quote(fmt.Sprint(key.Int())) {
			return false
		}
	}
	return v.Len() == want && int64(v.Stored()) == want
}

// halfway reports whether the inconsistency is what a goroutine leaves that is stopped in
// the middle of an assignment to a map: the key comes before the value.
func halfway(odd []string) bool {
	return len(odd) == 1 && regexp.MustCompile(`^Map(\[\d+\] = 0$|: map was being written: )`).MatchString(odd[0])
}

// tables checks the values that change all the time.
func (c *liveCheck) tables(t *testing.T, core *coredumpy.Core) {
	t.Helper()
	globals, err := core.Globals()
	if err != nil {
		t.Error(err)
	}
	found := 0
	for _, v := range globals {
		if v.Name == "main.shared" || v.Name == "main.single" {
			found++
			changed := changedIn(v.Value.Elem())
			c.changed += len(changed)
			if len(changed) > 0 && !halfway(changed) &&
				!strings.Contains(strings.Join(core.Head().Notes, "\n"), "ran while the dump was made") {
				t.Errorf("%s changed, and nothing says so: %.2000q", v.Name, changed)
			}
		}
	}
	if found != 2 {
		t.Errorf("got %d tables, want 2", found)
	}
}

// changedIn returns what is inconsistent in a table.
func changedIn(table coredumpy.Value) (changed []string) {
	note := func(format string, args ...any) { changed = append(changed, fmt.Sprintf(format, args...)) }
	squares, list, box, cards := table.Field(1), table.Field(2), table.Field(3), table.Field(4)
	for i := range squares.Stored() {
		if key, v := squares.Entry(i); v.Int() != key.Int()*key.Int() {
			note("Map[%d] = %.100s", key.Int(), show(v))
		}
	}
	if why := squares.Reason(); why != "" {
		note("Map: %s", why)
	} else if int64(squares.Stored()) != squares.Len() {
		note("Map: %d entries of %d", squares.Stored(), squares.Len())
	}
	for i := range list.Stored() {
		if v := list.Index(i); v.Int() != int64(i) {
			note("List[%d] = %.100s", i, show(v))
		}
	}
	switch v := box.Elem(); v.Type().String() {
	case "?", "int", "string":
	case "[4]int":
		if n := v.Index(0).Int(); show(v) != fmt.Sprintf("[4]int [%d,%d,%d,%d]", n, n, n, n) {
			note("Box = %.100s", show(v))
		}
	case "*main.card":
		if !isCard(v.Elem(), v.Elem().Field(0).Int()) {
			note("Box = %.200s", show(v))
		}
	default:
		note("Box = %.100s", show(v))
	}
	for i := range cards.Stored() {
		key, v := cards.Entry(i)
		if id := v.Elem().Field(0).Int(); show(key) != strconv.Quote(fmt.Sprint(id%50)) || !isCard(v.Elem(), id) {
			note("Cards[%s] = %.300s", show(key), show(v))
		}
	}
	return changed
}
