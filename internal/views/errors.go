package views

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
)

// wraps maps each error type of the standard library that wraps another error to the field
// that its method Unwrap returns (Go 1.24 to 1.27). For other types we would have to run
// the method.
func wraps(typ string) string {
	switch typ {
	case "fmt.wrapError":
		return "err"
	case "fmt.wrapErrors", "errors.joinError":
		return "errs"
	case "net.DNSError":
		return "UnwrapErr"
	case "io/fs.PathError", "os.LinkError", "os.SyscallError", "os/exec.Error", "net.OpError",
		"net.DNSConfigError", "net/url.Error", "strconv.NumError", "encoding/json.MarshalerError",
		"crypto/tls.CertificateVerificationError", "text/template.ExecError":
		return "Err"
	}
	return ""
}

// maxCauses bounds how many errors one error wraps: errors.Join takes any number.
const maxCauses = 100

// Causes returns the errors that an error wraps, and what leads to each in an expression, if
// its type is in the standard library.
func Causes(of dump.Value) (causes []Child) {
	field := wraps(of.Type().String())
	if of.Kind() != reflect.Struct || field == "" {
		return nil
	}
	v, ok := fieldOf(of, field)
	switch k := v.Kind(); {
	case !ok || !v.Valid() || v.IsNil():
	case k == reflect.Interface:
		causes = append(causes, Child{Name: field, Value: v, Path: "." + field})
	case k == reflect.Slice:
		for n := range min(v.Stored(), maxCauses) {
			name := fmt.Sprintf("%s[%d]", field, n)
			causes = append(causes, Child{Name: name, Value: v.Index(n), Path: "." + name})
		}
	}
	return causes
}

// ofError shows an error of the standard library by its message, with the errors that it wraps
// as children.
func ofError(r *Reader, v dump.Value) (view View, ok bool) {
	m := messages{r: r}
	text, ok := m.of(v, 0)
	if !ok {
		return view, false
	}
	if _, typ := splitName(v.Type().String()); typ == "Errno" {
		return View{Text: r.quoted(text) + " (" + strconv.FormatUint(v.Uint(), 10) + ")"}, true
	}
	causes := Causes(v)
	view = View{Text: r.quoted(text)}
	if len(causes) > 0 {
		view.Form, view.Len, view.Child = Named, len(causes), func(i int) Child { return causes[i] }
	}
	return view, true
}

// messages finds the messages of errors, each as its method Error makes it.
type messages struct {
	r    *Reader
	size int // bytes of messages found
}

// These bound a message: errors may form a cycle.
const (
	maxErrorDepth = 100
	maxMessage    = 1 << 16
)

// of returns the message of an error; ok is false if its type isn't known, or the dump doesn't
// have all that the message is made of.
func (m *messages) of(v dump.Value, depth int) (text string, ok bool) {
	if v, _ = dynamic(v); !v.Valid() || depth > maxErrorDepth || m.size > maxMessage || m.r.left <= 0 {
		return "", false
	}
	if depth > 0 {
		m.r.left--
	}
	typ := v.Type().String()
	switch v.Kind() {
	case reflect.Struct:
		text, ok = m.ofStruct(typ, v, depth+1)
	case reflect.String:
		if text, ok = wholeText(v); typ == "runtime.errorString" {
			text = "runtime error: " + text
		} else if typ != "runtime.plainError" {
			return "", false
		}
	case reflect.Uintptr:
		if typ == "syscall.Errno" {
			text, ok = errnoMessage(v)
		}
	}
	m.size += len(text)
	return text, ok
}

// ofStruct is of for a struct. The types are those of the standard library, Go 1.24 to 1.27.
func (m *messages) ofStruct(typ string, v dump.Value, depth int) (text string, ok bool) {
	switch typ {
	case "errors.errorString":
		return textAt(v, "s")
	case "fmt.wrapError", "fmt.wrapErrors":
		return textAt(v, "msg")
	case "errors.joinError":
		return m.joined(v, depth)
	case "context.deadlineExceededError":
		return "context deadline exceeded", true
	case "internal/poll.DeadlineExceededError", "net.timeoutError":
		return "i/o timeout", true
	case "internal/poll.errNetClosing":
		return "use of closed network connection", true
	case "encoding/json.SyntaxError":
		return textAt(v, "msg")
	case "net.OpError":
		return m.network(v, depth)
	case "net.DNSError":
		return lookupMessage(v)
	case "net.AddrError":
		parts, ok := textsAt(v, "Err", "Addr")
		if ok && parts[1] != "" {
			return "address " + parts[1] + ": " + parts[0], true
		}
		return strings.Join(parts, ""), ok
	case "io/fs.PathError":
		return m.around(v, depth, "Err", func(p []string) string { return p[0] + " " + p[1] }, "Op", "Path")
	case "os.LinkError":
		return m.around(v, depth, "Err", func(p []string) string { return strings.Join(p, " ") }, "Op", "Old", "New")
	case "os.SyscallError":
		return m.around(v, depth, "Err", func(p []string) string { return p[0] }, "Syscall")
	case "os/exec.Error":
		return m.around(v, depth, "Err", func(p []string) string { return "exec: " + strconv.Quote(p[0]) }, "Name")
	case "net/url.Error":
		return m.around(v, depth, "Err", func(p []string) string {
			return p[0] + " " + strconv.Quote(p[1])
		}, "Op", "URL")
	case "strconv.NumError":
		return m.around(v, depth, "Err", func(p []string) string {
			return "strconv." + p[0] + ": parsing " + strconv.Quote(p[1])
		}, "Func", "Num")
	case "text/template.ExecError":
		if err, has := fieldOf(v, "Err"); has {
			return m.of(err, depth)
		}
	}
	return "", false
}

// around returns the message of an error that is made of some fields and, behind a colon, the
// message of another error.
func (m *messages) around(v dump.Value, depth int, field string, made func([]string) string,
	names ...string) (text string, ok bool) {
	parts, ok1 := textsAt(v, names...)
	err, ok2 := fieldOf(v, field)
	if !ok1 || !ok2 {
		return "", false
	}
	inner, ok := m.of(err, depth)
	return made(parts) + ": " + inner, ok
}

// joined returns the message of an error that errors.Join made.
func (m *messages) joined(v dump.Value, depth int) (text string, ok bool) {
	errs, ok := at(v, "errs", reflect.Slice)
	if !ok || int64(errs.Stored()) != errs.Len() || errs.Len() > maxCauses {
		return "", false
	}
	var lines []string
	for i := range errs.Stored() {
		line, ok := m.of(errs.Index(i), depth)
		if !ok {
			return "", false
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), true
}

// network returns the message of a net.OpError.
func (m *messages) network(v dump.Value, depth int) (text string, ok bool) {
	parts, ok1 := textsAt(v, "Op", "Net")
	source, ok2 := fieldOf(v, "Source")
	addr, ok3 := fieldOf(v, "Addr")
	err, ok4 := fieldOf(v, "Err")
	if !ok1 || !ok2 || !ok3 || !ok4 || !source.Valid() || !addr.Valid() {
		return "", false
	}
	text = parts[0]
	if parts[1] != "" {
		text += " " + parts[1]
	}
	between := " "
	for _, a := range []dump.Value{source, addr} {
		if a.IsNil() {
			continue
		}
		of, _ := dynamic(a)
		switch of.Type().String() {
		case "net.TCPAddr", "net.UDPAddr", "net.IPAddr", "net.UnixAddr", "net.IPNet":
		default:
			return "", false
		}
		view, ok := m.r.Of(of)
		if !ok || view.Text == "" {
			return "", false
		}
		if name, err := strconv.Unquote(view.Text); err == nil { // of a net.UnixAddr
			view.Text = name
		}
		text, between = text+between+view.Text, "->"
	}
	inner, ok := m.of(err, depth)
	return text + ": " + inner, ok
}

// lookupMessage returns the message of a net.DNSError.
func lookupMessage(v dump.Value) (text string, ok bool) {
	parts, ok := textsAt(v, "Name", "Server", "Err")
	if !ok {
		return "", false
	}
	text = "lookup " + parts[0]
	if parts[1] != "" {
		text += " on " + parts[1]
	}
	return text + ": " + parts[2], true
}
