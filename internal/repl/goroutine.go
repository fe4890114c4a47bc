package repl

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/symbol"
)

// tellUnparsed prints, once for each file, why the source of a frame can't be
// parsed.
func (s *session) tellUnparsed(f *dump.Frame) {
	if why := s.in.Unparsed(f); why != "" {
		s.out.Printf("(%s isn't understood: %s; this coredumpy was built with %s, the program with %s)\n",
			printable.Line(f.File), printable.Line(why), runtime.Version(), printable.Line(s.in.Head().GoVersion))
	}
}

// goroutine is the command goroutine.
func (s *session) goroutine(args string) error {
	if args == "" {
		g, err := s.in.Selected()
		if err == nil {
			s.showGoroutine(g)
		}
		return err
	}
	number, command, _ := strings.Cut(args, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return fmt.Errorf("goroutine: %q is not the id of a goroutine", number)
	}
	before := s.in.Selection()
	if err := s.in.SelectGoroutine(id); err != nil {
		return err
	}
	s.sources.Rewind()
	if command = strings.TrimSpace(command); command == "" {
		g, err := s.in.Selected()
		if err == nil {
			s.showGoroutine(g)
		}
		return err
	}
	defer s.in.Select(before)
	return s.sh.Call(command)
}

// showGoroutine prints what the selected goroutine does, and its frame.
func (s *session) showGoroutine(g *dump.Goroutine) {
	s.out.Printf("Goroutine %d [%s]\n", g.ID, state(g))
	for i := 0; i+1 < len(g.Labels); i += 2 {
		s.out.Printf("label %q: %q\n", g.Labels[i], g.Labels[i+1])
	}
	if len(g.Note) > 0 {
		s.out.Printf("(%s)\n", printable.Line(g.Note.String()))
	}
	s.showFrame()
}

// selectFrame is the command frame.
func (s *session) selectFrame(args string) error {
	if args == "" {
		s.showFrame()
		return nil
	}
	number, command, _ := strings.Cut(args, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("frame: %q is not the number of a frame", number)
	}
	if command = strings.TrimSpace(command); command == "" {
		return s.goTo(n)
	}
	defer s.in.Select(s.in.Selection())
	if err := s.setFrame(n); err != nil {
		return err
	}
	return s.sh.Call(command)
}

func (s *session) setFrame(n int) error {
	err := s.in.SelectFrame(n)
	if err == nil {
		s.sources.Rewind()
	}
	return err
}

func (s *session) goTo(n int) error {
	if err := s.setFrame(n); err != nil {
		return err
	}
	s.showFrame()
	return nil
}

// move is the commands up and down.
func (s *session) move(args string, direction int) error {
	n := 1
	if args == "-m" {
		return s.moveToOwn(direction)
	}
	if args != "" {
		var err error
		if n, err = strconv.Atoi(args); err != nil || n < 0 {
			return fmt.Errorf("the number of frames must be 0 or more, not %q", args)
		}
	}
	_, at, err := s.in.Frame()
	if err != nil {
		return err
	}
	g, err := s.in.Selected()
	if err != nil {
		return err
	}
	to := min(max(at+n*direction, 0), len(g.Frames)-1)
	switch {
	case to != at || n == 0:
		return s.goTo(to)
	case direction > 0:
		return fmt.Errorf("frame %d is the outermost of goroutine %d", at, g.ID)
	default:
		return fmt.Errorf("frame %d is the innermost of goroutine %d", at, g.ID)
	}
}

// moveToOwn is the commands up and down with -m: it goes to the next frame of the program's own
// code.
func (s *session) moveToOwn(direction int) error {
	_, at, err := s.in.Frame()
	if err != nil {
		return err
	}
	g, err := s.in.Selected()
	if err != nil {
		return err
	}
	for i := at + direction; i >= 0 && i < len(g.Frames); i += direction {
		if s.frameKind(&g.Frames[i]) == ownFrame {
			return s.goTo(i)
		}
	}
	where := map[int]string{+1: "above", -1: "below"}[direction]
	return fmt.Errorf("no frame %s frame %d is of the program's own code", where, at)
}

// showFrame prints where the selected frame is, with the source around it.
func (s *session) showFrame() {
	f, n, err := s.in.Frame()
	if err != nil {
		s.out.Printf("(%v)\n", err)
		return
	}
	s.tellUnparsed(f)
	s.out.Printf("Frame %d: ", n)
	s.out.Bold(printable.Line(f.Func) + "()")
	s.out.Printf(" ")
	s.out.Link(sourceURL(s.localFile(f.File)), localPosition(f.Place, s.localFile))
	s.out.Printf(" (PC: %#x)\n", f.PC)
	if f.Optimized {
		s.out.Printf("(optimized: some variables have no value)\n")
	}
	source, err := s.sources.Open(f.File)
	if err == nil {
		err = source.Around(s.out, f.Line, f.Line)
	}
	if err != nil {
		s.out.Printf("(%s)\n", printable.Line(err.Error()))
	}
	s.showDisplayed(false)
}

// stack is the command bt.
func (s *session) stack(args string) error {
	const most = 50
	limit, full, all := most, false, false
	for _, arg := range strings.Fields(args) {
		n, err := strconv.Atoi(arg)
		switch {
		case arg == "-full":
			full = true
		case arg == "-a":
			all = true
		case err != nil || n < 1:
			return fmt.Errorf("bt: the number of frames must be 1 or more, not %q", arg)
		default:
			limit = n
		}
	}
	_, n, err := s.in.Frame()
	if err != nil {
		return err
	}
	g, err := s.in.Selected()
	if err != nil {
		return err
	}
	w := stackWriter{w: s.out, limit: limit, selected: n, local: s.localFile}
	if full {
		w.under = s.frameDetails
	}
	if !all {
		w.kind = s.frameKinds()
	}
	if s.onTerminal() && !all {
		w.columns, w.arguments = s.show.columns(), s.callArguments
	}
	w.write(g)
	return nil
}

// frameKind says whose code a frame runs.
func (s *session) frameKind(f *dump.Frame) frameKind {
	switch {
	case symbol.Wrapper(f.Func) || f.File == "<autogenerated>":
		return wrapperFrame
	case s.in.Module(f) == inspector.Standard:
		return standardFrame
	case s.in.Mine(f):
		return ownFrame
	}
	return libraryFrame
}

func (s *session) frameDetails(f *dump.Frame, indent string) {
	s.variables(f.Vars(), indent, filter{}, isArgument)
	s.variables(f.Vars(), indent, filter{}, isLocal)
}
