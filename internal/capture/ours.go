package capture

import (
	"strings"

	"coredumpy/internal/target"
)

// pkg returns the import path of the package that was called, "" if none was.
func (r *Request) pkg() string { return r.Entry[:max(0, strings.LastIndexByte(r.Entry, '.'))] }

// helps reports whether a goroutine that a function has started helps with a dump,
// this one or another: that is nothing the program does.
func (c *capturer) helps(createdBy string) bool {
	pkg := c.req.pkg()
	return pkg != "" && (strings.HasPrefix(createdBy, pkg+"/internal/corefile.") || strings.HasPrefix(createdBy, pkg+"/internal/capture."))
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
	inside := strings.HasPrefix(createdBy, pkg+".")
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
