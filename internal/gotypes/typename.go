package gotypes

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/symbol"
)

// Types have the names that the linker gives them in debug information, however they are
// reached: with import paths, also before the names of unexported fields and methods, and
// with the tags of fields. Unlike there, a path isn't escaped.

// name returns the type's name.
func (d *descriptor) name(t *Type) (string, error) {
	if d.flag&d.l.isNamed == 0 {
		if s := d.composed(t); s != "" {
			return s, nil
		}
	}
	s, err := d.p.nameAt(d.str)
	if err != nil {
		return "", fmt.Errorf("no type at %#x: %w", d.addr, err)
	}
	if d.flag&d.l.hasStar != 0 {
		s = strings.TrimPrefix(s, "*")
	}
	s = symbol.Unescaped(s)
	if path := d.pkgPath(); d.flag&d.l.isNamed != 0 && path != "" {
		s = path + "." + baseName(s)
	}
	return s, nil
}

// baseName returns Name[path.Arg] for "pkg.Name[path.Arg]".
func baseName(s string) string {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ']', '}', ')': // a shape is named after its underlying type
			depth++
		case '[', '{', '(':
			depth--
		case '.':
			if depth == 0 {
				return s[i+1:]
			}
		}
	}
	return s
}

// pkgPath returns the import path of a named type, "" for predeclared ones.
func (d *descriptor) pkgPath() string {
	if d.flag&d.l.isUncommon == 0 || d.kind == reflect.Map && d.l.mapErr != nil {
		return ""
	}
	n, err := d.p.ReadUint32(d.addr + d.l.sizeOf(d.kind) + d.l.uncommonPkg)
	if err != nil || n == 0 {
		return ""
	}
	s, _ := d.p.nameAt(int32(n))
	return s
}

// composed builds the name of a type without a name of its own from its parts; "" if the
// runtime's string must do.
func (d *descriptor) composed(t *Type) string {
	switch d.kind {
	case reflect.Pointer:
		return "*" + d.part(d.l.elem(d.kind))
	case reflect.Slice:
		return "[]" + d.part(d.l.elem(d.kind))
	case reflect.Array:
		return "[" + strconv.FormatInt(t.Len, 10) + "]" + d.part(d.l.elem(d.kind))
	case reflect.Map:
		if d.l.mapErr != nil {
			return ""
		}
		return "map[" + d.part(d.l.mapKey) + "]" + d.part(d.l.mapElem)
	case reflect.Chan:
		return d.chanName()
	case reflect.Func:
		return d.funcName()
	case reflect.Struct:
		return d.structName()
	case reflect.Interface:
		return d.ifaceName()
	}
	return ""
}

// part returns the name of the type whose address is at off.
func (d *descriptor) part(off uint64) string {
	if a, err := d.word(off); err == nil {
		if t, err := d.p.RuntimeType(a); err == nil {
			return t.Name
		}
	}
	return "?"
}

func (d *descriptor) chanName() string {
	dir, _ := d.word(d.l.chanDir)
	elem := d.part(d.l.elem(d.kind))
	switch reflect.ChanDir(dir) {
	case reflect.RecvDir:
		return "<-chan " + elem
	case reflect.SendDir:
		return "chan<- " + elem
	}
	if strings.HasPrefix(elem, "<-") {
		elem = "(" + elem + ")" // otherwise it would read as a chan<-
	}
	return "chan " + elem
}

func (d *descriptor) funcName() string {
	ins, err1 := d.word(d.l.funcIn)
	outs, err2 := d.word(d.l.funcOut)
	if err1 != nil || err2 != nil {
		return ""
	}
	in, out := int(uint16(ins)), int(uint16(outs))
	variadic := out&funcVariadic != 0
	out &^= funcVariadic
	off := d.l.function
	if d.flag&d.l.isUncommon != 0 {
		off += d.l.uncommon
	}
	list := func(from, n int) string {
		names := make([]string, n)
		for i := range names {
			names[i] = d.part(off + uint64(from+i)*word)
		}
		if variadic && from == 0 && n > 0 {
			names[n-1] = "..." + strings.TrimPrefix(names[n-1], "[]")
		}
		return strings.Join(names, ", ")
	}
	s := "func(" + list(0, in) + ")"
	switch out {
	case 0:
	case 1:
		s += " " + list(in, 1)
	default:
		s += " (" + list(in, out) + ")"
	}
	return s
}

func (d *descriptor) structName() string {
	fields, err := d.structFields()
	if err != nil {
		return ""
	}
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Type.Name
		if !f.Embedded {
			parts[i] = d.qualified(&f.name) + " " + parts[i]
		}
		if f.name.tag != "" {
			parts[i] += " " + strconv.Quote(f.name.tag)
		}
	}
	return braces("struct", parts)
}

func (d *descriptor) ifaceName() string {
	base, err1 := d.word(d.l.ifaceMethods)
	n, err2 := d.word(d.l.ifaceMethods + word)
	if err1 != nil || err2 != nil || n > maxFields {
		return ""
	}
	raw := make([]byte, n*d.l.method)
	if d.p.Mem.Read(raw, base) != nil {
		return ""
	}
	parts := make([]string, n)
	for i := range parts {
		m := raw[uint64(i)*d.l.method:]
		name, err := d.p.readName(d.p.types + uint64(le32(m[d.l.methodName:])))
		if err != nil {
			return ""
		}
		t, err := d.p.RuntimeType(d.p.types + uint64(le32(m[d.l.methodType:])))
		if err != nil {
			return ""
		}
		parts[i] = d.qualified(&name) + strings.TrimPrefix(t.Name, "func")
	}
	return braces("interface", parts)
}

// qualified returns the name of a field or method, with the package's path if
// it is not exported.
func (d *descriptor) qualified(n *name) string {
	if n.flag&nameExported != 0 {
		return n.text
	}
	if n.pkg != 0 {
		if path, err := d.p.nameAt(n.pkg); err == nil {
			return path + "." + n.text
		}
	}
	at := d.l.structPkg
	if d.kind == reflect.Interface {
		at = d.l.ifacePkg
	}
	if a, err := d.word(at); err == nil && a != 0 {
		if path, err := d.p.readName(a); err == nil && path.text != "" {
			return path.text + "." + n.text
		}
	}
	return n.text
}

func braces(word string, parts []string) string {
	if len(parts) == 0 {
		return word + " {}"
	}
	return word + " { " + strings.Join(parts, "; ") + " }"
}

// HasMethod reports whether the type at addr, of the given kind, has an exported method of
// that name, and whether the layout of methods is known. The linker leaves out methods
// that nothing can call.
func (p *Process) HasMethod(addr uint64, kind reflect.Kind, name, signature string) (has, known bool) {
	l := &p.lay.types
	if l.ownErr != nil {
		return false, false
	}
	h := make([]byte, l.end)
	if p.Mem.Read(h, addr) != nil || uint64(h[l.tflag])&l.isUncommon == 0 || kind == reflect.Map && l.mapErr != nil {
		return false, true
	}
	at := addr + l.sizeOf(kind)
	u := make([]byte, l.uncommon)
	if p.Mem.Read(u, at) != nil {
		return false, true
	}
	at += uint64(le32(u[l.uncommonMethods:]))
	m := make([]byte, l.own)
	for i := range uint64(le16(u[l.uncommonCount:])) {
		if p.Mem.Read(m, at+i*l.own) != nil {
			return false, true
		}
		if got, err := p.nameAt(int32(le32(m[l.ownName:]))); err != nil || got != name {
			continue
		}
		t, err := p.RuntimeType(p.types + uint64(le32(m[l.ownType:])))
		return err == nil && t.Name == signature, true
	}
	return false, true
}

// TypeText returns the name of the type at addr as the runtime prints it, which is shorter
// than ours: packages have no paths, except in type arguments.
func (p *Process) TypeText(addr uint64, t *Type) string {
	l := &p.lay.types
	h := make([]byte, l.end)
	if p.Mem.Read(h, addr) != nil {
		return symbol.ShortType(t.Name)
	}
	name, err := p.nameAt(int32(le32(h[l.str:])))
	if err != nil {
		return symbol.ShortType(t.Name)
	}
	if uint64(h[l.tflag])&l.hasStar != 0 {
		name = strings.TrimPrefix(name, "*")
	}
	return name
}
