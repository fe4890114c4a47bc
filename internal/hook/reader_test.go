package hook

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// report is an event with what was read at its addresses.
type report struct {
	*Event
	name, text string
	frames     []string // functions, as far as frame pointers lead
	words      []uint64 // at Value[1]
	said       *string  // the text of the panic's Said event
}

// reader listens for events and lets the processes go on.
type reader struct {
	path string
	l    *net.UnixListener

	mu      sync.Mutex
	reports []*report
	errs    []error
	busy    int
	most    int // connections at one time
	wg      sync.WaitGroup
	dir     string
	table   func(pc uint64) string
	pause   time.Duration
}

// listen starts a reader for processes that run exe.
func listen(t *testing.T, exe string) *reader {
	t.Helper()
	dir, err := os.MkdirTemp("", "hook") // t.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{path: filepath.Join(dir, "s"), dir: dir, table: functions(t, exe), pause: 20 * time.Millisecond}
	r.l, err = net.ListenUnix("unix", &net.UnixAddr{Name: r.path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	r.wg.Add(1)
	go func() {
		defer r.wg.Done()
		for {
			c, err := r.l.AcceptUnix()
			if err != nil {
				return
			}
			r.wg.Add(1)
			go r.serve(c)
		}
	}()
	return r
}

// stop ends the reader and returns what it got.
func (r *reader) stop(t *testing.T) []*report {
	t.Helper()
	r.l.Close()
	r.wg.Wait()
	os.RemoveAll(r.dir)
	for _, err := range r.errs {
		t.Error(err)
	}
	if r.most > 1 {
		t.Errorf("%d events at one time, want them one after the other", r.most)
	}
	return r.reports
}

func (r *reader) serve(c *net.UnixConn) {
	defer r.wg.Done()
	defer c.Close()
	r.mu.Lock()
	r.busy++
	r.most = max(r.most, r.busy)
	r.mu.Unlock()
	e, err := ReadEvent(c)
	var rep *report
	if err == nil {
		rep, err = r.look(e)
		time.Sleep(r.pause) // time for others to get in the way
	}
	r.mu.Lock()
	r.busy--
	switch {
	case err != nil:
		r.errs = append(r.errs, err)
	case e.Kind == Said:
		r.errs = append(r.errs, r.attach(rep)...)
	default:
		r.reports = append(r.reports, rep)
	}
	r.mu.Unlock()
	if err == nil {
		c.Write([]byte{Done | SayOn})
	}
}

// attach adds the text of a Said event to the report of its panic.
func (r *reader) attach(said *report) []error {
	for _, rep := range r.reports {
		if rep.Kind != TestFailure && rep.Goroutine == said.Goroutine && rep.Value == said.Value && rep.said == nil {
			rep.said = &said.text
			return nil
		}
	}
	return []error{fmt.Errorf("got %q said for no reported panic", said.text)}
}

// look follows the addresses of e.
func (r *reader) look(e *Event) (*report, error) {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", e.PID))
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	rep := &report{Event: e}
	if rep.name, err = readText(mem, e.Name); err != nil {
		return nil, err
	}
	if rep.text, err = readText(mem, e.Text); err != nil {
		return nil, err
	}
	pc, fp := e.PC, e.FP
	for range 50 {
		rep.frames = append(rep.frames, r.table(pc))
		next := readWords(mem, fp, 2)
		if fp == 0 || next == nil {
			break
		}
		fp, pc = next[0], next[1]
	}
	if e.Value[1] != 0 {
		rep.words = readWords(mem, e.Value[1], 2)
	}
	return rep, nil
}

func readText(mem *os.File, x Text) (string, error) {
	if x.Len > 1<<20 {
		return "", fmt.Errorf("text of %d bytes", x.Len)
	}
	b := make([]byte, x.Len)
	if _, err := mem.ReadAt(b, int64(x.Addr)); err != nil && x.Len > 0 {
		return "", fmt.Errorf("text of %d bytes at %#x: %w", x.Len, x.Addr, err)
	}
	return string(b), nil
}

func readWords(mem *os.File, addr uint64, n int) []uint64 {
	b := make([]byte, n*wordSize)
	if _, err := mem.ReadAt(b, int64(addr)); err != nil {
		return nil
	}
	words := make([]uint64, n)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(b[i*wordSize:])
	}
	return words
}

// functions returns a function that names the function around a return address in exe.
func functions(t *testing.T, exe string) func(pc uint64) string {
	t.Helper()
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	section := f.Section(".gopclntab")
	if section == nil {
		t.Fatalf("%s has no .gopclntab", exe)
	}
	data, err := section.Data()
	if err != nil {
		t.Fatal(err)
	}
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	text := f.Section(".text").Addr
	for _, s := range syms {
		if s.Name == "runtime.text" { // with cgo, C comes first in .text
			text = s.Value
		}
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, text))
	if err != nil {
		t.Fatal(err)
	}
	return func(pc uint64) string {
		if fn := table.PCToFunc(pc - 1); fn != nil {
			return fn.Name
		}
		return fmt.Sprintf("%#x", pc)
	}
}

// varying matches what differs between two runs of a program: addresses, goroutines,
// threads, processes, times, and a GOROOT in the module cache.
var varying = regexp.MustCompile(`\b0x[0-9a-f]+|\{[0-9a-fx, ]+\}|/\S+/(toolchain@[^/]+|goroot)/src\b|\b(goroutine|pid) \d+|\bm=\d+|\b\d+(\.\d+)?m?s\b`)

// normalise removes what varies, and the goroutines after the failing one.
func normalise(b []byte) string {
	parts := strings.SplitAfterN(string(b), "\ngoroutine ", 3)
	return varying.ReplaceAllString(strings.Join(parts[:min(2, len(parts))], ""), "~")
}
