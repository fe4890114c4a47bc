package notation

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Pending text is text in a value as it was found, between markers, until all secrets are
// known: only then is it redacted and written as JSON, so all text goes into the file at one
// place. A marker is a zero byte, which JSON never has, then the kind of the text, its
// original length, the stored length, and the text. A value with pending text isn't JSON.
const marker = 0

// TextKind says what pending text is.
type TextKind byte

// The kinds of pending text.
const (
	PlainText   TextKind = 's' // of a string, or of an array of bytes
	NoMarkText  TextKind = 'm' // the same, in which nothing was found that announces a secret
	SecretText  TextKind = 'S' // by a name
	KeyText     TextKind = 'K' // by a type that holds keys
	SeedText    TextKind = 'B' // by its length, under the name of a key
	DoText      TextKind = 'D' // in memory that runtime/secret protects
	StrictText  TextKind = 'T' // as all text is hidden
	StaleText   TextKind = 't' // may be overwritten in part
	PlainRunes  TextKind = 'r' // of an array of runes, as they are in memory
	SecretRunes TextKind = 'R'
	PlainUTF16  TextKind = 'u' // of an array of 16-bit numbers, as they are in memory
	SecretUTF16 TextKind = 'U'
	StrictRunes TextKind = 'Q'
	StrictUTF16 TextKind = 'V'
	PlainPath   TextKind = 'p' // of a source file
	NamingText  TextKind = 'x' // why there is no value, or a function's name
	SecretValue TextKind = 'n' // a number, or a list of numbers, as JSON
	KeyValue    TextKind = 'k' // the same by a type that holds keys
	DoValue     TextKind = 'd' // a value of any kind in memory that runtime/secret protects
)

// Secret reports whether the text is a secret, whatever it is.
func (k TextKind) Secret() bool {
	switch k {
	case SecretText, KeyText, SeedText, DoText, StrictText, SecretRunes, StrictRunes, SecretUTF16, StrictUTF16:
		return true
	}
	return false
}

// Text is pending text.
type Text struct {
	Kind TextKind
	Len  uint64 // in the process, in bytes, or in elements for runes and UTF-16
	Raw  []byte // the stored part of it
}

// Mark begins pending text; size bytes of text must follow.
func Mark(dst []byte, kind TextKind, length uint64, size int) []byte {
	dst = append(dst, marker, byte(kind))
	dst = binary.AppendUvarint(dst, length)
	return binary.AppendUvarint(dst, uint64(size))
}

// SetKind changes the kind of a pending text.
func SetKind(pending []byte, kind TextKind) { pending[1] = byte(kind) }

// WholeText returns the text with which a value begins, if that is pending text of a string, and
// not only a part of it is stored.
func WholeText(value []byte) (text []byte, ok bool) {
	if len(value) == 0 || value[0] != marker {
		return nil, false
	}
	var pending Text
	CutText(value, 1, &pending)
	return pending.Raw, pending.Len == uint64(len(pending.Raw)) && pending.Len > 0
}

// AppendPending appends the whole of a pending text.
func AppendPending(dst []byte, kind TextKind, text string) []byte {
	return append(Mark(dst, kind, uint64(len(text)), len(text)), text...)
}

// AppendNaming appends a text that may name types: a reason, or a function. If there are
// quotes in it, a type has tags, whose text is the program's.
func AppendNaming(dst []byte, text string) []byte {
	if strings.IndexByte(text, '"') < 0 {
		return AppendString(dst, []byte(text))
	}
	return AppendPending(dst, NamingText, text)
}

// CutText cuts a value after its first pending text, which it puts into text, if that begins
// within limit bytes; before is then the JSON that precedes it. Otherwise before has limit
// bytes, or all of the value.
func CutText(value []byte, limit int, text *Text) (before, after []byte, found bool) {
	limit = min(len(value), limit)
	i := bytes.IndexByte(value[:limit], marker)
	if i < 0 {
		return value[:limit], value[limit:], false
	}
	before, text.Kind, value = value[:i], TextKind(value[i+1]), value[i+2:]
	n, k := binary.Uvarint(value)
	value = value[k:]
	size, k := binary.Uvarint(value)
	text.Len, text.Raw = n, value[k:k+int(size)]
	return before, value[k+int(size):], true
}
