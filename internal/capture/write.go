package capture

import (
	"io"
	"maps"
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
	d.readSources() // the head says how many are left out
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
