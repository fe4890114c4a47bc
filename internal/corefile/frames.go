package corefile

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// A dump may have a million frames. They are written here as package json writes them, but
// without reflection.

// frames appends members to a JSON object.
type frames struct {
	dst  []byte
	last uint64 // the last address of a variable
	text []byte // room
}

// appendFrames appends frames whose variables have differences instead of addresses, except for
// the first one with an address.
func (w *frames) appendFrames(all []Frame) {
	w.last = 0
	for i := range all {
		w.separate(i, '[')
		w.frame(&all[i])
	}
	w.dst = append(w.dst, ']')
}

// separate appends what precedes element i of a list.
func (w *frames) separate(i int, open byte) {
	if i == 0 {
		w.dst = append(w.dst, open)
	} else {
		w.dst = append(w.dst, ',')
	}
}

func (w *frames) frame(f *Frame) {
	w.dst = append(w.dst, `{"func":`...)
	w.string(f.Func)
	w.given("file", f.File)
	w.number("line", int64(f.Line))
	w.unsigned("pc", f.PC)
	w.given("pkg", f.Package)
	w.flag("inlined", f.Inlined)
	w.flag("optimized", f.Optimized)
	if f.Note != (caveat.Reason{}) {
		note, _ := f.Note.MarshalJSON() // which fails for none
		w.dst = append(append(w.dst, `,"note":`...), note...)
	}
	if len(f.Vars) > 0 {
		w.dst = append(w.dst, `,"vars":`...)
		for i := range f.Vars {
			w.separate(i, '[')
			w.variable(&f.Vars[i])
		}
		w.dst = append(w.dst, ']')
	}
	w.dst = append(w.dst, '}')
}

func (w *frames) variable(v *Variable) {
	w.dst = append(w.dst, '{')
	if v.ID != 0 {
		w.dst = append(strconv.AppendInt(append(w.dst, `"id":`...), int64(v.ID), 10), ',')
	}
	w.dst = append(w.dst, `"name":`...)
	w.string(v.Name)
	w.given("role", v.Role)
	w.number("type", int64(v.Type))
	switch {
	case v.Addr == 0:
		w.number("diff", v.Difference)
	case w.last == 0 || v.Addr == w.last:
		w.unsigned("addr", v.Addr)
		w.last = v.Addr
	default:
		w.number("diff", int64(v.Addr-w.last))
		w.last = v.Addr
	}
	w.number("line", int64(v.Line))
	w.flag("shadowed", v.Shadowed)
	if len(v.Doubts) > 0 {
		w.dst = v.Doubts.AppendFacts(append(w.dst, `,"note":`...))
	}
	if len(v.Value) > 0 {
		w.dst = append(append(w.dst, `,"value":`...), v.Value...)
	}
	w.dst = append(w.dst, '}')
}

func (w *frames) name(name string) {
	w.dst = append(append(append(w.dst, `,"`...), name...), `":`...)
}

// The others append a member, unless it is zero.

func (w *frames) given(name, text string) {
	if text != "" {
		w.name(name)
		w.string(text)
	}
}

func (w *frames) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.dst = strconv.AppendInt(w.dst, n, 10)
	}
}

func (w *frames) unsigned(name string, n uint64) {
	if n != 0 {
		w.name(name)
		w.dst = strconv.AppendUint(w.dst, n, 10)
	}
}

func (w *frames) flag(name string, is bool) {
	if is {
		w.name(name)
		w.dst = append(w.dst, "true"...)
	}
}

// string appends a text, in which package json replaces what isn't UTF-8.
func (w *frames) string(text string) {
	if !utf8.ValidString(text) {
		quoted, _ := json.Marshal(text) // which fails for no text
		w.dst = append(w.dst, quoted...)
		return
	}
	w.text = append(w.text[:0], text...)
	w.dst = notation.AppendString(w.dst, w.text)
}
