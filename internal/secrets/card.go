package secrets

// cards appends the numbers of credit cards in b: 14 to 16 digits, in groups or not, with
// the beginning of an issuer and a correct check digit. [ISO/IEC 7812-1]
func cards(b []byte, found []span) []span {
	// A number has at least four digits in a row: look at every fourth byte.
	for i := 3; i < len(b); i += 4 {
		if !isDigit(b[i]) {
			continue
		}
		from := i
		for from > 0 && i-from < 4 && isDigit(b[from-1]) {
			from--
		}
		end := runEnd(b, i, digit)
		grouped := end-from == 4 && end+1 < len(b) && (b[end] == ' ' || b[end] == '-') && isDigit(b[end+1])
		if grouped || 14 <= end-from && end-from <= 16 {
			var number bool
			if number, end = cardAt(b, from); number {
				found = append(found, span{from, end})
			}
		}
		i = max(i, end) - 1
	}
	return found
}

// cardAt reports whether the number of a card begins at b[from], and where it ends.
func cardAt(b []byte, from int) (found bool, end int) {
	const most = 16
	var number [most]byte
	n, separator := 0, byte(0)
	for end = from; end < len(b); end++ {
		c := b[end]
		if isDigit(c) {
			if n == most {
				return false, end
			}
			number[n] = c - '0'
			n++
			continue
		}
		if c != ' ' && c != '-' || end+1 == len(b) || !isDigit(b[end+1]) {
			break
		}
		if n == 4 {
			separator = c
		}
		if separator != c || n != 4 && n != 8 && n != 10 && n != 12 {
			break
		}
	}
	before := from > 0 && (class[b[from-1]]&wordSet != 0 || b[from-1] >= 0x80)
	after := end < len(b) && (class[b[end]]&(alnum|dash) != 0 || b[end] == '.' && end+1 < len(b) && isDigit(b[end+1]))
	return !before && !after && issued(number[:n]) && checked(number[:n]), end
}

// issued reports whether an issuer's numbers of this length begin like this.
func issued(n []byte) bool {
	if len(n) < 14 {
		return false
	}
	two, four := 10*n[0]+n[1], 1000*int(n[0])+100*int(n[1])+10*int(n[2])+int(n[3])
	switch len(n) {
	case 16:
		return n[0] == 4 || 51 <= two && two <= 55 || 2221 <= four && four <= 2720 || four == 6011 || two == 65 ||
			two == 35
	case 15:
		return two == 34 || two == 37
	}
	return two == 36 || two == 38
}

// checked reports whether the check digit, the last one, is correct.
func checked(n []byte) bool {
	sum := 0
	for i, d := range n {
		if (len(n)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += int(d)
	}
	return sum%10 == 0
}
