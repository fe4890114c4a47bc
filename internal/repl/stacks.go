package repl

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/symbol"
)

// writer is what stacks are written to.
type writer interface {
	io.Writer
	Bold(text string)
	Faint(text string)
	Link(url, text string)
	Err() error // not nil once writing is pointless
}

// frameKind says whose code a frame runs.
type frameKind uint8

const (
	ownFrame      frameKind = iota // of the main module and its workspace
	libraryFrame                   // of another module
	standardFrame                  // of the standard library
	wrapperFrame                   // made by the compiler
)

// stackWriter writes a stack, the outermost call last, as Delve does:
//
//	0  0x000000000053ee13 in main.handle
//	   at /src/main.go:103
type stackWriter struct {
	w     writer
	limit int // how many frames to write
	// under, if not nil, is called after each frame to write more about it, in lines that
	// begin with indent.
	under func(f *dump.Frame, indent string)
	// kind, if not nil, says whose code a frame runs: the frames of the standard library and
	// of wrappers in a row are folded, except for the selected one.
	kind     func(f *dump.Frame) frameKind
	selected int
	// columns, if it isn't 0, has each frame in a row of that many columns at most, without what
	// is long: the address, and most of the paths.
	columns   int
	arguments func(f *dump.Frame) string // of the call, for a row; may be nil
	least     frameKind                  // from which kind on frames are folded
	// local, if not nil, returns the file of this machine for a path of the dump, "" for none.
	local func(path string) string
}

func (s *stackWriter) write(g *dump.Goroutine) {
	frames := g.Frames[:min(s.limit, len(g.Frames))]
	digits := len(strconv.Itoa(len(frames) - 1))
	s.least = standardFrame
	if s.columns > 0 && slices.ContainsFunc(frames, func(f dump.Frame) bool { return s.kind(&f) == ownFrame }) {
		s.least = libraryFrame
	}
	indent := strings.Repeat(" ", digits+2)
	for i := 0; i < len(frames) && s.w.Err() == nil; i++ {
		if n := s.folded(frames, i); n > 1 {
			text := fmt.Sprintf("%*d  %d frames of %s, up to %d (bt -a)", digits, i, n, s.whose(frames[i:i+n]), i+n-1)
			if s.columns > 0 {
				text = printable.Cut(text, s.columns)
			}
			s.w.Faint(text)
			fmt.Fprintln(s.w)
			i += n - 1
			continue
		}
		s.frame(&frames[i], fmt.Sprintf("%*d  ", digits, i), indent)
	}
	switch n := len(g.Frames) - len(frames); {
	case n > 0:
		fmt.Fprintf(s.w, "(%d more frames: bt %d)\n", n, len(g.Frames))
	case g.More > 0:
		fmt.Fprintf(s.w, "(%d more frames are not in the dump)\n", g.More)
	}
	switch by := createdBy(g); {
	case by == "":
	case s.columns > 0:
		fmt.Fprintln(s.w, printable.Cut(indent+"created by "+by, s.columns))
	default:
		fmt.Fprintf(s.w, "%screated by %s\n%sat %s\n", indent, by, indent, position(*g.CreatedBy))
	}
}

// folded returns how many frames from number i on are written as one line.
func (s *stackWriter) folded(frames []dump.Frame, i int) (n int) {
	for s.kind != nil && i+n < len(frames) && i+n != s.selected && s.kind(&frames[i+n]) >= s.least {
		n++
	}
	return n
}

// whose says in words whose code the frames of a row run: the packages of libraries, a few of
// them, with the standard library.
func (s *stackWriter) whose(frames []dump.Frame) string {
	const most = 3
	var names []string
	for i := range frames {
		if s.kind(&frames[i]) == libraryFrame {
			names = append(names, shortPackage(frames[i].Func))
		}
	}
	slices.Sort(names)
	switch names = slices.Compact(names); {
	case len(names) == 0:
		return "the standard library"
	case len(names) > most:
		names = append(names[:most], "others")
	}
	return printable.Line(strings.Join(names, ", "))
}

// shortPackage returns the name of a function's package, as far as its path tells: chi for
// github.com/go-chi/chi/v5.NewRouter.
func shortPackage(function string) string {
	short, _, _ := strings.Cut(symbol.ShortType(version.ReplaceAllString(function, ".")), ".")
	return short
}

// version matches the version behind the path of a module: chi/v5.NewRouter is chi.NewRouter.
var version = regexp.MustCompile(`/v[0-9]+\.`)

// row writes a frame in a row:
//
//	3  main.handle(id=3, o=*main.Order)  shop/main.go:103
func (s *stackWriter) row(f *dump.Frame, number string) {
	function := printable.Line(symbol.ShortType(version.ReplaceAllString(f.Func, ".")))
	at := ""
	if f.File != "" {
		at = fmt.Sprintf("  %s:%d", printable.Line(lastOf(f.File)), f.Line)
	}
	room := s.columns - printable.Width(number, 0)
	if over := printable.Width(function+at, 0) - room; over > 0 && at != "" { // the name says more
		at = fmt.Sprintf("  :%d", f.Line)
	}
	function = printable.Cut(function, max(room-printable.Width(at, 0), 1))
	arguments := ""
	if s.arguments != nil {
		const fewest = 8
		arguments = s.arguments(f)
		if left := room - printable.Width(function+at, 0); left < min(fewest, printable.Width(arguments, 0)) {
			arguments = ""
		} else {
			arguments = printable.Cut(arguments, left)
		}
	}
	switch s.kind(f) {
	case ownFrame:
		io.WriteString(s.w, number)
		s.w.Bold(function)
		io.WriteString(s.w, arguments)
		s.place(f, at)
	case libraryFrame:
		io.WriteString(s.w, number+function+arguments)
		s.place(f, at)
	default:
		s.w.Faint(number + function + arguments + at)
		fmt.Fprintln(s.w)
	}
}

// lastOf returns the last two elements of a path.
func lastOf(file string) string {
	i := strings.LastIndexByte(file, '/')
	return file[strings.LastIndexByte(file[:max(i, 0)], '/')+1:]
}

func (s *stackWriter) frame(f *dump.Frame, number, indent string) {
	if s.columns > 0 && s.under == nil {
		s.row(f, number)
		return
	}
	function, at := printable.Line(f.Func), indent+"at "+s.position(f.Place)
	switch {
	case s.kind == nil || s.kind(f) == ownFrame:
		fmt.Fprintf(s.w, "%s0x%016x in ", number, f.PC)
		s.w.Bold(function)
		fmt.Fprintln(s.w)
		s.place(f, at)
	case s.kind(f) == libraryFrame:
		fmt.Fprintf(s.w, "%s0x%016x in %s\n", number, f.PC, function)
		s.place(f, at)
	default:
		s.w.Faint(fmt.Sprintf("%s0x%016x in %s\n%s", number, f.PC, function, at))
		fmt.Fprintln(s.w)
	}
	if s.under != nil {
		s.under(f, indent+"    ")
		fmt.Fprintln(s.w)
	}
}

// position returns the file and line of p.
func position(p dump.Place) string {
	if p.File == "" {
		return "(unknown)"
	}
	return fmt.Sprintf("%s:%d", printable.Line(p.File), p.Line)
}

func createdBy(g *dump.Goroutine) string {
	if g.CreatedBy == nil || g.CreatedBy.Func == "" {
		return ""
	}
	name := printable.Line(g.CreatedBy.Func)
	if g.Parent == 0 {
		return name
	}
	return fmt.Sprintf("%s in goroutine %d", name, g.Parent)
}

// state returns what a goroutine does, as in a traceback: "chan receive, 5m0s".
func state(g *dump.Goroutine) string {
	return printable.Line(g.Status) + waiting(g.Wait, g.Wait)
}

func waiting(shortest, longest int64) string {
	if text := printable.Waits(time.Duration(shortest), time.Duration(longest)); text != "" {
		return ", " + text
	}
	return ""
}
