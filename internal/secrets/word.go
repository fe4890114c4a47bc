package secrets

import "encoding/base64"

// Secrets that are recognised by their form are long: nearly all words of an ordinary text
// can be skipped unseen.
const (
	minWord    = 20 // the shortest of keyKinds, prefix included
	minLongRun = 32 // of LongRun
	minBase64  = 24 // of base64Runs
)

// longWords appends the keys of known kinds in b and, if longRuns is set, the runs of
// letters and digits and of base64 that look random.
func longWords(b []byte, longRuns bool, found []span) []span {
	const inWord = wordSet | base64Set
	checked := 0 // b[from:checked] is known to be part of a word
	for from := 0; from+minWord <= len(b); {
		// If the last byte of the window isn't part of a word, no word of this size begins
		// before it; and so on to the left.
		i := from + minWord - 1
		for i >= checked && class[b[i]]&inWord != 0 {
			i--
		}
		checked = from + minWord
		if i >= from && class[b[i]]&inWord == 0 {
			from = i + 1
			continue
		}
		end := runEnd(b, checked, inWord)
		found = inLongWord(b, from, end, longRuns, found)
		from = end + 1
		checked = from
	}
	return found
}

// inLongWord is longWords for the word b[from:end].
func inLongWord(b []byte, from, end int, longRuns bool, found []span) []span {
	if longRuns {
		found = base64Runs(b, from, end, found)
	}
	for from+minWord <= end {
		to := runEnd(b[:end], from, wordSet)
		if to-from >= minWord {
			if longRuns {
				found = alnumRuns(b, from, to, found)
			}
			found = keys(b, from, to, found)
		}
		from = to + 1
	}
	return found
}

// alnumRuns appends the matches of LongRun in b[from:to], except for those that are seldom
// keys: long names, numbers, digests.
func alnumRuns(b []byte, from, to int, found []span) []span {
	for to-from >= minLongRun {
		end := runEnd(b[:to], from, alnum)
		if run := b[from:end]; len(run) >= minLongRun && !seldomKey(run) && !isDigest(b, from, end) &&
			!inSum(b, from) && !textInBase64(run) {
			found = append(found, span{from, end})
		}
		from = end + 1
	}
	return found
}

// base64Runs appends the runs of base64 digits in b[from:to], of either alphabet, that look
// random: keys of at least 18 bytes. [RFC 4648, sections 4 and 5]
func base64Runs(b []byte, from, to int, found []span) []span {
	for from+minBase64 <= to {
		i := from + minBase64 - 1
		for i >= from && class[b[i]]&base64Set != 0 {
			i--
		}
		if i >= from {
			from = i + 1
			continue
		}
		end := runEnd(b, from+minBase64, base64Set)
		s := withoutNames(b, span{from, end})
		if s.to-s.from < minBase64 && end-from < 2*minBase64 {
			s = span{from, end} // apparent names may be parts of a short key
		}
		if s.to-s.from >= minBase64 && looksRandom(b[s.from:s.to]) && !isDigest(b, from, end) &&
			!isDigest(b, s.from, s.to) && !textInBase64(b[s.from:s.to]) {
			found = append(found, s)
		}
		from = end + 1
	}
	return found
}

// withoutNames returns s without the names at both of its ends that - _ / + separate, as
// in document/d/key or TestLogin/key_key.
func withoutNames(b []byte, s span) span {
	for {
		end := runEnd(b[:s.to], s.from, alnum)
		if end == s.to || end > s.from && !isName(b[s.from:end]) {
			break
		}
		s.from = end + 1
	}
	for {
		from := s.to
		for from > s.from && class[b[from-1]]&alnum != 0 {
			from--
		}
		if from == s.from || from < s.to && !isName(b[from:s.to]) {
			return s
		}
		s.to = from - 1
	}
}

// isName reports whether a run of letters and digits isn't part of a key.
func isName(run []byte) bool { return len(run) <= 2 || wordy(run) && !isDigit(run[0]) }

// looksRandom reports whether capitals, small letters and digits are mixed as they hardly
// ever are in names, paths and UUIDs. In random base64, 41, 41 and 16 of 100 are of these
// kinds, 3 are other signs, and 62 have one of another kind beside them. A key may also
// have only small letters and digits, or only capitals and digits. TestRandomRates says
// how many of each form are found.
func looksRandom(run []byte) bool {
	capitals, small, digits, changes, last := 0, 0, 0, 0, uint16(0) // last: kind of the previous byte, 0 for - _ / +
	beyondHex := false
	for _, c := range run {
		kind := class[c] & (alnum | capital | digit)
		switch {
		case kind&capital != 0:
			capitals++
		case kind&digit != 0:
			digits++
		case kind != 0:
			small++
		}
		beyondHex = beyondHex || kind != 0 && class[c|0x20]&hex == 0
		if kind != 0 && last != 0 && kind != last {
			changes++
		}
		last = kind
	}
	letters := capitals + small
	all := letters + digits
	if 10*all < 9*len(run) || !beyondHex || 3*partsOf(run).inWords > letters {
		return false
	}
	one := capitals == 0 || small == 0
	switch {
	case one && all == len(run) && digits > 0: // base32, base36
		return 10*digits >= all && 2*digits <= all && 100*changes >= 28*all && !uneven(run)
	case one:
		return false
	case digits == 0:
		return 4*capitals >= all && 4*small >= all && 100*changes >= 40*all
	}
	return 100*capitals >= 12*all && 100*small >= 12*all && 2*digits <= all && 100*changes >= 36*all
}

// uneven reports whether the digits of a run are together, as in names with numbers.
func uneven(run []byte) bool {
	row := 0
	for _, c := range run {
		if row++; !isDigit(c) {
			row = 0
		}
		if row >= 6 {
			return true
		}
	}
	return false
}

// maxDecoded bounds how much base64 is decoded to see whether it is text.
const maxDecoded = 1024

// textInBase64 reports whether a run is base64 of a line of text without a key:
// {"offset":20}.
func textInBase64(run []byte) bool {
	if len(run) > maxDecoded {
		return false
	}
	var buf [maxDecoded]byte
	n, err := base64.RawStdEncoding.Decode(buf[:], run)
	if text := buf[:n]; err == nil && oneLine(text) && len(marked(text, nil)) == 0 {
		for from := 0; from < n; from++ {
			to := runEnd(text, from, alnum)
			if to-from >= 16 && !seldomKey(text[from:to]) {
				return false
			}
			from = to
		}
		return true
	}
	return false
}

// minFragment is the length of the shortest part of a key that is hidden.
const minFragment = 8

// fragments returns the words of b that could be parts of keys.
func fragments(b []byte) (found []span) {
	for from := 0; from < len(b); from++ {
		to := runEnd(b, from, alnum|dash)
		if word := b[from:to]; to-from >= minFragment && mixed(word) && !address(word) {
			found = append(found, span{from, to})
		}
		from = to
	}
	return found
}

// address reports whether a word is a number in hexadecimal as programs print addresses.
func address(word []byte) bool {
	const mark, most = "0x", 18
	return len(word) <= most && hasPrefix(word, mark) && allHex(word[len(mark):])
}

// mixed reports whether a word has digits among its letters, and at least three changes
// between kinds of letters, as nearly any part of a key has.
func mixed(word []byte) bool {
	letters, digits, changes, last := false, false, 0, uint16(0)
	for _, c := range word {
		kind := class[c] & (alnum | capital | digit)
		if kind == 0 {
			continue
		}
		digits = digits || kind&digit != 0
		letters = letters || kind&digit == 0
		if kind != last && last != 0 {
			changes++
		}
		last = kind
	}
	return letters && digits && changes >= 3
}

// keysByByte holds the keyKinds by their first byte.
var keysByByte = func() (kinds [256][]keyKind) {
	for _, k := range keyKinds {
		kinds[k.prefix[0]] = append(kinds[k.prefix[0]], k)
	}
	return kinds
}()

// keys appends the keys of known kinds in b[from:to].
func keys(b []byte, from, to int, found []span) []span {
	var w wordSearch
	b = b[:to]
	for i := from; i+minWord <= to; i++ {
		for _, k := range keysByByte[b[i]] {
			if end := w.keyEnd(b, &k, i); end > 0 {
				found = append(found, span{i, end})
				i = end - 1
				break
			}
		}
	}
	return found
}

// A wordSearch searches a word from left to right. It remembers the ends of runs, because
// prefixes may follow each other as in sk-sk-sk-sk-.
type wordSearch struct {
	ends   [1 << 5]int // by set: the end of the last run found
	random int         // the last digit or capital letter found
}

// keyEnd returns the end of a key of kind k that begins at b[from], or 0.
func (w *wordSearch) keyEnd(b []byte, k *keyKind, from int) int {
	rest := from + len(k.prefix)
	if rest+k.min > len(b) || !hasPrefix(b[from:], k.prefix) {
		return 0
	}
	end := &w.ends[k.set]
	if *end <= rest {
		*end = runEnd(b, rest, k.set)
	}
	// Nearly all random strings have a digit or a capital letter; names with dashes don't.
	for w.random < rest || w.random < *end && (b[w.random] >= 'a' || class[b[w.random]]&alnum == 0) {
		w.random = max(rest, w.random+1)
	}
	switch {
	case *end-rest < k.min || w.random >= *end || k.exact && *end-rest != k.min:
		return 0 // "sk-learn-something-long"
	case k.parts == likeJWT:
		return jwtEnd(b, *end)
	case k.parts == likeDiscord:
		return discordEnd(b, from, *end)
	case len(k.prefix) <= 3 && !startsWord(b, from):
		return 0 // "disk-0123"
	}
	if k.set != base32 && wordy(b[rest:min(*end, rest+maxName)]) {
		return 0 // "hf_someNameOfAFunctionThatIsLong"
	}
	return runEnd(b, *end, alnum)
}

// jwtEnd returns the end of a JWT whose header ends at dot: a payload and usually a
// signature follow, or the four further parts of an encrypted one. [RFC 7515, section 3.1;
// RFC 7516, section 3.1]
func jwtEnd(b []byte, dot int) int {
	end := runEnd(b, dot, wordSet)
	if dot == end || b[dot] != '.' || end-dot < len(".e30") {
		return 0
	}
	for b[end-1] == '.' {
		end--
	}
	return end
}

// startsWord reports whether no letter or digit comes before b[i], except for the letter
// of an escape sequence such as \n.
func startsWord(b []byte, i int) bool {
	return i == 0 || class[b[i-1]]&alnum == 0 || i > 1 && b[i-2] == '\\'
}
