package capture

import (
	"encoding/hex"
	"slices"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/secrets"
)

// Redactor removes secrets from text.
type Redactor interface {
	Text(string) string
	Bytes([]byte) ([]byte, bool)
	Unmarked([]byte) ([]byte, bool)
	Stale([]byte) ([]byte, bool)
	Path(string) string
	Trace(string) string
	Source(path, text string) string
	Arguments([]string) []string
	Mask(secret string, by secrets.Rule) string
	Number(secret []byte, by secrets.Rule) int
	Hidden() []secrets.Hidden
	KeepNumbers(last int)
	Learn(string)
	LearnUncommon(string)
	LearnMarked([]byte) bool
	LearnPublic(string)
	Problem() string // why all values of the environment are hidden
	Full() bool      // there were more secrets to learn than it keeps
}

// Head returns what the dump says about the process, without secrets, whether it was
// written or not.
func (d *Dump) Head() corefile.Head {
	if d.made != nil {
		return d.made.Head
	}
	return d.redactedHead()
}

func (d *Dump) redactedHead() corefile.Head {
	h := d.head
	text := d.redact.Text
	h.Message, h.Description = d.clip(h.Message, d.message), d.walker.Clip(h.Description, text)
	h.Test = text(h.Test)
	h.Args = d.redact.Arguments(h.Args)
	h.Host, h.Program, h.Directory = d.redact.Path(h.Host), d.redact.Path(h.Program), d.redact.Path(h.Directory)
	h.Top = d.place(h.Top)
	if h.Build != nil {
		b := *h.Build
		b.Settings = slices.Clone(b.Settings)
		for i, s := range b.Settings {
			if s[0] != "vcs.revision" || !hash(s[1]) {
				b.Settings[i][1] = text(s[1])
			}
		}
		h.Build = &b
	}
	h.Notes = slices.Clone(h.Notes)
	for i := range h.Notes {
		h.Notes[i] = text(h.Notes[i])
	}
	if d.strict.on {
		d.hideTexts(&h)
	}
	return h
}

// hash reports whether s is the hash of a commit, SHA-1 or SHA-256.
func hash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && (len(b) == 20 || len(b) == 32)
}

func (d *Dump) redactedGoroutine(g *corefile.Goroutine) *corefile.Goroutine {
	rec := *g
	rec.Trace = d.redact.Trace(rec.Trace)
	if d.strict.on {
		rec.Trace = withoutLabels(rec.Trace)
	}
	rec.CreatedBy = d.place(rec.CreatedBy)
	rec.Labels = slices.Clone(rec.Labels)
	for i := range rec.Labels {
		rec.Labels[i] = d.redact.Text(rec.Labels[i])
		if d.strict.on {
			rec.Labels[i] = d.hide(g.Labels[i])
		}
	}
	if rec.Panic != nil {
		v := d.redacted(*rec.Panic)
		rec.Panic = &v
	}
	rec.Earlier = slices.Clone(rec.Earlier)
	for i, e := range rec.Earlier {
		v := d.redacted(*e)
		rec.Earlier[i] = &v
	}
	rec.Frames = slices.Clone(rec.Frames)
	for i := range rec.Frames {
		f := &rec.Frames[i]
		f.Place = *d.place(&f.Place)
		f.Vars = slices.Clone(f.Vars)
		for j := range f.Vars {
			f.Vars[j] = d.redacted(f.Vars[j])
		}
	}
	return &rec
}

func (d *Dump) redacted(v corefile.Variable) corefile.Variable {
	v.Value = d.walker.Render(nil, v.Value, d.redact)
	if v.Role == corefile.RoleGiven {
		v.Name = d.givenName(v.Name) // other names come from the source
	}
	return v
}

func (d *Dump) redactedType(t *corefile.Type) *corefile.Type {
	t.Name = d.name(t.Name)
	return t
}

// place returns a copy of p without secrets in the file's path; nil if p is nil.
func (d *Dump) place(p *corefile.Place) *corefile.Place {
	if p == nil {
		return nil
	}
	return &corefile.Place{Func: d.name(p.Func), File: d.path(p.File), Line: p.Line}
}

// path returns what the redactor's Path returns for a source file. There are few files in
// many frames, so it remembers them.
func (d *Dump) path(file string) string {
	out, ok := d.paths[file]
	if !ok {
		if d.paths == nil {
			d.paths = map[string]string{}
		}
		out = d.redact.Path(file)
		d.paths[file] = out
	}
	return out
}

// name returns the name of a type, or of a function with type arguments, without secrets
// in the tags of a struct's fields. The rest of it consists of names from the source.
func (d *Dump) name(s string) string {
	if strings.IndexByte(s, '"') < 0 {
		return s
	}
	return d.redact.Source("name.go", s)
}
