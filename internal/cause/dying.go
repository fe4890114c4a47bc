package cause

import (
	"cmp"
	"errors"
	"unicode/utf8"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// HasCrashOutput reports whether the runtime of this process also writes its crash reports
// to a file, see [runtime/debug.SetCrashOutput]. It is false without debug information.
func HasCrashOutput() bool {
	p := target.Self()
	defer p.Close()
	if p.Info == nil {
		return false
	}
	fd, err := p.Value("runtime.crashFD")
	return err == nil && fd != 1<<64-1
}

// dyingM is the part of a runtime.m that says why its process ends.
type dyingM struct {
	curg, g0, gsignal, caughtsig uint64
	throwing                     int32
}

// Dying says what has happened to a process that is writing its crash report: one of its
// threads has begun to die (runtime/panic.go, startpanic_m) and hasn't ended yet. writer
// is the thread that writes, as the process itself numbers it; 0 if it isn't known.
func Dying(p *target.Process, writer int) (*Crash, error) {
	m, err := dyingThread(p, writer)
	if err != nil {
		return nil, err
	}
	c := &Crash{Stack: p.StackBounds(m.gsignal)}
	if m.curg != 0 {
		if c.Goroutine, err = p.GoroutineID(m.curg); err != nil {
			return nil, err
		}
		c.At = target.At{G: m.curg, Saved: true}
	}
	switch {
	case m.caughtsig != 0:
		c.Signal = unknownSignal
		if c.At = (target.At{}); m.caughtsig == m.curg {
			c.At.G = m.curg
			c.At.PC, c.At.SP = p.InterruptedOn(c.Stack)
		}
		return c, nil
	case m.throwing != 0:
		c.Text = thrownText(p, m, writer)
		return c, nil
	}
	return c, c.dyingPanic(p, m)
}

// unknownSignal is the number of a fatal signal that only the report names.
const unknownSignal = -1

// dyingPanic reads the panic that ends the process. The runtime has replaced its value
// with the text that the value's method returned.
func (c *Crash) dyingPanic(p *target.Process, m *dyingM) error {
	if m.curg == 0 {
		return errors.New("no goroutine panics")
	}
	at, err := p.LastPanic(m.curg)
	if err != nil || at == 0 {
		return errors.New("no goroutine panics")
	}
	if err := c.panic(p, m.curg, at); err != nil {
		return err
	}
	printed := c.Panics[repanicked(p, at, len(c.Panics))].Value
	if value, ok := spilledValue(p, at); ok && mayPrint(p, value, printed) {
		c.Value = value
	} else {
		c.Replaced = isString(p, c.Value)
	}
	if printed != c.Value {
		c.Printed = printed
	}
	return nil
}

// isString reports whether a value is a string, as the result of such a method is.
func isString(p *target.Process, value [2]uint64) bool {
	t, err := p.RuntimeType(value[0])
	return err == nil && t.Name == "string"
}

// mayPrint reports whether printed can be what the runtime prints for a panic value: the
// value itself, or a text that its method returned.
func mayPrint(p *target.Process, value, printed [2]uint64) bool {
	if value == printed {
		return true
	}
	t, err := p.RuntimeType(value[0])
	return err == nil && isString(p, printed) && describesItself(p, value, t)
}

// repanicked returns how many of n panics, counted from the last, the runtime doesn't
// print because the one before has the same value. The runtime has called the value's
// method for the first panic that it prints (Go 1.26).
func repanicked(p *target.Process, at uint64, n int) (skipped int) {
	mark, err := p.Offset("runtime._panic", "repanicked")
	if err != nil {
		return 0
	}
	for skipped+1 < n {
		_, link, err := panicArg(p, at)
		if err != nil || link == 0 {
			break
		}
		if v, err := p.ReadWord(link + mark); err != nil || v&0xff == 0 {
			break
		}
		at = link
		skipped++
	}
	return skipped
}

// spilledValue returns the argument of the call of gopanic that made the runtime._panic at
// the address at. gopanic has stored it where its caller keeps room for arguments.
func spilledValue(p *target.Process, at uint64) (value [2]uint64, ok bool) {
	pcOff, err1 := p.Offset("runtime._panic", "startPC")
	spOff, err2 := p.Offset("runtime._panic", "startSP")
	if err1 != nil || err2 != nil {
		return value, false
	}
	pc, err1 := p.ReadWord(at + pcOff)
	sp, err2 := p.ReadWord(at + spOff)
	if err1 != nil || err2 != nil {
		return value, false
	}
	fn, size, ok := p.FrameSize(pc - 1)
	if !ok || fn != "runtime.gopanic" {
		return value, false
	}
	value, err := p.ReadPair(sp + size)
	if err != nil || value[0] == 0 {
		return value, false
	}
	_, err = p.RuntimeType(value[0])
	return value, err == nil
}

// dyingThread returns the thread that dies, or the writer if several do.
func dyingThread(p *target.Process, writer int) (found *dyingM, err error) {
	offsets := map[string]uint64{}
	for _, name := range []string{"dying", "curg", "g0", "gsignal", "caughtsig", "throwing"} {
		if offsets[name], err = p.Offset("runtime.m", name); err != nil {
			return nil, err
		}
	}
	var readErr error
	err = p.EachThread(func(m uint64) bool {
		field := func(name string) uint64 {
			v, err := p.ReadWord(m + offsets[name])
			readErr = cmp.Or(readErr, err)
			return v
		}
		id, _ := p.ProcID(m)
		if int32(field("dying")) > 0 && (found == nil || id == uint64(writer)) {
			found = &dyingM{
				curg: field("curg"), g0: field("g0"), gsignal: field("gsignal"),
				caughtsig: field("caughtsig"), throwing: int32(field("throwing")),
			}
		}
		return readErr == nil
	})
	switch err = cmp.Or(readErr, err); {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, errors.New("no thread is dying")
	}
	return found, nil
}

// maxSystemStack bounds how much of a system stack is searched.
const maxSystemStack = 1 << 20

// thrownText finds the text of a fatal error. The func literal in runtime.throw or
// runtime.fatal that prints the text has captured it, and is on the goroutine's stack, or
// on the system stack if the error came there. golang/go#76859 asks for a better place.
func thrownText(p *target.Process, m *dyingM, writer int) (text [2]uint64) {
	if m.curg != 0 {
		s := p.StackBounds(m.curg)
		if sp, err := p.SavedSP(m.curg); err == nil && s[0] < sp && sp < s[1] {
			text = capturedText(p, sp, s[1])
		}
	}
	if text[1] != 0 {
		return text
	}
	s := p.StackBounds(m.g0)
	for i := range p.Threads {
		if t := &p.Threads[i]; t.ProcID == writer && s[0] <= t.SP && t.SP < s[1] {
			s[0] = t.SP
		}
	}
	return capturedText(p, s[0], s[1])
}

// capturedText finds the closure among the words from lo to hi. It consists of the address
// of the code, then the text.
func capturedText(p *target.Process, lo, hi uint64) (text [2]uint64) {
	entries := map[uint64]bool{}
	for _, name := range []string{"runtime.throw.func1", "runtime.fatal.func1"} {
		if fn, ok := p.Info.FuncByName(name); ok {
			entries[fn.Entry+p.Slide] = true
		}
	}
	if hi-lo > maxSystemStack {
		hi = lo + maxSystemStack
	}
	for at := lo; at+4*gotypes.Word <= hi; at += gotypes.Word {
		code, err := p.ReadWord(at)
		if err != nil {
			return text
		}
		if !entries[code] {
			continue
		}
		for i := uint64(1); i <= 2; i++ {
			addr, _ := p.ReadWord(at + i*gotypes.Word)
			n, _ := p.ReadWord(at + (i+1)*gotypes.Word)
			if s := p.Text(addr, n); n > 0 && uint64(len(s)) == n && utf8.ValidString(s) {
				return [2]uint64{addr, n}
			}
		}
	}
	return text
}
