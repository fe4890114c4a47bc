package secrets

// This file finds secrets in protocols, in tables, and in files where a value's place says
// what it is.

// inProtocol returns the password in a line of a protocol that begins at b[from] with a
// command in capitals: PASS x [RFC 1939, section 7], AUTH x [redis.io/commands/auth], a1
// LOGIN bob x [RFC 9051, section 6.2.3], AUTH PLAIN x [RFC 4616].
func inProtocol(b []byte, from int) span {
	if from+7 > len(b) || !startsCommand(b, from) {
		return span{}
	}
	end := until(b[:min(len(b), from+maxUserinfo)], from, '\n')
	if string(b[from:end]) == "AUTH\r" {
		return thirdLine(b, end)
	}
	return inCommandLine(b, from, end)
}

// startsCommand reports whether b[from:] may begin with a command, or a tag and LOGIN. For
// nearly all lines, this decides.
func startsCommand(b []byte, from int) bool {
	switch b[from] {
	case 'A', 'P', 'L', 'I':
		if isCapital(b[from+1]) && isCapital(b[from+2]) {
			return true
		}
	case 'C', 'S':
		return b[from+1] == ':'
	case '>':
		return true
	}
	if class[b[from]]&alnum == 0 {
		return false
	}
	for i := from + 1; i < from+7; i++ {
		if b[i] == ' ' {
			return isDigit(b[i-1]) && i+1 < len(b) && b[i+1] == 'L'
		}
	}
	return false
}

// thirdLine returns the line after the next one, which begins with a dollar: *2, $4, AUTH,
// $8, x7Q2wK9z. [redis.io/docs/reference/protocol-spec]
func thirdLine(b []byte, end int) span {
	if end+1 >= len(b) || b[end+1] != '$' {
		return span{}
	}
	from := min(len(b), until(b[:min(len(b), end+16)], end+1, '\n')+1)
	return span{from, from + untilAny(b[from:min(len(b), from+maxUserinfo)], "\r\n")}
}

// inCommandLine returns the password in the line b[from:end].
func inCommandLine(b []byte, from, end int) span {
	first := wordAfter(b[:end], from)
	switch string(b[first.from:first.to]) {
	case "C:", ">", ">>>", "a", "a1", "a2", "A1", "A001", "a001", "S:":
		first = wordAfter(b[:end], first.to)
	case "AUTH", "PASS", "LOGIN", "IDENTIFY", "*2":
	default:
		if first.to-first.from > 6 || first.to == first.from || !isDigit(b[first.to-1]) {
			return span{}
		}
		first = wordAfter(b[:end], first.to)
	}
	command := string(b[first.from:first.to])
	one := wordAfter(b[:end], first.to)
	two := wordAfter(b[:end], one.to)
	more := wordAfter(b[:end], two.to)
	if more.from < more.to {
		return span{}
	}
	crlf := end > from && b[end-1] == '\r'
	v := one
	switch {
	case command == "AUTH" && two.from < two.to, command == "LOGIN":
		v = two
	case command == "AUTH" || command == "PASS" || command == "IDENTIFY":
		if two.from < two.to {
			return span{}
		}
	default:
		return span{}
	}
	if size := quoteAt(b[:end], v.from); size > 0 {
		v = quoted(b[:end], v.from)
	}
	value := b[v.from:v.to]
	certain := crlf && (command == "LOGIN" && v.from > two.from || !wordy(value)) // LOGIN bob "x"
	if len(value) < 4 || placeholder(value) || !looksSecret(value) && !certain && !basicPlain(value) {
		return span{}
	}
	return v
}

// basicPlain reports whether v may be the argument of AUTH PLAIN.
func basicPlain(v []byte) bool {
	return len(v) >= 16 && len(v)%4 == 0 && len(v)-runEnd(v, 0, base64Set) <= 2 && (!wordy(v) || !small(v))
}

// wordAfter returns the next word on a line, after blanks.
func wordAfter(b []byte, from int) span {
	from = runBlanks(b, from)
	to := from
	for to < len(b) && class[b[to]]&blank == 0 {
		to++
	}
	return span{from, to}
}

// inPgpass returns the last of five fields in a line of a .pgpass file: host:port:db:user:x.
// The colon after the host is b[i]. [PostgreSQL, The Password File]
func inPgpass(b []byte, i int) span {
	port := runEnd(b[:min(len(b), i+7)], i+1, digit)
	if b[i+1] == '*' {
		port = i + 2
	} else if port-i <= 3 {
		return span{} // a time
	}
	if port >= len(b) || b[port] != ':' || i == 0 || class[b[i-1]]&wordSet == 0 && b[i-1] != '*' {
		return span{}
	}
	host := i
	for host > 0 && i-host < maxName && (class[b[host-1]]&wordSet != 0 || b[host-1] == '*') {
		host--
	}
	if host > 0 && b[host-1] != '\n' && !isQuote(b[host-1]) {
		return span{}
	}
	at := port
	for range 2 {
		end := at + 1
		for end < len(b) && end-at < maxName && (class[b[end]]&wordSet != 0 || b[end] == '*') {
			end++
		}
		if end == at+1 || end >= len(b) || b[end] != ':' || digits(b[at+1:end]) {
			return span{}
		}
		at = end
	}
	v := span{at + 1, at + 1 + untilAny(b[at+1:min(len(b), at+maxValue)], " \t\r\n\"':")}
	if v.to-v.from < 4 || placeholder(b[v.from:v.to]) || v.to < len(b) && b[v.to] == ':' {
		return span{}
	}
	return v
}

// beforeHost returns the password before the @ at b[at] in addresses of Oracle,
// scott/x@host:1521/service, and of Snowflake, user:x@account/database.
func beforeHost(b []byte, at int) span {
	host := at + 1
	for host < len(b) && b[host] == '/' && host < at+3 {
		host++
	}
	end := runEnd(b[:min(len(b), host+maxName)], host, wordSet)
	port := end
	if port < len(b) && b[port] == ':' {
		port = runEnd(b, port+1, digit)
	}
	if end == host || port >= len(b) || b[port] != '/' {
		return span{}
	}
	from := at
	for from > 0 && at-from < maxName && class[b[from-1]]&blank == 0 && !isQuote(b[from-1]) && b[from-1] != ':' &&
		b[from-1] != '/' {
		from--
	}
	if from == 0 || from == at {
		return span{}
	}
	user := from - 1
	for user > 0 && from-user < maxName && class[b[user-1]]&wordSet != 0 {
		user--
	}
	before := user == 0 || class[b[user-1]]&blank != 0 || isQuote(b[user-1]) || b[user-1] == '='
	oracle := b[from-1] == '/' && port > end
	if user == from-1 || !before || !oracle && (b[from-1] != ':' || host != at+1 || !looksSecret(b[from:at]) &&
		!(user == 0 && passwordLike(b[from:at]) && !addressScheme(b[:from-1]))) {
		return span{}
	}
	return span{from, at}
}

// passwordLike reports whether v, which is where a password belongs, may be one that people
// choose, and no port, number or single word.
func passwordLike(v []byte) bool {
	letters, others := 0, 0
	for _, c := range v {
		if isLetter(c) {
			letters++
		} else {
			others++
		}
	}
	return len(v) >= minLearned && letters >= 3 && others > 0 && !looksLikePath(string(v)) || looksSecret(v)
}

// addressScheme reports whether the name before a colon is that of a URI that has an address
// behind it.
func addressScheme(name []byte) bool {
	switch string(name) {
	case "mailto", "acct", "sip", "sips", "xmpp", "npm", "pkg", "jsr", "im", "ssh", "git":
		return true
	}
	return false
}

// maxColumns bounds how many columns of a table are checked.
const maxColumns = 64

// columns are the indexes of a table's secret columns.
type columns struct {
	secret [maxColumns]Strength
	n      int
	any    bool
}

// add adds the name of a column.
func (c *columns) add(name []byte) {
	if c.n < maxColumns {
		c.secret[c.n] = weigh(name)
		c.any = c.any || c.secret[c.n] != NotSecret
	}
	c.n++
}

// inTable appends the secrets in a text that is a table with a header: name,password.
func inTable(b []byte, found []span) []span {
	const maxHeader = 1024
	if len(b) > 0 && b[0] == '|' {
		return inMarkdown(b, found)
	}
	first := runEnd(b[:min(len(b), maxHeader)], 0, alnum|dash|dot)
	if first == 0 || first >= len(b) || !separatesColumns(b[first]) {
		return found // as nearly always
	}
	end := until(b[:min(len(b), maxHeader)], 0, '\n')
	if end >= len(b) || b[end] != '\n' {
		return found
	}
	sign := byte(0)
	var c columns
	for from := 0; ; {
		to := runEnd(b[:end], from, alnum|dash|dot)
		if to == from {
			return found
		}
		c.add(b[from:to])
		if to == end || b[to] == '\r' && to+1 == end {
			break
		}
		if sign == 0 {
			sign = b[to]
		}
		if b[to] != sign || !separatesColumns(sign) {
			return found
		}
		from = to + 1
	}
	if !c.any || c.n < 2 {
		return found
	}
	return c.cells(b, end+1, sign, found)
}

// inMarkdown appends the secrets in a text that is a table of Markdown, whose second row is of
// dashes: | name | password |.
func inMarkdown(b []byte, found []span) []span {
	var c columns
	from := 0
	for row := 0; from < len(b) && b[from] == '|'; row++ {
		end := until(b, from, '\n')
		n := 0
		for at := from + 1; at < end; n++ {
			to := until(b[:end], at, '|')
			v := span{runBlanks(b[:to], at), beforeBlanks(b, to)}
			switch {
			case v.from >= v.to:
			case row == 0:
				c.add(b[v.from:v.to])
			case row == 1 && b[v.from] != '-' && b[v.from] != ':', n >= c.n:
				return found
			case row > 1 && n < maxColumns && c.secret[n] != NotSecret && c.secret[n].Hides(b[v.from:v.to]) &&
				!placeholder(b[v.from:v.to]):
				found = append(found, v)
			}
			at = to + 1
		}
		if !c.any {
			return found
		}
		from = end + 1
	}
	return found
}

func separatesColumns(c byte) bool { return c == ',' || c == ';' || c == '\t' || c == '|' }

// cells appends the secret cells of the lines from from that have as many cells.
func (c *columns) cells(b []byte, from int, sign byte, found []span) []span {
	for from < len(b) {
		end := until(b, from, '\n')
		n, last := 0, len(found)
		for at := from; at <= end; n++ {
			to := at
			if size := quoteAt(b[:end], at); size > 0 {
				s := quoted(b[:end], at)
				to = min(end, s.to+1)
			}
			for to < end && b[to] != sign {
				to++
			}
			if v := b[at:to]; n < maxColumns && len(v) > 0 && c.secret[n] != NotSecret && c.secret[n].Hides(v) &&
				!placeholder(v) {
				found = append(found, span{at, to})
			}
			at = to + 1
		}
		if n != c.n {
			return found[:last]
		}
		from = end + 1
	}
	return found
}

// inserted appends the secrets in INSERT INTO table (columns) VALUES (values), whose first
// bracket is b[i].
func inserted(b []byte, i int, found []span) []span {
	const into, values = "into", "values"
	table := wordBefore(b, i)
	word := wordBefore(b, table.from)
	if !equalFold(b[word.from:word.to], into) {
		return found
	}
	var c columns
	at := i + 1
	for {
		at = runBlanks(b, at)
		if at < len(b) && isQuote(b[at]) {
			at++
		}
		end := runEnd(b[:min(len(b), at+maxName)], at, wordSet)
		if end == at || end == len(b) {
			return found
		}
		c.add(b[at:end])
		if isQuote(b[end]) {
			end++
		}
		at = runBlanks(b, end)
		if at == len(b) || b[at] != ',' && b[at] != ')' {
			return found
		}
		at++
		if b[at-1] == ')' {
			break
		}
	}
	at = runBlanks(b, at)
	if !c.any || !hasPrefixFold(b[at:], values) {
		return found
	}
	at += len(values)
	for {
		found, at = c.tuple(b, runBlanks(b, at), found)
		if at = runBlanks(b, at); at >= len(b) || b[at] != ',' {
			return found
		}
		at++
	}
}

// tuple appends the secret values in the brackets at b[at], and returns where they end.
func (c *columns) tuple(b []byte, at int, found []span) ([]span, int) {
	if at >= len(b) || b[at] != '(' {
		return found, len(b)
	}
	for n := 0; n < c.n && n < maxColumns; n++ {
		at = runBlanks(b, at+1)
		if at >= len(b) {
			return found, at
		}
		var v span
		if quoteAt(b, at) > 0 {
			v = quotedText(b, at)
			at = max(v.to, quoted(b, at).to) + 1
		}
		if v.from < v.to && c.secret[n] != NotSecret && c.secret[n].Hides(b[v.from:v.to]) {
			found = append(found, v)
		}
		at += untilAny(b[min(at, len(b)):], ",)")
		if at >= len(b) || b[at] == ')' {
			return found, at + 1
		}
	}
	return found, len(b)
}
