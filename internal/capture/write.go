package capture

import (
	"io"
	"maps"
	"os"
	"slices"

	"coredumpy/internal/corefile"
)

// Write writes the dump's records, without secrets. All text passes through the redactor
// here, once all secrets are known.
func (d *Dump) Write(w io.Writer, compress bool) error {
	if d.made != nil {
		return d.made.write(w, compress)
	}
	out := corefile.NewWriter(w, compress)
	if err := d.records(out); err != nil {
		return err
	}
	return out.Close()
}

// renderedAtOnce is about how many bytes of a value are rendered before they are written.
const renderedAtOnce = 64 << 10

func (d *Dump) records(out *corefile.Writer) error {
	d.written = d.redactedHead()
	d.written.Value = d.panicLine()
	head := out.Head
	if d.open {
		head = out.RoomyHead
	}
	if err := head(&d.written); err != nil {
		return err
	}
	if err := d.walker.Types(func(t *corefile.Type) error { return out.Type(d.redactedType(t)) }); err != nil {
		return err
	}
	for _, write := range []func(*corefile.Writer) error{d.variableRecords, d.objects, d.sourceFiles} {
		if err := write(out); err != nil {
			return err
		}
	}
	out.Hidden(hidden(d.redact, nil), nil)
	return nil
}

// variableRecords writes the goroutines, and the package-level variables and constants.
func (d *Dump) variableRecords(out *corefile.Writer) error {
	for _, g := range d.goroutines {
		if err := out.Goroutine(d.redactedGoroutine(g)); err != nil {
			return err
		}
	}
	for _, v := range d.globals {
		rec := d.redacted(*v)
		if err := out.Global(&rec); err != nil {
			return err
		}
	}
	for _, v := range d.constants {
		if err := out.Constant(v); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dump) objects(out *corefile.Writer) error {
	var buf []byte
	for _, o := range d.walker.Objects() {
		if err := out.BeginObject(int(o.Type)); err != nil {
			return err
		}
		for rest := o.Value; len(rest) > 0; {
			buf, rest = d.walker.RenderPart(buf[:0], rest, renderedAtOnce, d.redact)
			out.ObjectValue(buf)
		}
		if err := out.EndObject(o.Addr); err != nil {
			return err
		}
	}
	return nil
}

// hidden returns how many secrets each rule has hidden, now and before.
func hidden(redact Redactor, before []corefile.Hidden) []corefile.Hidden {
	counts := map[string]int{}
	for _, h := range before {
		counts[h.Rule] += max(h.Count, 0)
	}
	for _, h := range redact.Hidden() {
		counts[h.Rule] += h.Count
	}
	var all []corefile.Hidden
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, corefile.Hidden{Rule: rule, Count: counts[rule]})
	}
	return all
}

// maxSource bounds one source file, in bytes.
const maxSource = 4 << 20

// sourceFile is a source file to write into the dump.
type sourceFile struct {
	path  string
	newer bool // than the program
}

// chooseSources returns the readable source files of the frames, those of the current
// goroutine first, and how many don't fit the limit. It leaves out those of the runtime's
// own goroutines.
func (c *capturer) chooseSources() (files []sourceFile, omitted int) {
	seen := map[string]bool{"": true}
	left := c.req.Limits.Source
	program, programErr := os.Stat(c.head.Program)
	for _, g := range c.goroutines {
		if g.System {
			continue
		}
		for _, f := range g.Frames {
			if seen[f.File] {
				continue
			}
			seen[f.File] = true
			info, err := os.Stat(f.File)
			switch {
			case err != nil || !info.Mode().IsRegular():
			case info.Size() > min(left, maxSource):
				omitted++
			default:
				left -= info.Size()
				newer := programErr == nil && info.ModTime().After(program.ModTime())
				files = append(files, sourceFile{f.File, newer})
			}
		}
	}
	return files, omitted
}

// sourceFiles writes the source files that were chosen.
func (d *Dump) sourceFiles(out *corefile.Writer) error {
	id := 0
	for _, s := range d.sources {
		text, err := os.ReadFile(s.path)
		if err != nil || len(text) > maxSource {
			continue // it has changed since
		}
		id++
		if err := out.Source(&corefile.Source{ID: id, Path: d.path(s.path),
			Text: d.redact.Source(s.path, string(text)), Newer: s.newer}); err != nil {
			return err
		}
	}
	return nil
}
