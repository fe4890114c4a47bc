package syntax

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"coredumpy/internal/symbol"
)

// A Type is the declaration of a type of a package.
type Type struct {
	Name string
	// Alias is the type that it is another name of, in the notation of a dump: "*net/http.Request";
	// "" if it is a type of its own, or if the notation isn't known.
	Alias string
	// Interface says that it is an interface. Methods are those that it asks for, with their
	// signatures as [File.Signatures] has them; All is false if there may be more, those of an
	// embedded interface.
	Interface, All bool
	Methods        []string
}

// Types returns the types that a file of the package at an import path declares.
func (f *File) Types(path string) (types []Type) {
	if f == nil {
		return nil
	}
	for _, spec := range f.declared {
		t := Type{Name: spec.Name.Name}
		if spec.Assign.IsValid() && spec.TypeParams == nil {
			t.Alias, _ = f.notation(spec.Type, path)
		}
		if in, ok := spec.Type.(*ast.InterfaceType); ok {
			t.Interface = true
			t.Methods, t.All = f.methodsOf(in, path, spec.TypeParams != nil)
		}
		types = append(types, t)
	}
	return types
}

// methodsOf returns the methods of an interface, and whether those are all: it embeds no other
// interface but error. In a generic one, what they take and return isn't known.
func (f *File) methodsOf(in *ast.InterfaceType, path string, generic bool) (methods []string, all bool) {
	all = true
	for _, m := range in.Methods.List {
		for _, name := range m.Names {
			method := name.Name
			if fn, ok := m.Type.(*ast.FuncType); ok && !generic {
				method += f.signature(fn, path)
			}
			methods = append(methods, method)
		}
		if len(m.Names) > 0 {
			continue
		}
		if id, _ := m.Type.(*ast.Ident); id != nil && id.Name == "error" {
			methods = append(methods, "Error()(string)")
		} else {
			all = false
		}
	}
	return methods, all
}

// predeclared are the types that belong to no package, and what a dump calls them.
var predeclared = func() map[string]string {
	m := map[string]string{"any": "interface {}", "byte": "uint8", "rune": "int32"}
	for _, name := range strings.Fields("bool string error int int8 int16 int32 int64 uint uint8 uint16 uint32 " +
		"uint64 uintptr float32 float64 complex64 complex128") {
		m[name] = name
	}
	return m
}()

var chanWords = map[ast.ChanDir]string{ast.SEND: "chan<- ", ast.RECV: "<-chan ", ast.SEND | ast.RECV: "chan "}

// notation returns a type of the package at a path as dumps write it. It knows names, and what
// is made of them by pointers, slices, arrays, maps, channels and type arguments.
func (f *File) notation(typ ast.Expr, path string) (text string, ok bool) {
	parts := func(before string, a ast.Expr, between string, b ast.Expr) (string, bool) {
		x, known := f.notation(a, path)
		y, ok := "", true
		if b != nil {
			y, ok = f.notation(b, path)
		}
		return before + x + between + y, known && ok
	}
	switch n := typ.(type) {
	case *ast.ParenExpr:
		return f.notation(n.X, path)
	case *ast.Ident:
		if name, ok := predeclared[n.Name]; ok {
			return name, true
		}
		return path + "." + n.Name, true
	case *ast.SelectorExpr:
		id, _ := n.X.(*ast.Ident)
		if id == nil || f.imported(id.Name) == "" {
			return "", false
		}
		return f.imported(id.Name) + "." + n.Sel.Name, true
	case *ast.StarExpr:
		return parts("*", n.X, "", nil)
	case *ast.StructType:
		if n.Fields.NumFields() == 0 {
			return "struct {}", true
		}
	case *ast.InterfaceType:
		if n.Methods.NumFields() == 0 {
			return "interface {}", true
		}
	case *ast.ArrayType:
		length := ""
		if lit, ok := n.Len.(*ast.BasicLit); ok && lit.Kind == token.INT {
			length = lit.Value
		} else if n.Len != nil {
			return "", false
		}
		return parts("["+length+"]", n.Elt, "", nil)
	case *ast.MapType:
		return parts("map[", n.Key, "]", n.Value)
	case *ast.ChanType:
		return parts(chanWords[n.Dir], n.Value, "", nil)
	case *ast.IndexExpr:
		text, ok = parts("", n.X, "[", n.Index)
		return text + "]", ok
	case *ast.IndexListExpr:
		text, ok = f.notation(n.X, path)
		for i, arg := range n.Indices {
			a, known := f.notation(arg, path)
			text, ok = text+[]string{"[", ","}[min(i, 1)]+a, ok && known
		}
		return text + "]", ok
	}
	return "", false
}

// Signatures returns what the functions of [File.Functions], of the package at a path, take and
// return: "(int,string)(error)"; "" if that isn't known.
func (f *File) Signatures(path string) (all []string) {
	if f == nil {
		return nil
	}
	for _, d := range f.funcs {
		text := ""
		if d.Type.TypeParams == nil && !mentionsOwn(d) {
			text = f.signature(d.Type, path)
		}
		all = append(all, text)
	}
	return all
}

// mentionsOwn reports whether what a method takes or returns has to do with the type parameters of its
// receiver.
func mentionsOwn(d *ast.FuncDecl) (found bool) {
	own := map[string]bool{}
	visit := func(each func(name string)) func(ast.Node) bool {
		return func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				each(id.Name)
			}
			return true
		}
	}
	if d.Recv != nil {
		for _, f := range d.Recv.List {
			ast.Inspect(f.Type, visit(func(name string) { own[name] = name != receiver(d) }))
		}
	}
	ast.Inspect(d.Type, visit(func(name string) { found = found || own[name] }))
	return found
}

// signature returns what a function takes and returns, "" if that isn't known.
func (f *File) signature(n *ast.FuncType, path string) string {
	params, ok := f.fields(n.Params, path)
	results, known := f.fields(n.Results, path)
	if !ok || !known {
		return ""
	}
	return "(" + params + ")(" + results + ")"
}

// fields returns the types of parameters or results.
func (f *File) fields(list *ast.FieldList, path string) (text string, ok bool) {
	if list == nil {
		return "", true
	}
	var types []string
	for _, field := range list.List {
		typ, dots := field.Type, ""
		if variadic, ok := typ.(*ast.Ellipsis); ok {
			typ, dots = variadic.Elt, "..."
		}
		if text, ok = f.notation(typ, path); !ok {
			return "", false
		}
		for range max(1, len(field.Names)) {
			types = append(types, dots+text)
		}
	}
	return strings.Join(types, ","), true
}

// imported returns the path of the package that a file calls by a name, "" if it isn't known.
func (f *File) imported(name string) string {
	for _, spec := range f.imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case spec.Name != nil && spec.Name.Name == name, spec.Name == nil && symbol.MayBeNamed(path, name):
			return path
		}
	}
	return ""
}
