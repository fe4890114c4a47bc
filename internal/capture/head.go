package capture

import (
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"coredumpy/internal/corefile"
)

// Head returns what a dump says of this process.
func Head(description string) corefile.Head {
	h := corefile.Head{
		Version: corefile.Version, Description: description, Time: time.Now(),
		GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		PID: os.Getpid(), Args: os.Args,
	}
	h.Host, _ = os.Hostname()
	h.Program, _ = os.Executable()
	h.Directory, _ = os.Getwd()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return h
	}
	h.Build = &corefile.Build{Path: info.Path, Main: info.Main.Path, Version: info.Main.Version}
	for _, m := range info.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		h.Build.Deps = append(h.Build.Deps, [2]string{m.Path, m.Version})
	}
	for _, s := range info.Settings {
		h.Build.Settings = append(h.Build.Settings, [2]string{s.Key, s.Value})
	}
	return h
}

// Top returns the top frame of the current goroutine.
func (d *Dump) Top() corefile.Place {
	if d.head.Top == nil {
		return corefile.Place{}
	}
	return *d.head.Top
}

// Errors of the standard library that hold their text ready, in their first
// field: reading it runs no code of the program.
var plainErrors = map[string]bool{
	"errors.errorString": true, "fmt.wrapError": true, "fmt.wrapErrors": true,
}

// maxJoined bounds how deep joined errors are looked into.
const maxJoined = 10

// ErrorText returns the text of such an error, or of several joined by
// errors.Join.
func ErrorText(v reflect.Value) (string, bool) { return errorText(v, maxJoined) }

func errorText(v reflect.Value, depth int) (string, bool) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct || depth == 0 {
		return "", false
	}
	name := v.Type().Elem().PkgPath() + "." + v.Type().Elem().Name()
	switch {
	case plainErrors[name] && v.Elem().Field(0).Kind() == reflect.String:
		return v.Elem().Field(0).String(), true
	case name == "errors.joinError" && v.Elem().Field(0).Kind() == reflect.Slice:
		errs := v.Elem().Field(0)
		var lines []string
		for i := range errs.Len() {
			text, ok := errorText(errs.Index(i), depth-1)
			if !ok {
				text = errs.Index(i).Elem().Type().String()
			}
			lines = append(lines, text)
		}
		return strings.Join(lines, "\n"), true
	}
	return "", false
}
