package secrets

import "strings"

// This file reads more from the name of a variable or a field than SecretName.

// TypeName reports whether the name of a type, a secret's by itself, also says so of its
// values: types, more often than variables, are named after the secrets that they deal
// with.
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

// ChangeName returns what the name of a field such as Old, New or Access says in a struct with
// the name typ, which is about passwords, tokens or keys: PasswordRequest, TokenPair.
func ChangeName(typ, field string) Strength {
	both := false // the field tells which of several secrets
	switch strings.ToLower(field) {
	case "old", "new", "current", "next", "previous", "prev", "confirm", "confirmation", "repeat", "again", "first",
		"second", "primary", "secondary":
		both = true
	case "id", "access", "refresh":
	default:
		return NotSecret
	}
	var buf [64]byte
	strength := NotSecret
	for word, i := nextWord([]byte(typ), 0, buf[:0]); len(word) > 0; word, i = nextWord([]byte(typ), i, word[:0]) {
		switch k := kindOf(word); {
		case both && (k == secretWord || k == passWord) && ofPassword(word):
			return Secret
		case k == tokenWord, word[0] == 'c' && k == weakWord,
			both && (k == secretWord || k == bareSecret || k == keyWord):
			strength = IfRandom
		}
	}
	return strength
}

// CountName reports whether a number under a secret's name counts or identifies tokens, as
// in a parser, and isn't a secret.
func CountName(name string) bool { return strings.Contains(strings.ToLower(name), "token") }

// PasswordName reports whether a secret's name is that of a password, which may be an
// ordinary word. Tokens and keys are random.
func PasswordName(name string) bool {
	lower := strings.ToLower(name)
	for _, word := range [...]string{"pass", "pw", "pswd", "secret", "kennwort", "contrasen", "senha"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return foreign([]byte(name))
}

// parserTokens are words that may come before "token" in a name of a parser.
var parserTokens = map[string]bool{
	"": true, "cur": true, "current": true, "next": true, "prev": true, "previous": true, "peek": true,
	"peeked": true,
	"last":   true, "first": true, "lookahead": true, "left": true, "right": true, "open": true, "close": true,
}

// TokenName reports whether a secret's name may be that of a parser's token: nextToken,
// but not sessionToken.
func TokenName(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), "s")
	before, ok := strings.CutSuffix(name, "token")
	return ok && parserTokens[strings.TrimSuffix(before, "_")]
}

// BesideName reports whether a field of this name accompanies a secret without being one:
// if its value is an ordinary word, it is looked for nowhere.
func BesideName(name string) bool {
	switch strings.ToLower(name) {
	case "name", "user", "username", "login", "id", "key", "host", "addr", "label", "description",
		"usage", "help", "shorthand", "namespace", "kind", "type", "version", "algorithm", "hint", "prefix", "path",
		"file", "url", "format", "email", "reason", "message", "status", "realm", "zone", "region":
		return true
	}
	k := lastKind([]byte(name))
	return k == attribute || k == detail || k == idWord
}

// IDName reports whether a field of this name identifies the record that it is in: UserId,
// LastSavedPK.
func IDName(name string) bool {
	return lastKind([]byte(name)) == idWord || strings.HasSuffix(name, "PK") || strings.EqualFold(name, "pk")
}

// lastKind returns the kind of the last word of a name: that of url in TypeUrl.
func lastKind(name []byte) (k kind) {
	var buf [64]byte
	for word, i := nextWord(name, 0, buf[:0]); len(word) > 0; word, i = nextWord(name, i, word[:0]) {
		k = kindOf(word)
	}
	return k
}

// KeyName reports whether bytes under a name may be a key: key, masterSeed, but not
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

// KeyBytes reports whether bytes under such a name are a key: they aren't text, and not mostly
// one byte, or look like a secret.
func KeyBytes(b []byte) bool {
	var counts [256]int
	most := 0
	for _, c := range b {
		counts[c]++
		most = max(most, counts[c])
	}
	return !oneLine(b) && 2*most <= len(b) || looksSecret(b)
}

// HoldsSecrets reports whether a map or list of that name holds secrets, however they
// look: credentials.
func HoldsSecrets(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "credentials") || strings.HasSuffix(lower, "credential") ||
		strings.HasSuffix(lower, "creds")
}
