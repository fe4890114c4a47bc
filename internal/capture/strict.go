package capture

// If Config.HideText is set, no text of the process's memory may reach the dump but what
// Config.ShowText names. Package walk hides that in values; this file, the rest.

import (
	"go/token"
	"reflect"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/walk"
)

// strict says which of the texts beside values are hidden.
type strict struct {
	on          bool
	message     bool // the text of the panic value
	value       bool // and the value itself says more than the message does
	said        bool // what a method of that returns
	description bool // it is the program's
}

// strict returns what to hide of a dump. own says that the description is the program's.
func (r *Request) strict(own bool) strict { return strict{on: r.ShowsText != nil, description: own} }

// shows reports whether text may be shown in what has a qualified name in a package.
func (c *capturer) shows(pkg, name string) bool {
	return c.req.ShowsText != nil && c.req.ShowsText(pkg, name)
}

// hideMessage decides whether the text of a panic value may be shown.
func (c *capturer) hideMessage(words [2]uint64) {
	if !c.strict.on || words[0] == 0 {
		return
	}
	t, _, err := c.p.Dynamic(gotypes.TypeAny, c.p.Interface(words), words[0], words[1])
	if err != nil || t == nil {
		c.strict.message, c.strict.said = true, true
		return
	}
	if t.Kind == reflect.Pointer && t.Elem() != nil {
		t = t.Elem()
	}
	if ofRuntime(t.Name) || walk.ShowsType(c.req.ShowsText, t.Name) {
		return
	}
	number := c.message.Known && reflect.Bool <= t.Kind && t.Kind <= reflect.Complex128
	c.strict.message, c.strict.said = !c.message.Bare && !number, true
	c.strict.value = c.strict.message && t.Kind != reflect.String
}

// ofRuntime reports whether the text of an error of a type consists of words that aren't the
// program's, of numbers and of names of types.
func ofRuntime(typ string) bool {
	return strings.HasPrefix(typ, "runtime.") && !strings.Contains(typ, "/") || typ == "syscall.Errno"
}

// hide returns what stands for a text of which nothing may be shown: a mask, which is the same
// for equal texts.
func (d *Dump) hide(text string) string { return hide(d.redact, text) }

func hide(redact Redactor, text string) string {
	before, _, after, found := notation.CutMask(text)
	if text == "" || found && before == "" && after == "" {
		return text
	}
	return redact.Mask(text, secrets.ByHideText)
}

// hideTexts hides the texts in the head that are the program's. That of a fatal error is the
// runtime's, and that of a signal or of an exit is made by us.
func (d *Dump) hideTexts(h *corefile.Head) {
	hide := d.hide
	h.Test = d.testName()
	if h.Test != "" && h.Reason == corefile.ForTestFailure {
		switch rest, _ := strings.CutPrefix(d.head.Message, d.head.Test); {
		case rest == " failed":
			h.Message = h.Test + rest
		case strings.HasPrefix(rest, ": "):
			h.Message = h.Test + ": " + hide(rest[len(": "):])
		default:
			h.Message = hide(d.head.Message)
		}
	}
	if d.strict.description {
		h.Description = hide(d.head.Description)
	}
	for i, note := range h.Notes {
		if before, _, found := strings.Cut(note, panicked+": "); found && strings.HasSuffix(note, environHidden) {
			h.Notes[i] = before + panicked + environHidden
		}
	}
	for i, arg := range d.head.Args {
		h.Args[i] = hide(arg)
	}
	if h.Build == nil {
		return
	}
	for i, s := range h.Build.Settings {
		if !facts[s[0]] && !strings.HasPrefix(s[0], "GO") {
			h.Build.Settings[i][1] = hide(d.head.Build.Settings[i][1])
		}
	}
}

// A note on an EnvironFilter that has panicked says with what, between these.
const (
	panicked      = " panicked"
	environHidden = ": all values of the environment are hidden"
)

// facts are the settings of a build that hold no text of anybody's choice, beside the
// variables of the go command that say what was built for: flags of the linker, say, set
// variables of the program.
var facts = map[string]bool{
	"-asan": true, "-buildmode": true, "-compiler": true, "-cover": true, "-covermode": true, "-msan": true,
	"-race": true, "-trimpath": true, "CGO_ENABLED": true, "DefaultGODEBUG": true,
	"vcs": true, "vcs.revision": true, "vcs.time": true, "vcs.modified": true,
}

// testName returns the name of the failed test without those of its subtests, which the
// program makes.
func (d *Dump) testName() string {
	name, sub, found := strings.Cut(d.head.Test, "/")
	name = d.redact.Text(name)
	if !found {
		return name
	}
	return name + "/" + d.hide(sub)
}

// givenName returns the name that the program gave a variable, as it is written.
func (d *Dump) givenName(name string) string {
	if d.strict.on && !token.IsIdentifier(name) {
		return d.hide(name)
	}
	return d.redact.Text(name)
}

// withoutLabels returns a traceback without the labels of the goroutine, which are behind its
// status if GODEBUG=tracebacklabels=1, as Go 1.26 and as Go 1.27 print them:
//
//	goroutine 18 [chan receive labels:{"tenant": "blue"}]:
//	goroutine 18 [chan receive] {tenant: blue}:
func withoutLabels(trace string) string {
	first, rest, ok := strings.Cut(trace, "\n")
	status, _, found := strings.Cut(first, "]")
	if !ok || !found {
		return strings.TrimPrefix(trace, first)
	}
	status, _, _ = strings.Cut(status, " labels:{")
	return status + "]:\n" + rest
}
