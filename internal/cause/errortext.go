package cause

import (
	"reflect"
	"strconv"
	"strings"
)

// standardErrors are the texts of the standard library's errors whose Error methods only
// put fields together. A field, which may be an error itself, is named in braces; one in
// quotes is quoted.
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

// onlyField holds those whose text is a single field.
var onlyField = func() map[string]string {
	only := map[string]string{}
	for typ, text := range standardErrors {
		if name := strings.Trim(text, "{}"); text == "{"+name+"}" {
			only[typ] = name
		}
	}
	return only
}()

// standardError returns the text of an error of the standard library, given its type and a
// function that returns its fields as text. It reports false for other errors, and if
// there is no such field.
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

// kindText returns the name of a kind in the text of a reflect.ValueError.
func kindText(k reflect.Kind) string {
	if k == reflect.Invalid {
		return "zero"
	}
	return k.String()
}
