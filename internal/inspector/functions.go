package inspector

import (
	"path"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
	"coredumpy/internal/syntax"
)

// functions are the known functions of the program.
type functions struct {
	known map[string]bool        // on a stack that was read, or declared in a file that was read
	takes map[string]string      // the signatures of those that are declared in a file, if they are known
	files map[string]string      // by import path: a source file with a frame
	types map[string]syntax.Type // declared in a file that was read
	read  map[string]bool        // packages whose files were read
	all   bool                   // all stacks were read: in a large dump that takes long
}

// hasFunction reports whether the program is known to have a function: one that is declared in a
// source file of the dump, or on a stack if the dump has no source of its package.
func (in *Inspector) hasFunction(name string) bool {
	in.readPackage(symbol.Package(name))
	return in.functions.known[name]
}

// signature returns what a function takes and returns, see [syntax.File.Signatures]; "" if no source
// file of the dump says it.
func (in *Inspector) signature(name string) string {
	in.readPackage(symbol.Package(name))
	return in.functions.takes[name]
}

// declaredType returns the declaration of a type in a source file of the dump. A short name is
// qualified with the package's name, not its import path; if it means several types, none is
// returned.
func (in *Inspector) declaredType(name string, short bool) (t syntax.Type, ok bool) {
	f, pkg := &in.functions, symbol.Package(name)
	in.readPackage(pkg)
	if t, ok = f.types[name]; ok || !short {
		return t, ok
	}
	in.readStacks()
	for path := range f.files {
		if !symbol.MayBeNamed(path, pkg) {
			continue
		}
		in.readPackage(path)
		if other, found := f.types[path+name[len(pkg):]]; found && ok {
			return syntax.Type{}, false
		} else if found {
			t, ok = other, true
		}
	}
	return t, ok
}

// readStacks notes the functions on all stacks.
func (in *Inspector) readStacks() {
	f := &in.functions
	if f.all {
		return
	}
	f.all = true
	for _, id := range in.Goroutines() {
		if g, err := in.Core.Goroutine(id); err == nil {
			f.add(g)
		}
	}
}

// readPackage notes what the source files of a package declare.
func (in *Inspector) readPackage(pkg string) {
	f := &in.functions
	if f.known == nil {
		f.known, f.files, f.read = map[string]bool{}, map[string]string{}, map[string]bool{}
		f.types, f.takes = map[string]syntax.Type{}, map[string]string{}
	}
	if in.goroutine != nil {
		f.add(in.goroutine)
	}
	if _, ok := f.files[pkg]; !ok {
		in.readStacks()
	}
	if file, ok := f.files[pkg]; ok && !f.read[pkg] {
		f.read[pkg] = true
		in.declared(pkg, file)
	}
}

// add notes the functions on a goroutine's stack.
func (f *functions) add(g *dump.Goroutine) {
	for i := range g.Frames {
		frame := &g.Frames[i]
		f.known[frame.Func] = true
		if f.files[frame.Package] == "" && frame.Package != "" && frame.File != "" {
			f.files[frame.Package] = frame.File
		}
	}
}

// declared notes the functions and types that the source files of a package declare: those beside file.
func (in *Inspector) declared(pkg, file string) {
	clause := in.Core.Syntax(file).Package()
	for _, other := range in.Core.Sources() {
		if path.Dir(other) != path.Dir(file) {
			continue
		}
		s := in.Core.Syntax(other)
		if clause != "" && s.Package() != clause {
			continue // an external test
		}
		signatures := s.Signatures(pkg)
		for i, name := range s.Functions() {
			in.functions.known[pkg+"."+name], in.functions.takes[pkg+"."+name] = true, signatures[i]
		}
		for _, t := range s.Types(pkg) {
			in.functions.types[pkg+"."+t.Name] = t
		}
	}
}
