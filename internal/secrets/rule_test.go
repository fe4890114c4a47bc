package secrets

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Each rule hides a text, is named for it, and shows the text when it is turned off.
func TestRules(t *testing.T) {
	tests := []struct {
		rule string
		text string
	}{
		{"form:ghp_", "a ghp_" + alnum36[:30] + " b"},
		{"form:eyJ", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def"},
		{"form", "crypt $6$rounds$9aZkq0Lw8sVt7Bn3RmXy2Qp5 b"},
		{"private-key", "\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/IBAAKCAQEA\n-----END RSA PRIVATE KEY-----"},
		{"entropy", "a " + hex32 + " b"},
		{"card", "pay with 4111 1111 1111 1111 now"},
		{"url", "postgres://bob:hunter2-x!@db/app"},
		{"url", "bob:hunter2-x!@tcp(db)/app"},
		{"url", "postgres%3A%2F%2Fbob%3Ahunter2-x%40db/app"},
		{"scheme", "a Bearer hunter2-x b"},
		{"mark", "password=hunter2-x! b"},
		{"mark", "login --password hunter2-x b"},
		{"learned", "a l3arned!value b"},
		{"learned", "l3arned!value"},
		{"environ", "a value of GREETING b"},
		{"environ", "value of GREETING"},
		{"pattern", "a ACME-12345678 b"},
	}
	redactor := func(shown ...string) *Redactor {
		r := New(Rules{
			Patterns:   []*regexp.Regexp{regexp.MustCompile(LongRun), regexp.MustCompile("ACME-[0-9]{8}")},
			HideSecret: true, HideEnviron: true, Environ: []string{"GREETING=value of GREETING"}, EnvironFilter: longerThan8,
			Number: true, Shown: shown,
		})
		r.Learn("l3arned!value")
		return r
	}
	for _, tt := range tests {
		r := redactor()
		if got := r.Text(tt.text); !strings.Contains(got, mask+"#1") {
			t.Errorf("%s: Text(%q) = %q, want it hidden", tt.rule, tt.text, got)
		}
		if got, want := fmt.Sprint(r.Hidden()), fmt.Sprintf("[{%s 1}]", tt.rule); got != want {
			t.Errorf("Text(%q): got the rules %s, want %s", tt.text, got, want)
		}
		general, _, _ := strings.Cut(tt.rule, ":")
		for _, shown := range []string{tt.rule, general} {
			if got := redactor(shown).Text(tt.text); got != tt.text && !strings.HasPrefix(tt.rule, "form") {
				t.Errorf("Text(%q) without %s = %q", tt.text, shown, got)
			}
			if err := CheckRule(shown); err != nil {
				t.Error(err)
			}
		}
		for _, other := range tests {
			if other.rule == tt.rule || strings.HasPrefix(other.rule, general) {
				continue
			}
			if got := redactor(other.rule).Text(tt.text); !strings.Contains(got, mask) {
				t.Errorf("Text(%q) without %s = %q, want it hidden by %s", tt.text, other.rule, got, tt.rule)
			}
		}
	}
	if got, text := redactor("form", "entropy").Text(tests[0].text), tests[0].text; got != text {
		t.Errorf("Text(%q) without form and entropy = %q", text, got)
	}
	for text, want := range map[string]string{ // inside of what a mark would hide
		"dsn_password=postgres://bob:hunter2-x!@db/app": "dsn_password=postgres://bob:" + mask + "#1@db/app",
		"Authorization: Bearer hunter2-x b":             "Authorization: Bearer " + mask + "#1 b",
		"password%3Dhunter2-x postgres%3A%2F%2Fbob%3Ahunter2-y%40db/app": "password%3Dhunter2-x postgres%3A%2F%2Fbob%3A" + mask +
			"#1%40db/app",
	} {
		if got := redactor("mark").Text(text); got != want {
			t.Errorf("without mark: Text(%q) = %q, want %q", text, got, want)
		}
	}
	if got, want := redactor("mark").Text("password=hunter2-x! "+hex32), "password=hunter2-x! "+mask+"#1"; got != want {
		t.Errorf("without mark: got %q, want %q", got, want)
	}
}

func TestHidden(t *testing.T) {
	r := numbering("l3arned!value")
	r.Text("password=hunter2-x! of l3arned!value")
	r.Text("password=l3arned!value of l3arned!value")
	r.Text("l3arned!value5") // without a number of its own
	r.Mask("name", ByName)
	if got, want := fmt.Sprint(r.Hidden()), "[{learned 1} {mark 2} {name 1}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := New(Rules{HideSecret: true}).Hidden(); got != nil {
		t.Errorf("got %v without numbers, want nothing", got)
	}
}

func TestCheckRule(t *testing.T) {
	for _, name := range []string{"", "Name", "form:", "form:x", "ghp_", "all", "environ "} {
		err := CheckRule(name)
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("no rule is called %q: the rules are name, ", name)) {
			t.Errorf("CheckRule(%q) = %v, want an error with all names", name, err)
		}
	}
}
