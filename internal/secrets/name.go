package secrets

import "strings"

// A Strength is what the name of a field, variable, map key, flag or header says about its
// value.
type Strength uint8

const (
	NotSecret Strength = iota
	IfRandom           // it is a secret if it looks like one: tok, refresh, userKey
	IfUser             // it is a secret if it is name:password
	IfPIN              // or if it is a short number: pin, otp
	IfCookie           // or if it is a cookie with more than settings of the page: cookie
	IfNoPath           // unless it is a path: pwd
	Secret             // it is a secret: Password, apiKey
)

// Weigh returns what a name says about its value. Names that count or describe a secret
// say nothing: tokenCount, maxTokens, hasPassword, passwordFile; nor do names that only
// sound alike: nextPageToken, sortKey. It doesn't allocate for names of up to 64 bytes.
func Weigh(name string) Strength { return weigh([]byte(name)) }

// SecretName reports whether a name says that its value is a secret, however it looks:
// Password, apiKey, X-Api-Key, DB_PASSWORD, Set-Cookie.
func SecretName(name string) bool { return secretName([]byte(name)) }

func secretName(name []byte) bool { return weigh(name) >= IfNoPath }

// weighText is Weigh for a name in a text or of a flag, see inText.
func weighText(name string) Strength {
	if mayTakeSecret(name) {
		return IfRandom
	}
	return inText([]byte(name))
}

// inText is weigh for a name in a text: the value after token= and pass= is a secret,
// however it looks, because in most texts both are variables and not values.
func inText(name []byte) Strength {
	s := weigh(name)
	if s != NotSecret && s < IfNoPath && (lastIs(name, "token") || lastIs(name, "tokens") ||
		lastIs(name, "pass") || lastIs(name, "credential")) {
		return Secret
	}
	return s
}

// Hides reports whether a value under a name of that strength is a secret.
func (s Strength) Hides(value []byte) bool {
	switch {
	case s == NotSecret, nkey(value):
		return false
	}
	switch s {
	case IfPIN:
		return len(value) >= 3 && len(value) <= 8 && digits(value) || looksSecret(value)
	case IfUser:
		colon := until(value, 0, ':')
		return colon > 0 && colon < len(value) && plainName(string(value[:colon])) && passwordLike(value[colon+1:])
	case IfCookie:
		return cookies(value) || looksSecret(value)
	case IfNoPath:
		return !looksLikePath(string(value))
	case IfRandom:
		return looksSecret(value) || basicCredentials(value)
	}
	return true
}

// weigh splits name at camelCase, at digits and at everything that isn't a letter, and
// decides by the words.
func weigh(name []byte) Strength {
	if !suspicious(name) {
		return NotSecret
	}
	if foreign(name) {
		return Secret
	}
	var buf [64]byte
	var words nameWords
	for word, i := nextWord(name, 0, buf[:0]); len(word) > 0; word, i = nextWord(name, i, word[:0]) {
		words.next(word)
	}
	return words.strength
}

// nextWord appends the next word of a name, from name[i], in small letters to word, and
// returns where it ends.
func nextWord(name []byte, i int, word []byte) ([]byte, int) {
	for ; i < len(name); i++ {
		c := name[i]
		lower := c | 0x20
		switch {
		case lower < 'a' || lower > 'z':
			if len(word) > 0 {
				return word, i
			}
			continue
		case c != lower && len(word) > 0:
			// "userID": I after r. "APIKey": K before e.
			afterLower := 'a' <= name[i-1] && name[i-1] <= 'z'
			beforeLower := i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z'
			if afterLower || beforeLower {
				return word, i
			}
		}
		word = append(word, lower)
	}
	return word, i
}

// beginnings are three letters, mostly the first, of each word that makes a name secret, or of
// the part before it.
var beginnings = func() (set [1 << 15 / 64]uint64) {
	for _, t := range strings.Fields(`pas sec tok key aut coo cre bea jwt ses psk otp mne psw csr xsr acc ref
		sid sal pin riv ssw cvv cvc kek dek see pep rif cod nnw nha ras lav geh`) {
		at := trigram(t[0], t[1], t[2])
		set[at/64] |= 1 << (at % 64)
	}
	return set
}()

func trigram(a, b, c byte) uint16 { return uint16(a&31)<<10 | uint16(b&31)<<5 | uint16(c&31) }

// suspicious reports whether name holds one of the beginnings, pw, or letters of another
// script. For nearly all names, this decides.
func suspicious(name []byte) bool {
	var a, b byte
	for _, c := range name {
		at := trigram(a, b, c)
		if c >= 0x80 || beginnings[at/64]&(1<<(at%64)) != 0 && c >= 'A' || c|0x20 == 'w' && b|0x20 == 'p' {
			return true
		}
		a, b = b, c
	}
	return false
}

// foreignWords are the words for password in other scripts, or with other letters.
var foreignWords = [...]string{
	"пароль", "Пароль", "ПАРОЛЬ", "пароля", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호",
	"contraseña", "Contraseña", "CONTRASEÑA",
}

func foreign(name []byte) bool {
	for _, c := range name {
		if c < 0x80 {
			continue
		}
		for _, word := range foreignWords {
			if indexOf(name, word) >= 0 {
				return true
			}
		}
		return false
	}
	return false
}

// nameWords decides by the words of a name, from left to right.
type nameWords struct {
	previous kind
	started  bool
	question bool     // the name begins with "is", "has" or "err"
	private  bool     // the word before is "private"
	key      bool     // there was "key": key_file_pass
	seen     Strength // the highest so far
	strength Strength // what the words so far say
}

// A kind of word says what it does to a name.
type kind uint8

const (
	otherWord    kind = iota
	secretWord        // password
	bareSecret        // secret: not that of Kubernetes, which is a name, in tlsSecret
	tokenWord         // a secret, except for a parser's
	weakWord          // tok, csrf: if it looks random
	numberWord        // pin
	cookieWord        // cookie
	pathWord          // pwd
	qualifier         // api, private: makes "key" a secret
	sessionWord       // makes "key" a secret, and "id" one that looks random
	account           // db, user: makes "pass" a secret
	keyWord           // a secret after a qualifier, maybe one after other words
	idWord            // one after session; the word before isn't a secret itself
	passWord          // a secret after an account, or with the next word, or maybe alone
	codeWord          // maybe one
	seedWord          // seed: makes "phrase" a secret
	harmlessWord      // sort, public, next: makes "key" and "token" none
	placeWord         // current, last: makes "key" none, and "token" one that looks random
	namedWord         // tls, pull: makes "secret" the name of one in Kubernetes, too
	counter           // max, show: what stands next to it isn't a secret itself
	questionWord      // is, has: nothing in the name is
	attribute         // count, file: what stood before isn't a secret itself
	detail            // issuer, scope: the same, but "key" and "token" may be secrets behind it
	contents          // data, value: it is, after all
)

// next takes the next word into account.
func (w *nameWords) next(word []byte) {
	k := kindOf(word)
	first := !w.started
	if first && (k == questionWord || string(word) == "err" || string(word) == "error") {
		w.question = true
	}
	s := w.says(k, word, first)
	if w.question {
		s = NotSecret
	}
	w.seen = max(w.seen, s)
	switch {
	case s != NotSecret:
		w.strength = max(w.strength, s)
	case k == contents:
		w.strength = w.seen
	case string(word) == "auth" && w.previous == secretWord: // by a password
		w.strength = NotSecret
	case k == attribute, k == detail, k == counter, k == idWord && w.previous != bareSecret,
		w.strength < Secret && w.strength != IfCookie,
		k == keyWord && (w.previous == harmlessWord || w.previous == placeWord || w.previous == namedWord):
		w.strength = NotSecret
	}
	if k == passWord && w.previous == counter {
		k = counter // maxPassWords
	}
	w.started, w.previous = true, k
	w.key = w.key || k == keyWord
	w.private = string(word) == "private" || string(word) == "priv"
}

// says returns what a word says in its position.
func (w *nameWords) says(k kind, word []byte, first bool) Strength {
	before := w.previous
	switch {
	case before == counter && k != keyWord:
		return NotSecret
	case before == passWord && afterPass(word):
		return Secret
	}
	switch k {
	case secretWord:
		return Secret
	case bareSecret:
		return onlyIf(before != namedWord, Secret)
	case tokenWord:
		return w.ofToken(first)
	case keyWord:
		return w.ofKey(first)
	case passWord:
		return w.ofPass(word, first)
	case codeWord:
		return w.ofCode(first)
	case weakWord:
		if before == qualifier {
			return Secret
		}
		return IfRandom
	case seedWord, sessionWord:
		return IfRandom
	case idWord:
		return onlyIf(before == sessionWord, IfRandom)
	case numberWord:
		return IfPIN
	case cookieWord:
		return IfCookie
	case pathWord:
		return IfNoPath
	}
	return w.ofRest(word, first)
}

func onlyIf(condition bool, s Strength) Strength {
	if condition {
		return s
	}
	return NotSecret
}

// ofRest is says for a word whose kind says nothing by itself.
func (w *nameWords) ofRest(word []byte, first bool) Strength {
	switch string(word) {
	case "phrase":
		return onlyIf(w.previous == seedWord || w.previous == qualifier, Secret)
	case "hash":
		return onlyIf(w.previous == pathWord, Secret) // pwd_hash
	case "exponent", "scalar":
		return onlyIf(w.private, Secret)
	case "auth":
		return onlyIf(first || w.previous == account, IfRandom)
	case "access", "private":
		return onlyIf(first, IfRandom)
	}
	return NotSecret
}

// ofToken returns what the word "token" says.
func (w *nameWords) ofToken(first bool) Strength {
	switch {
	case first:
		return IfPIN
	case w.previous == placeWord:
		return IfRandom
	}
	return onlyIf(w.previous != harmlessWord && w.previous != namedWord && w.previous != attribute, Secret)
}

// ofPass returns what the words "pass" and "pw" say.
func (w *nameWords) ofPass(word []byte, first bool) Strength {
	before := w.previous
	if string(word) == "pw" && before != harmlessWord || before == account || before == qualifier || w.key {
		return Secret
	}
	return onlyIf(first, IfRandom)
}

// ofCode returns what the word "code" says.
func (w *nameWords) ofCode(first bool) Strength {
	switch before := w.previous; {
	case first, before == qualifier:
		return IfRandom
	case before == numberWord, before == detail && w.seen != NotSecret: // password_reset_code
		return IfPIN
	}
	return NotSecret
}

// ofKey returns what the word "key" says.
func (w *nameWords) ofKey(first bool) Strength {
	switch w.previous {
	case qualifier, sessionWord, weakWord, cookieWord, secretWord, bareSecret:
		return Secret
	case harmlessWord, placeWord, namedWord, attribute, questionWord, keyWord, counter:
		return NotSecret
	}
	if first {
		return NotSecret
	}
	return IfRandom
}

// afterPass reports whether a word after "pass" makes a word for a secret: PassWord,
// pass_phrase.
func afterPass(word []byte) bool {
	switch string(word) {
	case "word", "words", "wd", "phrase", "phrases", "code", "codes", "key", "keys", "hash", "wort":
		return true
	}
	return false
}

// kindOf returns the kind of a lower-case word.
func kindOf(word []byte) kind {
	switch string(word) {
	case "passcode", "passcodes", "authorization", "creds", "sessionid", "sessid", "jsessionid", "phpsessid",
		"authkey", "authkeys", "psk", "jwt", "jwts", "passwrd", "passwrds", "pswd", "pswds", "pword",
		"passwort", "kennwort", "geheimnis", "zugangscode", "motdepasse", "passe", "contrasena", "contrasenya",
		"clave", "senha", "senhas", "pws", "ssword", "assword", "authtok", "masterauth":
		return secretWord
	case "secret", "secrets":
		return bareSecret
	case "pwd", "pwds":
		return pathWord
	case "cookie", "cookies":
		return cookieWord
	case "tok", "toks", "csrf", "xsrf", "refresh", "sid", "salt", "credential", "credentials", "bearer", "mnemonic",
		"pepper", "verifier", "kek", "dek", "passes":
		return weakWord
	case "pin", "pins", "cvv", "cvc", "otp", "totp":
		return numberWord
	case "code", "codes":
		return codeWord
	case "seed", "seeds":
		return seedWord
	case "api", "private", "priv", "access", "auth", "sign", "signing", "enc", "encrypt", "encryption", "decrypt",
		"decryption",
		"cipher", "aes", "mac", "hmac", "shared", "consumer", "master", "license", "licence", "client", "hash",
		"block",
		"deploy", "webhook", "recovery", "backup", "verification", "wrap", "wrapping", "server", "subscription",
		"service", "identity", "admin", "unlock", "activation", "isakmp", "ipsec", "tacacs", "snmp", "ospf", "eigrp",
		"wep", "wpa":
		return qualifier
	case "session", "sess":
		return sessionWord
	case "db", "database", "user", "root", "login", "smtp", "imap", "pop", "mail", "email", "host", "proxy",
		"redis", "mysql", "mssql", "sql", "oracle", "pg", "postgres", "mongo", "rabbitmq", "amqp",
		"kafka", "es", "elastic",
		"ftp", "sftp", "ssh", "ldap", "bind", "http", "registry", "docker", "git", "vault", "become", "sudo", "my",
		"account", "acct", "new", "old", "confirm", "repeat", "keystore", "truststore", "cert", "pfx", "vnc", "rdp",
		"radius", "wifi", "vpn":
		return account
	case "key", "keys":
		return keyWord
	case "id", "ids", "identifier":
		return idWord
	case "pass", "pw":
		return passWord
	case "public", "pub", "map", "sort", "shard", "primary", "partition", "cache", "routing", "row", "foreign",
		"group", "index",
		"idempotency", "hot", "lookup", "unique", "composite", "search", "dedup", "arrow", "func", "function",
		"escape",
		"next", "page", "continuation", "sync", "cursor", "prev", "previous", "peek", "peeked", "lookahead",
		"left", "right", "open", "close", "stop", "bos", "eos", "pad", "unk", "mask", "sep", "author", "lex",
		"lexer", "start", "end", "word", "text", "output", "prompt", "completion":
		return harmlessWord
	case "cur", "current", "last", "expect", "expected", "input":
		return placeWord
	case "tls", "pull":
		return namedWord
	}
	return kindOfRest(word)
}

// kindOfRest is kindOf for words that aren't secrets, and for words written together.
func kindOfRest(word []byte) kind {
	switch string(word) {
	case "max", "min", "num", "count", "total", "no", "use", "show", "hide", "enable", "disable", "allow",
		"need", "needs", "require", "requires", "should":
		return counter
	case "is", "has":
		return questionWord
	case "counts", "counter", "len", "length", "size", "limit", "limits", "type", "types", "kind", "kinds",
		"pos", "position", "offset", "line", "column", "name", "names", "label", "alias", "prefix", "suffix",
		"url", "uri", "arn", "endpoint", "path", "file", "filename", "dir", "domain", "stdin", "ref",
		"policy", "rules", "strength", "pattern", "regex", "regexp", "re", "format", "hint", "idx",
		"expiry", "expires", "expiration", "expired", "ttl", "timeout", "age", "at", "duration",
		"required", "enabled", "disabled", "changed", "valid", "validator", "provider", "manager", "store",
		"source", "handler", "fn", "reader", "writer", "parser", "scanner",
		"bucket", "budget", "usage", "rate", "version", "class", "placeholder", "err", "error", "errors",
		"status", "symbol", "address", "backend", "santa", "template", "templates", "subject", "field", "fields",
		"form", "page", "event", "events", "hook", "hooks", "rule", "option", "options", "schema", "fd":
		return attribute
	case "issuer", "audience", "algorithm", "alg", "algo", "leeway", "realm", "scope", "scopes", "lifetime", "interval",
		"period", "reset":
		return detail
	case "content", "contents", "data", "value", "values", "string", "bytes", "json", "hex", "base64", "raw",
		"header":
		return contents
	}
	for _, end := range [...]string{"pass", "pw"} {
		if n := len(word) - len(end); n > 0 && string(word[n:]) == end &&
			(kindOf(word[:n]) == account || joinsPass(word[:n])) {
			return secretWord // rootpw
		}
	}
	if equalOrPlural(word, "token") {
		return tokenWord
	}
	// These are words written together: dbpassword, clientsecret, accesstoken.
	for _, end := range [...]string{"password", "passwd", "passphrase", "secret", "token",
		"apikey", "secretkey", "privatekey", "accesskey", "credential"} {
		n := len(word) - len(end)
		if n > 0 && word[len(word)-1] == 's' && hasPrefix(word[n-1:], end) || n >= 0 && hasPrefix(word[n:], end) {
			return secretWord
		}
	}
	return otherWord
}

// joinsPass reports whether a word is written together with "pass": requirepass, keypass.
func joinsPass(word []byte) bool {
	switch string(word) {
	case "require", "store", "trust", "key":
		return true
	}
	return false
}

func equalOrPlural(word []byte, s string) bool {
	return string(word) == s || len(word) == len(s)+1 && word[len(s)] == 's' && string(word[:len(s)]) == s
}
