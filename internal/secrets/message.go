package secrets

import "slices"

// This file finds secrets in messages and dialogues, without a sign of assignment.

// passwordWords come before a password in a message: wrong password "x".
var passwordWords = [...]string{"password", "passwd", "passphrase", "passwort", "pwd", "pw", "psk"}

// afterPassword returns the text in quotes after the word password at b[i], as in SQL and
// messages: CREATE ROLE bob PASSWORD 'x', wrong password "x". Without quotes, it returns
// the next word in a line of a .netrc file, login bob password x, or if it looks like a
// secret: the password is x7Q2w, password x7Q2w.
func afterPassword(b []byte, i int) span {
	if i+2 >= len(b) || !beginsPassword(b[i+1]|0x20, b[i+2]|0x20) {
		return span{} // as nearly always
	}
	word := 0
	for _, w := range passwordWords {
		if hasPrefixFold(b[i:], w) {
			word = len(w)
			break
		}
	}
	after := i + word
	if word == 0 || after >= len(b) || class[b[after]]&blank == 0 || !startsWord(b, i) {
		return span{}
	}
	from := runBlanks(b, after)
	if hasPrefixFold(b[from:], "for '") {
		return forQuoted(b, from)
	}
	if quoteAt(b, from) > 0 {
		v := quotedText(b, from)
		if looksLikePath(string(b[v.from:min(v.to, v.from+maxValue)])) {
			return span{} // of a package
		}
		return v
	}
	if s := inNetrc(b, i, from); s.to > s.from {
		return s
	}
	if is := "is: "; hasPrefix(b[from:], is) {
		return weakWordAt(b, runBlanks(b, from+len(is)))
	}
	from = pastVerb(b, from)
	if key := runEnd(b[:min(len(b), from+maxName)], from, wordSet); key < len(b) && b[key] == '=' &&
		inText(b[from:key]) != NotSecret {
		return span{} // the next key marks its value
	}
	return secretWordAt(b, from)
}

// beginsPassword reports whether two small letters behind a p may be those of one of passwordWords.
func beginsPassword(second, third byte) bool {
	return second == 'a' && third == 's' || second == 'w' || second == 's' && third == 'k'
}

// weakWordAt is secretWordAt that also takes a word with a number, as people make passwords of:
// hunter2.
func weakWordAt(b []byte, from int) span {
	if s := secretWordAt(b, from); s.from < s.to {
		return s
	}
	s := span{from, bareEnd(b[:min(len(b), from+maxName)], from)}
	v := b[s.from:s.to]
	if len(v) < 6 || runEnd(v, 0, alnum) < len(v) || !isLetter(v[0]) || !slices.ContainsFunc(v, isDigit) {
		return span{}
	}
	return s
}

// secretWordAt returns the word at b[from] if it looks like a secret.
func secretWordAt(b []byte, from int) span {
	size := quoteAt(b, from)
	s := span{from + size, bareEnd(b[:min(len(b), from+maxValue)], from+size)}
	if size > 0 {
		s = quoted(b[:min(len(b), from+maxValue)], from)
	}
	if s.from >= s.to || s.to-s.from < 6 || !looksSecret(b[s.from:s.to]) || call(b[s.from:s.to]) {
		return span{}
	}
	return s
}

// forQuoted returns the password behind FOR 'user'@'host' = at b[from], as in SQL.
func forQuoted(b []byte, from int) span {
	sign := until(b[:min(len(b), from+maxLabel)], from, '=')
	if sign == len(b) || b[sign] != '=' {
		return span{}
	}
	if from = runBlanks(b, sign+1); quoteAt(b, from) == 0 {
		return span{}
	}
	return quotedText(b, from)
}

// inNetrc returns the word at b[from] if it is the password in a line of a .netrc file, in
// which the word password is at b[i].
func inNetrc(b []byte, i, from int) span {
	user := wordBefore(b, i)
	login := wordBefore(b, user.from)
	host := wordBefore(b, login.from)
	machine := wordBefore(b, host.from)
	if string(b[login.from:login.to]) != "login" ||
		string(b[machine.from:machine.to]) != "machine" && string(b[host.from:host.to]) != "default" {
		return span{}
	}
	for from < len(b) && class[b[from]]&blank != 0 {
		from++
	}
	to := from
	for to < len(b) && class[b[to]]&blank == 0 {
		to++
	}
	return span{from, to}
}

// afterArrow returns the value after the arrow whose last sign is b[i]: password -> x7Q2w.
func afterArrow(b []byte, i int) span {
	if i < 2 || b[i-1] != '-' {
		return span{}
	}
	k := keyBefore(b, i-1)
	if k.from == k.to || !secretName(b[k.from:k.to]) {
		return span{}
	}
	if ofPassword(b[k.from:k.to]) {
		return weakWordAt(b, runBlanks(b, i+1))
	}
	return secretWordAt(b, runBlanks(b, i+1))
}

// afterColon is assigned for a colon, which other forms have as well.
func afterColon(b []byte, i int, line *ahead) span {
	s := assigned(b, i, line)
	if s.from >= s.to && i+1 < len(b) {
		switch c := b[i+1]; {
		case beforeUserFlag(b, i):
			s = ofNetUse(b, i)
		case c == 'A':
			s = ofBot(b, i)
		case c == '\n' || c == '\r':
			s = onNextLine(b, i)
		case isDigit(c) || c == '*':
			s = inPgpass(b, i)
		}
	}
	return s
}

// onNextLine returns the word on the line after Password:, whose colon is b[i].
func onNextLine(b []byte, i int) span {
	k := keyBefore(b, i)
	if k.from == k.to || k.quoted || !secretName(b[k.from:k.to]) {
		return span{}
	}
	from := i + 1
	if b[from] == '\r' {
		from++
	}
	if from >= len(b) || b[from] != '\n' {
		return span{}
	}
	s := secretWordAt(b, from+1)
	if s.from >= s.to && ofPassword(b[k.from:k.to]) {
		s = weakWordAt(b, from+1)
	}
	if s.to < len(b) && b[s.to] != '\n' && b[s.to] != '\r' {
		return span{}
	}
	return s
}

// afterWideColon returns the value after a Chinese or Japanese colon, U+FF1A, whose first
// byte is b[i].
func afterWideColon(b []byte, i int) span {
	const colon = "\uff1a"
	if !hasPrefix(b[i:], colon) {
		return span{}
	}
	k := keyBefore(b, i)
	if k.from == k.to || !secretName(b[k.from:k.to]) {
		return span{}
	}
	from := runBlanks(b, i+len(colon))
	v := span{from, bareEnd(b, from)}
	if v.from >= v.to || placeholder(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// inPair returns the second of two elements in brackets, or of a Lisp list, if the first
// is the name of a secret and the second looks like one: {"password", "x7Q2w"}, [token
// x7Q2w].
func inPair(b []byte, i int) span {
	from := i + 1
	size := quoteAt(b[:min(len(b), from+4)], from)
	end := runEnd(b[:min(len(b), from+maxName)], from+size, wordSet)
	if end-from-size < 2 || end == len(b) || b[end] != ' ' && b[end] != ',' && !isQuote(b[end]) && b[end] != '\\' ||
		!suspicious(b[from+size:end]) {
		return span{}
	}
	next := end
	if size > 0 {
		if quoteAt(b, end) == 0 {
			return span{}
		}
		next += quoteAt(b, end)
	}
	after := next
	if after < len(b) && b[after] == ',' {
		after++
	}
	after = runBlanks(b, after)
	if after == next || after >= len(b) || !secretish(b[from+size:end]) {
		return span{}
	}
	return secretWordAt(b, after)
}

func secretish(name []byte) bool { return weigh(name) != NotSecret }

// hashSchemes are the schemes of crypt(3) and the like. [crypt(5); the PHC string format]
var hashSchemes = [...]string{"1$", "2a$", "2b$", "2y$", "5$", "6$", "7$", "y$", "gy$", "apr1$", "argon2i$",
	"argon2d$", "argon2id$",
	"scrypt$", "4096:", "pbkdf2", "bcrypt", "sha1$", "md5$", "P$", "H$"}

// hashedPassword returns the part behind the name of the scheme in a hashed password,
// whose first dollar is b[i].
func hashedPassword(b []byte, i int) span {
	for _, scheme := range hashSchemes {
		if !hasPrefix(b[i+1:], scheme) {
			continue
		}
		from := i + 1 + len(scheme)
		to := from
		for to < min(len(b), from+maxValue) && (class[b[to]]&(base64Set|dot) != 0 || b[to] == '$' ||
			b[to] == '=' || b[to] == ',') {
			to++
		}
		if to-from >= 20 && !wordy(b[from:to]) {
			return span{from, to}
		}
	}
	return span{}
}

// inForm returns the value of a form's field, whose name follows the = at b[i]:
// Content-Disposition: form-data; name="password", an empty line, and the value. [RFC
// 7578, section 4.2]
func inForm(b []byte, i int) span {
	const name = "name"
	if i < len(name) || string(b[i-len(name):i]) != name || i+2 >= len(b) || b[i+1] != '"' {
		return span{}
	}
	end := runEnd(b[:min(len(b), i+maxName)], i+2, wordSet)
	if end >= len(b) || b[end] != '"' {
		return span{}
	}
	strength := weigh(b[i+2 : end])
	if strength == NotSecret {
		return span{}
	}
	for _, empty := range [...]string{"\r\n\r\n", "\n\n", `\r\n\r\n`} {
		if !hasPrefix(b[end+1:], empty) {
			continue
		}
		from := end + 1 + len(empty)
		v := span{from, from + untilAny(b[from:], "\r\n")}
		if n := indexOf(b[v.from:min(len(b), v.from+maxUserinfo)], `\r\n`); n >= 0 && empty[0] == '\\' {
			v.to = v.from + n
		}
		if v.from < v.to && strength.Hides(b[v.from:v.to]) && !placeholder(b[v.from:v.to]) {
			return v
		}
	}
	return span{}
}
