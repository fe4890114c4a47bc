package secrets

import "strings"

// isMark is set for the bytes by which we find secrets that don't look like secrets: the
// separators of keys and values, the signs of URLs and flags, the first letters of the
// authentication schemes Basic and Bearer, of BY in SQL, and of password; letters in the
// words pass, token, key and secret; brackets, which
// may hold a name and its value, the signs of some forms, and the first byte of a colon in
// Chinese texts.
var isMark = func() (is [256]uint8) {
	for _, c := range []byte(":=@-<>BbPp[{($~\n\xef") {
		is[c] |= aMark
	}
	for _, c := range []byte("KkCc") {
		is[c] = aMark | aLetter
	}
	for c, escape := range isEscape {
		if escape {
			is[c] |= anEscape
		}
	}
	return is
}()

const (
	aMark    = 1 << iota
	anEscape // the beginning of an escape: see escapeAt
	aLetter  // a letter that is only a mark before another one: see behindLetter
)

// behindLetter is set for the letters behind k and c in token, key and secret.
var behindLetter = [256]byte{'e': 'k', 'E': 'k', 'r': 'c', 'R': 'c'}

// marked appends the secrets that are recognised by the text around them.
func marked(b []byte, found []span) []span {
	found, _ = new(marker).marks(b, found, new(tags))
	return found
}

// marks is marked, and also reports whether something in b, outside of the spans found, is
// escaped. Then the marks may be, too. It notes the rules in by.
func (m *marker) marks(b []byte, found []span, by *tags) (_ []span, escaped bool) {
	if found, escaped = m.unescaped(b, found, by); escaped {
		inner := marker{formsOnly: m.formsOnly}
		found = inner.escaped(b, found, by)
	}
	return found, escaped
}

// unescaped is marks without the escaped marks.
func (m *marker) unescaped(b []byte, found []span, by *tags) (_ []span, escaped bool) {
	if len(b) > 0 && beginsLine(b[0]) && !m.formsOnly {
		if s := inLine(b, 0); s.from < s.to {
			found = append(found, s)
		}
	}
	for i := 0; i < len(b); i++ {
		kind := isMark[b[i]]
		if kind == 0 || kind&aLetter != 0 && (i+1 == len(b) || behindLetter[b[i+1]] != b[i]|0x20) {
			continue
		}
		escaped = escaped || kind&anEscape != 0 && beginsEscape(b, i)
		if b[i] == '\n' {
			found = m.tables(b, found)
			if i+1 == len(b) || !beginsLine(b[i+1]) {
				continue
			}
		}
		if kind&aMark != 0 && m.may(b, i) && !(m.formsOnly && markRule(b, i) == ByMark) {
			found, i = m.atMark(b, i, found, by)
		}
	}
	by.upto(len(found), ByMark)
	return found, escaped
}

// atMark appends what the mark at b[i] announces, and returns the place behind which to look for
// more.
func (m *marker) atMark(b []byte, i int, found []span, by *tags) ([]span, int) {
	if b[i] == '(' {
		found = inserted(b, i, found)
	}
	s := m.at(b, i)
	if s.from >= s.to {
		return found, i
	}
	by.upto(len(found), ByMark)
	found = append(found, s)
	by.upto(len(found), markRule(b, i))
	// Don't look for more inside a span: "password=password=..." would take forever.
	// But its last byte may be the mark of the next, and all of it may be a flag.
	if b[s.from] != '-' || runEnd(b, s.from, wordSet) < s.to {
		i = max(i, s.to-2)
		m.tag = i + 1 // a tag may begin in what was skipped
		found = m.tables(b, found)
	}
	return found, i
}

// tables appends the secrets in tables, when the end of the first line is reached or skipped.
func (m *marker) tables(b []byte, found []span) []span {
	if m.below || m.formsOnly {
		return found
	}
	m.below = true
	return inTable(b, found)
}

// beginsEscape reports whether the sign at b[i] is the first of an escape.
func beginsEscape(b []byte, i int) bool {
	if i+1 == len(b) || !secondOfEscape[b[i+1]] {
		return false
	}
	_, n := escapeAt(b, i)
	return n > 0
}

// inLine returns the secret that the beginning of a line, b[from], announces.
func inLine(b []byte, from int) span {
	s := inProtocol(b, from)
	if s.from >= s.to {
		s = inDirective(b, from)
	}
	return s
}

// A marker finds the secrets of one text. It remembers what it has already passed.
type marker struct {
	nextAt  int  // the first @ after a ://, once there was one
	lastDSN int  // behind the @ of the last DSN: the next one begins there or later
	tag     int  // behind the last <, if no > came after it; else 0
	below   bool // the first line is behind us
	partly  bool // marks may lack their beginnings

	// formsOnly leaves out what the rule for marks finds, and so goes on inside of it: that
	// rule is turned off
	formsOnly bool
	line      ahead
}

// at returns the secret that the mark at b[i] announces.
func (m *marker) at(b []byte, i int) span {
	s := m.announced(b, i)
	if s.from >= s.to && m.partly && (b[i] == ':' || b[i] == '=') {
		s = afterCutMark(b, i)
	}
	if s.from < s.to && markRule(b, i) == ByMark && b[i] != '-' && isExpression(b, s) {
		return span{}
	}
	return s
}

// announced is at without what isn't a secret in scripts, or is partly overwritten.
func (m *marker) announced(b []byte, i int) (s span) {
	switch b[i] {
	case ':':
		m.line.section.enter(b, i)
		if !hasPrefix(b[i:], "://") {
			s = afterColon(b, i, &m.line)
			break
		}
		if m.nextAt <= i {
			m.nextAt = until(b, i, '@')
		}
		if s = inURL(b, i+len("://"), m.nextAt); s.from >= s.to {
			s = afterServer(b, i)
		}
	case '=':
		if s = assigned(b, i, &m.line); s.from >= s.to && i > 0 && b[i-1] == 'e' {
			s = inForm(b, i)
		}
	case '@':
		if open := runEnd(b, i+1, alnum); open < len(b) && (b[open] == '(' || open == i+1 && b[open] == '/') {
			s = inDriverDSN(b, i, m.lastDSN)
			m.lastDSN = i + 1
		}
		if s.from >= s.to {
			s = beforeHost(b, i)
		}
	case '>':
		if s = inElement(b, i); s.from >= s.to {
			s = afterArrow(b, i)
		}
	case '-':
		s = dashed(b, i)
	case '\n':
		s = inLine(b, i+1)
	case '[', '{', '(':
		m.line.section.enter(b, i)
		if s = inPair(b, i); s.from >= s.to && b[i] == '(' {
			s = called(b, i)
		}
	case '$':
		s = hashedPassword(b, i)
	case '~':
		s = aroundTilde(b, i)
	case 0xef:
		s = afterWideColon(b, i)
	case 'P', 'p':
		if s = afterPassword(b, i); s.from >= s.to {
			s = afterName(b, i)
		}
	case 'K', 'k', 'C', 'c':
		s = afterName(b, i)
	default:
		if s = credentials(b, i); s.from >= s.to {
			s = identifiedBy(b, i)
		}
	}
	return s
}

// dashed returns the value of the flag whose dash is b[i].
func dashed(b []byte, i int) span {
	s := flagged(b, i)
	if s.from >= s.to {
		s = ofCommand(b, i)
	}
	if s.from >= s.to {
		s = fedTo(b, i)
	}
	if s.from >= s.to && i == 0 {
		s = attached(b)
	}
	return s
}

// privateKeys appends the private keys in PEM form, from BEGIN to END or, if the text was
// cut, to its end. Line feeds may be escaped. [RFC 7468]
func privateKeys(b []byte, found []span) []span {
	const begin = "BEGIN "
	// Looking at every fifth byte finds five dashes.
	for i := len(dashes) - 1; i < len(b); i += len(dashes) {
		if b[i] != '-' {
			continue
		}
		for i < len(b) && b[i] == '-' {
			i++
		}
		from := i - len(dashes)
		if !hasPrefix(b[i:], begin) || !hasPrefix(b[max(0, from):], dashes) {
			continue
		}
		label := b[i:min(len(b), i+maxLabel)]
		label = label[:runEnd(label, 0, capital|digit|space)]
		if !hasPrefix(b[i+len(label):], dashes) {
			continue // nothing follows, or a pattern
		}
		if indexOf(label, "PRIVATE KEY") < 0 {
			continue
		}
		to := endOfKey(b, i)
		found = append(found, span{from, to})
		i = to - 1
	}
	return found
}

// dashes are on both sides of the lines that begin and end a key; maxLabel bounds the text
// between them.
const (
	dashes   = "-----"
	maxLabel = 64
)

// endOfKey returns the end of the private key whose first line is at b[from]. A line that
// ends a key has a label in capitals: other lines belong to the key.
func endOfKey(b []byte, from int) int {
	const end = "-----END "
	for {
		n := indexOf(b[from:], end)
		if n < 0 {
			return len(b)
		}
		from += n + len(end)
		label := runEnd(b[:min(len(b), from+maxLabel)], from, capital|digit|space)
		if hasPrefix(b[label:], dashes) {
			return label + len(dashes)
		}
	}
}

// maxTag bounds the length of a start tag.
const maxTag = 256

// startTag returns the name in the start tag that ends at b[end]; nothing if there is no
// start tag, or its element has no content.
func startTag(b []byte, end int) span {
	if end == 0 || b[end-1] == '/' {
		return span{}
	}
	from := end
	for from > 0 && end-from < maxTag && b[from-1] != '<' && b[from-1] != '>' {
		from--
	}
	if from == 0 || b[from-1] != '<' {
		return span{}
	}
	to := from
	for to < end && (class[b[to]]&wordSet != 0 || b[to] == ':') {
		to++
	}
	if to < end && class[b[to]]&blank == 0 {
		return span{}
	}
	return span{from, to}
}

// identifiedBy returns the password that an SQL statement sets for a user: IDENTIFIED BY
// 'x', IDENTIFIED WITH plugin BY 'x'. Its BY is at b[i].
func identifiedBy(b []byte, i int) span {
	const by, identified, with = "by", "identified", "with"
	after := i + len(by)
	if !hasPrefixFold(b[i:], by) || after == len(b) || class[b[after]]&blank == 0 || i == 0 ||
		class[b[i-1]]&blank == 0 {
		return span{}
	}
	w := wordBefore(b, i)
	if before := wordBefore(b, w.from); equalFold(b[before.from:before.to], with) {
		w = wordBefore(b, before.from)
	}
	if !equalFold(b[w.from:w.to], identified) {
		return span{}
	}
	from := runBlanks(b, after)
	if quoteAt(b, from) == 0 {
		return span{}
	}
	return quotedText(b, from)
}

// wordBefore returns the word before b[to], without the white space around it.
func wordBefore(b []byte, to int) span {
	w := span{to: beforeBlanks(b, to)}
	w.from = w.to
	for w.from > 0 && w.to-w.from < maxName && class[b[w.from-1]]&blank == 0 {
		w.from--
	}
	return w
}

// quotedText is quoted without placeholders. In SQL, a quote inside a text is doubled.
func quotedText(b []byte, i int) span {
	v := quoted(b, i)
	for b[i] == '\'' && v.to+1 < len(b) && b[v.to] == '\'' && b[v.to+1] == '\'' {
		v.to = quoted(b, v.to+1).to
	}
	if placeholder(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// inElement returns the text of an XML element, <Password>text</Password>, whose start tag
// ends at b[end]. Without an end tag there is no element, only a word in brackets as in
// "Bearer <token>".
func inElement(b []byte, end int) span {
	const verbatim, verbatimEnd = "<![CDATA[", "]]>"
	tag := startTag(b, end)
	name := b[tag.from:tag.to]
	if colon := until(name, 0, ':'); colon < len(name) {
		name = name[colon+1:] // without the namespace's prefix
	}
	if len(name) == 0 || inText(name) < IfNoPath {
		return span{}
	}
	v := span{end + 1, end + 1}
	if hasPrefix(b[v.from:], verbatim) {
		v.from += len(verbatim)
		n := indexOf(b[v.from:], verbatimEnd)
		if n < 0 {
			return span{v.from, len(b)}
		}
		v.to = v.from + n
	} else {
		v.to = v.from + untilAny(b[v.from:], "<")
		if !hasPrefix(b[v.to:], "</") || !hasPrefix(b[v.to+len("</"):], string(b[tag.from:tag.to])) {
			return span{}
		}
	}
	if placeholder(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// flagged returns the value of a flag in a command line, -password x, or in a list of
// arguments, "-password", "x"; its first dash is b[i]. In the usage text of package flag,
// the type of the value follows.
func flagged(b []byte, i int) span {
	if i > 0 && class[b[i-1]]&blank == 0 && b[i-1] != '[' && !isQuote(b[i-1]) {
		return span{}
	}
	end := runEnd(b[:min(len(b), i+maxName)], i, wordSet)
	from := runBlanks(b, end)
	if size := quoteAt(b, end); size > 0 {
		from = runBlanks(b, end+size)
		if from < len(b) && b[from] == ',' {
			from = runBlanks(b, from+1)
		}
		if quoteAt(b, from) == 0 {
			return span{}
		}
	}
	strength := inText(b[i:end])
	if strength == NotSecret && end-i <= maxShortFlag && mayTakeSecret(string(b[i:end])) {
		strength = IfRandom
	}
	if from == end || from == len(b) || strength == NotSecret {
		return span{}
	}
	v := span{from, bareEnd(b, from)}
	if quoteAt(b, from) > 0 {
		v = quoted(b, from)
	}
	switch value := b[v.from:v.to]; {
	case placeholder(value), string(value) == "string", string(value) == "value", !strength.Hides(value):
		return span{}
	// The value is a placeholder, as in --api-token TOKEN.
	case class[value[0]]&capital != 0 && string(value) == strings.ToUpper(lastWord(string(b[i:end]))):
		return span{}
	}
	return v
}

// lastWord returns the last word of a flag's name.
func lastWord(flag string) string { return flag[strings.LastIndexAny(flag, "-_.")+1:] }

// isParameter reports whether the name of a parameter, its = and a value in quotes are at
// s: Bearer realm="x".
func isParameter(b []byte, s span) bool {
	name := b[s.from : s.to-1]
	for _, c := range name {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	size := quoteAt(b, s.to)
	next := s.to + size
	return b[s.to-1] == '=' && size > 0 && next < len(b) && (class[b[next]]&alnum != 0 || isQuote(b[next]))
}

// credentials returns the text after the word Bearer or Basic at b[i], unless it is an
// ordinary word. After an Authorization header no word is ordinary: assigned finds that.
// [RFC 6750, section 2.1; RFC 7617, section 2]
func credentials(b []byte, i int) span {
	if !startsWord(b, i) {
		return span{}
	}
	from := skipScheme(b, i)
	if from == i {
		return span{}
	}
	s := span{from, runEnd(b, from, token68)}
	v := b[s.from:s.to]
	switch {
	case hasPrefixFold(b[i:], "bearer"):
		if len(v) >= 6 && !ordinary(v) && !isParameter(b, s) {
			return s
		}
	case basicCredentials(v):
		return s
	}
	return span{}
}
