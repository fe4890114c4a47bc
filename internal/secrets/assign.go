package secrets

// minSAS is the length of a signature in an Azure storage URL, 32 bytes in base64. Other
// services use shorter signatures, but they aren't secrets.
const minSAS = 43

// maxName bounds how long a name before a separator may be.
const maxName = 64

// assigned returns the value of key=value, key: value, "key":"value",
// key := "value" and the like whose separator is b[sep], if the key is a
// SecretName.
func assigned(b []byte, sep int, a *ahead) span {
	k := keyBefore(b, sep)
	if k.from == k.to {
		return span{}
	}
	strength := k.weigh(b)
	if strength == NotSecret {
		strength = k.inPlace(b, sep, a)
	}
	if strength == NotSecret || b[sep] == ':' && !k.quoted && fileName(b[k.from:k.to]) {
		return span{}
	}
	if k.fromField(b, sep) {
		return span{}
	}
	if strength < IfNoPath {
		// Most such values aren't secret: don't look for their ends each time.
		near := valueAfter(b[:min(len(b), sep+2*maxValue)], sep, k.line(b), &ahead{})
		if near.from >= near.to || !strength.Hides(b[near.from:near.to]) {
			return span{}
		}
	}
	v := k.inArgument(b, valueAfter(b, sep, k.line(b), a))
	if v.from >= v.to || k.harmless(b, sep, v, a) || !strength.Hides(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// inArgument returns the part of a value that is in the same quotes as its key: -H 'Cookie: x' \.
func (k keySpan) inArgument(b []byte, v span) span {
	if k.quoted || k.from == 0 || b[k.from-1] != '\'' || v.from >= v.to {
		return v
	}
	if end := until(b[:v.to], v.from, '\''); end > v.from && b[end-1] != '\\' &&
		(end+1 >= len(b) || class[b[end+1]]&blank != 0) {
		v.to = end
	}
	return v
}

// inPlace returns what a key that says nothing by itself says where it is.
func (k keySpan) inPlace(b []byte, sep int, a *ahead) Strength {
	strength := k.paired(b)
	switch {
	case strength != NotSecret:
	case k.inQuery(b), a.section.holds(b, k, sep), b[sep] == ':' && isSwitch(b, sep):
		strength = IfRandom
	case b[sep] == '=' && k.forUser(b):
		strength = Secret
	}
	return strength
}

// A keySpan is the place of a key; quoted if the key is between quotes or brackets.
type keySpan struct {
	span
	quoted bool
}

// keyBefore returns the key that ends before b[sep]. There may be blanks, a quote (escaped
// or not), and a bracket between them, as in header["Cookie"] = .
func keyBefore(b []byte, sep int) keySpan {
	to, quoted := keyEnd(b, sep)
	from := to
	for from > 0 && to-from < maxName && inName[b[from-1]] {
		from--
	}
	return keySpan{span{behindEscape(b, from, to), to}, quoted}
}

// keyEnd returns the end of the key before b[sep], and whether it is quoted.
func keyEnd(b []byte, sep int) (to int, quoted bool) {
	to = sep
	for to > 0 && (b[to-1] == ' ' || b[to-1] == '\t') {
		to--
	}
	if to > 0 && b[to-1] == ']' {
		to--
		quoted = true
	}
	if to > 0 && isQuote(b[to-1]) {
		to = beforeQuote(b, to)
		quoted = true
	}
	return to, quoted
}

// behindEscape returns the beginning of the key in b[from:to], whose first letter may
// belong to an escape sequence: "\npassword".
func behindEscape(b []byte, from, to int) int {
	if from > 0 && b[from-1] == '\\' && to-from > 1 && (b[from] == 'n' || b[from] == 'r' || b[from] == 't') {
		return from + 1
	}
	return from
}

// weigh returns what the key says about its value. It looks for a key of two words only
// where the second word alone says nothing: "api key", "session id". In text the value of
// a token may look like anything, see inText.
func (k keySpan) weigh(b []byte) Strength {
	name := b[k.from:k.to]
	s := inText(name)
	if string(name) == "sig" {
		return Secret
	}
	if s != NotSecret || k.from < 2 || b[k.from-1] != ' ' ||
		!equalFold(name, "key") && !equalFold(name, "keys") && !equalFold(name, "id") && !equalFold(name, "phrase") {
		return s
	}
	from := k.from - 1
	for from > 0 && k.to-from < maxName && class[b[from-1]]&wordSet != 0 {
		from--
	}
	return weigh(b[from:k.to])
}

// lastIs reports whether word is the last word of a name: behind a sign, or the whole
// name.
func lastIs(name []byte, word string) bool {
	n := len(name) - len(word)
	return n >= 0 && (n == 0 || class[name[n-1]]&alnum == 0) && equalFold(name[n:], word)
}

// paired returns what the name says in a pair of a name and a value, whose second key this
// is: name="password" value=, {"key":"token","value":.
func (k keySpan) paired(b []byte) Strength {
	if !equalFold(b[k.from:k.to], "value") && string(b[k.from:k.to]) != "V" {
		return NotSecret
	}
	i := k.from
	if i > 0 && isQuote(b[i-1]) {
		i = beforeQuote(b, i)
	}
	i = beforeBlanks(b, i)
	if i > 0 && (b[i-1] == ',' || b[i-1] == ';') {
		i = beforeBlanks(b, i-1)
	}
	if i > 0 && isQuote(b[i-1]) {
		i = beforeQuote(b, i)
	}
	name := span{i, i}
	for name.from > 0 && name.to-name.from < maxName && class[b[name.from-1]]&wordSet != 0 {
		name.from--
	}
	if name.from == name.to {
		return NotSecret
	}
	strength := weigh(b[name.from:name.to])
	i = name.from
	if i > 0 && isQuote(b[i-1]) {
		i = beforeQuote(b, i)
	}
	i = beforeBlanks(b, i)
	if strength == NotSecret || i == 0 || b[i-1] != ':' && b[i-1] != '=' {
		return NotSecret
	}
	first := keyBefore(b, i-1)
	switch key := b[first.from:first.to]; {
	case equalFold(key, "name"), equalFold(key, "key"), equalFold(key, "variable"), equalFold(key, "parameter"),
		equalFold(key, "header"), string(key) == "K":
		return strength
	}
	return NotSecret
}

// beforeQuote returns the beginning of the quote that ends at b[to], including the
// backslashes before it.
func beforeQuote(b []byte, to int) int {
	to--
	for to > 0 && b[to-1] == '\\' {
		to--
	}
	return to
}

func beforeBlanks(b []byte, to int) int {
	for to > 0 && class[b[to-1]]&blank != 0 {
		to--
	}
	return to
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// valueAfter returns the value that follows b[sep]; if line is set, a value without quotes
// goes to the end of the line.
func valueAfter(b []byte, sep int, line bool, a *ahead) span {
	i := valueStart(b, sep)
	if i < len(b) && b[sep] == ':' {
		i = pastType(b, i)
	}
	if i >= len(b) {
		return span{}
	}
	var v span
	switch {
	case b[i] == '[':
		v = list(b, i)
	case hasPrefix(b[i:], `"""`), hasPrefix(b[i:], "'''"):
		from := i + len(`"""`)
		n := indexOf(b[from:], string(b[i:from]))
		if n < 0 {
			n = len(b) - from
		}
		return span{from, from + n}
	case b[sep] == ':' && scalarHeader(b, i) < len(b):
		return blockScalar(b, sep, scalarHeader(b, i))
	case quoteAt(b, i) > 0:
		v = quoted(b, i)
	case b[i] == '{':
		return span{} // what is inside has its own keys
	default:
		if b[i] == '!' && b[sep] == ':' && i+1 < len(b) && isLetter(b[i+1]) { // a tag of YAML
			tagged := runBlanks(b, runEnd(b, i+1, wordSet))
			if tagged < len(b) && b[tagged-1] == ' ' && b[tagged] != '\n' {
				i = tagged
			}
		}
		start := skipScheme(b, i)
		if line && b[sep] == ':' && start == i {
			return span{i, a.newlines.from(b, i, "\r\n")}
		}
		return span{start, bareEnd(b, start)}
	}
	v.from = skipScheme(b[:v.to], v.from)
	return v
}

// valueStart skips what may be between the first separator and a value: more of it (:=,
// ==, =>), blanks, and the types that some printers of Go values add: (string) (len=7)
// "value".
func valueStart(b []byte, sep int) int {
	i := sep + 1
	for i < len(b) && (b[i] == '=' || b[i] == ':' || b[i] == '>') {
		i++
	}
	start := runBlanks(b, i)
	// In "password= user=bob" the value is empty.
	if b[sep] == '=' && start < len(b) && quoteAt(b, start) == 0 && (sep == 0 || class[b[sep-1]]&blank == 0) {
		return i
	}
	for start < len(b) && b[start] == '(' {
		near := b[start:min(len(b), start+maxName)]
		n := indexOf(near, ") ")
		if n < 0 {
			break
		}
		start += n + len(") ")
	}
	if start+1 < len(b) && (b[start] == '&' || b[start] == '*') && isQuote(b[start+1]) {
		start++
	}
	return start
}

// ahead remembers what was found ahead in a text, so that many searches for it don't each
// go all the way: "cookie: cookie: cookie: " would take forever. It also remembers the section.
type ahead struct {
	newlines, equals next
	section          section
}

// next is the next one of some signs.
type next struct {
	known bool
	span  // the text from its start up to its end has none of them; one is at its end
}

// from returns the place of the first of signs at or after b[i], or len(b).
func (n *next) from(b []byte, i int, signs string) int {
	switch {
	case !n.known || i > n.to:
		n.known, n.span = true, span{i, i + untilAny(b[i:], signs)}
	case i < n.span.from:
		if to := i + untilAny(b[i:n.span.from], signs); to < n.span.from {
			return to
		}
		n.span.from = i
	}
	return n.to
}

// quoteAt returns the length of the quote at b[i], including the backslashes before it, or
// 0.
func quoteAt(b []byte, i int) int {
	n := i
	for n < len(b) && b[n] == '\\' {
		n++
	}
	if n < len(b) && isQuote(b[n]) {
		return n - i + 1
	}
	return 0
}

// quoted returns the text from the quote at b[i] to the one that ends it, or to the end of
// b.
//
// A quote inside a string has one backslash more for each level of quoting: "x", \"x\",
// \\\"x\\\". A quote with n backslashes is ended by one with n more than an even number of
// pairs of backslashes: those pairs belong to the value.
func quoted(b []byte, i int) span {
	size := quoteAt(b, i)
	n, quote := size-1, b[i+size-1]
	from := i + size
	for at := from; ; at++ {
		at = until(b, at, quote)
		if at == len(b) {
			return span{from, at}
		}
		slashes := 0
		for at-slashes > from && b[at-slashes-1] == '\\' {
			slashes++
		}
		if quote == '`' && n == 0 || slashes%(2*(n+1)) == n {
			return span{from, at - n}
		}
	}
}

// list returns the contents of the brackets at b[i]: one span for all strings of a JSON
// array, and the bytes of a Go literal such as []byte{1, 2}.
func list(b []byte, i int) span {
	if hasPrefix(b[i:], "[]") {
		near := b[i:min(len(b), i+maxName)]
		open := untilAny(near, "{( \n")
		if open == len(near) || near[open] == ' ' || near[open] == '\n' {
			return span{}
		}
		if quoteAt(b, i+open+1) > 0 {
			return quoted(b, i+open+1)
		}
		return bracketed(b, i+open, "})")
	}
	if start := runBlanks(b, i+1); quoteAt(b, start) > 0 {
		all := quoted(b, start)
		for {
			next := runBlanks(b, min(len(b), all.to+quoteAt(b, all.to)))
			if next < len(b) && b[next] == ',' {
				next = runBlanks(b, next+1)
			}
			if next <= all.to || quoteAt(b, next) == 0 {
				return all
			}
			all.to = quoted(b, next).to
		}
	}
	return bracketed(b, i, "]")
}

func bracketed(b []byte, open int, end string) span {
	return span{open + 1, open + untilAny(b[open:], end)}
}

// bareEnd returns the end of the value without quotes that begins at b[i]. White space
// ends it. A sign such as , or & ends it only if what follows looks like the next key, or
// like the end of something that contains the value: a password may hold any sign, and no
// tail of it may stay. A bracket that was opened in the value doesn't end it, as in
// ${NAME} and <nil>.
func bareEnd(b []byte, i int) int {
	open := 0
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case class[c]&blank != 0, c < ' ':
			return i
		case class[c]&opening != 0:
			open++
		case open > 0 && class[c]&closing != 0:
			open--
		case class[c]&ending != 0 && endsValue(b, i):
			return i
		case (isQuote(c) || c == '\\' && quoteAt(b, i) > 0) && endsQuoted(b, i):
			return i
		}
	}
	return i
}

// endsValue reports whether the sign at b[i] ends a value.
func endsValue(b []byte, i int) bool {
	next := i + 1
	if next == len(b) {
		return true
	}
	c := b[next]
	if class[c]&(blank|ending) != 0 || quoteAt(b, next) > 0 {
		return true
	}
	if class[b[i]]&closing != 0 {
		return c == '.' || c == ':'
	}
	end := runEnd(b[:min(len(b), next+maxName)], next, wordSet)
	return end > next && end < len(b) && (b[end] == '=' || b[end] == ':')
}

// endsQuoted reports whether the quote at b[i] ends a text whose last part is a value
// without quotes.
func endsQuoted(b []byte, i int) bool {
	next := i + quoteAt(b, i)
	return next >= len(b) || class[b[next]]&alnum == 0
}

// These schemes of HTTP authentication stay readable. [IANA HTTP Authentication Scheme
// Registry]
var schemes = [...]string{"bearer ", "basic ", "negotiate "}

// skipScheme returns the beginning of the credentials after an authentication scheme at
// b[i], or i if there is no scheme.
func skipScheme(b []byte, i int) int {
	for _, scheme := range schemes {
		if hasPrefixFold(b[i:], scheme) {
			return runBlanks(b, i+len(scheme))
		}
	}
	return i
}
