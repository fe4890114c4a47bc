package dap

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// A message is a header, an empty line, and as many bytes of JSON as the header says:
//
//	Content-Length: 119\r\n
//	\r\n
//	{"seq":1,"type":"request","command":"initialize", ...

// maxMessage bounds the length of a client's message. The longest are expressions and
// lists of breakpoints.
const maxMessage = 1 << 20

// keptLine bounds how much of a header's line is kept, at each end. A longer line isn't a
// header of ours.
const keptLine = 512

// malformedError is about one message. The next may be well-formed.
type malformedError struct{ problem string }

func (e *malformedError) Error() string { return "malformed message: " + e.problem }

func malformed(format string, args ...any) error {
	return &malformedError{fmt.Sprintf(format, args...)}
}

// errForeign says that the client doesn't speak the protocol.
var errForeign = errors.New("this is no client of the Debug Adapter Protocol")

// httpLine matches the beginning of an HTTP request. A web page may send one that contains
// a message of ours.
var httpLine = regexp.MustCompile(`^[A-Z]+ \S* ?HTTP/\d`)

// reader reads messages.
type reader struct {
	b      *bufio.Reader
	strict bool // text before the first message ends the connection
	begun  bool
	length int64 // of the message whose header has been read, -1 if none has
}

func newReader(r io.Reader, strict bool) *reader {
	return &reader{b: bufio.NewReader(r), strict: strict, length: -1}
}

// next returns the JSON of the next message. After a *malformedError it may be called again.
func (r *reader) next() ([]byte, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	if r.length < 0 {
		if err := r.header(); err != nil {
			return nil, err
		}
	}
	length := r.length
	r.length = -1
	if length > maxMessage {
		if _, err := io.CopyN(io.Discard, r.b, length); err != nil {
			return nil, err
		}
		return nil, malformed("it has %d bytes, more than the %d that are read", length, maxMessage)
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(r.b, content); err != nil {
		return nil, err
	}
	return content, nil
}

// begin checks how a connection begins. With TLS, which browsers also speak, not even a
// whole line may come.
func (r *reader) begin() error {
	first, err := r.b.Peek(1)
	if err != nil {
		return err
	}
	if r.strict && !strings.Contains("Cc", string(first)) {
		return errForeign
	}
	line := first
	for n := 2; n <= r.b.Size() && err == nil && line[len(line)-1] != '\n'; n++ {
		line, err = r.b.Peek(n) // what has come of the first line
	}
	r.begun = true
	name, _, ok := bytes.Cut(line, []byte(":"))
	if header := ok && isHeader(string(name)); httpLine.Match(line) || r.strict && !header {
		return errForeign
	}
	return nil
}

func isHeader(name string) bool {
	name = strings.TrimSpace(name)
	return strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Content-Type")
}

// header reads a header and sets length. If other text comes before a header, it first
// returns an error about that.
func (r *reader) header() error {
	var problem error
	for {
		line, err := r.line()
		if err != nil {
			return err
		}
		if line == "" && (r.length >= 0 || problem != nil) {
			return problem
		}
		if line == "" {
			continue
		}
		if i := lastLength.FindStringIndex(line); i != nil && i[0] > 0 {
			problem, line = malformed("%.40q comes before its header", line[:i[0]]), line[i[0]:]
		}
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok || !isHeader(name):
			problem = malformed("%.40q is no header: send Content-Length", line)
		case strings.EqualFold(strings.TrimSpace(name), "Content-Length"):
			n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			if err != nil || n < 0 {
				problem = malformed("its Content-Length %.40q is no number of bytes", strings.TrimSpace(value))
				continue
			}
			r.length = n
		}
	}
}

// lastLength matches a header at the end of a line that begins with something else: the
// next message begins there if the one before has another length than its header says.
var lastLength = regexp.MustCompile(`(?i)Content-Length: *\d+$`)

// line returns a line without its end; of a long line, only its beginning and its end.
func (r *reader) line() (string, error) {
	var line []byte
	for {
		part, err := r.b.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > 2*keptLine {
			line = append(line[:keptLine], line[len(line)-keptLine:]...)
		}
		switch {
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(line) > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		default:
			return strings.TrimRight(string(line), "\r\n"), nil
		}
	}
}

// writer writes messages.
type writer struct {
	w   io.Writer
	seq int // of the last message
	err error
}

// message is the beginning of all our messages.
type message struct {
	Seq  int    `json:"seq"`
	Type string `json:"type"`
}

func (m *message) number(seq int) { m.Seq = seq }

// write numbers a message and writes it. After a failure it does nothing.
func (w *writer) write(m interface{ number(seq int) }) {
	if w.err != nil {
		return
	}
	w.seq++
	m.number(w.seq)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if w.err = e.Encode(m); w.err != nil {
		return
	}
	content := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	_, w.err = w.w.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(content)), content...))
}
