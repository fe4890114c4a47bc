package apitest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// The test puts a secret in these places, besides the list in testdata/plant.
var plantedByTest = []string{
	"description", "Var", "name of a Var", "panic text", "label of the panicking goroutine",
	"marked: label of the panicking goroutine",
	"marked: command line, after a flag", "marked: command line, after =", "build setting", "directory", "program",
}

// This place can't be seen: it is behind an unsafe.Pointer.
var unseen = []string{"reflect.Value"}

// A plant is a run of testdata/plant, with a secret for each place.
type plant struct {
	cmd     *exec.Cmd
	places  []string
	secrets map[string]string // by place
}

// newPlant prepares a run with the given mode and settings. Each seed has its own
// secrets.
func newPlant(t *testing.T, mode, settings string, seed uint64) *plant {
	t.Helper()
	setting := secretFor("build setting", 0, 0) // the program is built once
	exe := build(t, "plant", append(slices.Clone(whole), "-ldflags=-X main.note="+setting))
	list, err := exec.Command(exe, "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	p := &plant{places: strings.Split(strings.TrimSpace(string(list)), "\n"), secrets: map[string]string{}}
	own := len(p.places)
	p.places = append(p.places, plantedByTest...)
	var in strings.Builder
	env := os.Environ()
	for i, place := range p.places {
		s := secretFor(place, i, seed)
		if place == "build setting" {
			s = setting
		}
		if p.secrets[place] != "" {
			t.Fatalf("two places are called %q", place)
		}
		p.secrets[place] = s
		if strings.HasPrefix(place, "environment: ") {
			env = append(env, fmt.Sprintf("DB_PASSWORD_%d=%s", i, s))
		}
		if i < own+6 {
			b := []byte(s)
			slices.Reverse(b)
			in.WriteString(strconv.Quote(string(b)) + "\n")
		}
	}
	dir := filepath.Join(t.TempDir(), p.secrets["directory"])
	bin := filepath.Join(t.TempDir(), p.secrets["program"])
	for _, d := range []string{dir, bin} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(bin, filepath.Base(exe))
	if err := os.Link(exe, link); err != nil {
		t.Skip("no link to the program: ", err)
	}
	p.cmd = exec.Command(link, mode, settings, "--password", p.secrets["marked: command line, after a flag"],
		"--api-key="+p.secrets["marked: command line, after ="])
	env = append(env, "GODEBUG=tracebacklabels=1") // Go 1.26
	p.cmd.Env, p.cmd.Dir, p.cmd.Stdin = env, dir, strings.NewReader(in.String())
	return p
}

// secretFor returns a secret that suits a place: one of a well-known form, or one that
// only the text around it shows to be a secret. It has 8 letters in a row that no other
// secret has.
func secretFor(place string, i int, seed uint64) string {
	r := rand.New(rand.NewPCG(uint64(i), seed<<8+uint64(len(place))))
	letters := func(from string, n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[r.IntN(len(from))]
		}
		return string(b)
	}
	if strings.HasPrefix(place, "marked: ") || strings.HasPrefix(place, "environment: ") {
		return "x7" + letters(alnum, 9) + "&" + letters(alnum, 3) + "q5"
	}
	if place == "directory" || place == "program" {
		return "ghp_" + letters(alnum, 36) // in a path a long run may also be a checksum
	}
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return [...]string{
		letters(alnum, 40), letters(hexits, 64), "AKIA" + letters(base32, 16), "ghp_" + letters(alnum, 36),
		"sk_live_" + letters(alnum, 24), "xoxb-" + letters("0123456789", 11) + "-" + letters(alnum, 24),
		part(`{"alg":"HS256"}`) + "." + part(`{"n":`+letters("123456789", 15)+`}`) + "." + letters(alnum+"-_", 43),
	}[i%7]
}

// leaks returns where parts of secrets are in a dump.
func (p *plant) leaks(t *testing.T, d *dump) map[string]string {
	t.Helper()
	owner := map[string]string{}
	for place, s := range p.secrets {
		add := func(s string) {
			for i := 0; i+window <= len(s); i++ {
				owner[s[i:i+window]] = place
			}
		}
		if i := strings.Index(s, "."); i >= 0 {
			s = s[i:] // tokens have the same header
		}
		s = strings.TrimPrefix(s, "sk_live_")
		add(s)
		for n := range 3 {
			code := base64.StdEncoding.EncodeToString([]byte("   "[:n] + s))
			add(code[4 : len(code)-4])
		}
		add(fmt.Sprintf("%x", s))
		add(fmt.Sprintf("%X", s))
	}
	found := map[string]string{}
	for _, line := range strings.Split(strings.TrimSuffix(d.text, "\n"), "\n") {
		var record any
		dec := json.NewDecoder(strings.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(&record); err != nil {
			t.Fatal(err)
		}
		eachText(record, func(text string) {
			for i := 0; i+window <= len(text); i++ {
				if place := owner[text[i:i+window]]; place != "" {
					found[place] = fmt.Sprintf("%.60s ...: %q", line, text[max(0, i-40):min(len(text), i+60)])
				}
			}
		})
	}
	return found
}

// check checks that a dump has no secret.
func (p *plant) check(t *testing.T, d *dump) {
	t.Helper()
	found := p.leaks(t, d)
	for _, place := range p.places {
		if where := found[place]; where != "" {
			t.Errorf("%s: got part of the secret in %s", place, where)
		}
	}
}

// run makes the program crash and returns its dump.
func (p *plant) run(t *testing.T) *dump {
	t.Helper()
	o := command(t, p.cmd)
	if o.exit != 2 {
		t.Fatalf("got exit status %d: %.2000s", o.exit, o.stderr)
	}
	return open(t, filepath.Join(o.dir, "x.dump"))
}

// plantedEnv sets how many more settings are tried, with other secrets. A depth of less
// than 2 keeps out of the dump names by which secrets are recognised.
const plantedEnv = "COREDUMPY_PLANTED"

// There are secrets in more than 150 places. A dump without rules has them all, and a
// dump with rules has none, whatever the limits cut.
func TestPlanted(t *testing.T) {
	p := newPlant(t, "panic", "plain", 0)
	if len(p.places) < 150 {
		t.Errorf("got %d places, want 150", len(p.places))
	}
	found := p.leaks(t, p.run(t))
	for _, place := range p.places {
		if found[place] == "" && !slices.Contains(unseen, place) {
			t.Errorf("%s: the secret isn't in a dump without rules: it was never there", place)
		}
	}
	settings := []string{"10,65536,10000", "10,30,20", "3,65536,3", "10,0,10000", "6,8,7", "10,4,10000"}
	settings = settings[:longtest.Rounds(1, len(settings))]
	if s := os.Getenv(plantedEnv); s != "" {
		count, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: %v", plantedEnv, err)
		}
		for range count {
			settings = append(settings, fmt.Sprintf("%d,%d,%d", 2+rand.IntN(10), rand.IntN(100), rand.IntN(60)))
		}
	}
	for i, s := range settings {
		t.Run(s, func(t *testing.T) {
			p := newPlant(t, "panic", s, uint64(i))
			p.check(t, p.run(t))
		})
	}
}

// This is the same test for a dump taken by another process.
func TestPlantedInProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("another process can be read on Linux only")
	}
	p := newPlant(t, "wait", "plain", 0)
	p.check(t, p.attach(t))
}

// attach starts the program, which waits, and dumps it.
func (p *plant) attach(t *testing.T) *dump {
	t.Helper()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v from the program", line, err)
	}
	path, err := coredumpy.DumpProcess(p.cmd.Process.Pid, coredumpy.Directory(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

// failed is a test that has failed.
type failed string

func (f failed) Name() string { return string(f) }
func (f failed) Failed() bool { return true }

// The name of a sub-test is the text given to Run, with underscores for spaces and
// escapes for what can't be printed.
func TestPlantedTestName(t *testing.T) {
	noVariables(t)
	plan := "plan of the 3rd\x01quarter"
	t.Setenv("APITEST_PLAN", plan)
	for _, text := range []string{plan, "key " + random(alnum, 40), "password=" + word(14),
		"https://bob:" + word(14) + "@host"} {
		t.Run(text, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.dump")
			quietly(t, func() {
				defer coredumpy.OnFailure(failed(t.Name()), coredumpy.Path(path))
			})
			d := open(t, path)
			h := d.Head()
			if !strings.HasPrefix(h.Test, "TestPlantedTestName/") || !strings.Contains(h.Test, mask) ||
				!strings.Contains(h.Message, mask) {
				t.Errorf("got test %q and message %q, want %s for the secret", h.Test, h.Message, mask)
			}
			for _, secret := range []string{strings.ReplaceAll(plan, " ", "_")[:15], random(alnum, 40), word(14)} {
				d.wantHidden(t, secret)
			}
		})
	}
}

// Secrets are also found in what only debug information shows, and in the command line.
func TestRedactProgram(t *testing.T) {
	longtest.Skip(t)
	const every = 3
	for i, p := range plantings() {
		if i%every != 1 {
			continue // only the places matter here; TestRedact has all rules
		}
		t.Run(p.rule, func(t *testing.T) {
			p.setup(t)
			cmd := exec.Command(build(t, "secrets", whole), p.text)
			var named []string
			for i := range 7 {
				named = append(named, fmt.Sprint(i, random("bcdfghjkl mnpqrst", 9+i), i))
			}
			cmd.Stdin = strings.NewReader(p.text + "\x00" + strings.Join(named, "\x00"))
			o := command(t, cmd)
			if o.exit != 2 {
				t.Fatalf("got exit status %d: %.1000s", o.exit, o.stderr)
			}
			d := open(t, filepath.Join(o.dir, "x.dump"))
			d.wantHidden(t, p.secret)
			for i, secret := range named {
				if leaks := d.leaks(t, secret); leaks != nil {
					t.Errorf("got named text %d in %q", i, leaks)
				}
			}
			d.wantText(t, "near the names", "near the description ", "near the local", "near the closure",
				"near the label", "near the panic",
				"near the error", "near the global", "near the key", "near the buffer", "near the func", "wrapped: ",
				"joined")
			if args := d.Head().Args; len(args) != 2 || !strings.Contains(args[1], mask) {
				t.Errorf("got command line %q, want %s in it", args, mask)
			}
			for _, fn := range []string{"main.work", "main.park.func1", "main.fail", "main.named", "main.named.func1"} {
				if n := masks(t, d, fn); n == 0 {
					t.Errorf("got nothing redacted in the frame of %s, want the secret redacted", fn)
				}
			}
		})
	}
}

// masks counts the variables of a function's frames that show the mask.
func masks(t *testing.T, d *dump, fn string) (n int) {
	t.Helper()
	for _, id := range d.Goroutines() {
		g, err := d.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range g.Frames {
			for _, v := range f.Vars {
				if f.Func == fn && strings.Contains(show(v.Value), mask) {
					n++
				}
			}
		}
	}
	return n
}
