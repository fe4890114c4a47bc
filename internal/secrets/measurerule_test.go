package secrets

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// measured are the rules that the first two sets of values can tell apart; environ, pattern and
// fragment have a set of their own, see TestMeasureOthers, and key and seed need memory: see
// TestMeasure in package walk.
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

// ofOwnRule returns how a dump shows a sample of the third set if only the rule of its kind is
// there. The environment of an ordinary value is in the sample, and that of a planted one holds it.
func (s *sample) ofOwnRule() string {
	way, with, _ := strings.Cut(s.where, " ")
	rules := Rules{HideSecret: true, Shown: Shown{}}
	for _, r := range others(Rule(s.kind)) {
		rules.Shown = append(rules.Shown, string(r))
	}
	switch way {
	case "environ":
		rules.HideEnviron, rules.EnvironFilter, rules.Environ = true, longerThan8, []string{with}
		if len(s.secrets) > 0 {
			rules.Environ = []string{with + "=" + s.secrets[0]}
		}
	case "pattern":
		rules.Patterns = []*regexp.Regexp{regexp.MustCompile(with)}
	case "stale":
		got, _ := New(rules).Stale([]byte(s.text))
		return string(got)
	}
	return New(rules).Text(s.text)
}

// The rules that need an environment, a pattern, or memory that may have been overwritten hide
// what they are for, and of other values little.
func TestMeasureOthers(t *testing.T) {
	wantRecall := map[Rule]float64{OfEnviron: 99, ByPattern: 99,
		ByFragment: 75} // a few letters without a digit, or that look like a word, may be anything
	hidden, shown := map[string]*score{}, map[string]*score{}
	for _, s := range samples(t, "planted3.txt") {
		got := s.ofOwnRule()
		count(t, hidden, s, slices.ContainsFunc(s.secrets, func(secret string) bool { return survives(secret, got) }), got)
	}
	for _, s := range samples(t, "ordinary3.txt") {
		got := s.ofOwnRule()
		count(t, shown, s, got != s.text, got)
	}
	for kind, planted := range hidden {
		score := ruleScore{alone: planted.all - planted.wrong, ordinary: shown[kind].wrong}
		precision, recall := percent(score.alone, score.alone+score.ordinary), percent(score.alone, planted.all)
		t.Logf("%-12s precision %5.1f %%, recall %5.1f %% of %d planted secrets; %d ordinary values, %d hidden", kind,
			precision, recall, planted.all, shown[kind].all, score.ordinary)
		want, ok := wantRecall[Rule(kind)]
		if !ok || precision < 95 || recall < want {
			t.Errorf("%s: got precision %.1f %%, recall %.1f %%; want 95 %% and %.0f %%", kind, precision, recall, want)
		}
	}
	if len(hidden) != len(wantRecall) {
		t.Errorf("got %d rules measured, want %d", len(hidden), len(wantRecall))
	}
}
