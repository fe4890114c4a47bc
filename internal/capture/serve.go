package capture

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/clock"
	"coredumpy/internal/memory"
	"coredumpy/internal/monitor"
	"coredumpy/internal/ptrace"
	"coredumpy/internal/target"
	"coredumpy/internal/variables"
)

// Redaction is how a process that asks for its dump wants it redacted, given its
// environment and command line.
type Redaction func(environ, args []string) (
	redact Redactor, secretName func(string) bool, showsText func(pkg, name string) bool,
)

// Serve makes the dumps that the process watched by w asks for, until that process has
// ended: see Through. redaction parses settings.
func Serve(w *monitor.Watch, redaction func(settings []byte) (Redaction, error)) {
	s := &server{w: w, redaction: redaction, tellers: map[uint64]*Teller{}}
	w.Serve(func(a *monitor.Asked) ([2]int64, error) {
		switch a.Kind {
		case monitor.Dump:
			return s.dump(a)
		case monitor.Say:
			return s.say(a)
		}
		return [2]int64{}, fmt.Errorf("a question of kind %d, which isn't known", a.Kind)
	})
}

type server struct {
	w         *monitor.Watch
	redaction func(settings []byte) (Redaction, error)
	program   program

	mu      sync.Mutex
	tellers map[uint64]*Teller // of the last dumps, by the numbers of their questions
	told    []uint64           // these numbers, the oldest first
}

// maxTellers bounds for how many dumps a message can still be replaced.
const maxTellers = 16

// dump makes a dump.
func (s *server) dump(a *monitor.Asked) (lengths [2]int64, err error) {
	var q question
	if err := json.Unmarshal(a.Text, &q); err != nil {
		return lengths, fmt.Errorf("the question: %w", err)
	}
	if q.Request.There == nil {
		return lengths, errors.New("the question says nothing of the process")
	}
	redaction, err := s.redaction(q.Settings)
	if err != nil {
		return lengths, fmt.Errorf("the settings: %w", err)
	}
	if os.Chdir(fmt.Sprintf("/proc/%d/cwd", s.w.PID)) == nil { // source files may have relative paths
		defer os.Chdir("/")
	}
	d, err := s.capture(a, &q.Request, redaction)
	if err != nil {
		return lengths, err
	}
	out := &counting{w: a.File, stop: s.w.Crashed}
	if err := d.Write(out, true); err != nil {
		return lengths, err
	}
	lengths[0] = out.n
	meta := answer{Head: d.Head(), Written: d.written, Origin: *d.Origin(), Top: d.head.Top, Hint: d.hint, Open: d.open}
	if err := json.NewEncoder(out).Encode(&meta); err != nil {
		return lengths, err
	}
	lengths[1] = out.n - lengths[0]
	if t := d.Teller(nil); t != nil {
		s.keep(a.Number, t)
	}
	return lengths, nil
}

// keep remembers how to redact a later message of the dump.
func (s *server) keep(number uint64, t *Teller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.told) == maxTellers {
		delete(s.tellers, s.told[0])
		s.told = slices.Delete(s.told, 0, 1)
	}
	s.tellers[number], s.told = t, append(s.told, number)
}

// say redacts what the panic value's method has returned, as it would a message.
func (s *server) say(a *monitor.Asked) (lengths [2]int64, err error) {
	s.mu.Lock()
	t := s.tellers[a.Number]
	s.mu.Unlock()
	if t == nil || len(a.Text) < wordSize {
		return lengths, errors.New("the dump isn't known any more")
	}
	text, err := t.clip(&Said{string(a.Text[wordSize:]), binary.NativeEndian.Uint64(a.Text)})
	if err == nil {
		_, err = a.File.WriteAt([]byte(text), 0)
	}
	return [2]int64{int64(len(text))}, err
}

// program is the executable of the process, kept open for the next dump: reading it again
// takes longer than the rest of a small dump. Where dumps are rare it isn't worth its
// memory.
type program struct {
	mu   sync.Mutex
	is   *target.Program // nil if it isn't kept
	used bool            // by a dump; there is one at a time
	idle *time.Timer     // calls drop keepProgram after the last dump
}

// keepProgram is how long the program is kept after a dump.
const keepProgram = 5 * time.Second

// open returns the program, which stays open until some time after close.
func (g *program) open(pid int, mem *memory.Remote) (*target.Program, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.is == nil {
		is, err := target.OpenProgram(pid, mem)
		if err == nil {
			err = is.InfoErr
		}
		if err != nil {
			return nil, err
		}
		g.is = is
	}
	g.used = true
	return g.is, nil
}

// close says that the dump no longer needs the program.
func (g *program) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used = false
	if g.idle != nil {
		g.idle.Stop()
	}
	g.idle = time.AfterFunc(keepProgram, g.drop)
}

func (g *program) drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.used || g.is == nil {
		return
	}
	g.is.Info.Close()
	g.is = nil
	debug.FreeOSMemory()
}

// Limits for keeping a process still.
const (
	stopWithin = time.Second
	copyWithin = 2 * time.Second
	allMemory  = 1 << 40

	// unstopWithin is how long this process can be stopped meanwhile.
	unstopWithin = 500 * time.Millisecond
)

// capture captures the process that has asked for it. That resumes as soon as its memory
// has been copied.
func (s *server) capture(a *monitor.Asked, req *Request, redaction Redaction) (*Dump, error) {
	pid := s.w.PID
	if err := memory.RoomFor(pid); err != nil {
		return nil, err
	}
	mem, err := memory.OpenRemote(pid)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	if err := mem.Prepare(allMemory); err != nil {
		return nil, err
	}
	errUnwanted := errors.New("the process doesn't wait any more")
	if !a.Wanted(mem) {
		return nil, errUnwanted
	}
	since := clock.Now()
	stopped, err := s.copyStill(mem)
	if err != nil {
		return nil, err
	}
	req.Head.Paused = clock.Now().Sub(since).Round(time.Microsecond).String()
	if !a.Wanted(mem) {
		return nil, errUnwanted
	}
	a.Copied()
	if stopped.Note != "" {
		req.Head.Notes = append(req.Head.Notes, stopped.Note)
	}
	return s.read(mem, stopped.Threads, req, redaction)
}

// copyStill copies the memory of the process while it keeps that still.
func (s *server) copyStill(mem *memory.Remote) (*ptrace.Stopped, error) {
	end, err := ptrace.Unstopped(unstopWithin)
	if err != nil {
		return nil, err
	}
	defer end()
	stopped, err := ptrace.Seize(s.w.PID, stopWithin)
	if err != nil {
		return nil, err
	}
	mem.Until = clock.Now().Add(copyWithin)
	_, err = mem.Copy(allMemory)
	return stopped, errors.Join(err, stopped.Release())
}

// read reads what was copied, in the same way as Own reads memory.
func (s *server) read(mem *memory.Remote, threads []ptrace.Thread, req *Request, redaction Redaction) (*Dump, error) {
	start := clock.Now()
	is, err := s.program.open(s.w.PID, mem)
	if err != nil {
		return nil, err
	}
	defer s.program.close()
	p := is.Process(mem)
	environ := slices.DeleteFunc(p.Environ(), func(entry string) bool { return entry == "" })
	if len(environ) != req.There.Environ {
		return nil, fmt.Errorf("the environment has %d entries, not %d", len(environ), req.There.Environ)
	}
	req.Redact, req.SecretName, req.ShowsText = redaction(append(environ, Environ(s.w.PID)...), req.Head.Args)
	p.Threads, p.Signal, p.Move = threads, req.Signal, req.Move
	req.Limits.Deadline = start.Add(req.Limits.Timeout)
	c := &capturer{
		req: req, p: p, finder: variables.New(p), self: req.There.Helper, reasons: map[caveat.Reason][]byte{},
		Dump: &Dump{head: req.Head, redact: req.Redact, strict: req.strict(true)},
	}
	c.ownMessage()
	c.newWalker()
	p.Working = func() {
		if s.w.Crashed() {
			c.walker.Stop() // nobody waits any longer
		}
	}
	if c.failed == nil {
		c.goroutinesAndVariables()
	}
	if c.failed != nil {
		return nil, c.failed
	}
	c.objects()
	c.finish(start)
	return c.Dump, nil
}

// counting counts the bytes written, until stop says that nobody wants them.
type counting struct {
	w    io.Writer
	n    int64
	stop func() bool
}

func (c *counting) Write(b []byte) (int, error) {
	if c.stop() {
		return 0, errors.New("the process crashes")
	}
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
