package secrets

// minCard is the least number of digits of a card's number.
const minCard = 14

// cards appends the numbers of credit cards in b: 14 to 16 digits, in groups or not, with
// the beginning of an issuer and a correct check digit. [ISO/IEC 7812-1]
func cards(b []byte, found []span) []span {
	const inNumber = digit | space | dash
	for from := 0; from+minCard <= len(b); {
		// If the last byte of the window isn't part of a number, none begins before it.
		i := from + minCard - 1
		for i >= from && class[b[i]]&inNumber != 0 {
			i--
		}
		if i >= from {
			from = i + 1
			continue
		}
		end := runEnd(b, from+minCard, inNumber)
		found = cardsIn(b, from, end, found)
		from = end + 1
	}
	return found
}

// cardsIn is cards for those in b[from:to].
func cardsIn(b []byte, from, to int, found []span) []span {
	// A number has at least four digits in a row: look at every fourth byte.
	for i := from + 3; i < to; i += 4 {
		if !isDigit(b[i]) {
			continue
		}
		first := i
		for first > 0 && i-first < 4 && isDigit(b[first-1]) {
			first--
		}
		end := runEnd(b, i, digit)
		grouped := end-first == 4 && end+1 < len(b) && (b[end] == ' ' || b[end] == '-') && isDigit(b[end+1])
		if grouped || minCard <= end-first && end-first <= 16 {
			if number, to := cardAt(b, first); number {
				found, end = append(found, span{first, to}), to
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
	if len(n) < minCard {
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
