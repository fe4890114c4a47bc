package secrets

import "unicode/utf8"

// Known secrets are also found in texts that escape some of their signs: in URLs and
// forms, mails, HTML and JSON. The text between escapes is compared unchanged, so it
// doesn't matter which signs a program escapes. One level of escapes is undone.

// minEscape is the length of the shortest escape, \\ before a sign.
const minEscape = 2

// escapeAt returns the byte or character that the escape at b[i] represents, and the
// length of the escape; 0 if there is none.
//
//	%41 =41            RFC 3986, section 2.1; RFC 2045, section 6.7
//	&#65; &#x41; &lt;  HTML
//	\u0041 \x41 \"    JSON, Go
func escapeAt(b []byte, i int) (char rune, n int) {
	rest := b[i:min(len(b), i+maxEscape)]
	switch rest[0] {
	case '%':
		return hexByte(rest, 1)
	case '=':
		if len(rest) > 1 && rest[1] == '\n' {
			return -1, 2
		}
		if len(rest) > 2 && rest[1] == '\r' && rest[2] == '\n' {
			return -1, 3
		}
		// Only signs that must be escaped count: "size=10" has no escape.
		if char, n := hexByte(rest, 1); n > 0 && (char == '=' || char < ' ' && rest[1] == '0' || char >= 0x7f) {
			return char, n
		}
	case '&':
		return entity(rest)
	case '\\':
		return backslash(rest)
	}
	return 0, 0
}

// maxEscape is the length of the longest escape: &#x10ffff;.
const maxEscape = 10

// hexByte returns the byte whose two digits are b[at:].
func hexByte(b []byte, at int) (rune, int) {
	if len(b) < at+2 {
		return 0, 0
	}
	high, low := hexDigit(b[at]), hexDigit(b[at+1])
	if high < 0 || low < 0 {
		return 0, 0
	}
	return high<<4 | low, at + 2
}

// hexDigit returns the value of a digit, -1 if c isn't one.
func hexDigit(c byte) rune {
	switch {
	case isDigit(c):
		return rune(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// entities are the entities of HTML and XML for ASCII signs.
var entities = [...]struct {
	name string
	char rune
}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}

func entity(b []byte) (rune, int) {
	for _, e := range entities {
		if hasPrefix(b, e.name) {
			return e.char, len(e.name)
		}
	}
	if len(b) < 4 || b[1] != '#' {
		return 0, 0
	}
	at, base := 2, rune(10)
	if b[2]|0x20 == 'x' {
		at, base = 3, 16
	}
	char := rune(0)
	for i := at; i < len(b); i++ {
		if b[i] == ';' && i > at {
			return char, i + 1
		}
		digit := hexDigit(b[i])
		if digit < 0 || digit >= base {
			return 0, 0
		}
		char = char*base + digit
	}
	return 0, 0
}

func backslash(b []byte) (rune, int) {
	if len(b) < minEscape {
		return 0, 0
	}
	switch c := b[1]; c {
	case 'u':
		high, n := hexByte(b, 2)
		low, m := hexByte(b, 4)
		if n == 0 || m == 0 {
			return 0, 0
		}
		return high<<8 | low, m
	case 'x':
		return hexByte(b, 2)
	case 'n':
		return '\n', 2
	case 't':
		return '\t', 2
	case '"', '\'', '\\', '/':
		return rune(c), 2
	}
	return 0, 0
}

// isEscape is set for the bytes that begin an escape.
var isEscape = [256]bool{'%': true, '=': true, '&': true, '\\': true}

// secondOfEscape is set for the bytes that may come second in an escape.
var secondOfEscape = func() (is [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEF\r\n#lgqxunt\"'\\/") {
		is[c] = true
	}
	return is
}()

// nextEscape returns the place of the next escape at or after from, or len(b).
func nextEscape(b []byte, from int) int {
	for from < len(b) {
		if isEscape[b[from]] {
			if _, n := escapeAt(b, from); n > 0 {
				return from
			}
		}
		from++
	}
	return from
}

// A decoder holds a part of a text without escapes, and where each byte was in it.
type decoder struct {
	text [decoded]byte
	at   [decoded + 1]int32 // relative to base
	n    int
	base int
}

// decoded is how much of a text is decoded at once. Parts overlap by more than the length
// of the pieces that the index looks for.
const (
	decoded = 4096
	overlap = maxValue
)

// findEscaped appends the places in b of values with escaped signs.
func (x *index) findEscaped(b []byte, found []span) []span {
	if x.shift == nil {
		return found
	}
	var d decoder
	for i := nextEscape(b, 0); i < len(b); {
		from := max(0, i-overlap)
		end := d.fill(b, from)
		for _, s := range x.find(d.text[:d.n], nil) {
			plain := int(d.at[s.to]-d.at[s.from]) == s.to-s.from
			if !plain && x.certain(d.text[s.from:s.to]) {
				found = append(found, span{from + int(d.at[s.from]), from + int(d.at[s.to])})
			}
		}
		if end == len(b) {
			break
		}
		// The next part begins at the next escape, but not behind the beginning of a value
		// that this part may have cut.
		i = nextEscape(b, max(i+1, end-maxEscape*overlap/2))
	}
	return found
}

// escapedMark reports whether a sign that marks a secret is escaped in b, other than a quote
// behind a backslash: password%3Dx, &quot;password&quot;:&quot;x&quot;.
func escapedMark(b []byte) bool {
	for i := nextEscape(b, 0); i < len(b); {
		char, n := escapeAt(b, i)
		if n > minEscape && (char == '=' || char == ':' || char == '"' || char == '\'' || char == '@') {
			return true
		}
		i = nextEscape(b, i+n)
	}
	return false
}

// escaped appends the secrets in b whose marks are escaped, and notes the rules in by.
func (m *marker) escaped(b []byte, found []span, by *tags) []span {
	if !escapedMark(b) {
		return found
	}
	var d decoder
	for from := 0; from < len(b); {
		end := d.fill(b, from)
		part, rules := marker{formsOnly: m.formsOnly}, tags(nil)
		decoded, _ := part.unescaped(d.text[:d.n], nil, &rules)
		for i, s := range decoded {
			found = append(found, span{from + int(d.at[s.from]), from + int(d.at[s.to])})
			by.upto(len(found), rules[i])
		}
		if end == len(b) {
			break
		}
		from = max(from+1, end-overlap)
	}
	return found
}

// fill decodes b from from, and returns where it ended.
func (d *decoder) fill(b []byte, from int) int {
	d.n = 0
	i := from
	for i < len(b) && d.n < decoded-4 {
		d.at[d.n] = int32(i - from)
		c := b[i]
		if !isEscape[c] {
			d.text[d.n] = c
			d.n++
			i++
			continue
		}
		char, n := escapeAt(b, i)
		switch {
		case n == 0:
			d.text[d.n] = c
			d.n++
			n = 1
		case char < 0: // a soft line break, which stands for nothing
		case char < 0x80 || c == '%' || c == '=' || n == 4 && c == '\\':
			d.text[d.n] = byte(char)
			d.n++
		default:
			size := utf8.EncodeRune(d.text[d.n:d.n+utf8.UTFMax], char)
			for k := range size {
				d.at[d.n+k] = int32(i - from)
			}
			d.n += size
		}
		i += n
	}
	d.at[d.n] = int32(i - from)
	return i
}
