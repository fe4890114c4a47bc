package secrets

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
)

const (
	minEqual     = 4   // a shorter learned value isn't removed at all
	minLearned   = 8   // a shorter learned value is removed only if it is the whole text
	minContained = 4   // the same for a value of the environment that a filter accepts
	minOrdinary  = 16  // a word of this length isn't ordinary any more
	maxValue     = 256 // a longer value is searched in pieces of this size
)

// values is a set of values to remove from texts: those that a whole text may be equal to,
// and an index of those that may be part of a text.
type values struct {
	whole   map[string]bool // true: in the index, too
	longest int             // in whole
	lengths [256]uint64     // of those in whole by their first byte: a bit for each length, modulo 64
	environ map[string]bool // those of the environment, in all forms and pieces
	index
}

// equal reports whether text is one of the values.
func (v *values) equal(text []byte) bool {
	if len(text) == 0 || len(text) > v.longest || v.lengths[text[0]]&(1<<(len(text)%64)) == 0 {
		return false
	}
	_, ok := v.whole[string(text)]
	return ok
}

// These are signs as encoding/json writes them by default, and as in HTML and XML.
var (
	escapedJSON = strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`)
	escapedHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")
)

// add adds a value, and its forms inside other texts: quoted as in Go or JSON, escaped as
// in a URL, with underscores for spaces as in the name of a test.
func (v *values) add(value string, contained bool) {
	if v.whole == nil {
		v.whole = make(map[string]bool)
	}
	if was, ok := v.whole[value]; ok && (was || !contained) {
		return
	}
	quoted := strconv.Quote(value)
	quoted = quoted[1 : len(quoted)-1]
	for _, s := range [...]string{
		value, quoted, escapedJSON.Replace(quoted), url.QueryEscape(value), url.PathEscape(value),
		strings.ReplaceAll(quoted, " ", "_"),
	} {
		v.whole[s] = contained
		v.longest = max(v.longest, len(s))
		v.lengths[s[0]] |= 1 << (len(s) % 64)
		if contained {
			v.addPieces(s, false)
		}
	}
}

// addSecret adds a value that is certainly a secret and may be part of texts: like add,
// and its forms in HTML, hexadecimal and base64.
func (v *values) addSecret(value string) {
	v.add(value, true)
	v.addPieces(value, true)
	for _, s := range [...]string{strings.ToUpper(value), strings.ToLower(value)} {
		if len(s) == len(value) && !allASCII(s) { // the index knows the case of ASCII letters only
			v.addPieces(s, true)
		}
	}
	for _, s := range [...]string{escapedHTML.Replace(value), fmt.Sprintf("%x", value), fmt.Sprintf("%X", value)} {
		v.addPieces(s, true)
	}
	for before := range 3 {
		digits := inBase64(base64.StdEncoding, value, before)
		v.addPieces(digits, true)
		v.addPieces(inBase64(base64.URLEncoding, value, before), true)
		v.addParts(digits)
	}
	v.addParts(value)
}

func allASCII(s string) bool {
	for _, c := range []byte(s) {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// inBase64 returns the digits that a value has in base64 whatever is around it, if
// 3n+before bytes come before it. [RFC 4648, section 4]
func inBase64(encoding *base64.Encoding, value string, before int) string {
	code := encoding.EncodeToString([]byte("\x00\x00"[:before] + value))
	from := []int{0, 2, 3}[before] // each byte is in one and a third of the digits
	to := 4 * (before + len(value)) / 3
	return code[from:to]
}

// addPieces indexes a value. It cuts a long one into pieces, the last two overlapping, so
// that the pieces found in a text cover the value, or the part of it that the text holds.
func (v *values) addPieces(s string, secret bool) {
	for len(s) > maxValue {
		v.index.add(s[:maxValue], secret)
		s = s[min(maxValue, len(s)-maxValue):]
	}
	v.index.add(s, secret)
}

// addEnviron adds the values of "KEY=VALUE" entries that pass filter. A path is removed
// only if it is the whole text; otherwise PATH and HOME would hide every file name in the
// dump.
func (v *values) addEnviron(environ []string, filter func(string) bool) {
	kept := make(map[string]bool)
	for _, entry := range environ {
		_, value := splitEnviron(entry)
		value = strings.TrimSpace(value)
		if value == "" || strings.Contains(value, mask) || commonplace[value] || filter != nil && !filter(value) {
			continue
		}
		contained := len(value) >= minContained && !looksLikePath(value)
		kept[value] = contained
		if contained {
			v.window = min(v.window, len(value))
		}
	}
	for value, contained := range kept {
		v.add(value, contained)
	}
	v.environ = maps.Clone(v.whole)
	for piece := range v.values {
		v.environ[piece] = true
	}
}

// rule returns the rule by which a value is hidden that was found in a text.
func (v *values) rule(value []byte) Rule {
	if _, ok := v.environ[string(value)]; ok {
		return OfEnviron
	}
	return Learned
}

// splitEnviron splits "KEY=VALUE". Windows has names such as "=C:".
func splitEnviron(entry string) (name, value string) {
	if entry == "" {
		return "", ""
	}
	if i := strings.IndexByte(entry[1:], '='); i >= 0 {
		return entry[:i+1], entry[i+2:]
	}
	return entry, ""
}

// ordinary reports whether v is a word or name that programs and texts use without it
// being a secret: shorter than 16 bytes and made of letters and "_-./ ", in words as
// people write them; or without letters and digits; or one byte repeated. Anything with a
// digit or with another sign between its letters isn't ordinary, nor is KxQwzBnM.
func ordinary(v []byte) bool {
	if allSame(v) {
		return true
	}
	letters, separators := 0, 0
	for _, c := range v {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case '0' <= c && c <= '9' || c >= 0x80:
			return false
		case strings.IndexByte("_-./ ", c) >= 0:
			separators++
		}
	}
	return len(v) < minOrdinary && (letters == 0 || letters+separators == len(v) && (letters < minLearned ||
		wordy(v)))
}

func allSame(v []byte) bool {
	for _, c := range v {
		if c != v[0] {
			return false
		}
	}
	return true
}

// looksLikePath reports whether v is a file path or a list of paths, as in /usr/bin:/bin,
// C:\Windows;D:\x, ./x or github.com/go/tools. A slash alone isn't enough: it is a digit
// of base64.
func looksLikePath(v string) bool {
	if !strings.ContainsAny(v, `/\`) || strings.ContainsAny(v, "=@\n") {
		return false
	}
	separator := ":"
	if strings.Contains(v, `\`) || drive(v) {
		separator = ";"
	}
	for path := range strings.SplitSeq(v, separator) {
		if path != "" && !rooted(path) && !relative(path) {
			return false
		}
	}
	return true
}

func drive(v string) bool {
	return len(v) > 2 && 'a' <= v[0]|0x20 && v[0]|0x20 <= 'z' && v[1] == ':' && (v[2] == '\\' || v[2] == '/')
}

func rooted(path string) bool {
	for _, start := range [...]string{"/", "./", "../", "~", `\`, `.\`, `..\`} {
		if strings.HasPrefix(path, start) {
			return true
		}
	}
	return drive(path)
}

// relative accepts only lower case: base64 of any length has capitals.
func relative(path string) bool {
	for _, c := range []byte(path) {
		if ('a' > c || c > 'z') && ('0' > c || c > '9') && strings.IndexByte("._-/", c) < 0 {
			return false
		}
	}
	return strings.Contains(path, "/")
}
