package cause

import (
	"reflect"
	"strconv"
	"strings"
)

// standardErrors are the texts of errors of the standard library as their Error
// methods make them, which only put fields together. A field is named in braces; one
// in quotes is quoted. It may be an error itself.
var standardErrors = map[string]string{
	"context.deadlineExceededError": "context deadline exceeded",
	"encoding/json.SyntaxError":     "{msg}",
	"errors.errorString":            "{s}",
	"fmt.wrapError":                 "{msg}",
	"fmt.wrapErrors":                "{msg}",
	"io/fs.PathError":               "{Op} {Path}: {Err}",
	"net/url.Error":                 `{Op} "{URL}": {Err}`,
	"os.LinkError":                  "{Op} {Old} {New}: {Err}",
	"os.SyscallError":               "{Syscall}: {Err}",
	"os/exec.Error":                 `exec: "{Name}": {Err}`,
	"reflect.ValueError":            "reflect: call of {Method} on {Kind} Value",
	"runtime.synctestDeadlockError": "{reason}",
	"strconv.NumError":              `strconv.{Func}: parsing "{Num}": {Err}`,
	"text/template.ExecError":       "{Err}",
}

// onlyField has those of them that are one field and nothing else.
var onlyField = func() map[string]string {
	only := map[string]string{}
	for typ, text := range standardErrors {
		if name := strings.Trim(text, "{}"); text == "{"+name+"}" {
			only[typ] = name
		}
	}
	return only
}()

// standardError returns the text of an error of the standard library, given its
// type and what returns its fields as text. It reports false for other errors, and
// if there is no such field.
func standardError(typ string, field func(name string) (text string, ok bool)) (string, bool) {
	rest, ok := standardErrors[typ]
	if !ok {
		return "", false
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(rest, "{")
		if !ok {
			return b.String() + rest, true
		}
		name, behind, _ := strings.Cut(after, "}")
		text, ok := field(name)
		if !ok {
			return "", false
		}
		if quoted := strings.HasSuffix(before, `"`); quoted {
			before, behind, text = before[:len(before)-1], behind[1:], strconv.Quote(text)
		}
		b.WriteString(before + text)
		rest = behind
	}
}

// kindText returns what a reflect.ValueError calls a kind.
func kindText(k reflect.Kind) string {
	if k == reflect.Invalid {
		return "zero"
	}
	return k.String()
}
