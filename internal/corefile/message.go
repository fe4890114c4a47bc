package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A message that replaces the head's may be the last line of a file. In a compressed file it
// is the only line of its member. Readers of the head alone look for it, so they must find
// the last member, and see quickly what it holds: [Writer.Close] puts the end record into a
// small one.

// Message is the record of a message that replaces the head's. It is the last line of its
// file; anywhere else it has no meaning.
type Message struct {
	Text *string `json:"text"`
}

// appendMessage writes the record after the end.
func appendMessage(f io.WriterAt, size int64, message string, compressed bool) error {
	line, err := encode(&Message{&message})
	if err == nil {
		line = append(append([]byte(kindMessage.prefix()), line...), "}\n"...)
		if len(line) > maxHeadLine {
			err = errNoRoom
		}
	}
	if err == nil && compressed {
		m := newMember()
		m.raw = line
		m.compress()
		line, err = m.out.Bytes(), m.err
	}
	if err == nil {
		_, err = f.WriteAt(line, size)
	}
	if err != nil {
		return fmt.Errorf("append message: %w", err)
	}
	return nil
}

const (
	// smallPart bounds the text before the end record in the part with that.
	smallPart = 4 << 10
	// firstTail is how much of a file's end is read at first. A small part fits into it, even
	// if it can't be compressed.
	firstTail = 8 << 10
)

// lastMessage returns the text of the message at the end of a file, if there is one and the
// file isn't damaged there. z decompresses it; it is nil for a plain file.
func lastMessage(f io.ReaderAt, size int64, z *gzip.Reader) (text string, ok bool) {
	for n := int64(firstTail); ; n *= 8 {
		n = min(n, size, maxHeadLine)
		tail := make([]byte, n)
		if _, err := f.ReadAt(tail, size-n); err != nil && !errors.Is(err, io.EOF) {
			return "", false
		}
		var line []byte
		if z == nil {
			line, ok = lastLine(tail)
		} else if line, ok = lastMember(tail); ok {
			line = lastLineIn(z, line)
		}
		if ok {
			return message(line)
		}
		if n == size || n == maxHeadLine {
			return "", false
		}
	}
}

// lastLine returns the last whole line, if tail has its beginning.
func lastLine(tail []byte) ([]byte, bool) {
	tail = bytes.TrimRight(tail, " \t\r\n")
	i := bytes.LastIndexByte(tail, '\n')
	return tail[i+1:], i >= 0
}

// lastMember returns the member at the end of a file, nil if that is cut. It returns false if
// tail, which is the end of the file, begins within that member.
func lastMember(tail []byte) (member []byte, ok bool) {
	cut := false
	for at := 0; ; at++ {
		i := bytes.Index(tail[at:], []byte(gzipMagic))
		if i < 0 {
			return nil, cut
		}
		last, end := lastOfChain(tail, at+i)
		if end == len(tail) && last < end {
			return tail[last:], true
		}
		cut = cut || end > len(tail)
		at = last // what seems to begin there is no member, or a damaged one
	}
}

// lastOfChain follows the members from the one that begins at a place, by the lengths that they
// claim, and returns where the last one begins and ends. It may end beyond the file.
func lastOfChain(file []byte, at int) (last, end int) {
	for last, end = at, at; end < len(file); {
		n, _ := claimedLength(file[end:])
		if n == 0 {
			break
		}
		last, end = end, end+n
	}
	return last, end
}

// lastLineIn returns the last line of a member if that may be a message.
func lastLineIn(z *gzip.Reader, member []byte) []byte {
	size := claimedSize(member)
	if len(member) == 0 || size > min(maxHeadLine, maxRatio*int64(len(member))+partSize) {
		return nil
	}
	if size > firstTail && !startsWith(z, member, kindMessage.prefix()) {
		return nil
	}
	data := make([]byte, size)
	if decompressMember(z, data, member) != nil {
		return nil
	}
	data = bytes.TrimRight(data, " \t\r\n")
	return data[bytes.LastIndexByte(data, '\n')+1:]
}

// startsWith reports whether the text of a member starts so.
func startsWith(z *gzip.Reader, member []byte, prefix string) bool {
	start := make([]byte, len(prefix))
	err := z.Reset(bytes.NewReader(member))
	if err == nil {
		_, err = io.ReadFull(z, start)
	}
	return err == nil && string(start) == prefix
}

// message returns the text of the record on a line, if that is of a message.
func message(line []byte) (text string, ok bool) {
	payload, ok := kindMessage.payload(line)
	if !ok || len(line) > maxHeadLine {
		return "", false
	}
	var m Message
	if json.Unmarshal(payload, &m) != nil || m.Text == nil {
		return "", false
	}
	return *m.Text, true
}
