package capture

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/symbol"
	"coredumpy/internal/walk"
)

// Stored is a dump that was made before, and the rules by which secrets are removed from it:
// the same as while a dump is made. Nothing that was hidden before is shown, as that isn't
// in the file.
type Stored struct {
	File       *corefile.File
	Redact     Redactor
	SecretName func(name string) bool
	ShowsText  func(pkg, name string) bool // nil if all text may be shown
	Shown      secrets.Shown               // rules that are turned off
	// Progress is called now and then with how much is done of how much. An error ends the
	// work.
	Progress func(done, all int) error

	d          *Dump
	values     *walk.Stored
	goroutines []int64 // those that can be read
	done, all  int     // bytes of the file: it is read twice
	most       int     // what done may be before the next step
	since      int     // bytes since Progress was called
	stopped    error
	last       int // the largest number of a secret in the file
}

// Write writes the dump without secrets. What can't be read, or isn't known to this version,
// is left out, and a note says so.
func (s *Stored) Write(w io.Writer, compress bool) error {
	if s.values == nil {
		s.learn()
		s.d.head.Notes = append(corefile.Notes(nil), s.File.Head.Notes...)
		s.noteMissing()
		s.d.head.Goroutines, s.d.head.Objects = len(s.goroutines), s.File.MaxObject()
		s.d.head.Message = walk.WithoutEnd(s.File.Head.Message)
		s.d.head.Description = walk.WithoutEnd(s.File.Head.Description)
		s.hideMessage()
	}
	out := corefile.NewWriter(w, compress)
	if err := s.records(out); err != nil {
		return err
	}
	kept := s.File.Kept()
	if s.last > 0 && len(s.Redact.Hidden()) > 0 {
		kept = append(slices.Clone(kept), s.last)
	}
	out.Hidden(hidden(s.Redact, s.File.Hidden()), kept)
	return out.Close()
}

// learn finds all secrets, and what names say about each object.
func (s *Stored) learn() {
	f := s.File
	s.last = notation.LastNumber(f.Text())
	s.Redact.KeepNumbers(s.last)
	s.values = walk.NewStored(f, walk.Rules{
		SecretName: s.SecretName, ShowsText: s.ShowsText,
		Learn: s.Redact.Learn, LearnUncommon: s.Redact.LearnUncommon, LearnMarked: s.Redact.LearnMarked,
		LearnPublic: s.Redact.LearnPublic, Shown: s.Shown,
	})
	s.values.Progress = s.progress
	on := s.ShowsText != nil
	s.d = &Dump{head: f.Head, redact: s.Redact, walker: s.values.Walker(), strict: strict{on: on, description: on}}
	ids, globals := f.Goroutines(), s.globals()
	s.all, s.most = 2*len(f.Text()), len(f.Text())
	for _, stale := range []bool{false, true} {
		for _, id := range ids {
			g, err := f.Goroutine(id)
			if err != nil || s.stopped != nil {
				continue
			}
			if !stale {
				s.goroutines = append(s.goroutines, id)
				s.goroutineDone(id)
			}
			for i := 0; i+1 < len(g.Labels); i += 2 {
				_ = s.d.walker.Named(g.Labels[i], g.Labels[i+1])
			}
			s.variables(g, func(v *walk.Variable) { s.values.Root(*v, stale) })
		}
		for i := range globals {
			s.values.Root(globals[i], stale)
		}
		s.values.Run()
	}
	for _, text := range []string{f.Head.Message, f.Head.Description} {
		s.Redact.LearnMarked([]byte(text))
	}
	for _, id := range f.Types() { // to know what of them isn't known
		_, _ = f.Type(id)
	}
	for _, path := range f.Sources() {
		text, _, _ := f.Source(path)
		s.progress(len(text))
	}
	s.done, s.most = s.most, s.all
}

// progress notes that so many more bytes are done, and reports whether to go on.
func (s *Stored) progress(bytes int) bool {
	const seldom = 64 << 10
	s.done = min(s.done+bytes, s.most)
	if s.since += bytes; s.since >= seldom && s.Progress != nil && s.stopped == nil {
		s.since = 0
		s.stopped = s.Progress(s.done, s.all)
	}
	return s.stopped == nil
}

// goroutineDone notes that a goroutine is done.
func (s *Stored) goroutineDone(id int64) bool {
	record, _ := s.File.RawGoroutine(id)
	return s.progress(len(record))
}

// globals returns the package-level variables that can be read.
func (s *Stored) globals() []walk.Variable {
	recs, _ := s.File.Globals()
	all := make([]walk.Variable, len(recs))
	for i := range recs {
		v := &recs[i]
		all[i] = walk.Variable{Variable: v, Shown: s.shows(v.Name[:max(strings.LastIndexByte(v.Name, '.'), 0)], v.Name)}
	}
	return all
}

// shows reports whether text may be shown in a variable.
func (s *Stored) shows(pkg, name string) bool { return s.ShowsText != nil && s.ShowsText(pkg, name) }

// variables calls do with all variables of a goroutine.
func (s *Stored) variables(g *corefile.Goroutine, do func(*walk.Variable)) {
	for i := range g.Frames {
		f := &g.Frames[i]
		for j := range f.Vars {
			v := &f.Vars[j]
			do(&walk.Variable{Variable: v, Shown: s.shows(f.Package, f.Func+"."+v.Name)})
		}
	}
	if g.Panic != nil {
		do(&walk.Variable{Variable: g.Panic})
	}
	for _, e := range g.Earlier {
		if e != nil {
			do(&walk.Variable{Variable: e})
		}
	}
}

// noteMissing notes what of the file isn't in the new dump.
func (s *Stored) noteMissing() {
	const leftOut = "left out by coredumpy redact: "
	if missing := s.File.Missing(); missing != "" {
		s.d.note("redacted from a damaged file: %s", strings.ToValidUTF8(missing, "\ufffd"))
	}
	if n := len(s.File.Goroutines()) - len(s.goroutines); n > 0 {
		s.d.note("%sgoroutines that can't be read: %d", leftOut, n)
	}
	for _, u := range s.File.Unknown() {
		s.d.note("%s%s", leftOut, strings.ToValidUTF8(u.String(), "\ufffd"))
	}
	if s.Redact.Full() {
		s.d.noteFull()
	}
}

// rewrite removes the secrets from all values of a goroutine.
func (s *Stored) rewrite(g *corefile.Goroutine) {
	s.sentences(g)
	s.variables(g, func(v *walk.Variable) {
		v.Value = s.values.Rewrite(*v, s.Redact)
		s.doubts(v.Variable)
	})
	for i := 0; i+1 < len(g.Labels); i += 2 {
		if s.d.walker.Named(g.Labels[i], g.Labels[i+1]) {
			g.Labels[i+1] = s.d.hide(g.Labels[i+1])
		}
	}
}

func (s *Stored) records(out *corefile.Writer) error {
	if s.stopped != nil {
		return s.stopped
	}
	head := s.d.redactedHead()
	head.Value = s.panicLine()
	if err := out.Head(&head); err != nil {
		return err
	}
	for _, id := range s.File.Types() {
		if t, err := s.File.Type(id); err == nil {
			rec := *t
			rec.Constants = slices.DeleteFunc(slices.Clone(rec.Constants), func(k corefile.Constant) bool {
				return walk.SecretConstant(s.SecretName, k.Name, k.Value)
			})
			if err := out.Type(s.d.redactedType(&rec)); err != nil {
				return err
			}
		}
	}
	for _, write := range []func(*corefile.Writer) error{s.goroutineRecords, s.constants, s.objects, s.sources} {
		if err := write(out); err != nil {
			return err
		}
	}
	return nil
}

// goroutineRecords writes the goroutines, and the package-level variables.
func (s *Stored) goroutineRecords(out *corefile.Writer) error {
	for _, id := range s.goroutines {
		g, err := s.File.Goroutine(id)
		if err != nil {
			return err // it could be read before
		}
		s.rewrite(g)
		if err := out.Goroutine(s.d.redactedGoroutine(g)); err != nil {
			return err
		}
		if !s.goroutineDone(id) {
			return s.stopped
		}
	}
	for i, v := range s.globals() {
		rec := *v.Variable
		rec.ID, rec.Value = i+1, s.values.Rewrite(v, s.Redact)
		s.doubts(&rec)
		if err := out.Global(&rec); err != nil {
			return err
		}
	}
	return nil
}

// constants writes the package-level constants without those under secret names, as they are
// left out while a dump is made.
func (s *Stored) constants(out *corefile.Writer) error {
	id := 0
	for _, v := range s.File.Constants() {
		if s.SecretName(v.Name[strings.LastIndexByte(v.Name, '.')+1:]) {
			continue
		}
		id++
		v.Value = s.values.Rewrite(walk.Variable{Variable: &v}, s.Redact)
		s.doubts(&v)
		v.ID = id
		if err := out.Constant(&v); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stored) objects(out *corefile.Writer) error {
	for id := 1; id <= s.File.MaxObject(); id++ {
		typ, addr, value := s.values.RewriteObject(id, s.Redact)
		if err := out.BeginObject(typ); err != nil {
			return err
		}
		out.ObjectValue(value)
		if err := out.EndObject(addr); err != nil {
			return err
		}
		if s.stopped != nil {
			return s.stopped
		}
	}
	return nil
}

func (s *Stored) sources(out *corefile.Writer) error {
	id := 0
	for _, path := range s.File.Sources() {
		text, ok, err := s.File.Source(path)
		if !ok || err != nil {
			continue
		}
		id++
		if err := out.Source(&corefile.Source{ID: id, Path: s.d.path(path), Text: s.Redact.Source(path, text),
			Newer: s.File.SourceNewer(path), Omitted: s.File.SourceOmitted(path)}); err != nil {
			return err
		}
		if !s.progress(len(text)) {
			return s.stopped
		}
	}
	return nil
}

// panicLine is panicLine for the panic of the file.
func (s *Stored) panicLine() string {
	g, err := s.File.Goroutine(s.File.Head.Goroutine)
	if err != nil || g.Panic == nil || s.File.Head.Value == "" && !s.d.strict.value {
		return ""
	}
	v := *g.Panic
	v.Value = s.values.Rewrite(walk.Variable{Variable: &v}, s.Redact)
	l := &valueLine{d: s.d, types: map[int]*corefile.Type{}, stored: func(id int) (int, []byte) {
		typ, _, value := s.values.RewriteObject(id, s.Redact)
		return typ, bytes.Clone(value)
	}}
	for _, id := range s.File.Types() {
		l.types[id], _ = s.File.Type(id)
	}
	l.value(v.Value, l.types[v.Type], 0)
	return l.String()
}

// hideMessage decides whether the message may be shown, see capturer.hideMessage. Which
// messages are the runtime's follows from the reason of the dump and the type of the panic
// value.
func (s *Stored) hideMessage() {
	h := &s.d.head
	switch h.Reason {
	case corefile.ForFatalError, corefile.ForSignal, corefile.ForExit, corefile.ForAsked, corefile.ForTestFailure:
		return
	}
	if s.ShowsText == nil {
		return
	}
	hidden := &s.d.strict
	name, value := s.panicType()
	t := strings.TrimPrefix(name, "*")
	if name != "" && (ofRuntime(t) || walk.ShowsType(s.ShowsText, t)) {
		return
	}
	short := symbol.ShortType(name)
	if before, ok := strings.CutPrefix(h.Message, short+`("`); ok && strings.HasSuffix(before, `")`) {
		s.d.message.Around = [2]string{short + `("`, `")`}
		h.Message = strings.TrimSuffix(before, `")`)
	}
	bare := name != "" && h.Message == short
	number := value != "" && (h.Message == value || h.Message == short+"("+value+")")
	hidden.message = !bare && !number
	hidden.value = hidden.message && s.d.message.Around[0] == "" && name != "string"
}

// panicType returns the name of the type of the panic value, "" if it isn't known, and the
// value itself if it is a number.
func (s *Stored) panicType() (name, value string) {
	g, err := s.File.Goroutine(s.File.Head.Goroutine)
	if err != nil || g.Panic == nil {
		return "", ""
	}
	form, err := notation.ParseForm(g.Panic.Value)
	if err != nil || form.Object != nil {
		return "", ""
	}
	decode := notation.List.Reference
	if s.File.Old() {
		decode = notation.List.OldReference
	}
	v, err := decode(form.List, reflect.Interface)
	if err != nil {
		return "", ""
	}
	if v.Value == nil {
		o, err := s.File.Object(v.Object)
		if err != nil {
			return "", ""
		}
		v.Type = o.Type
	}
	t, err := s.File.Type(v.Type)
	if err != nil {
		return "", ""
	}
	if k := t.ReflectKind(); reflect.Bool <= k && k <= reflect.Complex128 {
		value = fmt.Sprintf("%s", v.Value)
	}
	return t.Name, value
}
