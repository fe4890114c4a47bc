package capture

import (
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/target"
)

// Face is the import path of package coredumpy, which differs where it is vendored.
var Face = strings.TrimSuffix(reflect.TypeFor[Request]().PkgPath(), "/internal/capture")

// rooms are those below the package that was called, in internal, that start goroutines
// for a dump. Those of corefile and of this one help with it, see helps.
var rooms = []string{"crash", "dumping", "guard", "watcher"}

// startedByOurs reports whether the function that has started a goroutine is one of the
// package pkg, or of these rooms of it: what is on the goroutine is another dump under way.
func startedByOurs(pkg, createdBy string) bool {
	name, ok := strings.CutPrefix(createdBy, pkg)
	if room, below := strings.CutPrefix(name, "/internal/"); below {
		room, _, _ = strings.Cut(room, ".")
		return ok && slices.Contains(rooms, room)
	}
	return ok && strings.HasPrefix(name, ".")
}

// pkg returns the import path of the package that was called, "" if none was.
func (r *Request) pkg() string { return r.Entry[:max(0, strings.LastIndexByte(r.Entry, '.'))] }

// helps reports whether a goroutine that a function has started helps with a dump,
// this one or another: that is nothing the program does.
func (c *capturer) helps(createdBy string) bool {
	pkg := c.req.pkg()
	rest, ok := strings.CutPrefix(createdBy, pkg+"/internal/")
	return pkg != "" && ok && (strings.HasPrefix(rest, "corefile.") || strings.HasPrefix(rest, "capture."))
}

// ours returns the frames of another dump under way: from one of the package
// that was called on to the top, or to where a panic went on from there; and all
// of a goroutine that the package has started. There are none on most stacks.
func (c *capturer) ours(frames []target.Frame, createdBy string) map[*target.Frame]bool {
	pkg := c.req.pkg()
	if pkg == "" {
		return nil
	}
	var ours map[*target.Frame]bool
	inside := startedByOurs(pkg, createdBy)
	for i := len(frames) - 1; i >= 0; i-- {
		f := &frames[i]
		inside = (inside || f.Package == pkg) && f.Func != "runtime.gopanic"
		if inside {
			if ours == nil {
				ours = map[*target.Frame]bool{}
			}
			ours[f] = true
		}
	}
	return ours
}
