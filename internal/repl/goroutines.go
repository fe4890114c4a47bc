package repl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
)

const goroutinesHelp = `A line says where they are: the innermost frame outside the standard library.
With REGEXP, those whose status, a label or a function on the stack matches it.
-with WHICH    the same, for a regular expression without spaces; or user for goroutines that
               the runtime didn't start for itself, running for those that run or could run,
               waiting for the others. Repeated, all must hold.
-exec COMMAND  run COMMAND, the rest of the line, for each: goroutines -with user -exec bt 3
-v             print all frames and all ids
-group         is Delve's, and changes nothing`

// wanted is which goroutines a command is for, and what it does.
type wanted struct {
	verbose bool
	exec    string
	all     []func(*dump.Goroutine) bool // conditions
}

// parseGoroutines parses "[-v] [-group] [-with WHICH]... [REGEXP] [-exec COMMAND]".
func (s *session) parseGoroutines(args string) (w wanted, err error) {
	for args != "" {
		var word string
		word, args, _ = strings.Cut(args, " ")
		args = strings.TrimSpace(args)
		switch word {
		case "-v":
			w.verbose = true
			continue
		case "-group", "-g":
			continue
		case "-exec":
			if w.exec = args; args == "" {
				return w, errors.New("-exec needs a command")
			}
			return w, nil
		case "-with", "-w":
			if word, args, _ = strings.Cut(args, " "); word == "" {
				return w, errors.New("-with needs user, running, waiting or a regular expression")
			}
			args = strings.TrimSpace(args)
			if is := s.which(word); is != nil {
				w.all = append(w.all, is)
				continue
			}
		default:
			if strings.HasPrefix(word, "-") {
				return w, fmt.Errorf("unknown argument %q", word)
			}
			for args != "" && !strings.HasPrefix(args, "-exec ") { // a regular expression may have spaces
				var next string
				next, args, _ = strings.Cut(args, " ")
				word, args = word+" "+next, strings.TrimSpace(args)
			}
		}
		re, err := regexp.Compile(word)
		if err != nil {
			return w, fmt.Errorf("%q is not a regular expression", word)
		}
		w.all = append(w.all, func(g *dump.Goroutine) bool {
			return re.MatchString(g.Status) || slices.ContainsFunc(g.Labels, re.MatchString) ||
				slices.ContainsFunc(g.Frames, func(f dump.Frame) bool { return re.MatchString(f.Func) })
		})
	}
	return w, nil
}

// which returns the condition that a word of -with stands for, nil for none.
func (s *session) which(word string) func(*dump.Goroutine) bool {
	running := func(g *dump.Goroutine) bool {
		status, _, _ := strings.Cut(g.Status, " (") // of a bubble of testing/synctest
		return status == "running" || status == "runnable" || status == "syscall"
	}
	switch word {
	case "user":
		return func(g *dump.Goroutine) bool { return !g.System }
	case "running":
		return running
	case "waiting":
		return func(g *dump.Goroutine) bool { return !running(g) }
	}
	return nil
}

func (w *wanted) wants(g *dump.Goroutine) bool {
	return !slices.ContainsFunc(w.all, func(is func(*dump.Goroutine) bool) bool { return !is(g) })
}

// goroutines is the command goroutines.
func (s *session) goroutines(args string) error {
	w, err := s.parseGoroutines(args)
	if err != nil {
		return fmt.Errorf("goroutines: %w", err)
	}
	if w.exec != "" {
		return s.forEach(&w)
	}
	groups, count, err := s.in.Groups(w.wants, func() bool { return s.out.Err() != nil })
	s.writeGroups(groups, count, w.verbose)
	return err
}

// forEach runs a command for each wanted goroutine. What fails in some is told, and doesn't end
// it.
func (s *session) forEach(w *wanted) error {
	defer s.in.Select(s.in.Selection())
	count, failures := 0, 0
	var failed error
	for g, err := range s.in.AllGoroutines() {
		if s.out.Err() != nil {
			return nil
		}
		if err == nil && !w.wants(g) {
			continue
		}
		if err == nil {
			if err = s.in.SelectGoroutine(g.ID); err == nil {
				count++
				s.out.Printf("Goroutine %d [%s]\n", g.ID, state(g))
				s.sources.Rewind()
				err = s.sh.Call(w.exec)
			}
		}
		if err != nil {
			failures, failed = failures+1, err
			s.out.Printf("(%s)\n", printable.Line(err.Error()))
		}
	}
	if count == 0 && failed == nil {
		s.out.Printf("[no goroutines]\n")
	}
	if failures > 0 {
		return fmt.Errorf("goroutines: %s failed for %s, the last time: %w", w.exec,
			printable.Count(failures, "goroutine"), failed)
	}
	return nil
}
