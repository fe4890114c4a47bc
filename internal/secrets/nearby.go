package secrets

// This file finds secrets that stand behind a name without a sign of assignment, and those
// whose name says something only in its section.

// minNear and minNearToken are the lengths of the shortest passwords, tokens and keys that are
// found behind a name without a sign between them.
const (
	minNear      = 8
	minNearToken = 10
)

// mayBeNamed reports whether the letter b[i] is in passw, pw, token, key or secret, or begins creds.
func mayBeNamed(b []byte, i int) bool {
	if i+1 >= len(b) {
		return false
	}
	before, next := byte(' '), b[i+1]|0x20
	if i > 0 {
		before = b[i-1] | 0x20
	}
	switch b[i] | 0x20 {
	case 'p':
		return next == 'a' || next == 'w'
	case 'k':
		return next == 'e' && (before == 'o' || i+2 < len(b) && b[i+2]|0x20 == 'y')
	case 'c':
		return next == 'r' && (before == 'e' || class[before]&alnum == 0 && hasPrefixFold(b[i:], "cred"))
	}
	return false
}

// inDirective returns what looks like a secret behind the name of one at the beginning of a line,
// b[from]: masterauth x7Q2wK9zLm4p.
func inDirective(b []byte, from int) span {
	if s := inCommunity(b, from); s.from < s.to {
		return s
	}
	// A blank and a value follow the name.
	to := runEnd(b[:max(from, min(len(b)-minNear, from+maxName))], from, wordSet)
	if to >= len(b)-minNear || b[to] != ' ' || !suspicious(b[from:to]) {
		return span{}
	}
	return behindName(b, to)
}

// inCommunity returns the name of a community in settings of SNMP, which is a password: rocommunity
// x7Q2wK9z, snmp-server community x7Q2wK9z RO. [snmpd.conf(5)]
func inCommunity(b []byte, from int) span {
	const community = "community"
	if from+minNear > len(b) || b[from] != 'r' && b[from] != 's' {
		return span{} // as nearly always
	}
	word := wordAfter(b, from)
	switch string(b[word.from:word.to]) {
	case "rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6":
	case "snmp-server":
		if word = wordAfter(b, word.to); string(b[word.from:word.to]) != community {
			return span{}
		}
	default:
		return span{}
	}
	return secretWordAt(b, runBlanks(b, word.to))
}

// afterName returns what looks like a secret behind the name of one, in which b[i] is, as in
// messages and in files of directives: got token x7Q2wK9zLm4p, bindpw x7Q2wK9z.
func afterName(b []byte, i int) span {
	if !mayBeNamed(b, i) {
		return span{}
	}
	to := runEnd(b[:min(len(b), i+maxName)], i, wordSet)
	switch {
	case to >= len(b):
		return span{}
	case b[to] == ' ', b[to] == '\t':
		return behindName(b, to)
	case b[to] < ' ' && b[to] != '\n' && b[to] != '\r':
		return inNextField(b, to)
	}
	return span{}
}

// maxFields bounds the bytes of small fields between a name and its value in a message.
const maxFields = 12

// inNextField returns the next text in a message of protocol buffers behind a name that ends at
// b[to], if it looks like a secret. [protobuf.dev/programming-guides/encoding]
func inNextField(b []byte, to int) span {
	if k := keyBefore(b, to); k.weigh(b) < IfPIN {
		return span{}
	}
	const withLength = 2 // the type of a field, in its three lowest bits
	for i := to; i < min(to+maxFields, len(b)-2); i++ {
		from, size := i+2, int(b[i+1])
		if b[i]&7 != withLength || size < minNear || size > len(b)-from {
			continue
		}
		if oneLine(b[from:from+size]) && looksSecret(b[from:from+size]) {
			return span{from, from + size}
		}
	}
	return span{}
}

// behindName returns what looks like a secret behind a name that ends at b[to].
func behindName(b []byte, to int) span {
	k := keyBefore(b, to)
	if k.quoted {
		return span{}
	}
	if lastIs(b[k.from:k.to], "credentials") || lastIs(b[k.from:k.to], "creds") {
		return behindUser(b, runBlanks(b, to))
	}
	if strength := k.weigh(b); strength < IfPIN {
		return span{}
	}
	from := pastVerb(b, runBlanks(b, to))
	v := secretWordAt(b, from)
	if v.from == v.to && from+2 < len(b) && isDigit(b[from]) && b[from+1] == ' ' {
		v = secretWordAt(b, from+2) // the kind of the password, as Cisco's devices write it
	}
	shortest := minNearToken
	if ofPassword(b[k.from:k.to]) {
		shortest = minNear
	}
	if v.to-v.from < shortest || until(b[:v.to], v.from, '=') < v.to-2 {
		return span{}
	}
	return v
}

// behindUser returns what looks like a password behind a user's name and a slash at b[from]:
// credentials bob/x7Q2wK9z. Behind a colon, the name marks it.
func behindUser(b []byte, from int) span {
	if of := "for "; hasPrefix(b[from:], of) {
		from += len(of)
	}
	sign := runEnd(b[:min(len(b), from+maxName)], from, wordSet)
	if sign == from || sign >= len(b) || b[sign] != '/' {
		return span{}
	}
	v := secretWordAt(b, sign+1)
	if v.from < v.to && b[v.to-1] == ':' {
		v.to--
	}
	if v.to-v.from < minNear {
		return span{}
	}
	return v
}

// ofPassword is PasswordName without taking memory.
func ofPassword(name []byte) bool {
	for i := range name {
		if c := name[i] | 0x20; c == 'p' && (hasPrefixFold(name[i:], "pass") || hasPrefixFold(name[i:], "pw")) ||
			c == 's' && hasPrefixFold(name[i:], "secret") {
			return true
		}
	}
	return false
}

// verbs may stand between a name and its value.
var verbs = [...]string{"is ", "is: ", "ist ", "lautet ", "est ", "es ", "was ", "of "}

func pastVerb(b []byte, from int) int {
	for _, verb := range verbs {
		if hasPrefix(b[from:], verb) {
			return runBlanks(b, from+len(verb))
		}
	}
	return from
}

// called returns the first argument of a call or conversion, whose bracket is b[i], if the
// function is called after a secret and the argument looks like one: WithPassword("x7Q2wK9z").
func called(b []byte, i int) span {
	if i+1 == len(b) || !beginsElement(b[i+1]) {
		return span{}
	}
	from := i
	for from > 0 && i-from < maxName && class[b[from-1]]&wordSet != 0 {
		from--
	}
	if from == i {
		return span{}
	}
	function := b[from:i]
	if inText(function) < IfPIN {
		if takesKey(function) {
			return keyArgument(b, i+1)
		}
		return span{}
	}
	if quoteAt(b, i+1) > 0 && setsPassword(function) {
		return quotedText(b, i+1)
	}
	v := secretWordAt(b, i+1)
	if v.to-v.from < minNear {
		return span{}
	}
	return v
}

// setsPassword reports whether a function's name is SetPassword, WithPassword or the like. What
// it is called with is a password, also a weak one.
func setsPassword(name []byte) bool {
	dot := len(name)
	for dot > 0 && name[dot-1] != '.' {
		dot--
	}
	name = name[dot:]
	return (hasPrefixFold(name, "set") || hasPrefixFold(name, "with")) && ofPassword(name)
}

// takesKey reports whether a function of that name takes a key: hmac.New, createHmac,
// AES_ENCRYPT, pgp_sym_decrypt.
func takesKey(name []byte) bool {
	for i, c := range name {
		switch c | 0x20 {
		case 'h':
			if hasPrefixFold(name[i:], "hmac") {
				return true
			}
		case 'c':
			if hasPrefixFold(name[i:], "crypt") {
				return true
			}
		}
	}
	return false
}

// keyArgument returns the first argument in quotes that looks like a secret, of a call whose
// arguments begin at b[from].
func keyArgument(b []byte, from int) span {
	b = b[:min(len(b), from+maxValue)]
	for open := 1; from < len(b) && open > 0; from++ {
		switch c := b[from]; {
		case c == '(':
			open++
		case c == ')':
			open--
		case c == '\n':
			return span{}
		case quoteAt(b, from) > 0:
			v := secretWordAt(b, from)
			if v.to-v.from >= minNear && v.to < len(b) {
				return v
			}
			from = quoted(b, from).to
		}
	}
	return span{}
}

// inQuery reports whether the key is that of a parameter in a URL, which is a secret if it
// looks like one: ?key=x7Q2wK9zLm4p.
func (k keySpan) inQuery(b []byte) bool {
	if b[k.to:][0] != '=' {
		return false
	}
	if k.from == 0 {
		return string(b[:k.to]) == "key" // the query alone
	}
	return (b[k.from-1] == '?' || b[k.from-1] == '&') && queryName(b[k.from:k.to])
}

// queryName reports whether the parameters of that name are often secrets.
func queryName(name []byte) bool {
	switch string(name) {
	case "key", "auth", "t", "k", "sig", "signature", "sas", "hash", "p":
		return true
	}
	return false
}

// forUser reports whether the key is the user in SET PASSWORD FOR user = 'x'.
func (k keySpan) forUser(b []byte) bool {
	if k.from < 5 || b[k.from-1] != ' ' || b[k.from-2]|0x20 != 'r' {
		return false // as nearly always
	}
	word := wordBefore(b, k.from)
	if !equalFold(b[word.from:word.to], "for") {
		return false
	}
	word = wordBefore(b, word.from)
	return equalFold(b[word.from:word.to], "password")
}

// A section is a part of a file of settings under a name: [auth], or auth: with the lines
// below that are indented more, or "auth": { up to the bracket.
type section struct {
	is     sectionKind
	at     int // where it begins
	indent int // of its name, -1 in a file of another form
}

type sectionKind uint8

const (
	noSection   sectionKind = iota
	keySection              // what is called key is a secret: auth
	secretsList             // whatever it is called: secrets
)

// maxSection bounds how far its values may be from the name of a section.
const maxSection = 2048

// sectionKindOf returns the kind of a section with that name.
func sectionKindOf(name []byte) sectionKind {
	plural := len(name) > 0 && name[len(name)-1]|0x20 == 's'
	switch {
	case len(name) == 0:
		return noSection
	case weigh(name) != NotSecret && plural, lastIs(name, "creds"):
		return secretsList
	case weigh(name) != NotSecret, equalFold(name, "api"), equalFold(name, "oauth"), equalFold(name, "oauth2"),
		equalFold(name, "jwt"), equalFold(name, "encryption"), equalFold(name, "signing"):
		return keySection
	}
	return noSection
}

// enter notes the section that begins with the [ or : at b[i].
func (s *section) enter(b []byte, i int) {
	switch {
	case b[i] == '[' && (i == 0 || b[i-1] == '\n'):
		end := runEnd(b[:min(len(b), i+maxName)], i+1, wordSet)
		if end+1 < len(b) && b[end] == ']' && class[b[end+1]]&blank != 0 {
			*s = section{sectionKindOf(b[i+1 : end]), end, -1}
		}
	case b[i] == ':' && opensSection(b, i):
		k := keyBefore(b, i)
		*s = section{sectionKindOf(b[k.from:k.to]), i + 1, keyIndent(b, k.from)}
	}
}

// opensSection reports whether the : at b[i] is behind the name of a section.
func opensSection(b []byte, i int) bool {
	if i+2 >= len(b) || b[i+1] != '\n' && b[i+1] != '{' && (b[i+1] != ' ' || b[i+2] != '{') {
		return false
	}
	k := keyBefore(b, i)
	return sectionKindOf(b[k.from:k.to]) != noSection
}

// reaches reports whether b[i] may be in the section.
func (s *section) reaches(i int) bool { return s.is != noSection && i-s.at <= maxSection }

// holds reports whether a value whose separator is b[sep] is in the section, and the key says
// that it may be a secret there.
func (s *section) holds(b []byte, k keySpan, sep int) bool {
	if !s.reaches(sep) {
		return false
	}
	name := b[k.from:k.to]
	if !equalFold(name, "key") && !equalFold(name, "keys") && !equalFold(name, "value") && (s.is == keySection ||
		len(name) <= 16 && BesideName(string(name)) || publicName(name)) {
		return false
	}
	if s.indent < 0 {
		return true
	}
	newline := until(b[:k.from], s.at, '\n')
	if newline < k.from && keyIndent(b, k.from) > s.indent {
		return until(b[:k.from], s.at, '}') == k.from
	}
	return newline == k.from && until(b[:k.from], s.at, '{') < k.from && until(b[:k.from], s.at, '}') == k.from
}

// typeNames are those of text in declarations: let apiKey: string = "x", password?: string.
var typeNames = [...]string{"string", "str", "String", "bytes", "text", "&str", "&'static str", "any", "Optional[str]",
	"Buffer", "bool", "boolean", "number"}

// pastType returns the value behind a type and a = in a declaration, whose type may be at
// b[i], or i.
func pastType(b []byte, i int) int {
	for _, name := range typeNames {
		if !hasPrefix(b[i:], name) {
			continue
		}
		if at := runBlanks(b, i+len(name)); at+1 < len(b) && b[at] == '=' && quoteAt(b, runBlanks(b, at+1)) > 0 {
			return runBlanks(b, at+1)
		}
	}
	return i
}

func isTypeName(v []byte) bool {
	if n := len(v); n > 0 && (v[n-1] == ';' || v[n-1] == ',') {
		v = v[:n-1]
	}
	for _, name := range typeNames {
		if string(v) == name {
			return true
		}
	}
	return false
}

// isCode reports whether v is code that gets a secret from elsewhere: request.form["x"],
// process.env.API_KEY, ${{ secrets.X }}, :token; or a truth value.
func isCode(v []byte) bool {
	switch {
	case hasPrefix(v, "${{"), hasPrefix(v, "{{"), hasPrefix(v, "<%"):
		return true
	case v[0] == '!' && len(v) > 1 && (v[1] == '0' || v[1] == '1'):
		return len(v) == 2 || class[v[2]]&ending != 0 // true or false in a script that was made smaller
	case v[0] == ':' && len(v) > 1:
		return weigh(v[1:]) != NotSecret && runEnd(v, 1, wordSet) == len(v)
	}
	from := 0
	if v[0] == '$' {
		from = 1
	}
	end := runEnd(v, from, wordSet)
	if end == from || !isLetter(v[from]) && v[from] != '_' {
		return false
	}
	if end+1 < len(v) && v[end] == '[' {
		return wordy(v[from:end]) && isQuote(v[end+1])
	}
	if end+1 < len(v) && v[end] == '{' && isLetter(v[end+1]) {
		return wordy(v[from:end]) && until(v, end, ':') < len(v) // CSS: .password:before{content:
	}
	return end == len(v) && until(v, 0, '.') < len(v) && nameOnly(v)
}
