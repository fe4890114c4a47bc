package secrets

import "slices"

// What stands behind a mark and is no secret: messages, code, settings.

// sourceFiles are endings of file names before a colon, in tracebacks and messages.
var sourceFiles = [...]string{".go", ".s", ".c", ".h", ".cc", ".cpp", ".py", ".js", ".ts", ".java", ".rb", ".rs",
	".proto", ".yaml", ".yml", ".json", ".toml", ".sql"}

// fileName reports whether name is that of a file: "auth/token.go:42".
func fileName(name []byte) bool {
	for _, end := range sourceFiles {
		if n := len(name) - len(end); n > 0 && string(name[n:]) == end {
			return true
		}
	}
	return false
}

// line reports whether the key is a header whose value goes to the end of the
// line.
func (k keySpan) line(b []byte) bool {
	name := b[k.from:k.to]
	for _, end := range [...]string{"authorization", "cookie"} {
		if n := len(name) - len(end); n >= 0 && hasPrefixFold(name[n:], end) {
			return true
		}
	}
	return false
}

// harmless reports whether the value at a place isn't a secret although its key says so.
func (k keySpan) harmless(b []byte, sep int, at span, a *ahead) bool {
	v := b[at.from:at.to]
	if placeholder(v) || !k.quoted && isCode(v) || b[sep] == ':' && isTypeName(v) {
		return true
	}
	if harmless, decided := k.harmlessByName(b, sep, at); decided {
		return harmless
	}
	return k.inScript(b, sep, at) || call(v) && (sep == 0 || b[sep-1] == ' ' || b[sep-1] == ':') ||
		inBrackets(b, at.from) || k.inError(b, sep, at, a)
}

// harmlessByName is harmless for the keys that decide it; for others decided is false.
func (k keySpan) harmlessByName(b []byte, sep int, at span) (harmless, decided bool) {
	name, v, colon := b[k.from:k.to], b[at.from:at.to], b[sep] == ':'
	switch {
	case string(name) == "sig":
		return len(v) < minSAS, true
	case k.quoted && k.from > 0 && b[k.from-1] == ' ' && until(v, 0, ' ') < len(v):
		return !looksSecret(v), true // a?"Hide the password":"Show the password"
	case string(name) == "PASS":
		return colon, true // a result of go test
	case equalFold(name, "pass") && digits(v):
		return true, true // "pass: 5, fail: 0"
	case k.line(b) && !k.quoted && colon:
		return prose(v) || sentence(b, at) || k.inObject(b, at), true
	case len(name) >= len("tokens") && equalFold(name[len(name)-len("tokens"):], "tokens") && digits(v):
		return true, true // prompt_tokens: 5
	case colon && b[sep+1] != ' ' && (lastIs(name, "token") || lastIs(name, "tokens")) && isLetter(v[0]) &&
		runEnd(v, 0, wordSet) == len(v):
		return !looksSecret(v), true // {Token:identifier Pos:12}
	case pathBefore(b, k.from) && !k.quoted:
		return !looksSecret(v), true // open /run/secrets/password: permission denied
	case (lastIs(name, "secret") || lastIs(name, "credentials")) && looksLikePath(string(v)):
		return true, true
	}
	return false, false
}

// inError reports whether the value is a word of an error text: "unexpected token: identifier",
// "jwt: signature is invalid", "cookie: not present".
func (k keySpan) inError(b []byte, sep int, at span, a *ahead) bool {
	if k.quoted || b[sep] != ':' || sep+1 == len(b) || b[sep+1] != ' ' {
		return false
	}
	if sentence(b, at) {
		return true
	}
	name, v := b[k.from:k.to], b[at.from:at.to]
	switch {
	case equalFold(name, "token"), equalFold(name, "tokens"):
		return ordinary(v) && k.from > 1 && b[k.from-1] == ' ' && class[b[k.from-2]]&alnum != 0
	case equalFold(name, "jwt"), equalFold(name, "auth"):
		return ordinary(v)
	case equalFold(name, "cookie"):
		return a.equals.from(b, at.from, "=") >= at.to
	}
	return false
}

// pathBefore reports whether b[from] is the last part of a path: /run/secrets/password.
func pathBefore(b []byte, from int) bool {
	return from > 1 && b[from-1] == '/' && (class[b[from-2]]&wordSet != 0 || b[from-2] == ' ' || isQuote(b[from-2]))
}

// inObject reports whether a key and its value, a variable, are in an object of a script:
// {Authorization:token}.
func (k keySpan) inObject(b []byte, at span) bool {
	end := runEnd(b, at.from, wordSet)
	return k.from > 0 && (b[k.from-1] == '{' || b[k.from-1] == ',') && end > at.from && end < len(b) &&
		(b[end] == '}' || b[end] == ',' || b[end] == ')') && !looksSecret(b[at.from:end])
}

// inScript reports whether a key and its value are code: {token:t, a.token===b.token.
func (k keySpan) inScript(b []byte, sep int, at span) bool {
	if k.quoted || at.from > 0 && isQuote(b[at.from-1]) {
		return false
	}
	if b[sep] == ':' && at.to-at.from == 1 && at.from == sep+1 && k.from > 0 && (b[k.from-1] == ',' ||
		b[k.from-1] == '{') {
		return at.to < len(b) && (b[at.to] == ',' || b[at.to] == '}')
	}
	return sep+1 < len(b) && b[sep] == '=' && b[sep+1] == '=' && !looksSecret(b[at.from:at.to])
}

// fromField reports whether a field of a variable with a short name is set from another one, as
// in scripts that were made smaller: a.password=e.target.value.
func (k keySpan) fromField(b []byte, sep int) bool {
	name := b[k.from:k.to]
	dot := until(name, 0, '.')
	return b[sep] == '=' && dot < len(name) &&
		(dot <= 2 || string(name[:dot]) == "this" || string(name[:dot]) == "self") &&
		isPath(b[sep+1:min(len(b), sep+maxName)])
}

// isPath reports whether v begins with a variable's field: e.target.value.
func isPath(v []byte) bool {
	end := runEnd(v, 0, wordSet)
	dot := until(v[:end], 0, '.')
	return dot > 0 && dot < end && !slices.ContainsFunc(v[:end], isDigit) && !looksSecret(v[:end])
}

// call reports whether v is a function call in source: token = parse(text.
func call(v []byte) bool {
	end := runEnd(v, 0, wordSet)
	return end > 1 && end < len(v) && v[end] == '(' && isLetter(v[0]) && wordy(v[:end])
}

// maxBrackets bounds a text in brackets instead of a value: (none), <not set>.
const maxBrackets = 24

// inBrackets reports whether b[from] begins a text in brackets that consists of words.
func inBrackets(b []byte, from int) bool {
	if class[b[from]]&opening == 0 || b[from] == '{' {
		return false
	}
	end := runEnd(b[:min(len(b), from+maxBrackets)], from+1, alnum|space|dash)
	return end < len(b) && class[b[end]]&closing != 0 && end > from+2 && wordy(b[from+1:end])
}

// sentence reports whether a sentence begins at a place after a colon: one or two words of
// small letters, and another one that isn't the next key.
func sentence(b []byte, at span) bool {
	end := runEnd(b, at.from, alnum)
	if end-at.from < 2 || end+1 >= len(b) || b[end] != ' ' && !(b[end] == ',' && b[end+1] == ' ') {
		return false
	}
	for i, c := range b[at.from:end] {
		if !isLetter(c) || isCapital(c) && i > 0 {
			return false
		}
	}
	next := end + 1
	if b[end] == ',' {
		next++
	}
	last := runEnd(b[:min(len(b), next+maxName)], next, alnum|dash)
	if last > next && digits(b[next:last]) && last < len(b) && b[last] == ' ' { // all 42 tests
		next = last + 1
		last = runEnd(b[:min(len(b), next+maxName)], next, alnum|dash)
	}
	return plainWord(b[at.from:end]) && last > next && isLetter(b[next]) && plainWord(b[next:last]) &&
		(last == len(b) || b[last] != '=' && b[last] != ':')
}

// plainWord reports whether a run is one word of a sentence. A longer one with a digit may
// be the secret: authorization: token lantern84.
func plainWord(run []byte) bool {
	if len(run) <= 5 {
		return !isDigit(run[0])
	}
	return wordy(run) && !slices.ContainsFunc(run, isDigit)
}

// prose reports whether v consists of four or more words in small letters.
func prose(v []byte) bool {
	spaces := 0
	for i, c := range v {
		switch {
		case c == ' ' && i > 0 && v[i-1] != ' ':
			spaces++
		case (c < 'a' || c > 'z') && (c != ',' && c != '.' || i+1 < len(v) && v[i+1] != ' '):
			return false
		}
	}
	return spaces > 2
}
