package capture

import (
	"strings"

	"coredumpy/internal/target"
)

// pkg returns the import path of the package that was called, "" if none was.
func (r *Request) pkg() string { return r.Entry[:max(0, strings.LastIndexByte(r.Entry, '.'))] }

// ours returns the frames of another dump under way: from one of the package
// that was called on to the top, or to where a panic went on from there, and
// those of the goroutines that compress. There are none on most stacks.
func (c *capturer) ours(frames []target.Frame) map[*target.Frame]bool {
	pkg := c.req.pkg()
	if pkg == "" {
		return nil
	}
	var ours map[*target.Frame]bool
	inside := false
	for i := len(frames) - 1; i >= 0; i-- {
		f := &frames[i]
		inside = (inside || f.Package == pkg || f.Package == pkg+"/internal/corefile") && f.Func != "runtime.gopanic"
		if inside {
			if ours == nil {
				ours = map[*target.Frame]bool{}
			}
			ours[f] = true
		}
	}
	return ours
}
