package repl

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/printable"
	"coredumpy/internal/shell"
)

const findHelp = `VALUE is a number (42, -1.5, 0x2a, 'x'), true, false, or a text in double quotes: find "ann"
finds texts that are ann. A number that is an address also finds what refers to it.
Anything else is a regular expression, which texts must match: of strings and of bytes.
/42/ is one, too. ***redacted*** finds what may be a secret.
Each place is a command that prints the value. A path ends at the entry of a map if the
value is in its key, and before a part that no expression names: an entry for a pointer.
20 places are shown, with -v 1000.`

const refsHelp = `EXPRESSION is an object, or refers to one. Each place is a command that prints the reference.
Variables come first, those of all goroutines that are in the same function together.
Behind the entry of a map, (key) says that its key refers to the object.
What points into an object, such as &x.f, or is a slice of an array, refers to another one.
20 places are shown, with -v 1000.`

const sizeHelp = `Three sums: the object itself; all that can be reached from it; and what of that can't be
reached in another way, which would be gone without it; that isn't said of a part of an object.
Bytes are those of the program's memory as far as a dump says it: slices count up to their
capacity, maps without what is around keys and elements, and texts of strings not at all, as
a dump doesn't say which strings share them. Memory that objects have in common counts once.`

const histogramHelp = `With REGEXP, types that match it. 30 types are shown, with -v all. For bytes, see help size.`

// These bound what the commands print without -v and with it.
const (
	shownPlaces = 20
	mostPlaces  = 1000
	shownTypes  = 30
)

// memoryCommands are the commands about the whole dump.
func (s *session) memoryCommands() []shell.Command {
	return []shell.Command{
		{Names: []string{"find"}, Args: "[-v] REGEXP|VALUE", Summary: "find where a value is in the whole dump",
			Run: s.find, Help: findHelp},
		{Names: []string{"refs"}, Args: "[-v] EXPRESSION", Summary: "say who refers to an object", Run: s.refs,
			Help: refsHelp},
		{Names: []string{"size"}, Args: "EXPRESSION", Summary: "say how much memory a value leads to", Run: s.size,
			Help: sizeHelp},
		{Names: []string{"histogram", "histo"}, Args: "[-v] [REGEXP]",
			Summary: "list the types of objects by their memory", Run: s.histogram, Help: histogramHelp},
		{Names: []string{"whereis"}, Args: "NAME", Summary: "say in which frames a variable has a value",
			Run: s.whereis, Help: whereisHelp},
		{Names: []string{"diff"}, Args: "FILE", Summary: "compare with another dump", Run: s.diff, Help: diffHelp},
	}
}

// onHeap runs what asks the memory of the dump, unless an interrupt comes before.
func (s *session) onHeap(f func(*heap.Heap, dump.Progress)) {
	s.compute(func(p dump.Progress) {
		if s.memory == nil {
			s.memory = heap.New(s.in, p)
		}
		if s.memory != nil {
			f(s.memory, p)
		}
	})
}

// cutVerbose cuts -v off the beginning of arguments.
func cutVerbose(args string) (rest string, verbose bool) {
	if args == "-v" {
		return "", true
	}
	rest, verbose = strings.CutPrefix(args, "-v ")
	return strings.TrimSpace(rest), verbose
}

// find is the command find.
func (s *session) find(args string) error {
	args, verbose := cutVerbose(args)
	q, err := heap.ParseQuery(args)
	if err != nil {
		return fmt.Errorf("find: %w", err)
	}
	most := shownPlaces
	if verbose {
		most = mostPlaces
	}
	var f *heap.Found
	s.onHeap(func(h *heap.Heap, p dump.Progress) { f = h.Find(q, most, p) })
	if f == nil {
		return nil
	}
	s.showPlaces(f.Places)
	switch rest := f.Count - len(f.Places); {
	case f.Count == 0:
		s.nowhere(q.What, f.Hidden)
	case rest > 0 && !verbose:
		s.out.Printf("(%s, %d of them shown: find -v shows more)\n", printable.Count(f.Count, "place"), len(f.Places))
	case rest > 0:
		s.out.Printf("(%s, %d of them shown)\n", printable.Count(f.Count, "place"), len(f.Places))
	}
	if f.Partial {
		s.lacking("values", ": there may be other places")
	}
	return nil
}

// nowhere says that nothing was found, and how many hidden values may be it.
func (s *session) nowhere(what string, hidden int) {
	if hidden > 0 {
		s.out.Printf("nowhere that can be read: %s in the dump may be %s\n",
			printable.Count(hidden, "hidden value"), printable.Line(what))
		return
	}
	s.out.Printf("nowhere: the dump has no value that is %s\n", printable.Line(what))
}

// unreached says why there is no expression for an object.
func unreached(gaveUp bool) string {
	if gaveUp {
		return "for which no expression was found, among as many as are tried"
	}
	return "to which no expression leads"
}

// showPlaces prints places where a value was found, a line each: those that no expression names
// in the same object share one.
func (s *session) showPlaces(places []heap.Place) {
	for i := 0; i < len(places); i++ {
		p, parts := &places[i], 1
		for p.Path.Part && i+1 < len(places) && places[i+1].Path == p.Path {
			i, parts = i+1, parts+1
		}
		switch {
		case p.Path.Part:
			s.out.Printf("%s  ", s.command(p.Path))
			s.remarks(p.Path, parts)
			s.out.Printf("\n")
		case p.Path.Expr != "":
			s.out.Printf("%s   ", s.command(p.Path))
			s.showFound(p.Value)
			s.remarks(p.Path, 1)
			s.out.Printf("\n")
		case p.Type != "":
			s.out.Printf("(in an object of %s at %#x, %s)\n", name(p.Type), p.Address, unreached(p.GaveUp))
		default:
			s.out.Printf("(in a variable that no expression names)\n")
		}
	}
}

// remarks prints what else there is to say about a path: to how many parts it leads if no
// expression names these, say.
func (s *session) remarks(p heap.Path, parts int) {
	switch {
	case p.Part && parts > 1:
		s.out.Printf(" (in %d parts that no expression names)", parts)
	case p.Part:
		s.out.Printf(" (in a part that no expression names)")
	case p.Key:
		s.out.Printf(" (key)")
	}
	if p.Note != "" {
		s.out.Printf(" (%s)", printable.Line(p.Note))
	}
}

// lacking says that the dump may not have all of what a command is about, and what follows.
func (s *session) lacking(what, follows string) {
	if len(s.in.Head().Cut) > 0 || s.in.Missing() != "" {
		s.out.Printf("(the dump lacks some %s, see info%s)\n", what, follows)
		return
	}
	s.out.Printf("(some %s in the dump couldn't be read%s)\n", what, follows)
}

// showFound prints a value that was found: bytes as the text in which it was found.
func (s *session) showFound(v dump.Value) {
	text, ok := v.Text()
	if !ok || v.Kind() == reflect.String {
		s.show.line(v)
		return
	}
	most := s.show.brief.String
	s.out.Printf("%q", text[:min(len(text), most)])
	if rest := len(text) - most; rest > 0 {
		s.out.Printf("...+%d more", rest)
	}
}

// command returns a command that prints the value at a path, from where the session is.
func (s *session) command(p heap.Path) string {
	command := "p " + printable.Line(p.Expr)
	g, err := s.in.Selected()
	switch {
	case p.Goroutine == 0:
		return command
	case err != nil || g.ID != p.Goroutine:
		return fmt.Sprintf("goroutine %d frame %d %s", p.Goroutine, p.Frame, command)
	}
	if _, frame, err := s.in.Frame(); err == nil && frame == p.Frame {
		return command
	}
	return fmt.Sprintf("frame %d %s", p.Frame, command)
}

// refs is the command refs.
func (s *session) refs(args string) error {
	args, verbose := cutVerbose(args)
	r, err := s.evaluate("refs", args)
	switch {
	case err != nil:
		return err
	case r.Const != nil || r.Nil:
		return fmt.Errorf("refs: %s is a constant: it has no place in memory", args)
	}
	most := shownPlaces
	if verbose {
		most = mostPlaces
	}
	var found *heap.Referrers
	s.onHeap(func(h *heap.Heap, p dump.Progress) { found, err = h.Refs(r.Value, most, p) })
	if err != nil {
		return fmt.Errorf("refs: %s: %w", args, err)
	}
	if found == nil {
		return nil
	}
	for i := range found.Variables {
		s.referring(&found.Variables[i])
	}
	for _, p := range found.Places {
		s.out.Printf("%s", s.command(p))
		s.remarks(p, 1)
		s.out.Printf("\n")
	}
	if found.Rest {
		s.out.Printf("(the last of these objects has more references to it%s)\n",
			map[bool]string{false: ": refs -v shows more"}[verbose])
	}
	for _, u := range found.Unnamed {
		s.out.Printf("(%s of %s, %s)\n", printable.Count(u.Count, "object"), name(u.Type), unreached(u.GaveUp))
	}
	switch rest := found.Objects - found.Looked; {
	case found.Objects == 0 && len(found.Variables) == 0:
		s.out.Printf("nothing in the dump refers to it\n")
	case rest > 0 && !verbose:
		s.out.Printf("(%s more: refs -v shows more)\n", printable.Count(rest, "object"))
	case rest > 0:
		s.out.Printf("(%s more)\n", printable.Count(rest, "object"))
	}
	if found.Partial {
		s.lacking("references", ": others may refer to it, too")
	}
	return nil
}

// referring prints variables of a kind that refer to an object.
func (s *session) referring(v *heap.Variables) {
	if len(v.Steps) == 0 {
		s.out.Printf("(%s of %s, goroutine %s, which no expression names)\n",
			name(v.Name), name(v.Func), idList(v.Goroutines, false))
		return
	}
	first := int64(0)
	if len(v.Goroutines) > 0 {
		first = v.Goroutines[0]
	}
	for i, steps := range v.Steps {
		s.out.Printf("%s", s.command(heap.Path{Goroutine: first, Frame: v.Frame, Expr: v.Name + steps}))
		if i == 0 && len(v.Goroutines) > 1 {
			s.out.Printf("   and %s in %s more: %s", name(v.Name), printable.Count(len(v.Goroutines)-1, "goroutine"),
				idList(v.Goroutines[1:], false))
		}
		s.remarks(heap.Path{Note: v.Note}, 1)
		s.out.Printf("\n")
	}
	if v.Rest {
		s.out.Printf("(%s has more references to it)\n", name(v.Name))
	}
}

// size is the command size.
func (s *session) size(args string) error {
	r, err := s.evaluate("size", args)
	switch {
	case err != nil:
		return err
	case r.Const != nil || r.Nil:
		return fmt.Errorf("size: %s is a constant: it has no place in memory", args)
	}
	var size *heap.Size
	s.onHeap(func(h *heap.Heap, p dump.Progress) { size, err = h.Size(r.Value, p) })
	if err != nil {
		return fmt.Errorf("size: %s: %w", args, err)
	}
	if size == nil {
		return nil
	}
	width := len(strconv.FormatInt(size.Reachable.Bytes, 10))
	row := func(what string, a heap.Amount) {
		s.out.Printf("%-17s  %*d bytes in %s\n", what, width, a.Bytes, printable.Count(a.Objects, "object"))
	}
	row("itself", size.Own)
	row("reachable from it", size.Reachable)
	if size.Only != nil {
		row("only through it", *size.Only)
	}
	if size.Partial {
		s.lacking("objects and references", "")
	}
	return nil
}

// histogram is the command histogram.
func (s *session) histogram(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	var types []heap.TypeAmount
	var all heap.Amount
	ok, partial := false, false
	wanted := func(typ string) bool { return filter.name == nil || filter.name.MatchString(typ) }
	s.onHeap(func(h *heap.Heap, p dump.Progress) {
		types, all, ok = h.Histogram(wanted, p)
		partial = h.Partial()
	})
	if !ok {
		return nil
	}
	width := max(len("bytes"), len(strconv.FormatInt(all.Bytes, 10)))
	s.out.Printf("%*s  objects  type\n", width, "bytes")
	for i := range types {
		if i == shownTypes && !filter.verbose {
			s.out.Printf("(%s more: histogram -v)\n", printable.Count(len(types)-i, "type"))
			break
		}
		s.out.Printf("%*d  %7d  %s\n", width, types[i].Bytes, types[i].Objects, name(types[i].Type))
		if s.out.Err() != nil {
			return nil
		}
	}
	s.out.Printf("%*d  %7d  in all\n", width, all.Bytes, all.Objects)
	if partial {
		s.lacking("objects", "")
	}
	return nil
}
