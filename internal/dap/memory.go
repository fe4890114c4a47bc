package dap

import (
	"encoding/base64"
	"fmt"
	"math"
)

// maxKept bounds the bytes kept for requests: those of the values shown last.
const maxKept = 64 << 20

// maxRead bounds the bytes in a response.
const maxRead = 1 << 20

// memory holds the bytes of values that were shown, by their references.
type memory struct {
	known map[string]piece
	order []string // the keys of known, the oldest first
	size  int
	texts int // how many references without an address were made
}

type piece struct {
	addr uint64
	b    string
}

// overhead is about how many bytes a piece takes besides its own.
const overhead = 200

// add returns a reference to bytes, "" if there are none. Bytes without a known address
// get a number.
func (m *memory) add(addr uint64, b string) string {
	if b == "" || len(b) > maxKept {
		return ""
	}
	name := fmt.Sprintf("%#x", addr)
	if addr == 0 {
		m.texts++
		name = fmt.Sprintf("text-%d", m.texts)
	}
	old, ok := m.known[name]
	if ok && len(b) <= len(old.b) {
		return name
	}
	if m.known == nil {
		m.known = map[string]piece{}
	}
	if !ok {
		m.order = append(m.order, name)
		m.size += overhead
	}
	m.known[name] = piece{addr, b}
	for m.size += len(b) - len(old.b); m.size > maxKept; m.order = m.order[1:] {
		m.size -= overhead + len(m.known[m.order[0]].b)
		delete(m.known, m.order[0])
	}
	return name
}

type readMemoryArguments struct {
	Reference string `json:"memoryReference"`
	Offset    int64  `json:"offset"`
	Count     int64  `json:"count"`
}

type readMemoryBody struct {
	Address    string `json:"address"`
	Unreadable int64  `json:"unreadableBytes,omitempty"`
	Data       string `json:"data,omitempty"`
}

// readMemory is the request for the bytes of a value. The dump holds nothing around them.
func (s *session) readMemory(args readMemoryArguments) (any, error) {
	p, ok := s.memory.known[args.Reference]
	if !ok {
		return nil, fmt.Errorf("readMemory: no value was shown whose bytes are at %.100q", args.Reference)
	}
	if args.Count < 0 || args.Offset < -math.MaxInt32 || args.Offset > math.MaxInt32 || args.Count > math.MaxInt32 {
		return nil, fmt.Errorf("readMemory: offset %d or count %d is out of range", args.Offset, args.Count)
	}
	body := readMemoryBody{Address: fmt.Sprintf("%#x", p.addr+uint64(args.Offset))}
	first, end := args.Offset, min(args.Offset+args.Count, int64(len(p.b)))
	if first >= 0 && first < end {
		end = min(end, first+maxRead)
		body.Data = base64.StdEncoding.EncodeToString([]byte(p.b[first:end]))
		body.Unreadable = args.Count - (end - first)
	} else {
		body.Unreadable = args.Count
	}
	return body, nil
}
