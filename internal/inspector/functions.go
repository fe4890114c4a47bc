package inspector

import (
	"slices"
	"strings"
)

// functions are the known functions of the program.
type functions struct {
	known map[string]bool     // on a stack, or declared in a file that was read
	files map[string][]string // by import path: the source files of frames, until they are read
}

// hasFunction reports whether the program is known to have a function: one that is on a
// stack, or declared in a source file of the dump.
func (in *Inspector) hasFunction(name string) bool {
	if in.functions == nil {
		in.functions = in.readFunctions()
	}
	f := in.functions
	pkg := name
	if dot := strings.IndexByte(name[strings.LastIndexByte(name, '/')+1:], '.'); dot >= 0 {
		pkg = name[:strings.LastIndexByte(name, '/')+1+dot]
	}
	for _, path := range f.files[pkg] {
		for _, declared := range in.Core.Functions(path) {
			f.known[pkg+"."+declared] = true
		}
	}
	delete(f.files, pkg)
	return f.known[name]
}

func (in *Inspector) readFunctions() *functions {
	f := &functions{known: map[string]bool{}, files: map[string][]string{}}
	for _, id := range in.Goroutines() {
		g, err := in.Core.Goroutine(id)
		if err != nil {
			continue
		}
		for i := range g.Frames {
			frame := &g.Frames[i]
			f.known[frame.Func] = true
			if files := f.files[frame.Package]; !slices.Contains(files, frame.File) {
				f.files[frame.Package] = append(files, frame.File)
			}
		}
	}
	return f
}
