package inspector

import (
	"path"
	"strings"

	"coredumpy/internal/dump"
)

// functions are the known functions of the program.
type functions struct {
	known map[string]bool   // on a stack that was read, or declared in a file that was read
	files map[string]string // by import path: a source file with a frame
	read  map[string]bool   // packages whose files were read
	all   bool              // all stacks were read: in a large dump that takes long
}

// hasFunction reports whether the program is known to have a function: one that is declared in a
// source file of the dump, or on a stack if the dump has no source of its package.
func (in *Inspector) hasFunction(name string) bool {
	f := &in.functions
	if f.known == nil {
		f.known, f.files, f.read = map[string]bool{}, map[string]string{}, map[string]bool{}
	}
	if in.goroutine != nil {
		f.add(in.goroutine)
	}
	pkg := name
	if dot := strings.IndexByte(name[strings.LastIndexByte(name, '/')+1:], '.'); dot >= 0 {
		pkg = name[:strings.LastIndexByte(name, '/')+1+dot]
	}
	if _, ok := f.files[pkg]; !ok && !f.all {
		f.all = true
		for _, id := range in.Goroutines() {
			if g, err := in.Core.Goroutine(id); err == nil {
				f.add(g)
			}
		}
	}
	if file, ok := f.files[pkg]; ok && !f.read[pkg] {
		f.read[pkg] = true
		in.declared(pkg, file)
	}
	return f.known[name]
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

// declared notes the functions that the source files of a package declare: those beside file.
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
		for _, name := range s.Functions() {
			in.functions.known[pkg+"."+name] = true
		}
	}
}
