package coredumpy

import (
	"os"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/capture"
	"coredumpy/internal/guard"
	"coredumpy/internal/secrets"
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
func defaultEnvironFilter(value string) bool { return len(value) > 8 }

// newRedactor returns a redactor for dumps of this process. Variables that the
// program has unset, as is advised for secrets, count as well; only Linux tells.
func newRedactor(c *Configuration) (*secrets.Redactor, error) {
	return redactorFor(c, append(os.Environ(), capture.Environ(os.Getpid())...), os.Args)
}

// redactorFor returns a redactor for dumps of a process with the given
// environment ("KEY=VALUE") and command line, or why EnvironFilter failed.
func redactorFor(c *Configuration, environ, args []string) (*secrets.Redactor, error) {
	const what = "the function in Config.EnvironFilter"
	given := *c // what is late may go on while the program changes it
	c = &given
	return guard.Apart(what, max(Config.Timeout, guard.Patience), func() (r *secrets.Redactor, err error) {
		filter := c.EnvironFilter
		if filter != nil {
			filter = func(value string) (yes bool) {
				if err == nil {
					err = guard.Call(what, func() { yes = c.EnvironFilter(value) })
				}
				return yes
			}
		}
		r = secrets.New(secrets.Rules{
			Patterns:      c.SecretPatterns,
			HideSecret:    c.HideSecret,
			HideEnviron:   c.HideEnviron,
			Environ:       slices.DeleteFunc(slices.Clone(environ), shellVariable),
			EnvironFilter: filter,
		})
		if c.HideNamed {
			r.LearnArguments(args)
		}
		return r, err
	})
}

// secretName returns what tells whether the value of a variable, field, map key
// or header of a given name is to be hidden.
func secretName(c *Configuration) func(name string) bool {
	if !c.HideNamed {
		return func(string) bool { return false }
	}
	names := make(map[string]bool, len(c.SecretNames))
	for _, name := range c.SecretNames {
		names[strings.ToLower(name)] = true
	}
	return func(name string) bool {
		return secrets.SecretName(name) || len(names) > 0 && names[strings.ToLower(name)]
	}
}

// shellVariable reports whether an entry is "_", in which a shell leaves the
// path of the command it runs: no setting, and the same as the first argument.
func shellVariable(entry string) bool { return strings.HasPrefix(entry, "_=") }
