package eval

import (
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// Debug information has no aliases, and doesn't say which methods an interface asks for. Source
// does: that of the dump, and the standard library's, whose aliases are in this file.

// standardAliases are the aliases of types that the standard library exports, for types that it
// exports elsewhere (Go 1.24 to 1.27; those of encoding/json since 1.27, that of go/types until 1.24).
var standardAliases = map[string]string{
	"debug/buildinfo.BuildInfo": "runtime/debug.BuildInfo",
	"encoding/json.Marshaler":   "encoding/json/v2.Marshaler",
	"encoding/json.RawMessage":  "encoding/json/jsontext.Value",
	"encoding/json.Unmarshaler": "encoding/json/v2.Unmarshaler",
	"go/types.Expr":             "go/ast.Expr",
	"html/template.FuncMap":     "text/template.FuncMap",
	"os.DirEntry":               "io/fs.DirEntry",
	"os.FileInfo":               "io/fs.FileInfo",
	"os.FileMode":               "io/fs.FileMode",
	"os.PathError":              "io/fs.PathError",
}

// alias returns the type for which a name stands, in the notation of a dump; "" if it is none. A
// short name is qualified with the name of a package instead of its path.
func (e *evaluation) alias(name string, short bool) string {
	for _, t := range e.scope.Core.TypesNamed(name) {
		if t.String() == name || short && symbol.SameName(name, t.String()) {
			return "" // a type of its own
		}
	}
	found := ""
	for range maxEmbedding { // an alias may be one of an alias
		of := standardAliases[name]
		if e.scope.Declared != nil && of == "" {
			d, _ := e.scope.Declared(name, short)
			of = d.Alias
		}
		if of == "" {
			break
		}
		found, name, short = of, of, false
	}
	return found
}

// standardMethods are the methods that some interfaces of the standard library ask for.
var standardMethods = map[string][]string{
	"interface {}": {},
	"error":        {"Error()(string)"},
	"fmt.Stringer": {"String()(string)"},
	"io.Reader":    {"Read([]uint8)(int,error)"},
	"io.Writer":    {"Write([]uint8)(int,error)"},
	"io.Closer":    {"Close()(error)"},
	"context.Context": {"Deadline()(time.Time,bool)", "Done()(<-chan struct {})", "Err()(error)",
		"Value(interface {})(interface {})"},
}

// asked returns the methods that an interface type asks for, with their signatures; all is false if
// there may be more.
func (e *evaluation) asked(t *dump.Type) (methods []string, all bool) {
	if m, ok := standardMethods[t.String()]; ok {
		return m, true
	}
	if e.scope.Declared == nil {
		return nil, false
	}
	d, _ := e.scope.Declared(t.String(), false)
	return d.Methods, d.All
}

// lacks returns a method that an interface type asks for and that isn't among those known of the
// type of a value; "" if there is none.
func (e *evaluation) lacks(v dump.Value, in *dump.Type) string {
	methods, _ := e.asked(in)
	for _, method := range methods {
		name, _, _ := strings.Cut(method, "(")
		if _, ok := e.implemented(v, name); !ok {
			return name
		}
	}
	return ""
}

// unsure returns a method that an interface type asks for and that may be another one in the type of
// a value: it isn't known to take and return the same. It returns "" if there is none.
func (e *evaluation) unsure(v dump.Value, in *dump.Type) string {
	methods, _ := e.asked(in)
	for _, method := range methods {
		name, signature, _ := strings.Cut(method, "(")
		if got, _ := e.implemented(v, name); got == "" || got != "("+signature {
			return name
		}
	}
	return ""
}

// implemented returns the signature of a method of the type of v, "" if that isn't known. The method
// may be one of an embedded type; ok is false if the type isn't known to have it. Methods of pointers
// aren't those of values.
func (e *evaluation) implemented(v dump.Value, method string) (signature string, ok bool) {
	t, pointer := v.Type(), v.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	of := embedded{typ: t}
	if t.Kind() == reflect.Struct {
		f, found, err := e.findField(v, t, "", method)
		if err != nil || !found || !f.method {
			return "", false
		}
		of = f
		for _, i := range f.path {
			_, field, _ := t.Field(i)
			if pointer = pointer || field.Kind() == reflect.Pointer; field.Kind() == reflect.Pointer {
				field = field.Elem()
			}
			t = field
		}
	}
	if of.typ.Kind() == reflect.Interface && of.method {
		methods, _ := e.asked(of.typ)
		for _, asked := range methods {
			if signature, ok = strings.CutPrefix(asked, method); ok && strings.HasPrefix(signature, "(") {
				return signature, true
			}
		}
		return "", true
	}
	fn, ofPointer := e.methodOf(of.typ, method)
	if ok = fn != "" && (pointer || !ofPointer); ok && e.scope.Signature != nil {
		if i, j := strings.IndexByte(fn, '['), strings.LastIndexByte(fn, ']'); i >= 0 && i < j {
			fn = fn[:i] + fn[j+1:] // the source doesn't name type arguments
		}
		signature = e.scope.Signature(fn)
	}
	return signature, ok
}

// declaredHere reports whether the declaration of the type of an operand, or of what it points to, is
// in the dump's source: then methods that aren't there are taken to be missing.
func (e *evaluation) declaredHere(op *operand) bool {
	if e.scope.Declared == nil {
		return false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(op.typeName(), "*"), "[")
	_, ok := e.scope.Declared(name, false)
	return ok
}
