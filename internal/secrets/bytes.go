package secrets

// These are much like functions of package bytes. But the compiler assumes that functions
// written in assembly may change their argument, so Text would have to copy every string
// for them.

// runEnd returns the end of the run of bytes in set that begins at from.
func runEnd(b []byte, from int, set uint16) int {
	for from < len(b) && class[b[from]]&set != 0 {
		from++
	}
	return from
}

// runBlanks returns the end of the spaces and tabs that begin at from.
func runBlanks(b []byte, from int) int {
	for from < len(b) && (b[from] == ' ' || b[from] == '\t') {
		from++
	}
	return from
}

// until returns the first place of c at or after from, or len(b).
func until(b []byte, from int, c byte) int {
	for from < len(b) && b[from] != c {
		from++
	}
	return from
}

// untilAny returns the first place of one of signs, or len(b).
func untilAny(b []byte, signs string) int {
	for i, c := range b {
		for j := range len(signs) {
			if c == signs[j] {
				return i
			}
		}
	}
	return len(b)
}

// indexOf is bytes.Index.
func indexOf(b []byte, s string) int {
	for i := range b {
		if b[i] == s[0] && hasPrefix(b[i:], s) {
			return i
		}
	}
	return -1
}

// lastAt returns the place of the last @, or -1.
func lastAt(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] == '@' {
			return i
		}
	}
	return -1
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && (len(prefix) == 0 || b[0] == prefix[0]) && string(b[:len(prefix)]) == prefix
}

// hasPrefixFold is hasPrefix for ASCII in any case; prefix must be in lower case.
func hasPrefixFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

func equalFold(b []byte, lower string) bool {
	return len(b) == len(lower) && hasPrefixFold(b, lower)
}

// digits reports whether b holds only digits.
func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
