package cause

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"syscall"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
)

// This file makes the text of a panic value without running code of the program: for basic
// types, for the runtime's own errors, and for errors of the standard library that only
// put their fields together.

const (
	// MaxMessage bounds the text of a panic value that becomes a message.
	MaxMessage = 512 << 10
	// maxWrapped bounds how deep joined errors are searched, and maxJoined how many: the
	// same ones may be joined again and again.
	maxWrapped = 10
	maxJoined  = 10_000
)

// Message is the text of a panic value.
type Message struct {
	Text string
	More uint64 // bytes left out at the end
	// Around is what the runtime prints before and after the text of a basic type with a
	// name of its own, as in main.Code(4).
	Around [2]string
	// Known is set if no method of the value would say anything else, only more of it, or
	// if there is no method. Otherwise the text is as much as is known without it, or the
	// name of the type.
	Known bool
	Bare  bool // it is only the name of the type
}

// Text returns the text of a panic value, given its two words, as the runtime prints it,
// without the address that may follow the name of a type.
func Text(p *target.Process, words [2]uint64) Message {
	if words[0] == 0 {
		return Message{Text: nilText, Known: true}
	}
	addr := p.Interface(words)
	t, at, err := p.Dynamic(gotypes.TypeAny, addr, words[0], words[1])
	if err != nil || t == nil {
		return Message{}
	}
	basic := t.Name == t.Kind.String()
	describes := !basic && describesItself(p, words, t)
	x := &texts{p: p}
	if text, ok := x.errorText(t, at, maxWrapped); ok {
		return Message{Text: text, More: x.more, Known: !describes || !x.guessed || x.cut}
	}
	m := Message{Text: p.TypeText(words[0], t), Known: !describes, Bare: true}
	if describes {
		return m
	}
	if t.Kind == reflect.String {
		if text, more, ok := longText(p, at); ok {
			m.Text, m.More, m.Bare = text, more, false
			if !basic {
				m.Around = [2]string{p.TypeText(words[0], t) + `("`, `")`}
			}
		}
		return m
	}
	if text, ok := scalarText(p, t, at); ok {
		switch complexKind := t.Kind == reflect.Complex64 || t.Kind == reflect.Complex128; {
		case basic:
		case complexKind: // it has parentheses already
			m.Around[0] = m.Text
		default:
			m.Around = [2]string{m.Text + "(", ")"}
		}
		m.Text, m.Bare = text, false
	}
	return m
}

// texts makes the text of a panic value, and records what it meets.
type texts struct {
	p       *target.Process
	guessed bool   // a part of it isn't known
	cut     bool   // it is too long, and ends by saying so
	joined  int    // errors looked at, see joinedText
	more    uint64 // left out at the end
}

// describesItself reports whether a panic value is an error or has a method String: then
// the runtime prints the result of that (runtime/panic.go, preprintpanics).
func describesItself(p *target.Process, words [2]uint64, t *gotypes.Type) bool {
	if p.Own {
		switch unsafely.InterfaceOf(words).(type) {
		case error, fmt.Stringer:
			return true
		}
		return false
	}
	for _, name := range []string{"Error", "String"} {
		if has, known := p.HasMethod(words[0], t.Kind, name, "func() string"); has || !known {
			return true
		}
	}
	return false
}

func scalarText(p *target.Process, t *gotypes.Type, at uint64) (string, bool) {
	if t.Size < 1 || t.Size > 2*gotypes.Word {
		return "", false
	}
	b := make([]byte, 2*gotypes.Word)
	if p.Mem.Read(b[:t.Size], at) != nil {
		return "", false
	}
	v, second := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[gotypes.Word:])
	switch t.Kind {
	case reflect.Float32:
		return fmt.Sprint(math.Float32frombits(uint32(v))), true
	case reflect.Float64:
		return fmt.Sprint(math.Float64frombits(v)), true
	case reflect.Complex64:
		return fmt.Sprint(complex(math.Float32frombits(uint32(v)), math.Float32frombits(uint32(v>>32)))), true
	case reflect.Complex128:
		return fmt.Sprint(complex(math.Float64frombits(v), math.Float64frombits(second))), true
	case reflect.Bool:
		return strconv.FormatBool(b[0] != 0), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		shift := 64 - 8*t.Size
		return strconv.FormatInt(int64(v<<shift)>>shift, 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v, 10), true
	}
	return "", false
}

// longText returns the text of the string at an address, and how many bytes follow those
// that it has read.
func longText(p *target.Process, at uint64) (text string, more uint64, ok bool) {
	h, err := p.ReadPair(at)
	if err != nil {
		return "", 0, false
	}
	b := make([]byte, min(h[1], MaxMessage))
	if p.Mem.Read(b, h[0]) != nil {
		return "", 0, false
	}
	return string(b), h[1] - uint64(len(b)), true
}

// textAt returns the text of the string at an address as a part of a text, as far as Text
// reads it.
func (x *texts) textAt(at uint64) (string, bool) {
	h, err := x.p.ReadPair(at)
	if err != nil {
		return "", false
	}
	text := x.p.Text(h[0], h[1])
	if rest := h[1] - uint64(len(text)); rest > 0 && text != "" {
		x.cut = true
		return fmt.Sprintf("%s...+%d more", text, rest), true
	}
	return text, text != "" || h[1] == 0
}

// errorText returns the text of an error of the standard library.
func (x *texts) errorText(t *gotypes.Type, at uint64, depth int) (string, bool) {
	if t.Kind == reflect.Pointer {
		to, err := x.p.PointerAt(at)
		if t.Elem() == nil || err != nil || to == 0 || t.Elem().Kind == reflect.Pointer {
			return "", false
		}
		t, at = t.Elem(), to
	}
	if prefix, ok := textFirst[t.Name]; ok {
		text, err := x.p.ReadString(at, gotypes.MaxText)
		return prefix + text, err == nil
	}
	switch t.Name {
	case "runtime.boundsError":
		return boundsText(x.p, t, at)
	case "runtime.TypeAssertionError":
		return assertionText(x.p, t, at)
	case "runtime.PanicNilError":
		return panicNilText(x.p)
	case "errors.joinError":
		return x.joinedText(t, at, depth)
	case "syscall.Errno":
		n, err := x.p.ReadWord(at)
		return syscall.Errno(n).Error(), err == nil
	}
	if only, ok := onlyField[t.Name]; ok {
		if f, ok := t.Field(only); ok && f.Type.Kind == reflect.String && depth == maxWrapped {
			text, more, ok := longText(x.p, at+uint64(f.Offset))
			x.more = more
			return text, ok
		}
	}
	return standardError(t.Name, func(name string) (string, bool) {
		if f, ok := t.Field(name); ok && depth > 0 {
			return x.fieldText(f.Type, at+uint64(f.Offset), depth)
		}
		return "", false
	})
}

// fieldText returns the text of a field of an error: a string, an error, or a kind.
func (x *texts) fieldText(t *gotypes.Type, at uint64, depth int) (string, bool) {
	switch {
	case t.Kind == reflect.String:
		return x.textAt(at)
	case t.Kind == reflect.Interface:
		return x.innerText(t, at, depth)
	case t.Name == "reflect.Kind":
		n, err := x.p.ReadWord(at)
		return kindText(reflect.Kind(n)), err == nil
	}
	return "", false
}

// innerText returns the text or else the type of an error inside another one.
func (x *texts) innerText(iface *gotypes.Type, at uint64, depth int) (string, bool) {
	h, err := x.p.ReadPair(at)
	if err != nil {
		return "", false
	}
	t, to, err := x.p.Dynamic(iface, at, h[0], h[1])
	if err != nil || t == nil {
		return "", false
	}
	if depth > 1 {
		if text, ok := x.errorText(t, to, depth-1); ok {
			return text, true
		}
	}
	x.guessed = true
	descriptor, _ := x.p.DescriptorIn(iface, h[0])
	return x.p.TypeText(descriptor, t), true
}

// joinedText returns the texts of errors joined by errors.Join.
func (x *texts) joinedText(t *gotypes.Type, at uint64, depth int) (string, bool) {
	f, ok := t.Field("errs")
	if !ok || depth == 0 || f.Type.Elem() == nil {
		return "", false
	}
	errs, err := x.p.ReadPair(at + uint64(f.Offset))
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for i := range errs[1] {
		if i > 0 {
			b.WriteByte('\n')
		}
		if x.joined++; x.joined > maxJoined || b.Len() > MaxMessage {
			x.cut = true
			b.WriteString("...")
			break
		}
		text, ok := x.innerText(f.Type.Elem(), errs[0]+i*2*gotypes.Word, depth)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}
