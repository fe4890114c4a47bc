package main

import (
	"fmt"
	"regexp"
	"strings"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/safetext"
)

// A function literal is named after the function around it and, where that is inlined, after
// the one into which it is as well: F.func1, or G.F.func1 and G.F.func2. Where nothing is
// inlined a test that wants a certain name fails, and so may one that counts frames, but
// that can't be told from its message.

// literalName is how the name of a function literal looks.
var literalName = regexp.MustCompile(`[\w/~%][\w./~%-]*(?:\.\(\*\w+(?:\[\.\.\.\])?\))?` +
	`(?:[\w.]|\[\.\.\.\])*\.func\d+(?:\.\w+)*`)

// literalIn returns the first name in a text that may be a function literal's and for which
// is holds, "" if there is none. What a stack trace has, with arguments behind it, doesn't
// count.
func literalIn(text string, is func(name string) bool) string {
	for _, at := range literalName.FindAllStringIndex(text, -1) {
		name, before, after := text[at[0]:at[1]], text[:at[0]], text[at[1]:]
		if !strings.HasPrefix(after, "(") && !strings.HasSuffix(before, "created by ") && is(name) {
			return name
		}
	}
	return ""
}

// noteInlining tells, once, that a test may have failed because nothing is inlined: its
// message has the name of a function literal of the program's.
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
		w.printf("coredumpy %s: the failure of %s has the name of a function literal, %s: "+
			"as nothing is inlined here, such names aren't the usual ones, nor are the depths of runtime.Caller; "+
			"if the test passes without coredumpy, use -O\n",
			w.name, safetext.Line(test), safetext.Line(name))
	}
}
