package secrets

import (
	"regexp"
	"slices"
	"testing"
)

// measured are the rules that the two sets of values can tell apart; the others need memory, an
// environment or a pattern.
var measured = []Rule{ByName, ByForm, ByPEM, ByEntropy, ByCard, ByURL, ByScheme, ByMark, Learned}

// redactorWithout returns a Redactor without some rules.
func redactorWithout(rules ...Rule) *Redactor {
	var shown Shown
	for _, r := range rules {
		shown = append(shown, string(r))
	}
	return New(Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}, HideSecret: true, Shown: shown})
}

// others are all rules but one.
func others(rule Rule) (all []Rule) {
	return slices.DeleteFunc(slices.Clone(rules[:]), func(r Rule) bool { return r == rule })
}

// hides reports whether a Redactor hides the secrets of a sample, or if it has none, anything.
func (s *sample) hides(r *Redactor) bool {
	got, secrets := s.redactedBy(r)
	if len(s.secrets) == 0 {
		return got != s.text
	}
	return !slices.ContainsFunc(secrets, func(secret string) bool { return survives(secret, got) })
}

// A ruleScore says what a rule did in the two sets.
type ruleScore struct {
	alone    int // planted secrets that no other rule hides
	also     int // and that others hide, too
	ordinary int // ordinary values that it hides by itself
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// Each rule hides secrets, and little else. With -v it logs what each
// does: the precision is how much of what it hides is secret, the recall how many of all
// secrets it hides by itself.
func TestMeasureRules(t *testing.T) {
	planted := slices.Concat(samples(t, "planted.txt"), samples(t, "planted2.txt"))
	ordinary := slices.Concat(samples(t, "ordinary.txt"), samples(t, "ordinary2.txt"))
	t.Logf("%-12s %6s %6s %8s %9s %6s", "rule", "alone", "also", "ordinary", "precision", "recall")
	for _, rule := range measured {
		var score ruleScore
		for _, s := range planted {
			switch all, without, only := s.hides(newRedactor()), s.hides(redactorWithout(rule)), s.hides(
				redactorWithout(others(rule)...)); {
			case all && !without:
				score.alone++
			case only:
				score.also++
			}
		}
		for _, s := range ordinary {
			if s.kind != "key?" && s.hides(redactorWithout(others(rule)...)) {
				score.ordinary++
			}
		}
		hidden := score.alone + score.also
		precision := percent(hidden, hidden+score.ordinary)
		t.Logf("%-12s %6d %6d %8d %8.1f %% %5.1f %%", rule, score.alone, score.also, score.ordinary, precision,
			percent(hidden, len(planted)))
		if precision < 95 || hidden == 0 {
			t.Errorf("%s: got precision %.1f %%, and %d secrets that it hides; want 95 %% and some", rule,
				precision, hidden)
		}
	}
	t.Logf("of %d planted secrets, and %d ordinary values", len(planted), len(ordinary))
}
