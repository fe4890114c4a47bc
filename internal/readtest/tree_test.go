package readtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A node is a JSON value. It keeps the order of members, as the id must be the first, and
// may have several members of one name.
type node struct {
	open   byte     // '{' or '[', 0 for a scalar
	scalar string   // as in the file
	names  []string // of an object's members, as in the file
	kids   []*node
}

// parse returns the value in a line.
func parse(line []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	return parseNode(d)
}

func parseNode(d *json.Decoder) (*node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		text, err := json.Marshal(token)
		return &node{scalar: string(text)}, err
	}
	n := &node{open: byte(delim)}
	for d.More() {
		if n.open == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			text, ok := name.(string)
			if !ok {
				return nil, errors.New("a name isn't a string")
			}
			n.names = append(n.names, strconv.Quote(text))
		}
		kid, err := parseNode(d)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	_, err = d.Token()
	return n, err
}

// append appends n as JSON.
func (n *node) append(out []byte) []byte {
	if n.open == 0 {
		return append(out, n.scalar...)
	}
	out = append(out, n.open)
	for i, kid := range n.kids {
		if i > 0 {
			out = append(out, ',')
		}
		if n.open == '{' {
			out = append(append(out, n.names[i]...), ':')
		}
		out = kid.append(out)
	}
	return append(out, n.open+2) // in ASCII ] is two after [, and } is two after {
}

// each calls visit for n and everything in it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, kid := range n.kids {
		kid.each(visit)
	}
}

// A forger changes the records of dumps.
type forger struct {
	rnd   *rand.Rand
	lines []*node
	head  []*node // all nodes in the first line
	nodes []*node // all nodes in the other lines
}

func newForger(records []byte, rnd *rand.Rand) (*forger, error) {
	f := &forger{rnd: rnd}
	for line := range bytes.Lines(records) {
		n, err := parse(line)
		if err != nil {
			continue // some of the transcripts' records are damaged
		}
		f.lines = append(f.lines, n)
		n.each(func(n *node) {
			if len(f.lines) == 1 {
				f.head = append(f.head, n)
			} else {
				f.nodes = append(f.nodes, n)
			}
		})
	}
	if len(f.nodes) == 0 {
		return nil, errors.New("no records")
	}
	return f, nil
}

// forge returns the records with some changes, mostly outside the head.
func (f *forger) forge() []byte {
	undo := map[*node]node{}
	for range 1 + f.rnd.IntN(6) {
		n := f.nodes[f.rnd.IntN(len(f.nodes))]
		if f.rnd.IntN(20) == 0 {
			n = f.head[f.rnd.IntN(len(f.head))]
		}
		if _, ok := undo[n]; !ok {
			undo[n] = *n
		}
		f.change(n)
	}
	var out []byte
	for i, line := range f.lines {
		if i > 0 && f.rnd.IntN(100) == 0 {
			continue // lost
		}
		if i > 0 && f.rnd.IntN(100) == 0 {
			line = f.lines[f.rnd.IntN(len(f.lines))]
		}
		out = append(line.append(out), '\n')
	}
	for n, was := range undo {
		*n = was
	}
	return out
}

// words are strings that have a meaning in a record, or to a terminal.
var words = []string{
	"", "bool", "int", "int8", "uint64", "uintptr", "float32", "complex128", "array", "chan", "func", "interface",
	"map", "ptr", "slice", "string",
	"struct", "unsafe.Pointer", "invalid", "time.Time", "x", "\x1b[2J", "\u202e", "\u009b\n", "a\x00b", "depth limit",
	"optimized out", "redacted", "~r0", "main.x",
	"arg", "result", "captured", "given",
}

// edges are numbers at the limits of what a place can hold, and beyond.
var edges = []string{
	"0", "1", "-1", "2", "3", "127", "128", "255", "-128", "65536", "2147483647", "-2147483648", "4294967295",
	"4611686018427387904",
	"9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
	"18446744073709551616", "1e3", "1e999", "-0", "0.5", "1e-999",
}

// change changes n to something else of its kind, or of another.
func (f *forger) change(n *node) {
	other := *f.nodes[f.rnd.IntN(len(f.nodes))]
	switch f.rnd.IntN(12) {
	case 0, 1, 2:
		*n = node{scalar: f.number()}
	case 3:
		*n = node{scalar: f.text()}
	case 4:
		*n = node{scalar: []string{"null", "true", "false", "{}", "[]", `""`, `{"x":"lost"}`,
			`{"len":-1}`}[f.rnd.IntN(8)]}
	case 5:
		if f.size(&other) < 2000 {
			*n = node{scalar: string(other.append(nil))} // as text, since it may hold n
		}
	case 6:
		f.nest(n)
	default:
		if len(n.kids) == 0 {
			*n = node{scalar: f.number()}
			return
		}
		f.edit(n)
	}
}

func (f *forger) size(n *node) (size int) {
	n.each(func(n *node) { size += 1 + len(n.scalar) })
	return size
}

// edit changes which members or elements n has.
func (f *forger) edit(n *node) {
	i, j := f.rnd.IntN(len(n.kids)), f.rnd.IntN(len(n.kids))
	kids, names := append([]*node{}, n.kids...), append([]string{}, n.names...)
	switch f.rnd.IntN(5) {
	case 0: // one is gone
		kids = append(kids[:i:i], kids[i+1:]...)
		if n.open == '{' {
			names = append(names[:i:i], names[i+1:]...)
		}
	case 1: // one comes twice
		for range 1 + f.rnd.IntN(3) {
			kids = append(kids, kids[i])
			if n.open == '{' {
				names = append(names, names[j])
			}
		}
	case 2:
		kids[i], kids[j] = kids[j], kids[i]
	case 3:
		if n.open == '{' {
			names[i] = []string{`"p"`, `"o"`, `"len"`, `"cap"`, `"t"`, `"v"`, `"s"`, `"b"`, `"e"`, `"x"`, `"red"`,
				`"f"`, `"type"`, `"kind"`, `"value"`, `"elem"`, `"key"`, `"id"`}[f.rnd.IntN(18)]
		}
	case 4:
		if n.open == '{' {
			kids[i] = &node{scalar: f.number()}
		} else {
			kids = nil
		}
	}
	n.kids, n.names = kids, names
}

func (f *forger) number() string {
	if f.rnd.IntN(2) == 0 {
		return strconv.Itoa(f.rnd.IntN(20)) // the id of something
	}
	return edges[f.rnd.IntN(len(edges))]
}

func (f *forger) text() string {
	text, _ := json.Marshal(words[f.rnd.IntN(len(words))])
	if f.rnd.IntN(20) == 0 {
		return `"a` + string([]byte{0xff, 0xc3}) + `\ud800"` // not UTF-8, as some writer might
	}
	return string(text)
}

// nest puts n into many others.
func (f *forger) nest(n *node) {
	depth := 1 + f.rnd.IntN(40)
	if f.rnd.IntN(50) == 0 {
		depth = 12_000 // encoding/json's limit is 10,000
	}
	inner := string(n.append(nil))
	pair := [][2]string{{"[", "]"}, {"[6,", "]"}, {"[6,4096,", "]"}, {`{"e":[`, "]}"}}[f.rnd.IntN(4)]
	*n = node{scalar: strings.Repeat(pair[0], depth) + inner + strings.Repeat(pair[1], depth)}
}
