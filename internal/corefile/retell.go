package corefile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// The message of a panic value's own method is known only when the dump has been written.
// At any moment a reader must find the one message or the other, even if the program is
// killed. So nothing but the message is overwritten:
//
//   - A head written by [Writer.RoomyHead] begins with a piece of a fixed length: the
//     message, followed by spaces as room. It is a gzip member of its own, not compressed,
//     so its length is always the same. It fits into the file's first page, which the
//     system writes as a whole; a reader that reads it meanwhile notices by the checksum,
//     and reads it again, see [Open].
//   - A message that doesn't fit, and any message in a plain file, which has no checksum,
//     goes into a record after the end of the dump, see [Message]. Then the room has it,
//     too, cut if need be, for readers of the head alone.

const (
	pageSize = 4096
	// roomSize is the length of the piece with the message, before it becomes a gzip
	// member. It is the same in a plain file.
	roomSize = pageSize - memberHeader - storedHeader - memberTrailer

	storedHeader = 5 // of a deflate block that isn't compressed: RFC 1951, section 3.2.4
	storedLast   = 1 // BFINAL, BTYPE 00
)

// errNoRoom says that a message doesn't fit.
var errNoRoom = errors.New("no room for the message")

// split encodes the head in two pieces: the first one has the message, and is padded with
// spaces so that its length doesn't depend on the message.
func (h *Head) split() (first, rest []byte, err error) {
	whole, err := encode(h)
	if err != nil {
		return nil, nil, err
	}
	first, err = encode(struct {
		Version int    `json:"version"`
		Reason  string `json:"reason"`
		Message string `json:"message,omitempty"`
	}{h.Version, h.Reason, h.Message})
	if err != nil {
		return nil, nil, err
	}
	first = first[:len(first)-1] // the brace
	rest, ok := bytes.CutPrefix(whole, first)
	if !ok {
		return nil, nil, errors.New("the head doesn't begin with the message")
	}
	first = append([]byte(kindHead.prefix()), first...)
	if len(first) > roomSize {
		return nil, nil, errNoRoom
	}
	first = append(first, bytes.Repeat([]byte{' '}, roomSize-len(first))...)
	return first, append(rest, "}\n"...), nil
}

// encode returns a record as JSON on one line, without a newline.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // as in Writer
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// RoomyHead is Head for a dump whose message [Retell] may replace.
func (w *Writer) RoomyHead(h *Head) error {
	if w.records != 0 {
		return errors.New("write head: it must be the first record")
	}
	head := *h
	head.Version = Version
	first, rest, err := head.split()
	if errors.Is(err, errNoRoom) {
		return w.Head(h)
	}
	if err == nil {
		err = w.parts.writeStored(first)
	}
	if err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	w.parts.write(rest)
	w.records++
	return w.flush("write head")
}

// writeStored writes the beginning of the first line as its own part, which isn't
// compressed.
func (p *partWriter) writeStored(text []byte) error {
	if p.gz != nil {
		text = storedMember(text, partIndex{})
	}
	_, p.err = p.out.Write(text)
	p.index = partIndex{count: 1, first: onGoing}
	return p.err
}

// storedMember returns a member that holds raw, of at most 64 KiB, uncompressed.
func storedMember(raw []byte, index partIndex) []byte {
	n := memberHeader + storedHeader + len(raw) + memberTrailer
	b := append(make([]byte, 0, n), gzipMagic...)
	b = append(b, 8, gzipExtra, 0, 0, 0, 0, 0, 255) // deflate; no time; no system
	b = binary.LittleEndian.AppendUint16(b, uint16(memberHeader-12))
	b = appendIndex(b, n, index)
	b = append(b, storedLast)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(raw)))
	b = binary.LittleEndian.AppendUint16(b, ^uint16(len(raw)))
	b = append(b, raw...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(raw))
	return binary.LittleEndian.AppendUint32(b, uint32(len(raw)))
}

// A Retold is a file whose message Retell can replace: an [os.File].
type Retold interface {
	io.ReaderAt
	io.WriterAt
}

// Retell replaces the message of the dump in a file of the given size. h is the head as it
// was written. If the file is another dump, Retell changes nothing.
func Retell(f Retold, size int64, h *Head, message string) error {
	was, now := *h, *h
	was.Version, now.Version, now.Message = Version, Version, message
	file, err := ReadHead(io.NewSectionReader(f, 0, size))
	if err != nil {
		return fmt.Errorf("replace message: %w", err)
	}
	if !sameHead(&file, &was) {
		return errors.New("replace message: it is another dump")
	}
	start := make([]byte, pageSize)
	n, _ := f.ReadAt(start, 0)
	start = start[:n]
	compressed := bytes.HasPrefix(start, []byte(gzipMagic))
	first, err := was.firstPiece(compressed)
	roomy := err == nil && bytes.HasPrefix(start, first)
	if roomy {
		first, err = now.firstPiece(compressed)
	}
	if !compressed || !roomy || errors.Is(err, errNoRoom) {
		if err = appendMessage(f, size, message, compressed); err != nil || !roomy {
			return err
		}
		first, err = now.cutToFit(compressed)
	}
	if err == nil {
		_, err = f.WriteAt(first, 0)
	}
	if err != nil {
		return fmt.Errorf("replace message: %w", err)
	}
	return nil
}

// firstPiece returns the beginning of a file, which has the message and room for another one.
func (h *Head) firstPiece(compressed bool) ([]byte, error) {
	first, _, err := h.split()
	if err == nil && compressed {
		first = storedMember(first, partIndex{})
	}
	return first, err
}

// cutToFit is firstPiece with as much of the message as there is room for.
func (h *Head) cutToFit(compressed bool) (first []byte, err error) {
	cut, message := *h, h.Message
	for left := len(message); ; left = left * 3 / 4 {
		if left < len(message) {
			kept := bytes.ToValidUTF8([]byte(message[:left]), nil)
			cut.Message = fmt.Sprintf("%s...+%d more", kept, len(message)-left)
		}
		if first, err = cut.firstPiece(compressed); !errors.Is(err, errNoRoom) || left == 0 {
			return first, err
		}
	}
}

// sameHead reports whether the head that was read is the one that was written.
func sameHead(read, written *Head) bool {
	a, err := encode(written)
	var again Head
	if err == nil {
		err = json.Unmarshal(a, &again) // text that isn't UTF-8 has changed
	}
	a, err2 := encode(&again)
	b, err3 := encode(read)
	return errors.Join(err, err2, err3) == nil && bytes.Equal(a, b)
}
