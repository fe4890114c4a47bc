package settings

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"coredumpy/internal/guard"
	"coredumpy/internal/monitor"
	"coredumpy/internal/secrets"
)

// Redaction is what coredumpy.Configuration says about secrets. Package secrets finds them.
type Redaction struct {
	HideSecret     bool
	SecretPatterns []*regexp.Regexp
	HideNamed      bool
	SecretNames    []string
	HideEnviron    bool
	EnvironFilter  func(value string) bool
	HideText       bool     // all text of the program, but what ShowText names
	ShowText       []string // see ShowsText
	ShowRules      secrets.Shown
}

// UnknownRules says which of ShowRules aren't rules.
func (r *Redaction) UnknownRules() (errs []error) {
	for _, name := range r.ShowRules {
		if err := secrets.CheckRule(name); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// LongValue is the EnvironFilter of programs that set no other.
func LongValue(value string) bool { return len(value) > 8 }

// Redactor returns a redactor for dumps of a process with the given environment
// ("KEY=VALUE") and command line. If EnvironFilter fails or takes longer than limit, all
// values of the environment are hidden, and the redactor says why.
func (r *Redaction) Redactor(environ, args []string, limit time.Duration) *secrets.Redactor {
	const what = "the function in Config.EnvironFilter"
	redactor, err := guard.Apart(what, limit, func() (redactor *secrets.Redactor, err error) {
		filter := r.EnvironFilter
		if filter != nil {
			filter = func(value string) (yes bool) {
				if err == nil {
					err = guard.Call(what, func() { yes = r.EnvironFilter(value) })
				}
				return yes
			}
		}
		return r.filtered(environ, args, filter, ""), err
	})
	if err != nil {
		redactor = r.filtered(environ, args, nil, r.problem(err))
	}
	return redactor
}

// filtered returns a redactor that hides the values of the environment for which filter is
// nil or returns true. problem says why it isn't EnvironFilter.
func (r *Redaction) filtered(environ, args []string, filter func(string) bool, problem string) *secrets.Redactor {
	redactor := secrets.New(secrets.Rules{
		Patterns:      r.SecretPatterns,
		HideSecret:    r.HideSecret,
		HideEnviron:   r.HideEnviron,
		Environ:       slices.DeleteFunc(slices.Clone(environ), shellVariable),
		EnvironFilter: filter,
		Problem:       problem,
		Number:        true,
		Shown:         r.ShowRules,
	})
	if r.HideNamed {
		redactor.LearnArguments(args)
	}
	return redactor
}

// SecretName returns a function that reports whether to hide the value of a variable,
// field, map key or header with the given name.
func (r *Redaction) SecretName() func(name string) bool {
	if !r.HideNamed {
		return func(string) bool { return false }
	}
	names := make(map[string]bool, len(r.SecretNames))
	for _, name := range r.SecretNames {
		names[strings.ToLower(name)] = true
	}
	return func(name string) bool {
		return secrets.SecretName(name) || len(names) > 0 && names[strings.ToLower(name)]
	}
}

// shellVariable reports whether an entry is "_", in which a shell leaves the path of
// the command it runs. That is no setting, and the same as the first argument.
func shellVariable(entry string) bool { return strings.HasPrefix(entry, "_=") }

// handed is a Redaction in the form in which another process gets it.
type handed struct {
	HideSecret     bool
	SecretPatterns []*regexp.Regexp
	Patterns       monitor.Patterns
	HideNamed      bool
	SecretNames    []string
	HideEnviron    bool
	Filter         filterKind
	HideText       bool
	ShowText       []string
	ShowRules      secrets.Shown
}

// filterKind says what EnvironFilter is.
type filterKind int

const (
	longValue filterKind = iota
	noFilter
	programsFilter
)

func (r *Redaction) filter() filterKind {
	switch {
	case r.EnvironFilter == nil:
		return noFilter
	case reflect.ValueOf(r.EnvironFilter).Pointer() != reflect.ValueOf(LongValue).Pointer():
		return programsFilter
	}
	return longValue
}

// HandsAll reports whether another process can be given all of r: a function of the
// program's can't be handed over.
func (r *Redaction) HandsAll() bool { return r.filter() != programsFilter }

// MarshalJSON is for another process of the same executable.
func (r Redaction) MarshalJSON() ([]byte, error) {
	return json.Marshal(handed{
		HideSecret: r.HideSecret, SecretPatterns: r.SecretPatterns, Patterns: monitor.PatternsOf(r.SecretPatterns),
		HideNamed: r.HideNamed, SecretNames: r.SecretNames, HideEnviron: r.HideEnviron, Filter: r.filter(),
		HideText: r.HideText, ShowText: r.ShowText, ShowRules: r.ShowRules,
	})
}

// UnmarshalJSON reads what MarshalJSON has made. All values of the environment are
// hidden if the program has a filter of its own.
func (r *Redaction) UnmarshalJSON(text []byte) error {
	var h handed
	if err := json.Unmarshal(text, &h); err != nil {
		return err
	}
	h.Patterns.Compile(h.SecretPatterns)
	*r = Redaction{
		HideSecret: h.HideSecret, SecretPatterns: h.SecretPatterns,
		HideNamed: h.HideNamed, SecretNames: h.SecretNames, HideEnviron: h.HideEnviron,
		HideText: h.HideText, ShowText: h.ShowText, ShowRules: h.ShowRules,
	}
	switch h.Filter {
	case longValue:
		r.EnvironFilter = LongValue
	case programsFilter:
		r.EnvironFilter = func(string) bool { return true }
	}
	return nil
}
