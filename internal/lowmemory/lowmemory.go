// Package lowmemory writes what a panic is about before anything is done that needs memory,
// if there may not be enough. Without memory the runtime ends the program at once, and
// the panic's text, which it prints last, would be lost.
//
// Package cause finds more of a panic's text, in the memory of a process. For that it reads
// debug information, which may take the memory that is left.
package lowmemory

import (
	"io"
	"reflect"
	"runtime/debug"
	"strconv"
	"sync"
)

// room is how much memory must be left. The heap grows by 64 MB of addresses at a time
// (heapArenaBytes in runtime/malloc.go), and the executable's debug information is read.
const room = 256 << 20

// maxLine is how long the line may be.
const maxLine = 1 << 10

// line is allocated before memory is tight.
var line struct {
	sync.Mutex
	text [maxLine]byte
}

// Expected reports whether a limit of the process leaves little memory.
func Expected() bool { return left() < room }

// Tell writes a line with a panic value if there is little memory.
func Tell(w io.Writer, value any) {
	if Expected() {
		tell(w, value)
	}
}

func tell(w io.Writer, value any) {
	line.Lock()
	defer line.Unlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // the value may hold a bad pointer
	defer func() { recover() }()
	text := append(line.text[:0], "coredumpy: little memory is left for the dump of panic: "...)
	text = appendValue(text, value)
	if len(text) >= maxLine {
		text = text[:maxLine-1]
	}
	w.Write(append(text, '\n'))
}

// appendValue appends a value as the runtime prints it (printpanicval in
// runtime/error.go), but calls no method of the program.
func appendValue(text []byte, value any) []byte {
	if value == nil {
		return append(text, "nil"...)
	}
	v := reflect.ValueOf(value)
	t := v.Type()
	if err, ok := value.(error); ok && ofRuntime(t) {
		return clipped(text, err.Error())
	}
	if s, ok := said(v); ok {
		return clipped(text, s)
	}
	if t.PkgPath() != "" || v.Kind() >= reflect.Complex64 && v.Kind() != reflect.String {
		text = append(append(append(text, '('), t.String()...), ")"...)
		if t.Implements(errorType) || t.Implements(stringerType) {
			return text // only its method says what it is
		}
		text = append(text, ' ')
	}
	switch v.Kind() {
	case reflect.String:
		return clipped(text, v.String())
	case reflect.Bool:
		return strconv.AppendBool(text, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(text, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(text, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(text, v.Float(), 'g', -1, 64)
	}
	return append(text, "{...}"...)
}

var (
	errorType    = reflect.TypeFor[error]()
	stringerType = reflect.TypeFor[interface{ String() string }]()
)

// ofRuntime reports whether a type is one of the runtime's own, such as
// *runtime.TypeAssertionError.
func ofRuntime(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "runtime"
}

// said returns the text of an error made by errors.New or fmt.Errorf.
func said(v reflect.Value) (string, bool) {
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return "", false
	}
	fields := map[string]string{"*errors.errorString": "s", "*fmt.wrapError": "msg", "*fmt.wrapErrors": "msg"}
	field := fields[v.Type().String()]
	if pkg := v.Type().Elem().PkgPath(); pkg != "errors" && pkg != "fmt" || field == "" {
		return "", false
	}
	f := v.Elem().FieldByName(field)
	if f.Kind() != reflect.String {
		return "", false
	}
	return f.String(), true
}

// clipped appends as much of s as fits into a line, on one line.
func clipped(text []byte, s string) []byte {
	s = s[:min(len(s), max(maxLine-1-len(text), 0))]
	for i := range len(s) {
		if c := s[i]; c >= ' ' && c != 0x7f {
			text = append(text, c)
		} else {
			text = append(text, ' ')
		}
	}
	return text
}
