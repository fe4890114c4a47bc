package target

import (
	"errors"
	"fmt"
	"runtime"

	"coredumpy/internal/ptrace"
)

// A program that wasn't built to tell of its crashes comes through these
// functions of the runtime when it crashes, the same from Go 1.24 to 1.26
// (runtime/panic.go, signal_unix.go). When a breakpoint there is hit, arguments
// are still in registers.
const (
	onPanic  = "runtime.preprintpanics" // p *_panic: nothing has recovered it
	onThrow  = "runtime.throw"          // s string
	onFatal  = "runtime.fatal"          // s string
	onSaid   = "runtime.fatalpanic"     // p *_panic: what the methods of panic values return is in their places
	onMarked = "runtime.printpanics"    // main will wait for the panic to be printed when it returns
	onSignal = "runtime.fatalsignal"    // sig uint32, c *sigctxt, gp *g, mp *m
)

// Where a program comes to that dumps its own panics: in package ask of coredumpy, or of
// a copy of it, under whichever path the program imports that.
const (
	OnAsk    = "internal/ask.coredumpyAsks"    // r *ask.Request
	OnForget = "internal/ask.coredumpyForgets" // what it asked for before is over
)

// abiInternal is where the first integer arguments of a function are, by DWARF
// number (cmd/compile/abi-internal.md).
var abiInternal = map[string][]int{"amd64": {0, 3, 2, 5}, "arm64": {0, 1, 2, 3}}

// argument returns an integer argument of the function at whose beginning the
// thread stands.
func argument(t *ptrace.Thread, arch string, i int) uint64 {
	if r := abiInternal[arch][i]; r < len(t.Regs) {
		return t.Regs[r]
	}
	return 0
}

// Argument returns the first argument of the function at the breakpoint.
func Argument(h *ptrace.Hit) uint64 { return argument(&h.Threads[0], runtime.GOARCH, 0) }

// Crash is what a breakpoint tells.
type Crash struct {
	Goroutine int64
	Panic     bool
	Value     [2]uint64 // the panic value
	Printed   [2]uint64 // what is printed of it, an interface as well, if its method has been called
	Replaced  bool      // Value may be what its method has returned: the panic value itself isn't found
	Again     int       // how many panics with the same value it came after
	Text      [2]uint64 // address and length of a fatal error's text
	Signal    int       // number of a fatal signal
	At        At
	Stack     [2]uint64 // the signal stack of the thread
	Asked     uint64    // address of the ask.Request with which a dump is asked for
	Panics    []PanicID // those that the goroutine is in, the last one first
}

// PanicID tells panics apart that are on their way.
type PanicID struct {
	Goroutine int64
	Place     uint64 // of its runtime._panic, from the end of the stack
	Value     [2]uint64
}

// SamePlace reports whether two are of the same runtime._panic.
func (id PanicID) SamePlace(other PanicID) bool {
	return id.Goroutine == other.Goroutine && id.Place == other.Place
}

// A goroutine's deferred functions have run when it comes to PanicFunction, so main may
// be about to return. It is kept from ending the program as a success only when
// MarkedFunction is reached (runtime/panic.go, startpanic_m).
const (
	PanicFunction  = onPanic
	MarkedFunction = onMarked
)

// SaidFunction is where the text is that a panic value's method has returned, for Said.
const SaidFunction = onSaid

// Said returns the address and the length of the text that is printed of a panic: one
// that came after others with the same value, of which only one has it, the last or
// the first (runtime/panic.go, preprintpanics). A thread stands at the beginning of
// SaidFunction.
func (p *Process) Said(t *ptrace.Thread, again int) (text [2]uint64, err error) {
	at := argument(t, p.Info.GOARCH(), 0)
	for range again + 1 {
		value, link, err := p.panicArg(at)
		if err != nil {
			return text, err
		}
		typ, to, err := p.Dynamic(TypeAny, p.Interface(value), value[0], value[1])
		if err == nil && typ != nil && typ.Name == "string" {
			text[0], err = p.ReadWord(to)
			if err == nil {
				text[1], err = p.ReadWord(to + word)
			}
			return text, err
		}
		at = link
	}
	return text, errors.New("the panic value is no text")
}

// Crashed says what has happened to a process of which a thread stands at the
// beginning of a function.
func (p *Process) Crashed(function string, t *ptrace.Thread) (*Crash, error) {
	l, _, err := p.gLayout()
	if err != nil {
		return nil, err
	}
	m, g, err := p.threadOf(t, l)
	if err != nil {
		return nil, err
	}
	c := &Crash{}
	if g != 0 {
		id, err := p.ReadWord(g + uint64(l.goid))
		if err != nil {
			return nil, err
		}
		c.Goroutine = int64(id)
	}
	arg := func(i int) uint64 { return argument(t, p.Info.GOARCH(), i) }
	switch function {
	case onPanic:
		c.Panic = true
		if c.Panics, err = p.panics(c.Goroutine, g, l, arg(0)); err == nil {
			c.Value = c.Panics[0].Value
			for c.Again+1 < len(c.Panics) && c.Panics[c.Again+1].Value == c.Value {
				c.Again++
			}
		}
	case OnAsk:
		c.Asked = arg(0)
		var last uint64
		if last, err = p.ReadWord(g + uint64(l.panics)); err == nil && last != 0 {
			c.Panics, err = p.panics(c.Goroutine, g, l, last)
		}
	case onSaid: // Said has the rest
	case onThrow, onFatal:
		c.Text = [2]uint64{arg(0), arg(1)}
	case onSignal:
		c.Signal = int(uint32(arg(0)))
		if gp := arg(2); gp != 0 && gp == g {
			c.At.G = gp
			c.At.PC, c.At.SP, _ = p.interrupted(arg(1))
		}
		if gs, err := p.ReadWord(m + uint64(l.gsignal)); err == nil && gs != 0 {
			c.Stack[0], _ = p.ReadWord(gs + uint64(l.lo))
			c.Stack[1], _ = p.ReadWord(gs + uint64(l.hi))
		}
	default:
		err = fmt.Errorf("no breakpoint at %s", function)
	}
	return c, err
}

// CrashFunctions are the functions for Crashed.
func CrashFunctions() []string { return []string{onPanic, onThrow, onFatal, onSignal, OnAsk, OnForget} }

// panicArg reads the value of a runtime._panic, and the address of the one before.
func (p *Process) panicArg(addr uint64) (words [2]uint64, link uint64, err error) {
	typ, ok := p.Info.TypeByName("runtime._panic")
	if !ok {
		return words, 0, fmt.Errorf("no type runtime._panic")
	}
	arg, ok1 := p.Info.StructField(typ, "arg")
	before, ok2 := p.Info.StructField(typ, "link")
	if !ok1 || !ok2 {
		return words, 0, fmt.Errorf("runtime._panic not recognised: no field arg, or link")
	}
	var b [2 * word]byte
	if err = p.Mem.Read(b[:], addr+uint64(arg.Offset)); err == nil {
		link, err = p.ReadWord(addr + uint64(before.Offset))
	}
	return [2]uint64{le64(b[:]), le64(b[word:])}, link, err
}

// maxPanics bounds how many panics are followed.
const maxPanics = 100

// panics reads a runtime._panic of a goroutine and those during which it happened.
// There is at least one if err is nil.
func (p *Process) panics(goroutine int64, g uint64, l *gLayout, addr uint64) (ids []PanicID, err error) {
	var end uint64
	if g != 0 {
		end, _ = p.ReadWord(g + uint64(l.hi))
	}
	for next := addr; next != 0 && len(ids) < maxPanics; {
		at := next
		var value [2]uint64
		if value, next, err = p.panicArg(at); err != nil {
			return nil, err
		}
		ids = append(ids, PanicID{goroutine, end - at, value})
	}
	return ids, nil
}

// maxThreads bounds the runtime's list of threads.
const maxThreads = 1 << 17

// threadOf returns the runtime.m of a thread and the runtime.g that it runs, 0
// if none.
func (p *Process) threadOf(t *ptrace.Thread, l *gLayout) (m, g uint64, err error) {
	if l.m < 0 {
		return 0, 0, fmt.Errorf("threads: %w", errors.Join(p.gErrs...))
	}
	if m, err = p.Value("runtime.allm"); err != nil {
		return 0, 0, err
	}
	v, _ := p.Info.Global("runtime.allm")
	typ, err := p.Info.Type(v.Type)
	if err != nil {
		return 0, 0, err
	}
	next, err := fieldOffset(p.Info, "runtime.m", typ.Elem, [2]string{"alllink"})
	if err != nil {
		return 0, 0, err
	}
	curg, err := fieldOffset(p.Info, "runtime.m", typ.Elem, [2]string{"curg"})
	if err != nil {
		return 0, 0, err
	}
	for range maxThreads {
		if m == 0 {
			break
		}
		id, err := p.ReadWord(m + uint64(l.procid))
		if err != nil {
			return 0, 0, err
		}
		if id == uint64(t.ProcID) {
			g, err = p.ReadWord(m + uint64(curg))
			return m, g, err
		}
		if m, err = p.ReadWord(m + uint64(next)); err != nil {
			return 0, 0, err
		}
	}
	return 0, 0, fmt.Errorf("thread %d isn't one of Go's", t.TID)
}

// Where linux/amd64's ucontext_t has the registers of what was interrupted
// (runtime/defs_linux_amd64.go: ucontext, sigcontext).
const (
	contextRSP = 160
	contextRIP = 168
)

// interrupted returns where a signal came, given the runtime.sigctxt.
func (p *Process) interrupted(c uint64) (pc, sp uint64, err error) {
	if p.Info.GOARCH() != "amd64" {
		return 0, 0, fmt.Errorf("not known on %s", p.Info.GOARCH())
	}
	ctxt, err := p.ReadWord(c + word) // sigctxt: info, ctxt
	if err != nil {
		return 0, 0, err
	}
	if sp, err = p.ReadWord(ctxt + contextRSP); err != nil {
		return 0, 0, err
	}
	pc, err = p.ReadWord(ctxt + contextRIP)
	return pc, sp, err
}
