package secrets

// This file finds secrets in tables, whose headers say what the columns hold.

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
