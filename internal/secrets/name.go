package secrets

import "strings"

// SecretName reports whether the name of a field, variable, map key, flag or
// header says that its value is a secret: Password, apiKey, X-Api-Key,
// DB_PASSWORD, Set-Cookie. Names that count or describe a secret say nothing
// about its value: tokenCount, maxTokens, hasPassword, passwordFile.
// It doesn't allocate for names of up to 64 bytes.
func SecretName(name string) bool {
	return secretName([]byte(name))
}

// secretName takes name apart at camelCase, at digits and at everything that is
// no letter, and decides on the words.
func secretName(name []byte) bool {
	if !suspicious(name) {
		return false
	}
	var buf [64]byte
	words := nameWords{word: buf[:0]}
	for i, c := range name {
		lower := c | 0x20
		if lower < 'a' || lower > 'z' {
			words.end()
			continue
		}
		if c != lower && i > 0 {
			// "userID": I after r. "APIKey": K before e.
			afterLower := 'a' <= name[i-1] && name[i-1] <= 'z'
			beforeLower := i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z'
			if afterLower || beforeLower {
				words.end()
			}
		}
		words.word = append(words.word, lower)
	}
	words.end()
	return words.secret || words.alone
}

// suspicious reports whether name holds the beginning of one of the words that
// make a name secret. Nearly all names are done with here.
func suspicious(name []byte) bool {
	const (
		psk, otp, mne      = 'p'<<16 | 's'<<8 | 'k', 'o'<<16 | 't'<<8 | 'p', 'm'<<16 | 'n'<<8 | 'e'
		pas, sec, tok, key = 'p'<<16 | 'a'<<8 | 's', 's'<<16 | 'e'<<8 | 'c', 't'<<16 | 'o'<<8 | 'k',
			'k'<<16 | 'e'<<8 | 'y'
		aut, coo, cre     = 'a'<<16 | 'u'<<8 | 't', 'c'<<16 | 'o'<<8 | 'o', 'c'<<16 | 'r'<<8 | 'e'
		bea, jwt, ses, pw = 'b'<<16 | 'e'<<8 | 'a', 'j'<<16 | 'w'<<8 | 't', 's'<<16 | 'e'<<8 | 's', 'p'<<8 | 'w'
	)
	last := uint32(0) // the last three letters, in lower case
	for _, c := range name {
		last = last<<8&0xffffff | uint32(c|0x20)
		switch last {
		case pas, sec, tok, key, aut, coo, cre, bea, jwt, ses, psk, otp, mne:
			return true
		}
		if last&0xffff == pw {
			return true
		}
	}
	return false
}

// nameWords decides on the words of a name, from left to right.
type nameWords struct {
	word     []byte // the word that is being read
	previous kind
	started  bool
	question bool // the name begins with is or has
	alone    bool // the name is the word pass or auth alone
	seen     bool // a word for a secret
	secret   bool // what the words up to here say
}

// A kind of word says what it does to a name.
type kind uint8

const (
	other     kind = iota
	secret         // password
	qualifier      // api, private: makes "key" a secret
	session        // makes "key" and "id" a secret
	account        // db, user: makes "pass" a secret
	key            // a secret after a qualifier
	id             // a secret after session
	pass           // a secret after an account, or alone, or with the next word
	counter        // max, show: what stands next to it isn't a secret itself
	question       // is, has: nothing in the name is
	attribute      // count, file: what stood before isn't a secret itself
	contents       // data, value: it is, after all
)

func (w *nameWords) end() {
	if len(w.word) == 0 {
		return
	}
	k := kindOf(w.word)
	w.alone = (k == pass || string(w.word) == "auth") && !w.started
	switch {
	case !w.started && k == question:
		w.question = true
	case k == secret && w.previous != counter,
		k == key && (w.previous == qualifier || w.previous == session),
		k == id && w.previous == session,
		k == pass && (w.previous == account || w.previous == qualifier),
		w.previous == pass && afterPass(w.word):
		w.seen, w.secret = true, !w.question
	case k == attribute, k == counter:
		w.secret = false
	case k == contents:
		w.secret = w.seen && !w.question
	}
	if k == pass && w.previous == counter {
		k = counter // maxPassWords
	}
	w.started, w.previous, w.word = true, k, w.word[:0]
}

// afterPass reports whether a word after pass makes a word for a secret with it:
// PassWord, pass_phrase.
func afterPass(word []byte) bool {
	switch string(word) {
	case "word", "words", "wd", "phrase", "phrases", "code", "codes", "key", "keys":
		return true
	}
	return false
}

// kindOf returns the kind of a lower-case word.
func kindOf(word []byte) kind {
	switch string(word) {
	case "pwd", "passcode", "passcodes", "authorization", "cookie", "cookies", "credential", "creds",
		"bearer", "jwt", "jwts", "sessionid", "sessid", "jsessionid", "phpsessid", "authkey", "authkeys",
		"psk", "otp", "totp", "mnemonic":
		return secret
	case "api", "private", "priv", "access", "auth", "sign", "signing", "enc", "encryption", "cipher",
		"aes", "mac", "hmac",
		"shared", "consumer", "account", "master", "ticket", "license", "licence":
		return qualifier
	case "session", "sess":
		return session
	case "db", "database", "user", "admin", "root", "login", "smtp", "imap", "pop", "mail", "email", "host", "proxy",
		"redis", "mysql", "mssql", "sql", "oracle", "pg", "postgres", "mongo", "rabbitmq", "amqp",
		"kafka", "es", "elastic",
		"ftp", "sftp", "ssh", "ldap", "bind", "http", "registry", "docker", "git", "vault", "become", "sudo", "my",
		"keystore", "truststore", "cert", "pfx", "vnc", "rdp", "radius", "wifi", "vpn":
		return account
	case "key", "keys":
		return key
	case "id", "ids":
		return id
	case "pass", "pw":
		return pass
	case "max", "min", "num", "count", "total", "no", "use", "show", "hide", "enable", "disable", "allow",
		"need", "needs", "require", "requires", "should":
		return counter
	case "is", "has":
		return question
	case "counts", "counter", "len", "length", "size", "limit", "limits", "type", "types", "kind", "kinds",
		"pos", "position", "index", "idx", "offset", "line", "column", "start", "name", "names", "label",
		"url", "uri", "endpoint", "path", "file", "filename", "dir", "domain", "stdin", "ref",
		"policy", "rules", "strength", "pattern", "regex", "regexp", "format", "prompt", "hint",
		"expiry", "expires", "expiration", "expired", "ttl", "timeout", "age", "at", "duration",
		"required", "enabled", "disabled", "changed", "valid", "validator", "provider", "manager", "store",
		"source", "service", "handler", "func", "fn", "reader", "writer", "parser", "scanner", "lexer",
		"bucket", "budget", "usage", "rate", "version", "class", "err", "error", "errors", "status":
		return attribute
	case "content", "contents", "data", "value", "values", "text", "string", "bytes":
		return contents
	}
	for _, end := range [...]string{"pass", "pw"} {
		if n := len(word) - len(end); n > 0 && string(word[n:]) == end && kindOf(word[:n]) == account {
			return secret // rootpw
		}
	}
	// Words written together: dbpassword, clientsecret, accesstoken.
	for _, end := range [...]string{"password", "passwd", "passphrase", "secret", "token",
		"apikey", "secretkey", "privatekey", "accesskey", "credential"} {
		if n := len(word) - len(end); n >= 0 && string(word[n:]) == end ||
			n >= 1 && word[len(word)-1] == 's' && string(word[n-1:len(word)-1]) == end {
			return secret
		}
	}
	return other
}

// placeholder reports whether v stands where a secret would stand and is none:
// nil, a verb of package fmt, a variable of a template, asterisks, <token>.
func placeholder(v []byte) bool {
	switch string(v) {
	case "", "nil", "<nil>", "null", "none", "None", "true", "false", "undefined", "required", "missing",
		"incorrect", "invalid", "xxxxx", mask: // xxxxx: (*url.URL).Redacted
		return true
	}
	s := v
	switch {
	case s[0] == '*':
		return allSame(s)
	case s[0] == '?':
		return len(s) == 1 // as in SQL
	case s[0] == '$' && len(s) < 4 && digits(s[1:]):
		return true
	case s[0] == '<' && s[len(s)-1] == '>':
		return secretName(s) && runEnd(s, 1, wordSet) == len(s)-1
	case s[0] == '%':
		return onlyVerbs(s)
	case len(s) > 3 && (s[0] == '$' || s[0] == '{') && s[1] == '{' && s[len(s)-1] == '}':
		return !strings.ContainsAny(string(s[2:len(s)-1]), "{}")
	}
	return false
}

// onlyVerbs accepts "%s", "%q:%+v".
func onlyVerbs(s []byte) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			for i++; i < len(s) && strings.IndexByte("+-# .0123456789", s[i]) >= 0; i++ {
			}
			if i >= len(s) || s[i]|0x20 < 'a' || s[i]|0x20 > 'z' {
				return false
			}
		} else if class[c]&alnum != 0 {
			return false
		}
	}
	return true
}
