package secrets

// Nearly all marks announce no secret. What most of them lack is looked for here, before
// the rules are asked: marker.at and what it calls don't rely on it. FuzzPlain compares
// what is found with and without.

// may reports false only if the mark at b[i] certainly announces nothing.
func (m *marker) may(b []byte, i int) bool {
	before, after := byte('\n'), byte('\n')
	if i > 0 {
		before = b[i-1]
	}
	if i+1 < len(b) {
		after = b[i+1]
	}
	switch b[i] {
	case 'B', 'b':
		return i+2 < len(b) && beginsScheme3(after|0x20, b[i+2])
	case 'P', 'p':
		if after|0x20 == 's' { // psk
			return i+2 < len(b) && b[i+2]|0x20 == 'k'
		}
		at := pair(b[i], after)
		return beginnings2[at/64]&(1<<(at%64)) != 0
	case 'K', 'k', 'C', 'c':
		return mayBeNamed(b, i)
	case ':':
		return m.partly || m.line.section.reaches(i) || after == '\n' || opensSection(b, i) ||
			behindColon(b, i, before, after) || telling(b, i) ||
			before|0x20 == 'r' && beforeUserFlag(b, i) || before|0x20 == 'p' && isSwitch(b, i)
	case '=':
		return m.partly || m.line.section.reaches(i) || telling(b, i) || // assigned
			before == 'e' && after == '"' // inForm
	case '-':
		return class[before]&blank != 0 || before == '[' || isQuote(before)
	case '[', '{':
		return beginsElement(after)
	case '(':
		return beginsElement(after) || afterInto(b, i)
	case '<':
		m.tag = 0
		if class[after]&wordSet != 0 || after == ':' { // startTag
			m.tag = i + 1
		}
		return false
	case '>':
		tag := m.tag
		m.tag = 0
		return tag > 0 && before != '/' && i-tag <= maxTag || before == '-' && telling(b, i-1)
	case '$':
		return beginsScheme[after]
	}
	return true
}

// behindColon is for the forms that afterColon finds without a key, and for URLs.
func behindColon(b []byte, i int, before, after byte) bool {
	switch {
	case after == '/':
		return i+2 < len(b) && b[i+2] == '/'
	case after == 'A':
		return isDigit(before) // ofBot
	case after == '*':
		return true // inPgpass
	case isDigit(after): // inPgpass: a port, and a database
		port := runEnd(b, i+1, digit)
		return port-i > 3 && port+1 < len(b) && b[port] == ':' && (inName[b[port+1]] || b[port+1] == '*')
	}
	return false
}

// beginsLine is for inLine.
func beginsLine(c byte) bool { return class[c]&wordSet != 0 || c == '>' }

// beginsElement is for inPair.
func beginsElement(c byte) bool { return class[c]&wordSet != 0 || isQuote(c) || c == '\\' }

// afterInto is for inserted: INTO table (.
func afterInto(b []byte, i int) bool {
	to := beforeBlanks(b, i)
	for from := to; to > 0 && from-to < maxName && class[b[to-1]]&blank == 0; {
		to--
	}
	to = beforeBlanks(b, to)
	return to > 3 && b[to-1]|0x20 == 'o' && b[to-2]|0x20 == 't'
}

// beginsScheme holds the first bytes of hashSchemes.
var beginsScheme = func() (set [256]bool) {
	for _, scheme := range hashSchemes {
		set[scheme[0]] = true
	}
	return set
}()

// beginsScheme3 reports whether a small letter and a byte may be in bearer, basic or by, behind
// the b.
func beginsScheme3(second, third byte) bool {
	switch second {
	case 'e':
		return third|0x20 == 'a'
	case 'a':
		return third|0x20 == 's'
	case 'y':
		return class[third]&blank != 0
	}
	return false
}

// beginnings2 are the first two letters of passwordWords, as by pair.
var beginnings2 = func() (set [1 << 10 / 64]uint64) {
	for _, word := range passwordWords {
		at := pair(word[0], word[1])
		set[at/64] |= 1 << (at % 64)
	}
	return set
}()

// pair returns the same for two letters in any case.
func pair(a, b byte) uint16 { return uint16(a&31)<<5 | uint16(b&31) }

// telling reports whether the key before b[sep] may say that its value is a secret.
func telling(b []byte, sep int) bool {
	to := sep
	if to > 0 && !inName[b[to-1]] {
		to, _ = keyEnd(b, sep)
	}
	from, three := to, uint16(0)
	for from > 0 && to-from < maxName && inName[b[from-1]] {
		from--
		c := b[from]
		three = three>>5 | uint16(c&31)<<10
		if hints[three/64]&(1<<(three%64)) != 0 || c >= 0x80 {
			return true
		}
	}
	from = behindEscape(b, from, to)
	name, before := b[from:to], byte(0)
	if from > 0 {
		before = b[from-1]
	}
	apart := before == ' '
	switch {
	case (before == 0 || before == '?' || before == '&') && queryName(name): // inQuery
		return true
	case apart && from > 4 && b[from-2]|0x20 == 'r' && b[from-3]|0x20 == 'o': // forUser
		return true
	}
	switch len(name) {
	case 1:
		return name[0] == 'V' // paired
	case 2:
		return apart && equalFold(name, "id") // weigh
	case 3:
		return apart && equalFold(name, "key") || string(name) == "sig"
	case 4:
		return apart && equalFold(name, "keys")
	case 5:
		return equalFold(name, "value")
	case 6:
		return apart && equalFold(name, "phrase")
	}
	return false
}

// inName is set for the bytes of names.
var inName = func() (set [256]bool) {
	for c := range set {
		set[c] = class[c]&wordSet != 0 || c >= 0x80
	}
	return set
}()

// hints are the trigrams that make a name suspicious: beginnings, and those that begin
// with pw.
var hints = func() (set [len(beginnings)]uint64) {
	set = beginnings
	at := trigram('p', 'w', 0)
	set[at/64] |= 0xffffffff << (at % 64) // with any third byte
	return set
}()
