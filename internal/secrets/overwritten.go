package secrets

import (
	"encoding/binary"
	"slices"
)

// A buffer is used again and again: new data overwrites the front of the old, and cuts a
// secret, or the mark before it, in two. In bytes that aren't plain text we look for both.

// minEnd is the length of the shortest beginning or end of a known secret that is found.
const minEnd = 8

// addParts adds a secret of which the beginning or the end is found, too. The secret is among
// the values.
func (x *index) addParts(secret string) {
	if len(secret) <= minEnd {
		return
	}
	if x.parts == nil {
		x.parts = make(map[uint64][]string)
	}
	for _, end := range [...]string{secret[:minEnd], secret[len(secret)-minEnd:]} {
		key := binary.LittleEndian.Uint64([]byte(end))
		if !slices.Contains(x.parts[key], secret) {
			x.parts[key] = append(x.parts[key], secret)
		}
	}
	var buf [maxValue]byte
	x.stopAt(string(foldInto(&buf, []byte(secret[len(secret)-minEnd:][:x.window]))))
}

// part appends what is left of secrets in b, if their beginning or end is at b[from] and it
// tells something.
func (x *index) part(b []byte, from int, found []span) []span {
	if from+minEnd > len(b) {
		return found
	}
	for _, secret := range x.parts[binary.LittleEndian.Uint64(b[from:])] {
		if s := left(b, span{from, from + minEnd}, secret); tells(b[s.from:s.to]) {
			found = append(found, s)
		}
	}
	return found
}

// tells reports whether a part of a secret is more than words or a number.
func tells(part []byte) bool {
	return looksSecret(part) || slices.ContainsFunc(part, isLetter) && !wordy(part)
}

// left returns what b holds of a secret, the beginning or end of which is at a place.
func left(b []byte, at span, secret string) span {
	if string(b[at.from:at.to]) == secret[:minEnd] {
		for i := minEnd; i < len(secret) && at.to < len(b) && b[at.to] == secret[i]; i++ {
			at.to++
		}
		return at
	}
	for i := len(secret) - minEnd; i > 0 && at.from > 0 && b[at.from-1] == secret[i-1]; i-- {
		at.from--
	}
	return at
}

// plainText reports whether b has no control bytes but tabs and line feeds, as buffers and
// messages of protocols have.
func plainText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' {
			return false
		}
	}
	return true
}

// cutNames are words that announce a secret. Their last letters mark what looks random.
var cutNames = [...]string{"password", "passwd", "token", "secret", "authorization"}

// minCutName is the number of last letters by which such a word is recognised behind other
// letters. Fewer must be a name by themselves, before a longer value.
const (
	minCutName  = 4
	minCutValue = 12
)

// afterCutMark returns the secret behind a mark that lacks its beginning, and whose separator
// is b[sep]: \xffssword=x7Q2wK9z.
func afterCutMark(b []byte, sep int) span {
	to, quoted := keyEnd(b, sep)
	n := cutName(b[:to])
	if n == 0 || b[sep] == ':' && !quoted && n < minCutName {
		return span{}
	}
	near := b[:min(len(b), sep+2*maxValue)]
	v := valueAfter(near, sep, false, &ahead{})
	if v.from >= v.to || n < minCutName && v.to-v.from < minCutValue || !IfRandom.Hides(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// cutName returns how many of the last letters of one of the cutNames b ends in, 0 if that
// says nothing.
func cutName(b []byte) (n int) {
	for _, name := range cutNames {
		same := 0
		for same < min(len(name), len(b)) && b[len(b)-1-same]|0x20 == name[len(name)-1-same] {
			same++
		}
		n = max(n, same)
	}
	if n < 2 || n < minCutName && n < len(b) && class[b[len(b)-1-n]]&wordSet != 0 {
		return 0
	}
	return n
}
