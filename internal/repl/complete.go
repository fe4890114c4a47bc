package repl

import (
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/shell"
)

// complete gives the commands what completes their arguments. Those that it leaves out take an
// expression.
func (s *session) complete(commands []shell.Command) []shell.Command {
	by := map[string]func(string) (int, []string){
		"frame": s.completeFrame, "goroutine": s.completeGoroutine, "goroutines": s.completeGoroutines,
		"config": words(s.settingNames), "list": words(s.places), "edit": words(s.places),
		"undisplay": words(func() []string { return s.displayed }),
		"unalias": words(func() (names []string) {
			for name := range s.sh.Aliases {
				names = append(names, name)
			}
			return names
		}),
		"up": words(nil, "-m"), "down": words(nil, "-m"), "bt": words(nil, "-a", "-full"),
		"waits": words(nil, "-v"), "transcript": words(nil, "-off", "-t "),
		"locals": s.completeVariables, "args": s.completeVariables, "vars": words(nil, "-json", "-v"),
		"alias": words(nil), "diff": words(nil), "source": words(nil), "quit": words(nil), "info": words(nil),
		"ll": words(nil), "types": words(nil), "funcs": words(nil), "packages": words(nil), "sources": words(nil),
		"histogram": words(nil), "|!": words(nil),
	}
	for i := range commands {
		commands[i].Complete = by[commands[i].Names[0]]
	}
	return commands
}

// words returns a function that completes a single word: one of some, or of those that more returns.
func words(more func() []string, some ...string) func(string) (int, []string) {
	return func(args string) (int, []string) {
		all := some
		if more != nil {
			all = append(slices.Clip(some), more()...)
		}
		return shell.CompleteWord(all, args)
	}
}

func (s *session) settingNames() (names []string) {
	for _, setting := range s.show.settings() {
		names = append(names, setting.name+" ")
	}
	return names
}

// places returns what list may show from the selected frame.
func (s *session) places() []string {
	f, _, err := s.in.Frame()
	if err != nil {
		return nil
	}
	return s.in.Places(f.File)
}

// completeVariables completes the arguments of locals and args.
func (s *session) completeVariables(args string) (int, []string) {
	if f, _, err := s.in.Frame(); err == nil {
		all := []string{"-json", "-v"}
		for _, v := range f.Vars() {
			all = append(all, v.Name)
		}
		return shell.CompleteWord(all, args)
	}
	return 0, nil
}

// completeFrame completes "N [COMMAND]" in the selected goroutine.
func (s *session) completeFrame(args string) (from int, words []string) {
	number, command, more := strings.Cut(args, " ")
	if !more {
		g, err := s.in.Selected()
		if err != nil {
			return 0, nil
		}
		for i := range g.Frames {
			words = append(words, strconv.Itoa(i))
		}
		return shell.CompleteWord(words, args)
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, nil
	}
	defer s.in.Select(s.in.Selection())
	if s.in.SelectFrame(n) != nil {
		return 0, nil
	}
	return s.completeCommand(args, command)
}

// completeGoroutine completes "N [COMMAND]".
func (s *session) completeGoroutine(args string) (from int, words []string) {
	number, command, more := strings.Cut(args, " ")
	if !more {
		for _, id := range s.in.Goroutines() {
			words = append(words, strconv.FormatInt(id, 10))
		}
		return shell.CompleteWord(words, args)
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, nil
	}
	defer s.in.Select(s.in.Selection())
	if s.in.SelectGoroutine(id) != nil {
		return 0, nil
	}
	return s.completeCommand(args, command)
}

// completeGoroutines completes the flags of goroutines, and the command behind -exec.
func (s *session) completeGoroutines(args string) (from int, words []string) {
	if i := strings.Index(" "+args, " -exec "); i >= 0 {
		return s.completeCommand(args, args[i+len("-exec "):])
	}
	from = strings.LastIndexByte(args, ' ') + 1
	all := []string{"-exec ", "-group", "-v", "-with "}
	if before := strings.TrimSpace(args[:from]); strings.HasSuffix(before, "-with") || strings.HasSuffix(before, "-w") {
		all = []string{"running", "user", "waiting"}
	}
	_, words = shell.CompleteWord(all, args[from:])
	return from, words
}

// completeCommand completes a command at the end of arguments.
func (s *session) completeCommand(args, command string) (from int, words []string) {
	from, words = s.sh.CompleteLine(command)
	return len(args) - len(command) + from, words
}
