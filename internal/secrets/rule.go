package secrets

import (
	"fmt"
	"slices"
	"strings"
)

// A Rule is the name of a rule that hides values. That of a kind of key also has the mark
// of its issuer: form:ghp_.
type Rule string

// The rules.
const (
	ByName     Rule = "name"
	ByType     Rule = "key"
	BySeed     Rule = "seed"
	ByForm     Rule = "form"
	ByPEM      Rule = "private-key"
	ByEntropy  Rule = "entropy"
	ByCard     Rule = "card"
	ByURL      Rule = "url"
	ByScheme   Rule = "scheme"
	ByMark     Rule = "mark"
	Learned    Rule = "learned"
	OfEnviron  Rule = "environ"
	ByPattern  Rule = "pattern"
	ByFragment Rule = "fragment"
	BySecretDo Rule = "secret-do"
	ByHideText Rule = "text" // Config.HideText

	noRule Rule = "" // for what isn't counted
)

// rules are those that can be turned off, in the order in which they are listed.
var rules = [...]Rule{ByName, ByType, BySeed, ByForm, ByPEM, ByEntropy, ByCard, ByURL, ByScheme, ByMark, Learned,
	OfEnviron, ByPattern, ByFragment}

// formMark separates the name of the rule for forms from an issuer's mark.
const formMark = ":"

// ofIssuer is the rule for keys with an issuer's mark.
func ofIssuer(prefix string) Rule { return ByForm + formMark + Rule(prefix) }

// RuleNames returns the names of all rules, but not those of single issuers.
func RuleNames() string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// CheckRule returns an error if no rule has that name.
func CheckRule(name string) error {
	_, prefix, ofForm := strings.Cut(name, string(ByForm)+formMark)
	if slices.Contains(rules[:], Rule(name)) || ofForm && slices.ContainsFunc(keyKinds[:], func(k keyKind) bool {
		return k.prefix == prefix && name == string(ofIssuer(prefix))
	}) {
		return nil
	}
	return fmt.Errorf("no rule is called %q: the rules are %s, and as form:ghp_ the issuers of keys", name,
		RuleNames())
}

// Shown are the rules that are turned off.
type Shown []string

// Has reports whether a rule is turned off.
func (s Shown) Has(r Rule) bool {
	if len(s) == 0 {
		return false
	}
	general, _, _ := strings.Cut(string(r), formMark)
	return slices.Contains(s, string(r)) || slices.Contains(s, general)
}

// byName reports whether names of secrets count in texts.
func (d *Redactor) byName() bool { return d.hideSecret && !d.shown.Has(ByName) }

// tags are the rules that found the spans of a list, in the same order.
type tags []Rule

// upto notes that the rule has found the last of n spans, those without a rule so far.
func (t *tags) upto(n int, r Rule) {
	for len(*t) < n {
		*t = append(*t, r)
	}
}

// A place is a span to hide, and the rule that found it first.
type place struct {
	span
	rule Rule
}

// places returns the spans of b that were found, as merge does, with their rules.
func places(b []byte, found []span, by tags) []place {
	all := make([]place, len(found))
	for i, s := range found {
		all[i] = place{s, by[i]}
	}
	slices.SortStableFunc(all, func(x, y place) int { return x.from - y.from })
	var merged []place
	for _, s := range merge(b, found) {
		for len(all) > 0 && all[0].to <= s.from {
			all = all[1:]
		}
		merged = append(merged, place{s, all[0].rule})
	}
	return merged
}

// markRule returns the rule by which the mark at b[i] announces a secret.
func markRule(b []byte, i int) Rule {
	switch c := b[i]; {
	case c == '@', c == ':' && hasPrefix(b[i:], "://"):
		return ByURL
	case c == '$', c == '~':
		return ByForm
	case hasPrefixFold(b[i:], "bearer"), hasPrefixFold(b[i:], "basic"):
		return ByScheme
	}
	return ByMark
}

// formRule returns the rule for a secret with a form of its own, in the place s of b.
func formRule(b []byte, s span) Rule {
	for _, k := range keysByByte[b[s.from]] {
		var w wordSearch
		if w.keyEnd(b[:s.to], &k, s.from) > 0 {
			return ofIssuer(k.prefix)
		}
	}
	return ByEntropy
}
