package corefile

import "bytes"

// kind is the name of a record's only member; an object's record is a list.
type kind string

const (
	kindHead      kind = "coredumpy"
	kindType      kind = "type"
	kindGoroutine kind = "goroutine"
	kindGlobal    kind = "global"
	kindConstant  kind = "constant"
	kindObject    kind = "object"
	kindObjects   kind = "objects"
	kindSource    kind = "source"
	kindEnd       kind = "end"
	kindMessage   kind = "message"
)

// prefix returns how a line with a record of this kind begins.
func (k kind) prefix() string { return `{"` + string(k) + `":` }

// payload returns the record within its line, or false if the line isn't exactly one record
// of this kind.
func (k kind) payload(line []byte) ([]byte, bool) {
	line = bytes.TrimSpace(line)
	rest, ok := bytes.CutPrefix(line, []byte(k.prefix()))
	if !ok || len(rest) == 0 || rest[len(rest)-1] != '}' {
		return nil, false
	}
	return rest[:len(rest)-1], true
}
