package secrets

import (
	"encoding/base64"
	"strings"
)

// This file recognises text made of words by which letters follow each other.

// commonPairs are the pairs of letters that are common in words, by their first letter: 96
// of 100 pairs in the names and comments of Go's source, and in the licences that Debian
// has, are among these. Of pairs of random letters 47 of 100 are.
var commonPairs = func() (pairs [26]uint32) {
	for i, second := range [26]string{
		"abcdfgiklmnprstuvwxy", "abceijlorsuy", "acdefghiklmorstuy", "abcdefilnorsuy", "abcdefghilmnopqrstuvwxy",
		"adefiloprstuy", "aceghilnorsu", "aeiortu", "abcdefglmnoprstvxz", "eu", "egis", "adefilopstuy",
		"abdeilmopsu", "abcdefgiklmnoprstuvw", "abcdefgiklmnoprstuvw", "acehikloprstuy", "u",
		"abcdefgiklmnoprstuvy", "acehiklmoprstuwy", "acdefhilmoprstuy", "abcdefgilmnprst", "aeio", "aehinorsw",
		"acefiptx", "imnpst", "eiz",
	} {
		for _, c := range []byte(second) {
			pairs[i] |= 1 << (c - 'a')
		}
	}
	return pairs
}()

func commonPair(a, b byte) bool { return commonPairs[(a|0x20)-'a']&(1<<((b|0x20)-'a')) != 0 }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// A part of a name in camelCase is a word in it: parse, Config, URL.
type parts struct {
	letters, digits int
	n               int // parts
	pairs, common   int // pairs of letters in them, and how many are common
	inWords         int // letters in parts of four or more letters in which most pairs are common
}

// maxAcronym bounds the length of parts in capitals that are ignored: HTTP.
const maxAcronym = 5

// partsOf splits a name into parts. It takes linear time, even if there is only one part.
func partsOf(b []byte) (p parts) {
	for i := 0; i < len(b); {
		if !isLetter(b[i]) {
			if isDigit(b[i]) {
				p.digits++
			}
			i++
			continue
		}
		end := partEnd(b, i)
		pairs, common := end-i-1, 0
		for j := i + 1; j < end; j++ {
			if commonPair(b[j-1], b[j]) {
				common++
			}
		}
		p.n, p.letters = p.n+1, p.letters+end-i
		acronym := end-i <= maxAcronym && isCapital(b[end-1]) && end-i < len(b)
		if !acronym {
			p.pairs, p.common = p.pairs+pairs, p.common+common
			if end-i >= 4 && 4*common >= 3*pairs {
				p.inWords += end - i
			}
		}
		i = end
	}
	return p
}

// partEnd returns the end of the part that begins with the letter b[i].
func partEnd(b []byte, i int) int {
	end := i + 1
	if isCapital(b[i]) && end < len(b) && isCapital(b[end]) {
		for end < len(b) && isCapital(b[end]) {
			end++
		}
		// The last capital of "HTTPServer" begins the next part, but that of "IDs"
		// doesn't.
		if end+1 < len(b) && isLetter(b[end]) && isLetter(b[end+1]) {
			end--
		}
		return end
	}
	for end < len(b) && isLetter(b[end]) && !isCapital(b[end]) {
		end++
	}
	return end
}

// wordy reports whether b consists of words, in camelCase or with other signs between
// them, and has few digits: parseURL2, deploy_key.
func wordy(b []byte) bool {
	p := partsOf(b)
	return p.letters > 0 && 4*p.digits <= p.letters+4 && (p.n == 1 || 5*p.letters >= 13*p.n) &&
		4*p.common >= 3*p.pairs
}

// seldomKey reports whether a long run of letters and digits is something other than a
// key: words, a number, a sequence of few letters or of amino acids, an alphabet.
func seldomKey(run []byte) bool {
	p := partsOf(run)
	return wordy(run) || 2*p.inWords >= p.letters && 3*p.digits <= p.letters || 16*p.letters <= p.digits ||
		fewSigns(run) || protein(run) || alphabet(run)
}

// fewSigns reports whether b has at most five different bytes, or a few more if it is long: bits,
// DNA.
func fewSigns(b []byte) bool {
	var seen [2]uint64
	n, most := 0, max(5, min(8, len(b)/10))
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
		if seen[c/64]&(1<<(c%64)) == 0 {
			seen[c/64] |= 1 << (c % 64)
			if n++; n > most {
				return false
			}
		}
	}
	return true
}

// protein reports whether b holds only the letters for amino acids. That is true for 2 of
// 10,000 keys of 32 random capitals. [IUPAC-IUB, one-letter notation, 1968]
func protein(b []byte) bool {
	for _, c := range b {
		if strings.IndexByte("ACDEFGHIKLMNPQRSTVWY", c) < 0 {
			return false
		}
	}
	return true
}

// alphabet reports whether 26 bytes in b follow each other in the order of the alphabet.
func alphabet(b []byte) bool {
	row := 1
	for i := 1; i < len(b); i++ {
		if row++; b[i] != b[i-1]+1 {
			row = 1
		}
		if row == 26 {
			return true
		}
	}
	return false
}

// looksSecret reports whether a value looks like a secret, unlike names, numbers and
// texts: it mixes letters and digits, or its letters aren't words. Names that are also
// used for other things mark only such values.
func looksSecret(v []byte) bool {
	if len(v) < 6 || len(v) > maxValue || looksLikePath(string(v)) {
		return len(v) > maxValue && keyLike(v)
	}
	for _, c := range v {
		if class[c]&blank != 0 || c == ':' && indexOf(v, "://") > 0 {
			return phrase(v)
		}
	}
	if uuid(v) {
		return true
	}
	return hasRandomRun(v) || odd(v)
}

// randomRun reports whether a run of letters and digits is neither word nor number.
func randomRun(run []byte) bool {
	p := partsOf(run)
	changes := changesOf(run)
	switch {
	case p.letters == 0:
		return false
	case p.digits == 0:
		return len(run) >= 8 && !wordy(run)
	case p.digits == 1 || changes <= 2:
		return !wordy(run) && (changes >= 3 || len(run) >= 16 || p.letters >= 7 && small(run))
	}
	return len(run) >= 7 && changes >= 3 && p.inWords*2 < p.letters+1
}

// small reports whether b has no capital.
func small(b []byte) bool {
	for _, c := range b {
		if isCapital(c) {
			return false
		}
	}
	return true
}

// changesOf counts the places where letters meet digits, or small letters capitals, except
// for a capital that begins a word.
func changesOf(run []byte) (n int) {
	for i := 1; i < len(run); i++ {
		a, b := class[run[i-1]]&(alnum|capital|digit), class[run[i]]&(alnum|capital|digit)
		if a != b && !(i == 1 && a&capital != 0 && b&digit == 0) {
			n++
		}
	}
	return n
}

// odd reports whether v has signs that seldom stand in names, and letters or digits that
// are no words, or both letters and digits: hunter2!, as people make passwords of words.
func odd(v []byte) bool {
	strong, signs, letters, numbers, ends := 0, 0, 0, 0, 0
	for _, c := range v {
		switch c {
		case '!', '$', '^':
			ends++
			strong++
			signs++
		case '*', '%', '#':
			strong++
			signs++
		case '?', '&', '=', '+':
			signs++
		default:
			if isLetter(c) {
				letters++
			} else if isDigit(c) {
				numbers++
			}
		}
	}
	if ends > 0 && numbers > 0 && letters >= 3 && len(v) >= minLearned && v[0] != '$' && v[0] != '^' {
		return true
	}
	return (strong > 0 && len(v) >= minLearned || signs >= 2) && letters > 0 && !wordy(v) && v[len(v)-1] != '>' &&
		v[0] != '<'
}

// phrase reports whether v is a phrase from which a key is made: only words in small
// letters, eleven or more. [BIP 39 has 12 to 24]
func phrase(v []byte) bool {
	words := 1
	for _, c := range v {
		if c == ' ' {
			words++
		} else if c < 'a' || c > 'z' {
			return false
		}
	}
	return words >= 11
}

// keyLike reports whether a long value is a single run of base64 or hexadecimal.
func keyLike(v []byte) bool {
	end := runEnd(v, 0, base64Set)
	return len(v)-end <= 2 && !wordy(v)
}

// uuid reports whether v is a UUID. [RFC 9562, section 4]
func uuid(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		dashed := i == 8 || i == 13 || i == 18 || i == 23
		if dashed != (c == '-') || !dashed && class[c|0x20]&hex == 0 {
			return false
		}
	}
	return true
}

// basicCredentials reports whether v is name:password in base64. [RFC 7617, section 2]
func basicCredentials(v []byte) bool {
	var buf [maxValue]byte
	_, ok := decodeBasic(&buf, v)
	return ok
}

// basicPassword returns the password of basicCredentials, "" if v isn't that.
func basicPassword(v []byte) string {
	var buf [maxValue]byte
	text, ok := decodeBasic(&buf, v)
	if !ok {
		return ""
	}
	return string(text[until(text, 0, ':')+1:])
}

// decodeBasic decodes basicCredentials into buf.
func decodeBasic(buf *[maxValue]byte, v []byte) (text []byte, ok bool) {
	if len(v) < 4 || len(v) >= maxValue || len(v)%4 != 0 {
		return nil, false
	}
	n, err := base64.StdEncoding.Decode(buf[:], v)
	text = buf[:n]
	return text, err == nil && until(text, 0, ':') < n && oneLine(text)
}

func oneLine(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
