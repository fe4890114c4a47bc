package coredumpy

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/capture"
	"coredumpy/internal/guard"
	"coredumpy/internal/monitor"
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
	return redactorFor(c, append(os.Environ(), capture.OwnEnviron()...), os.Args)
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

// monitored is what the process that watches is told.
type monitored struct {
	Path, Directory, Description []byte // any bytes
	Depth                        int
	Config                       Configuration
	Patterns                     monitor.Patterns
	Filter                       filterKind
}

// filterKind says what Config.EnvironFilter is.
type filterKind int

const (
	packagesFilter filterKind = iota
	noFilter
	programsFilter
)

// redaction returns Config, with what it takes to redact.
func redaction() monitored {
	m := monitored{Config: Config, Patterns: monitor.PatternsOf(Config.SecretPatterns)}
	switch f := Config.EnvironFilter; {
	case f == nil:
		m.Filter = noFilter
	case reflect.ValueOf(f).Pointer() != ownFilter:
		m.Filter = programsFilter
	}
	return m
}

// readMonitored reads it. All values of the environment are hidden if the program has a
// filter of its own.
func readMonitored(settings []byte) (m monitored, err error) {
	if err = json.Unmarshal(settings, &m); err != nil {
		return m, err
	}
	m.Patterns.Compile(m.Config.SecretPatterns)
	switch m.Filter {
	case packagesFilter:
		m.Config.EnvironFilter = defaultEnvironFilter
	case programsFilter:
		m.Config.EnvironFilter = func(string) bool { return true }
	}
	return m, nil
}

// ownFilter is Config.EnvironFilter as this package sets it.
var ownFilter = reflect.ValueOf(Config.EnvironFilter).Pointer()

// asked returns how a process wants a dump redacted that asks for it, see through.
func asked(settings []byte) (capture.Redaction, error) {
	m, err := readMonitored(settings)
	return func(environ, args []string) (capture.Redactor, func(string) bool, error) {
		r, err := redactorFor(&m.Config, environ, args)
		return r, secretName(&m.Config), err
	}, err
}

// through has the process that watches make the dump. It is nil if there is none, or it
// can't, as if the program has an EnvironFilter of its own.
func through(req *capture.Request) *capture.Dump {
	if !monitor.Asks() {
		return nil
	}
	m := redaction()
	if m.Filter == programsFilter {
		return nil
	}
	settings, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	return capture.Through(req, settings)
}
