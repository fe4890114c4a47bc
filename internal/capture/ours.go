package capture

import (
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/symbol"
	"coredumpy/internal/target"
)

// Face is the import path of package coredumpy, which differs if it is vendored.
var Face = strings.TrimSuffix(reflect.TypeFor[Request]().PkgPath(), "/internal/capture")

// rooms are the packages in internal, below the package that was called, that do its work:
// what their functions call, and the goroutines that they start, is another dump in
// progress. What other rooms call isn't, such as a function or writer of the program
// that receives a dump and hangs. corefile and this package only help, see helps.
var rooms = []string{"crash", "dumping", "failure", "outcome", "settings", "watcher"}

// ofOurs reports whether a package is pkg, or one of these rooms of it.
func ofOurs(pkg, name string) bool {
	rest, ok := strings.CutPrefix(name, pkg)
	room, below := strings.CutPrefix(rest, "/internal/")
	return ok && (rest == "" || below && slices.Contains(rooms, room))
}

// pkg returns the import path of the package that the program called, "" for none.
func (r *Request) pkg() string { return r.Entry[:max(0, strings.LastIndexByte(r.Entry, '.'))] }

// helps reports whether a function that has started a goroutine did so to help with a dump,
// this one or another: the program has no part in that.
func (c *capturer) helps(createdBy string) bool {
	pkg := c.req.pkg()
	rest, ok := strings.CutPrefix(createdBy, pkg+"/internal/")
	return pkg != "" && ok && (strings.HasPrefix(rest, "corefile.") || strings.HasPrefix(rest, "capture."))
}

// ours returns the frames of another dump in progress: from a frame of the called package
// up to the top, or to where a panic continued from there; and all frames of a goroutine
// that the package has started. Most stacks have none.
func (c *capturer) ours(frames []target.Frame, createdBy string) map[*target.Frame]bool {
	pkg := c.req.pkg()
	if pkg == "" {
		return nil
	}
	var ours map[*target.Frame]bool
	inside := ofOurs(pkg, symbol.Package(createdBy))
	for i := len(frames) - 1; i >= 0; i-- {
		f := &frames[i]
		inside = (inside || ofOurs(pkg, f.Package)) && f.Func != "runtime.gopanic"
		if inside {
			if ours == nil {
				ours = map[*target.Frame]bool{}
			}
			ours[f] = true
		}
	}
	return ours
}
