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

// maxCard is the largest number of digits of a card's number.
const maxCard = 16

// cardAt reports whether the number of a card begins at b[from], and where it ends.
func cardAt(b []byte, from int) (found bool, end int) {
	number, end := cardNumber(b, from)
	before := from > 0 && (class[b[from-1]]&wordSet != 0 || b[from-1] >= 0x80)
	after := end < len(b) && (class[b[end]]&(alnum|dash) != 0 || b[end] == '.' && end+1 < len(b) && isDigit(b[end+1]))
	return !before && !after && issued(number.digits[:number.n]) && checked(number.digits[:number.n]), end
}

// digitsOf are the digits of a card's number.
type digitsOf struct {
	digits [maxCard]byte
	n      int
}

// cardNumber returns the digits from b[from] on, in groups or not, and where they end. Of more
// digits than a card has it returns none.
func cardNumber(b []byte, from int) (number digitsOf, end int) {
	separator := byte(0)
	for end = from; end < len(b); end++ {
		c := b[end]
		if isDigit(c) {
			if number.n == maxCard {
				return digitsOf{}, end
			}
			number.digits[number.n] = c - '0'
			number.n++
			continue
		}
		if c != ' ' && c != '-' || end+1 == len(b) || !isDigit(b[end+1]) {
			break
		}
		if number.n == 4 {
			separator = c
		}
		if separator != c || !endsGroup(number.n) {
			break
		}
	}
	return number, end
}

// endsGroup reports whether a group of digits may end behind the first n: 4-4-4-4 or 4-6-5.
func endsGroup(n int) bool { return n == 4 || n == 8 || n == 10 || n == 12 }

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
