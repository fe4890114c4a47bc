package secrets

import "strings"

// What stands instead of a secret.

// placeholder reports whether v only stands in for a secret: nil, a verb of package fmt, a
// variable of a template, asterisks, <token>.
func placeholder(v []byte) bool {
	switch string(v) {
	case "", "nil", "<nil>", "null", "none", "None", "true", "false", "undefined", "required", "missing",
		"incorrect", "invalid", "enabled", "disabled", "expired", "unset", "empty", "wrong", "changed", "unknown",
		"denied",
		"rejected", "failed", "revoked", "hidden", "redacted", "REDACTED", "[REDACTED]", "<redacted>", "filtered",
		"FILTERED",
		"masked", "optional", "TOKEN", "PASSWORD", "YOUR_TOKEN", "YOUR_PASSWORD", mask:
		return true
	}
	s := v
	switch {
	case s[0] == 'x' && len(s) > 2: // xxxxx: (*url.URL).Redacted
		return allSame(s)
	case s[0] == '$' && len(s) > 2 && isCapital(s[1]):
		return len(s) == 3 && isCapital(s[2]) || variable(s[1:])
	case s[0] == '*', s[0] == '.':
		return allSame(s)
	case s[0] == '{' && s[len(s)-1] == '}' && runEnd(s, 1, wordSet) == len(s)-1:
		return wordy(s) // {env.TOKEN}
	case s[0] == '?':
		return len(s) == 1 // as in SQL
	case s[0] == '$' && len(s) < 4 && digits(s[1:]):
		return true
	case s[0] == '<' && s[len(s)-1] == '>':
		return weigh(s) != NotSecret && runEnd(s, 1, wordSet) == len(s)-1
	case s[0] == '%':
		return onlyVerbs(s)
	case len(s) > 3 && (s[0] == '$' || s[0] == '{') && s[1] == '{' && s[len(s)-1] == '}':
		return !strings.ContainsAny(string(s[2:len(s)-1]), "{}")
	}
	return false
}

// variable reports whether s is the name of an environment variable.
func variable(s []byte) bool {
	for _, c := range s {
		if !isCapital(c) && c != '_' {
			return false
		}
	}
	return wordy(s)
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
