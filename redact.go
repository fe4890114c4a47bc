package coredumpy

import (
	"regexp"

	"coredumpy/internal/secrets"
	"coredumpy/internal/settings"
)

// What must not be written: [Configuration] says what users want hidden, and
// internal/secrets knows how to find it. All text that reaches a dump goes
// through the redactor, after the walk: by then it has learned the values that
// stood under secret names, and removes them wherever else they are.

// defaultSecretPatterns finds most keys and hashes, and keys in base64 with them,
// see secrets.LongRun. What else is a secret by its
// form, such as a private key or a password in a URL, is found without a pattern.
func defaultSecretPatterns() []*regexp.Regexp {
	return []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}
}

// defaultEnvironFilter leaves out values such as "true", "1" and "xterm".
var defaultEnvironFilter = settings.LongValue

// redaction returns what c says of it.
func (c *Configuration) redaction() settings.Redaction {
	return settings.Redaction{
		HideSecret: c.HideSecret, SecretPatterns: c.SecretPatterns,
		HideNamed: c.HideNamed, SecretNames: c.SecretNames,
		HideEnviron: c.HideEnviron, EnvironFilter: c.EnvironFilter,
	}
}
