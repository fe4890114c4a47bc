package views

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"coredumpy/internal/dump"
)

// ofBytes shows a slice of bytes: as a text if it is one, else in hex.
func ofBytes(r *Reader, v dump.Value) (view View, ok bool) {
	if v.IsNil() || v.Redacted() {
		return view, false
	}
	b, ok := r.bytes(v, r.looked())
	if !ok || len(b) == 0 && v.Len() > 0 {
		return view, false
	}
	return View{Text: r.bytesText(b, v.Len())}, true
}

// looked is how many bytes are looked at to tell whether they are text.
func (r *Reader) looked() int { return max(r.longest+utf8.UTFMax, 512) }

// bytes returns the bytes in the dump of a slice or an array of them, and only the first if they are
// more than most.
func (r *Reader) bytes(v dump.Value, most int) (b string, ok bool) {
	if b, ok := v.Text(); ok {
		return b[:min(len(b), most)], !v.Redacted()
	}
	stored := min(v.Stored(), most) // in a dump of format 1 they are numbers
	if stored > r.left {
		return "", false
	}
	r.left -= stored
	all := make([]byte, stored)
	for i := range all {
		e := v.Index(i)
		if !e.Valid() {
			return "", false
		}
		all[i] = byte(e.Uint())
	}
	return string(all), true
}

// wholeBytes is bytes if the dump has all of them.
func (r *Reader) wholeBytes(v dump.Value) (b string, ok bool) {
	k := v.Kind()
	if !v.Valid() || k != reflect.Slice && k != reflect.Array || v.Type().Elem().Kind() != reflect.Uint8 {
		return "", false
	}
	const most = 64 // no address has more
	b, ok = r.bytes(v, most)
	return b, ok && int64(len(b)) == v.Len()
}

// bytesText returns bytes as a text if they are one, else in hex. length is how many there
// were, of which the dump may have the first only.
func (r *Reader) bytesText(b string, length int64) string {
	if isText(b, int64(len(b)) < length) {
		return backquoted(Quoted(b, r.longest, length))
	}
	shown := min(len(b), max(r.longest/3, 1)) // each takes three characters
	text := fmt.Sprintf("%d bytes % x", length, b[:shown])
	if rest := length - int64(shown); rest > 0 {
		text += fmt.Sprintf("...+%d more", rest)
	}
	return text
}

// backquoted returns a text in quotes between backquotes if it has quotes or backslashes itself:
// JSON and regular expressions read better so.
func backquoted(quoted string) string {
	text, err := strconv.Unquote(quoted)
	if err == nil && strings.ContainsAny(text, "\"\\") && strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return quoted
}

// isText reports whether bytes are text. What is cut may end within a character.
func isText(b string, cut bool) bool {
	for i, c := range b {
		switch {
		case c == utf8.RuneError && cut && len(b)-i < utf8.UTFMax && !utf8.FullRuneInString(b[i:]):
			return i > 0
		case c == utf8.RuneError && !strings.HasPrefix(b[i:], "\ufffd"),
			!unicode.IsPrint(c) && c != '\n' && c != '\r' && c != '\t':
			return false
		}
	}
	return true
}

// ofBuilder shows what a strings.Builder has built.
func ofBuilder(r *Reader, v dump.Value) (view View, ok bool) {
	return r.unread(v, "buf", "")
}

// ofBuffer shows what is left to read in a bytes.Buffer.
func ofBuffer(r *Reader, v dump.Value) (view View, ok bool) { return r.unread(v, "buf", "off") }

// ofReader shows what is left to read in a bytes.Reader or strings.Reader.
func ofReader(r *Reader, v dump.Value) (view View, ok bool) { return r.unread(v, "s", "i") }

// unread shows the text in a field from an offset on, which is in another field.
func (r *Reader) unread(v dump.Value, field, offset string) (view View, ok bool) {
	text, ok := fieldOf(v, field)
	if !ok || !text.Valid() || text.Redacted() {
		return view, false
	}
	read := int64(0)
	if offset != "" {
		off, ok := fieldOf(v, offset)
		if read = off.Int(); !ok || !off.Valid() || read < 0 {
			return view, false
		}
	}
	read = min(read, text.Len()) // a Reader may be behind the end
	rest := text.Slice(read, text.Len(), text.Len())
	b := ""
	switch text.Kind() {
	case reflect.String:
		b, ok = rest.Text()
		b = b[:min(len(b), r.looked())]
	case reflect.Slice:
		b, ok = r.bytes(rest, r.looked())
		ok = ok || text.IsNil()
	default:
		ok = false
	}
	if !ok || b == "" && read < text.Len() {
		return view, false
	}
	said := r.bytesText(b, text.Len()-read)
	if read > 0 {
		said += fmt.Sprintf(" (after %d that were read)", read)
	}
	return View{Text: said}, true
}

// ofUUID shows an array of 16 bytes whose type is called UUID. Other arrays of 16 bytes may be
// anything.
func ofUUID(r *Reader, v dump.Value) (view View, ok bool) {
	b, ok := r.wholeBytes(v)
	if !ok || len(b) != 16 {
		return view, false
	}
	return View{Text: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}, true
}
