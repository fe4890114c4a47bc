package dump

import (
	"encoding/json"
	"fmt"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
)

// stackVariable is a variable on a stack, or the value of a panic, as it is written.
type stackVariable struct {
	Root
	typ   int
	addr  uint64
	value []byte

	place  []byte // what the variables of a frame have in common
	name   []byte
	line   []byte // of the declaration
	doubts []byte

	decoded *corefile.Variable // nil if only the texts are known
}

// unset is like [unset] of a decoded variable.
func (v *stackVariable) unset() bool {
	if v.decoded != nil {
		return unset(v.decoded)
	}
	var doubts caveat.Doubts
	if len(v.doubts) == 0 || json.Unmarshal(v.doubts, &doubts) != nil {
		return false
	}
	return unset(&corefile.Variable{Doubts: doubts})
}

// stackVariables calls visit with each variable of all goroutines. Most records are read
// without being decoded, which takes much longer. The error is why one couldn't be read.
func (c *Core) stackVariables(visit func(*stackVariable), progress func() (stop bool)) (failed error) {
	for _, id := range c.Goroutines() {
		if progress() {
			return nil
		}
		if text, ok := c.file.RawGoroutine(id); ok {
			if !spaced(text) { // as this version writes it
				s := stackScanner{id: id, visit: visit}
				s.goroutine(text)
				continue
			}
		}
		g, err := c.Goroutine(id)
		if err != nil {
			failed = err
			continue
		}
		decodedVariables(g, visit)
	}
	return failed
}

// decodedVariables calls visit with each variable of a decoded goroutine.
func decodedVariables(g *Goroutine, visit func(*stackVariable)) {
	each := func(root Root, place []byte, v *corefile.Variable) {
		visit(&stackVariable{Root: root, typ: v.Type, addr: v.Addr, value: v.Value, place: place,
			name: []byte(v.Name), line: strconv.AppendInt(nil, int64(v.Line), 10), decoded: v})
	}
	if g.Panic != nil {
		each(Root{Goroutine: g.ID, Frame: -1}, nil, g.Panic)
	}
	for i := range g.Frames {
		f := &g.Frames[i]
		place := fmt.Appendf(nil, "%s,%s,%d", f.Func, f.File, f.Line)
		for j := range f.Frame.Vars {
			each(Root{Goroutine: g.ID, Frame: int32(i), Var: int32(j)}, place, &f.Frame.Vars[j])
		}
	}
}

// stackScanner reads the record of a goroutine without decoding it.
type stackScanner struct {
	id    int64
	visit func(*stackVariable)
	last  uint64 // the address of the last variable that has one
}

// spaced reports whether there are spaces between the tokens of a JSON text.
func spaced(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += len(notation.Quoted(text[i:])) - 1
		case ' ', '\t', '\n', '\r':
			return true
		}
	}
	return false
}

func (s *stackScanner) goroutine(text []byte) {
	members(text, func(name, value []byte) {
		switch string(name) {
		case `"panic"`:
			v := stackVariable{Root: Root{Goroutine: s.id, Frame: -1}, name: []byte("panic")}
			s.variable(&v, value)
		case `"frames"`:
			elements(value, func(i int, frame []byte) { s.frame(i, frame) })
		}
	})
}

func (s *stackScanner) frame(i int, text []byte) {
	var place, vars []byte
	members(text, func(name, value []byte) {
		switch string(name) {
		case `"func"`, `"file"`, `"line"`:
			place = append(append(place, value...), ',')
		case `"vars"`:
			vars = value
		}
	})
	elements(vars, func(j int, text []byte) {
		v := stackVariable{Root: Root{Goroutine: s.id, Frame: int32(i), Var: int32(j)}, place: place}
		s.variable(&v, text)
	})
}

// variable reads a variable into v.
func (s *stackScanner) variable(v *stackVariable, text []byte) {
	difference := uint64(0)
	members(text, func(name, value []byte) {
		switch string(name) {
		case `"name"`:
			v.name = value
		case `"type"`:
			n, _ := number(value, 0)
			v.typ = int(n)
		case `"addr"`:
			v.addr, _ = number(value, 0)
		case `"diff"`:
			digits, negative := value, len(value) > 0 && value[0] == '-'
			if negative {
				digits = value[1:]
			}
			if difference, _ = number(digits, 0); negative {
				difference = -difference
			}
		case `"line"`:
			v.line = value
		case `"note"`:
			v.doubts = value
		case `"value"`:
			v.value = value
		}
	})
	if v.Frame >= 0 {
		if v.addr == 0 && difference != 0 && s.last != 0 {
			v.addr = s.last + difference
		}
		if v.addr != 0 {
			s.last = v.addr
		}
	}
	s.visit(v)
}

// members calls visit with the name, in quotes, and the text of each member of a JSON object.
func members(text []byte, visit func(name, value []byte)) {
	if at(text, 0) != '{' {
		return
	}
	for i := 1; at(text, i) == '"'; i++ {
		name := notation.Quoted(text[i:])
		start := i + len(name) + len(":")
		i = skip(text, start)
		visit(name, text[min(start, i):i])
		if at(text, i) != ',' {
			return
		}
	}
}

// elements calls visit with the text of each element of a JSON array.
func elements(text []byte, visit func(i int, element []byte)) {
	if at(text, 0) != '[' || at(text, 1) == ']' {
		return
	}
	for i, n := 1, 0; i < len(text); i, n = i+1, n+1 {
		start := i
		i = skip(text, i)
		visit(n, text[start:i])
		if at(text, i) != ',' {
			return
		}
	}
}
