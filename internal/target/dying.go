package target

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// HasCrashOutput reports whether the runtime of this process writes its crash reports to
// a file as well, see [runtime/debug.SetCrashOutput]. It is false without debug
// information.
func HasCrashOutput() bool {
	p := Self()
	defer p.Close()
	if p.Info == nil {
		return false
	}
	fd, err := p.Value("runtime.crashFD")
	return err == nil && fd != 1<<64-1
}

// dyingM is the part of a runtime.m that tells why its process ends.
type dyingM struct {
	curg, g0, gsignal, caughtsig uint64
	throwing                     int32
}

// Dying says what has happened to a process that writes its crash report: a thread of it
// has begun to die (runtime/panic.go, startpanic_m) and hasn't ended yet. writer is the
// thread that writes, as the process itself numbers it, 0 if it isn't known.
func (p *Process) Dying(writer int) (*Crash, error) {
	l, _, err := p.gLayout()
	if err != nil {
		return nil, err
	}
	m, err := p.dyingM(writer, l)
	if err != nil {
		return nil, err
	}
	c := &Crash{Stack: p.stackBounds(m.gsignal, l)}
	if m.curg != 0 {
		id, err := p.ReadWord(m.curg + uint64(l.goid))
		if err != nil {
			return nil, err
		}
		c.Goroutine = int64(id)
		c.At = At{G: m.curg, Saved: true}
	}
	switch {
	case m.caughtsig != 0:
		c.Signal = unknownSignal
		if c.At = (At{}); m.caughtsig == m.curg {
			c.At.G = m.curg
			c.At.PC, c.At.SP = p.signalContext(c.Stack)
		}
		return c, nil
	case m.throwing != 0:
		c.Text = p.thrownText(m, writer, l)
		return c, nil
	}
	return c, p.dyingPanic(c, m, l)
}

// unknownSignal is the number of a fatal signal that only the report names.
const unknownSignal = -1

// dyingPanic reads the panic that ends the process. The runtime has put what the value's
// method returned in its place.
func (p *Process) dyingPanic(c *Crash, m *dyingM, l *gLayout) error {
	if m.curg == 0 || l.panics < 0 {
		return errors.New("no goroutine panics")
	}
	at, err := p.ReadWord(m.curg + uint64(l.panics))
	if err != nil || at == 0 {
		return errors.New("no goroutine panics")
	}
	if c.Panics, err = p.panics(c.Goroutine, m.curg, l, at); err != nil {
		return err
	}
	c.Panic, c.Value = true, c.Panics[0].Value
	for c.Again+1 < len(c.Panics) && c.Panics[c.Again+1].Value == c.Value {
		c.Again++
	}
	printed := c.Panics[p.repanicked(at, len(c.Panics))].Value
	if value, ok := p.spilledValue(at); ok && p.mayPrint(value, printed) {
		c.Value = value
	} else {
		c.Replaced = p.isString(c.Value)
	}
	if printed != c.Value {
		c.Printed = printed
	}
	return nil
}

// isString reports whether a value is a string, as what a method returns is.
func (p *Process) isString(value [2]uint64) bool {
	t, err := p.RuntimeType(value[0])
	return err == nil && t.Name == "string"
}

// mayPrint reports whether what is printed can be of a panic value: the value itself, or a
// text that its method returned.
func (p *Process) mayPrint(value, printed [2]uint64) bool {
	if value == printed {
		return true
	}
	t, err := p.RuntimeType(value[0])
	return err == nil && p.isString(printed) && p.describesItself(value, t)
}

// repanicked returns how many of n panics the runtime doesn't print, from the last one
// on, as the one before has the same value: then it has called the method for that one
// (Go 1.26).
func (p *Process) repanicked(at uint64, n int) (skipped int) {
	mark, ok := p.offset("runtime._panic", "repanicked")
	if !ok {
		return 0
	}
	for skipped+1 < n {
		_, link, err := p.panicArg(at)
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

// spilledValue returns the argument of the gopanic that a runtime._panic is of. gopanic
// has put it where its caller keeps room for arguments.
func (p *Process) spilledValue(at uint64) (value [2]uint64, ok bool) {
	pcOff, ok1 := p.offset("runtime._panic", "startPC")
	spOff, ok2 := p.offset("runtime._panic", "startSP")
	if !ok1 || !ok2 {
		return value, false
	}
	pc, err1 := p.ReadWord(at + pcOff)
	sp, err2 := p.ReadWord(at + spOff)
	if err1 != nil || err2 != nil {
		return value, false
	}
	s := p.site(pc - 1)
	if s.fn == nil || s.fn.Name != "runtime.gopanic" || !s.ok {
		return value, false
	}
	slot := sp + uint64(s.row.CFAOffset)
	for i := range value {
		v, err := p.ReadWord(slot + uint64(i)*word)
		if err != nil {
			return value, false
		}
		value[i] = v
	}
	if value[0] == 0 {
		return value, false
	}
	_, err := p.RuntimeType(value[0])
	return value, err == nil
}

// dyingM returns the runtime.m that dies: that of the writer if there are several.
func (p *Process) dyingM(writer int, l *gLayout) (found *dyingM, err error) {
	if l.m < 0 {
		return nil, fmt.Errorf("threads: %w", errors.Join(p.gErrs...))
	}
	offsets := map[string]uint64{}
	for _, name := range []string{"dying", "alllink", "curg", "g0", "gsignal", "caughtsig", "throwing"} {
		off, ok := p.offset("runtime.m", name)
		if !ok {
			return nil, fmt.Errorf("runtime.m not recognised: no field %s", name)
		}
		offsets[name] = off
	}
	m, err := p.Value("runtime.allm")
	for range maxThreads {
		if err != nil || m == 0 {
			break
		}
		field := func(name string) uint64 {
			v, readErr := p.ReadWord(m + offsets[name])
			if readErr != nil && err == nil {
				err = readErr
			}
			return v
		}
		id, _ := p.ReadWord(m + uint64(l.procid))
		if int32(field("dying")) > 0 && (found == nil || id == uint64(writer)) {
			found = &dyingM{
				curg: field("curg"), g0: field("g0"), gsignal: field("gsignal"),
				caughtsig: field("caughtsig"), throwing: int32(field("throwing")),
			}
		}
		next := field("alllink")
		if err != nil {
			return nil, err
		}
		m = next
	}
	if found == nil && err == nil {
		err = errors.New("no thread is dying")
	}
	return found, err
}

// stackBounds returns where the stack of a runtime.g is, zeros if it has none.
func (p *Process) stackBounds(g uint64, l *gLayout) (s [2]uint64) {
	if g != 0 {
		s[0], _ = p.ReadWord(g + uint64(l.lo))
		s[1], _ = p.ReadWord(g + uint64(l.hi))
	}
	return s
}

// maxSystemStack bounds how much of a stack is searched.
const maxSystemStack = 1 << 20

// thrownText finds the text of a fatal error. The func literal in runtime.throw or
// runtime.fatal that prints it has captured it, and is on the stack of the goroutine, or
// on the system stack if the error came there. golang/go#76859 asks for a better place.
func (p *Process) thrownText(m *dyingM, writer int, l *gLayout) (text [2]uint64) {
	if m.curg != 0 {
		s := p.stackBounds(m.curg, l)
		if sp, err := p.ReadWord(m.curg + uint64(l.sp)); err == nil && s[0] < sp && sp < s[1] {
			text = p.capturedText(sp, s[1])
		}
	}
	if text[1] != 0 {
		return text
	}
	s := p.stackBounds(m.g0, l)
	for i := range p.Threads {
		if t := &p.Threads[i]; t.ProcID == writer && s[0] <= t.SP && t.SP < s[1] {
			s[0] = t.SP
		}
	}
	return p.capturedText(s[0], s[1])
}

// capturedText finds the closure among the words from one address to another. It is the
// address of the code, and then the text.
func (p *Process) capturedText(lo, hi uint64) (text [2]uint64) {
	entries := map[uint64]bool{}
	for _, name := range []string{"runtime.throw.func1", "runtime.fatal.func1"} {
		if fn, ok := p.Info.FuncByName(name); ok {
			entries[fn.Entry+p.Slide] = true
		}
	}
	if hi-lo > maxSystemStack {
		hi = lo + maxSystemStack
	}
	for at := lo; at+4*word <= hi; at += word {
		code, err := p.ReadWord(at)
		if err != nil {
			return text
		}
		if !entries[code] {
			continue
		}
		for i := uint64(1); i <= 2; i++ {
			addr, _ := p.ReadWord(at + i*word)
			n, _ := p.ReadWord(at + (i+1)*word)
			if s := p.Text(addr, n); n > 0 && uint64(len(s)) == n && utf8.ValidString(s) {
				return [2]uint64{addr, n}
			}
		}
	}
	return text
}

// signalContext finds the ucontext_t that the kernel has put on a signal stack, by what
// it says of that stack, and returns where the signal came; 0 if that isn't known. In
// ucontext_t two words are before uc_stack (asm-generic/ucontext.h).
func (p *Process) signalContext(s [2]uint64) (pc, sp uint64) {
	offsets, ok := contextOffsets[p.Info.GOARCH()]
	if !ok || s[1] <= s[0] {
		return 0, 0
	}
	const stack = 2 * word
	for at := s[1] - 16*word; at > s[0]+stack; at -= word {
		lo, err := p.ReadWord(at)
		if err != nil {
			return 0, 0
		}
		if size, _ := p.ReadWord(at + 2*word); lo != s[0] || size != s[1]-s[0] {
			continue
		}
		sp, _ = p.ReadWord(at - stack + offsets.sp)
		pc, _ = p.ReadWord(at - stack + offsets.pc)
		return pc, sp
	}
	return 0, 0
}

// contextOffsets are where stack pointer and program counter are in ucontext_t
// (runtime/defs_linux_amd64.go, defs_linux_arm64.go).
var contextOffsets = map[string]struct{ sp, pc uint64 }{
	"amd64": {contextRSP, contextRIP},
	"arm64": {432, 440},
}
