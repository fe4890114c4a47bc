package repl

import "strings"

// refused are the commands of Delve and pdb that a dump has nothing for, and why.
var refused = func() map[string]string {
	m := map[string]string{
		"deferred":    "the deferred calls of a frame aren't in a dump: list shows the defer statements",
		"libraries":   "shared libraries aren't in a dump: info lists the program's modules",
		"target":      "a dump is of one process: load the dump of another one, or compare with it by diff",
		"tr":          "a dump has goroutines, and not threads: goroutines lists them",
		"regs":        "a dump doesn't have the registers: bt shows the address of each call",
		"disassemble": "a dump doesn't have the program's code: list shows the source",
		"dump":        "this is a dump already: coredumpy attach makes one of a running program",
		"interact":    "every line may be an expression: type it",
		"retval":      "args shows the results of the frame's function that are set",
		"exceptions":  "info shows the panics before the last one, and chains of errors are printed by p",
		"set":         "a dump can't be changed: x = EXPRESSION gives a name to a value",
		"jump":        "a dump can't be changed: frame, up and down go to another frame",
		"commands":    "there are no breakpoints in a dump: display EXPRESSION prints a value in each frame",
	}
	for name, same := range map[string]string{
		"thread": "tr", "threads": "tr", "disass": "disassemble", "rv": "retval", "j": "jump",
	} {
		m[name] = m[same]
	}
	for name := range strings.FieldsSeq(`continue c cont next n step s stepout so restart r run break b breakpoints bp
		clear cl clearall clear-checkpoint clearcheck trace t condition cond on toggle watch call rebuild check
		checkpoint checkpoints rev rewind rw next-instruction ni nexti step-instruction si stepi until unt tbreak
		enable disable ignore return debug stop halt`) {
		m[name] = name + " is for a running program; a dump shows one moment of it"
	}
	return m
}()
