package corefile

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Most records of goroutines are decoded here: package json takes five times as long, and a
// dump may have a hundred thousand. What is decoded here is what package json would decode, to
// the byte. Whatever this version doesn't write is left to that: spaces, unknown members, a
// member twice, null, anything malformed.

// plainGoroutine decodes the record of a goroutine; ok is false if package json must.
func plainGoroutine(payload []byte) (g *Goroutine, ok bool) {
	p := plain{raw: payload, text: string(payload)}
	g = &Goroutine{}
	p.goroutine(g)
	return g, !p.odd && p.at == len(payload)
}

// plain decodes a record. All texts share the memory of one copy of it.
type plain struct {
	raw  []byte
	text string
	at   int  // the next byte
	odd  bool // it isn't as this version writes it
}

func (p *plain) goroutine(g *Goroutine) {
	p.members(func(name string) bool {
		switch name {
		case "id":
			g.ID = p.integer()
		case "status":
			g.Status = p.str()
		case "wait":
			g.Wait = p.integer()
		case "blockedOn":
			p.elements(func() { g.WaitsFor = append(g.WaitsFor, p.unsigned()) })
		case "createdBy":
			g.CreatedBy = &Place{}
			p.members(func(name string) bool { return p.place(g.CreatedBy, name) })
		case "parent":
			g.Parent = p.integer()
		case "system":
			g.System = p.boolean()
		case "labels":
			p.elements(func() { g.Labels = append(g.Labels, p.str()) })
		case "panic":
			g.Panic = &Variable{}
			p.variable(g.Panic)
		case "earlier":
			p.elements(func() {
				g.Earlier = append(g.Earlier, &Variable{})
				p.variable(g.Earlier[len(g.Earlier)-1])
			})
		case "note":
			p.other(&g.Note)
		case "trace":
			g.Trace = p.str()
		case "frames":
			g.Frames = p.frames()
		case "more":
			g.More = p.word()
		default:
			return false
		}
		return true
	})
}

func (p *plain) frames() (frames []Frame) {
	const usual = 8
	p.elements(func() {
		if frames == nil {
			frames = make([]Frame, 0, usual)
		}
		frames = append(frames, Frame{})
		p.frame(&frames[len(frames)-1])
	})
	return frames
}

func (p *plain) frame(f *Frame) {
	p.members(func(name string) bool {
		switch name {
		case "pc":
			f.PC = p.unsigned()
		case "pkg":
			f.Package = p.str()
		case "inlined":
			f.Inlined = p.boolean()
		case "optimized":
			f.Optimized = p.boolean()
		case "note":
			p.other(&f.Note)
		case "vars":
			p.elements(func() {
				f.Vars = append(f.Vars, Variable{})
				p.variable(&f.Vars[len(f.Vars)-1])
			})
		default:
			return p.place(&f.Place, name)
		}
		return true
	})
}

// place decodes a member of a place, and reports whether it is one.
func (p *plain) place(to *Place, name string) bool {
	switch name {
	case "func":
		to.Func = p.str()
	case "file":
		to.File = p.str()
	case "line":
		to.Line = p.word()
	default:
		return false
	}
	return true
}

func (p *plain) variable(v *Variable) {
	p.members(func(name string) bool {
		switch name {
		case "id":
			v.ID = p.word()
		case "name":
			v.Name = p.str()
		case "role":
			v.Role = p.str()
		case "type":
			v.Type = p.word()
		case "addr":
			v.Addr = p.unsigned()
		case "diff":
			v.Difference = p.integer()
		case "line":
			v.Line = p.word()
		case "shadowed":
			v.Shadowed = p.boolean()
		case "note":
			p.other(&v.Doubts)
		case "value":
			start := p.at
			p.skip(0)
			v.Value = p.raw[start:p.at:p.at]
		default:
			return false
		}
		return true
	})
}

// members calls decode with the name of each member of an object; decode decodes the value,
// and returns false for a member that it doesn't know.
func (p *plain) members(decode func(name string) bool) {
	seen := make([]string, 0, 16)
	p.expect('{')
	for more := !p.accept('}'); more && !p.odd; more = p.next('}') {
		name := p.str()
		p.expect(':')
		for _, s := range seen {
			p.odd = p.odd || s == name
		}
		if seen = append(seen, name); p.odd || !decode(name) {
			p.odd = true
		}
	}
}

// elements calls decode for each element of a list. An empty one is left to package json.
func (p *plain) elements(decode func()) {
	p.expect('[')
	for more := true; more && !p.odd; more = p.next(']') {
		decode()
	}
}

// next reports whether another member or element follows, and not the end.
func (p *plain) next(end byte) bool {
	if p.accept(',') {
		return true
	}
	p.expect(end)
	return false
}

func (p *plain) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *plain) expect(c byte) { p.odd = !p.accept(c) || p.odd }

// str decodes a string.
func (p *plain) str() string {
	start := p.at
	simple := p.quoted()
	if p.odd {
		return ""
	}
	if simple {
		return p.text[start+1 : p.at-1]
	}
	var s string
	p.odd = json.Unmarshal(p.raw[start:p.at], &s) != nil
	return s
}

// quoted passes over a string. simple says that it stands for itself.
func (p *plain) quoted() (simple bool) {
	p.expect('"')
	start, ascii := p.at, true
	simple = true
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			text := p.text[start:p.at]
			p.at++
			return simple && (ascii || utf8.ValidString(text))
		case c < ' ':
			p.odd = true
			return false
		case c == '\\':
			simple = false
			p.at++
			p.escape()
			continue
		case c >= utf8.RuneSelf:
			ascii = false
		}
		p.at++
	}
	p.odd = true
	return false
}

// escape passes over what follows a backslash.
func (p *plain) escape() {
	rest := p.text[p.at:]
	switch {
	case rest == "" || strings.IndexByte(`"\/bfnrtu`, rest[0]) < 0:
		p.odd = true
	case rest[0] == 'u':
		const digits = len("0000")
		if len(rest) <= digits || strings.Trim(rest[1:1+digits], "0123456789abcdefABCDEF") != "" {
			p.odd = true
			return
		}
		p.at += 1 + digits
	default:
		p.at++
	}
}

func (p *plain) boolean() bool {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "true"):
		p.at += len("true")
		return true
	case strings.HasPrefix(rest, "false"):
		p.at += len("false")
	default:
		p.odd = true
	}
	return false
}

// digits returns the text of an integer.
func (p *plain) digits() string {
	start := p.at
	p.accept('-')
	first := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	if p.at == first || p.at > first+1 && p.text[first] == '0' {
		p.odd = true
	}
	return p.text[start:p.at]
}

func (p *plain) integer() int64 {
	n, err := strconv.ParseInt(p.digits(), 10, 64)
	p.odd = p.odd || err != nil
	return n
}

// word decodes an int, which may be shorter.
func (p *plain) word() int {
	n := p.integer()
	p.odd = p.odd || int64(int(n)) != n
	return int(n)
}

func (p *plain) unsigned() uint64 {
	n, err := strconv.ParseUint(p.digits(), 10, 64)
	p.odd = p.odd || err != nil
	return n
}

// other decodes a value that has a decoder of its own.
func (p *plain) other(to json.Unmarshaler) {
	start := p.at
	if p.skip(0); !p.odd {
		p.odd = to.UnmarshalJSON(p.raw[start:p.at]) != nil
	}
}

// maxPlainDepth bounds the nesting of values: package json reads deeper ones.
const maxPlainDepth = 200

// skip passes over a value without spaces.
func (p *plain) skip(depth int) {
	if p.at == len(p.text) || depth > maxPlainDepth {
		p.odd = true
		return
	}
	switch c := p.text[p.at]; c {
	case '"':
		p.quoted()
	case '{':
		p.at++
		for more := !p.accept('}'); more && !p.odd; more = p.next('}') {
			p.quoted()
			p.expect(':')
			p.skip(depth + 1)
		}
	case '[':
		p.at++
		for more := !p.accept(']'); more && !p.odd; more = p.next(']') {
			p.skip(depth + 1)
		}
	case 't', 'f':
		p.boolean()
	case 'n':
		p.odd = p.odd || !strings.HasPrefix(p.text[p.at:], "null")
		p.at += len("null")
	default:
		p.number()
	}
	p.at = min(p.at, len(p.text))
}

// number passes over a number.
func (p *plain) number() {
	p.digits()
	if p.accept('.') {
		p.fraction()
	}
	if p.accept('e') || p.accept('E') {
		if !p.accept('+') {
			p.accept('-')
		}
		p.fraction()
	}
}

// fraction passes over one digit or more.
func (p *plain) fraction() {
	start := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	p.odd = p.odd || p.at == start
}
