package target

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"coredumpy/internal/unsafely"
)

// The text of a panic value is made without running code of the program: of
// basic types, of the runtime's own errors, and of errors of the standard
// library that only put their fields together.

const (
	// MaxMessage bounds the text of a panic value that becomes a message.
	MaxMessage = 512 << 10
	// maxWrapped bounds how deep joined errors are looked into, and maxJoined how
	// many: the same ones may be joined again and again.
	maxWrapped = 10
	maxJoined  = 10_000
)

// Message is the text of a panic value.
type Message struct {
	Text string
	More uint64 // bytes left out at the end
	// Around is what the runtime puts before and behind the text of a basic type
	// with a name of its own, as in main.Code(4).
	Around [2]string
	// Known is set if a method of the value wouldn't say anything else, only more of
	// it, or if there is none. Otherwise the text is as much as can be had without it, the name of
	// the type if nothing.
	Known bool
	Bare  bool // it is the name of the type and nothing else
}

// PanicText returns the text of a panic value, given its two words, as the runtime
// prints it, but for an address behind the name of a type.
func (p *Process) PanicText(words [2]uint64) Message {
	if words[0] == 0 {
		return Message{Text: nilText, Known: true}
	}
	addr := p.Interface(words)
	t, at, err := p.Dynamic(TypeAny, addr, words[0], words[1])
	if err != nil || t == nil {
		return Message{}
	}
	basic := t.Name == t.Kind.String()
	describes := !basic && p.describesItself(words, t)
	p.said = said{}
	if text, ok := p.errorText(t, at, maxWrapped); ok {
		return Message{Text: text, More: p.said.more, Known: !describes || !p.said.guessed || p.said.cut}
	}
	m := Message{Text: p.TypeText(words[0], t), Known: !describes, Bare: true}
	if describes {
		return m
	}
	if t.Kind == reflect.String {
		if text, more, ok := p.longText(at); ok {
			m.Text, m.More, m.Bare = text, more, false
			if !basic {
				m.Around = [2]string{p.TypeText(words[0], t) + `("`, `")`}
			}
		}
		return m
	}
	if text, ok := p.scalarText(t, at); ok {
		switch complexKind := t.Kind == reflect.Complex64 || t.Kind == reflect.Complex128; {
		case basic:
		case complexKind: // it has parentheses
			m.Around[0] = m.Text
		default:
			m.Around = [2]string{m.Text + "(", ")"}
		}
		m.Text, m.Bare = text, false
	}
	return m
}

// said is what was met while a text was made.
type said struct {
	guessed bool   // a part of it isn't known
	cut     bool   // it is longer than anybody wants, and says so
	joined  int    // errors looked at, see joinedText
	more    uint64 // left out at the end
}

// describesItself reports whether a panic value is an error or has a method String:
// the runtime prints what that returns (runtime/panic.go, preprintpanics).
func (p *Process) describesItself(words [2]uint64, t *Type) bool {
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

func (p *Process) scalarText(t *Type, at uint64) (string, bool) {
	if t.Size < 1 || t.Size > 2*word {
		return "", false
	}
	b := make([]byte, 2*word)
	if p.Mem.Read(b[:t.Size], at) != nil {
		return "", false
	}
	v := le64(b)
	switch t.Kind {
	case reflect.Float32:
		return fmt.Sprint(math.Float32frombits(le32(b))), true
	case reflect.Float64:
		return fmt.Sprint(math.Float64frombits(v)), true
	case reflect.Complex64:
		return fmt.Sprint(complex(math.Float32frombits(le32(b)), math.Float32frombits(le32(b[4:])))), true
	case reflect.Complex128:
		return fmt.Sprint(complex(math.Float64frombits(v), math.Float64frombits(le64(b[word:])))), true
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

// longText returns the text of the string at an address, and how many bytes there
// are beyond those that are read.
func (p *Process) longText(at uint64) (text string, more uint64, ok bool) {
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

// textAt returns the text of the string at an address, to be a part of a text, as
// much of it as Text reads.
func (p *Process) textAt(at uint64) (string, bool) {
	h, err := p.ReadPair(at)
	if err != nil {
		return "", false
	}
	text := p.Text(h[0], h[1])
	if rest := h[1] - uint64(len(text)); rest > 0 && text != "" {
		p.said.cut = true
		return fmt.Sprintf("%s...+%d more", text, rest), true
	}
	return text, text != "" || h[1] == 0
}

// Errors whose text is their first field: runtime/error.go.
var textFirst = map[string]string{
	"runtime.plainError": "", "runtime.plainErrorString": "", "runtime.errorString": "runtime error: ", "runtime.errorAddressString": "runtime error: ",
}

// errorText returns the text of an error of the standard library.
func (p *Process) errorText(t *Type, at uint64, depth int) (string, bool) {
	if t.Kind == reflect.Pointer {
		to, err := p.PointerAt(at)
		if t.Elem() == nil || err != nil || to == 0 || t.Elem().Kind == reflect.Pointer {
			return "", false
		}
		t, at = t.Elem(), to
	}
	if prefix, ok := textFirst[t.Name]; ok {
		text, err := p.ReadString(at, MaxText)
		return prefix + text, err == nil
	}
	switch t.Name {
	case "runtime.boundsError":
		return p.boundsText(t, at)
	case "runtime.TypeAssertionError":
		return p.assertionText(t, at)
	case "runtime.PanicNilError":
		return p.panicNilText()
	case "errors.joinError":
		return p.joinedText(t, at, depth)
	}
	if t.Name == "syscall.Errno" {
		n, err := p.ReadWord(at)
		return syscall.Errno(n).Error(), err == nil
	}
	if only, ok := onlyField[t.Name]; ok {
		if f, ok := t.field(only); ok && f.Type.Kind == reflect.String && depth == maxWrapped {
			text, more, ok := p.longText(at + uint64(f.Offset))
			p.said.more = more
			return text, ok
		}
	}
	return standardError(t.Name, func(name string) (string, bool) {
		f, ok := t.field(name)
		if !ok || depth == 0 {
			return "", false
		}
		at := at + uint64(f.Offset)
		switch {
		case f.Type.Kind == reflect.String:
			return p.textAt(at)
		case f.Type.Kind == reflect.Interface:
			return p.innerText(f.Type, at, depth)
		case f.Type.Name == "reflect.Kind":
			n, err := p.ReadWord(at)
			return kindText(reflect.Kind(n)), err == nil
		}
		return "", false
	})
}

// innerText returns the text of an error in another one, or its type.
func (p *Process) innerText(iface *Type, at uint64, depth int) (string, bool) {
	h, err := p.ReadPair(at)
	if err != nil {
		return "", false
	}
	t, to, err := p.Dynamic(iface, at, h[0], h[1])
	if err != nil || t == nil {
		return "", false
	}
	if depth > 1 {
		if text, ok := p.errorText(t, to, depth-1); ok {
			return text, true
		}
	}
	p.said.guessed = true
	descriptor, _ := p.DescriptorIn(iface, h[0])
	return p.TypeText(descriptor, t), true
}

// number reads a field that is an integer or a bool.
func (p *Process) number(t *Type, at uint64, name string) (v int64, ok bool) {
	f, ok := t.field(name)
	if !ok || f.Type.Size < 1 || f.Type.Size > word {
		return 0, false
	}
	b := make([]byte, word)
	err := p.Mem.Read(b[:f.Type.Size], at+uint64(f.Offset))
	return int64(le64(b)), err == nil
}

// boundsFormats are runtime.boundsErrorFmts, in the order of the codes
// (runtime/error.go, Go 1.24 to 1.26). %x is the index, %y the length.
var boundsFormats = []string{
	"index out of range [%x] with length %y",
	"slice bounds out of range [:%x] with length %y",
	"slice bounds out of range [:%x] with capacity %y",
	"slice bounds out of range [%x:%y]",
	"slice bounds out of range [::%x] with length %y",
	"slice bounds out of range [::%x] with capacity %y",
	"slice bounds out of range [:%x:%y]",
	"slice bounds out of range [%x:%y:]",
	"cannot convert slice with length %y to array or pointer to array with length %x",
}

// boundsNegative are runtime.boundsNegErrorFmts.
var boundsNegative = []string{
	"index out of range [%x]",
	"slice bounds out of range [:%x]",
	"slice bounds out of range [:%x]",
	"slice bounds out of range [%x:]",
	"slice bounds out of range [::%x]",
	"slice bounds out of range [::%x]",
	"slice bounds out of range [:%x:]",
	"slice bounds out of range [%x::]",
}

func (p *Process) boundsText(t *Type, at uint64) (string, bool) {
	x, ok1 := p.number(t, at, "x")
	y, ok2 := p.number(t, at, "y")
	signed, ok3 := p.number(t, at, "signed")
	code, ok4 := p.number(t, at, "code")
	if !ok1 || !ok2 || !ok3 || !ok4 || code < 0 || code >= int64(len(boundsFormats)) {
		return "", false
	}
	format, index := boundsFormats[code], strconv.FormatUint(uint64(x), 10)
	if signed != 0 {
		index = strconv.FormatInt(x, 10)
		if x < 0 && code < int64(len(boundsNegative)) {
			format = boundsNegative[code]
		}
	}
	return "runtime error: " + strings.NewReplacer("%x", index, "%y", strconv.FormatInt(y, 10)).Replace(format), true
}

// assertionText does what (*runtime.TypeAssertionError).Error does.
func (p *Process) assertionText(t *Type, at uint64) (string, bool) {
	name := func(field string) string {
		f, ok := t.field(field)
		if !ok {
			return ""
		}
		addr, err := p.ReadWord(at + uint64(f.Offset))
		if err != nil || addr == 0 {
			return ""
		}
		if typ, err := p.RuntimeType(addr); err == nil {
			return ShortName(typ.Name)
		}
		return ""
	}
	iface, concrete, asserted := name("_interface"), name("concrete"), name("asserted")
	if iface == "" {
		iface = "interface"
	}
	missing := ""
	if f, ok := t.field("missingMethod"); ok {
		missing, _ = p.ReadString(at+uint64(f.Offset), maxName)
	}
	switch {
	case asserted == "":
		return "", false
	case concrete == "":
		return fmt.Sprintf("interface conversion: %s is nil, not %s", iface, asserted), true
	case missing != "":
		return fmt.Sprintf("interface conversion: %s is not %s: missing method %s", concrete, asserted, missing), true
	}
	return fmt.Sprintf("interface conversion: %s is %s, not %s", iface, concrete, asserted), true
}

// joinedText returns the texts of errors joined by errors.Join.
func (p *Process) joinedText(t *Type, at uint64, depth int) (string, bool) {
	f, ok := t.field("errs")
	if !ok || depth == 0 || f.Type.Elem() == nil {
		return "", false
	}
	errs, err := p.ReadPair(at + uint64(f.Offset))
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for i := range errs[1] {
		if i > 0 {
			b.WriteByte('\n')
		}
		if p.said.joined++; p.said.joined > maxJoined || b.Len() > MaxMessage {
			p.said.cut = true
			b.WriteString("...")
			break
		}
		text, ok := p.innerText(f.Type.Elem(), errs[0]+i*2*word, depth)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// nilText is what the runtime prints of a nil panic value. There is none but with
// GODEBUG=panicnil=1: otherwise panic(nil) panics with a *runtime.PanicNilError.
const nilText = "nil"

// panicNilTexts are what (*runtime.PanicNilError).Error returns, the longer one since
// Go 1.27.
var panicNilTexts = []string{"runtime error: panic called with nil argument", "panic called with nil argument"}

// panicNilText returns the one that the method's code refers to.
func (p *Process) panicNilText() (string, bool) {
	if p.Own {
		return (*runtime.PanicNilError)(nil).Error(), true
	}
	fn, ok := p.Info.FuncByName("runtime.(*PanicNilError).Error")
	if !ok {
		return "", false
	}
	code := make([]byte, min(fn.End-fn.Entry, maxPrologue))
	if p.Mem.Read(code, fn.Entry+p.Slide) != nil {
		return "", false
	}
	for _, addr := range addresses(p.Info.GOARCH(), code, fn.Entry+p.Slide) {
		for _, text := range panicNilTexts {
			if p.Holds(addr, []byte(text)) {
				return text, true
			}
		}
	}
	return "", false
}

// addresses returns the addresses that the code at pc computes from its own: those of
// constants and variables. amd64: LEAQ offset(PC), reg (Intel's manual, LEA). arm64:
// ADRP and ADD (Arm's manual, C6.2).
func addresses(goarch string, code []byte, pc uint64) (found []uint64) {
	if goarch == "arm64" {
		for i := 0; i+8 <= len(code); i += 4 {
			page, add := le32(code[i:]), le32(code[i+4:])
			if page&0x9f000000 == 0x90000000 && add&0xffc00000 == 0x91000000 && page&31 == add>>5&31 {
				pages := int64(int32((page>>5&0x7ffff<<2|page>>29&3)<<11)) >> 11
				found = append(found, uint64(int64((pc+uint64(i))&^0xfff)+pages<<12)+uint64(add>>10&0xfff))
			}
		}
		return found
	}
	for i := 0; i+7 <= len(code); i++ {
		if code[i]&^0x04 == 0x48 && code[i+1] == 0x8d && code[i+2]&0xc7 == 0x05 {
			found = append(found, pc+uint64(i)+7+uint64(int64(int32(le32(code[i+3:])))))
		}
	}
	return found
}
