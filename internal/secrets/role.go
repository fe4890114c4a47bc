package secrets

import "strings"

// What the name of a variable or a field tells besides SecretName.

// TypeName reports whether the name of a type, which is one of a secret, says so of its
// values, too: types are named for what deals with secrets more often than variables are.
func TypeName(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range [...]string{"password", "passwd", "passphrase", "secret", "apikey", "privatekey",
		"secretkey", "apitoken", "accesstoken", "authtoken", "bearertoken", "refreshtoken", "sessiontoken"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// CountName reports whether a number under the name of a secret counts or identifies
// tokens, as in a parser, and is no secret itself.
func CountName(name string) bool { return strings.Contains(strings.ToLower(name), "token") }

// PasswordName reports whether the name of a secret is that of a password, which may be an
// ordinary word. Tokens and keys are random.
func PasswordName(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "pass") || strings.Contains(lower, "pw") || strings.Contains(lower, "secret")
}

// parserTokens are what may stand before "token" in the name of a parser's.
var parserTokens = map[string]bool{
	"": true, "cur": true, "current": true, "next": true, "prev": true, "previous": true, "peek": true,
	"peeked": true,
	"last":   true, "first": true, "lookahead": true, "left": true, "right": true, "open": true, "close": true,
}

// TokenName reports whether the name of a secret may be that of a parser's token:
// nextToken, and not sessionToken.
func TokenName(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), "s")
	before, ok := strings.CutSuffix(name, "token")
	return ok && parserTokens[strings.TrimSuffix(before, "_")]
}

// BesideName reports whether a field of this name stands beside a secret and is none: an
// ordinary word in it is looked for nowhere.
func BesideName(name string) bool {
	switch strings.ToLower(name) {
	case "name", "user", "username", "login", "id", "key", "host", "addr", "label", "description",
		"usage", "help", "shorthand", "namespace", "kind", "type", "version", "algorithm", "hint", "prefix", "path",
		"file", "url", "format", "email", "reason", "message", "status", "realm", "zone", "region":
		return true
	}
	return false
}

// KeyName reports whether bytes under a name may be a key: key, masterSeed, and not
// publicKey or sortKey.
func KeyName(name string) bool {
	n := []byte(name)
	for _, word := range [...]string{"key", "keys", "seed", "seeds"} {
		i := len(n) - len(word)
		if i >= 0 && equalFold(n[i:], word) && (i == 0 || class[n[i-1]]&alnum == 0 || class[n[i]]&capital != 0 ||
			weigh(n) != NotSecret) {
			return i == 0 || weigh(n) != NotSecret
		}
	}
	return false
}

// KeyBytes reports whether bytes under such a name are one: they are no text, or look like
// a secret.
func KeyBytes(b []byte) bool { return !oneLine(b) && !allSame(b) || looksSecret(b) }

// HoldsSecrets reports whether what a map or list of that name holds are secrets, whatever
// they look like: credentials.
func HoldsSecrets(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "credentials") || strings.HasSuffix(lower, "credential") ||
		strings.HasSuffix(lower, "creds")
}
