package main

import (
	"fmt"
	"regexp"
	"strings"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/printable"
)

// A function literal is named after the function around it and, if that is inlined, also
// after the function into which it is inlined: F.func1, or G.F.func1 and G.F.func2. If
// nothing is inlined, a test that wants a certain name fails. A test that counts frames may
// fail, too, but its message doesn't show why.

// literalName matches the name of a function literal.
var literalName = regexp.MustCompile(`[\w/~%][\w./~%-]*(?:\.\(\*\w+(?:\[\.\.\.\])?\))?` +
	`(?:[\w.]|\[\.\.\.\])*\.func\d+(?:\.\w+)*`)

// literalIn returns the first name in a text that may belong to a function literal and for
// which is returns true, "" if there is none. Names in a stack trace, which have arguments
// after them, don't count.
func literalIn(text string, is func(name string) bool) string {
	for _, at := range literalName.FindAllStringIndex(text, -1) {
		name, before, after := text[at[0]:at[1]], text[:at[0]], text[at[1]:]
		if !strings.HasPrefix(after, "(") && !strings.HasSuffix(before, "created by ") && is(name) {
			return name
		}
	}
	return ""
}

// noteInlining prints, once, that a test may have failed because nothing is inlined, if its
// message has the name of a function literal in the program.
func (w *watcher) noteInlining(pid int, test, message string) {
	if w.flags.optimise || w.noted.Load() || !literalName.MatchString(message) {
		return
	}
	f, err := debuginfo.Open(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return
	}
	defer f.Close()
	name := literalIn(message, func(name string) bool {
		_, ok := f.FuncByName(name)
		return ok
	})
	if name != "" && w.noted.CompareAndSwap(false, true) {
		w.printf("coredumpy %s: the failure of %s names a function literal, %s: "+
			"nothing is inlined here, so such names, and the depths of runtime.Caller, differ; "+
			"if the test passes without coredumpy, use -O\n",
			w.name, printable.Line(test), printable.Line(name))
	}
}
