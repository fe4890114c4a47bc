package coredumpy

import (
	"regexp"

	"coredumpy/internal/secrets"
	"coredumpy/internal/settings"
)

// [Configuration] says what users want hidden, and internal/secrets finds it. All
// text that reaches a dump goes through the redactor, after the walk: by then it
// has learned the values that stood under secret names, and removes them wherever
// else they are.

// defaultSecretPatterns find most keys and hashes, keys in base64 among them, see
// secrets.LongRun. Other secrets with a form, such as a private key or a password
// in a URL, are found without a pattern.
func defaultSecretPatterns() []*regexp.Regexp {
	return []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}
}

// defaultEnvironFilter leaves out values such as "true", "1" and "xterm".
var defaultEnvironFilter = settings.LongValue

// redaction returns the settings in c about secrets.
func (c *Configuration) redaction() settings.Redaction {
	return settings.Redaction{
		HideSecret: c.HideSecret, SecretPatterns: c.SecretPatterns,
		HideNamed: c.HideNamed, SecretNames: c.SecretNames,
		HideEnviron: c.HideEnviron, EnvironFilter: c.EnvironFilter,
	}
}
