package settings

import (
	"encoding/json"
	"io"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/capture"
	"coredumpy/internal/secrets"
)

func TestConflict(t *testing.T) {
	create := func(string) (io.WriteCloser, error) { return nil, nil }
	path := func() string { return "x" }
	for _, tt := range []struct {
		o         Options
		used, err string
	}{
		{Options{}, "", ""},
		{Options{Path: "a"}, "", ""},
		{Options{Path: "a", PathFunc: path}, "", ""},
		{Options{Path: "a", Create: create}, "Path", `coredumpy: Path "a" and Create exclude each other`},
		{Options{PathFunc: path, Directory: "d"}, "PathFunc",
			`coredumpy: PathFunc and Directory "d" exclude each other`},
		{Options{Create: create, Directory: "d"}, "Create", `coredumpy: Create and Directory "d" exclude each other`},
	} {
		used, err := tt.o.Conflict()
		text := ""
		if err != nil {
			text = err.Error()
		}
		if used != tt.used || text != tt.err {
			t.Errorf("%+v: got %q, %q, want %q, %q", tt.o, used, text, tt.used, tt.err)
		}
	}
}

// Options arrive in another process as they were, except functions.
func TestHand(t *testing.T) {
	o := Options{
		Path: "a\xff", Directory: "d\x00", Description: "\u200b\xfe", Depth: 7,
		Config: Config{Limits: capture.Limits{Timeout: time.Hour, Frames: 3}, AbortHandler: true},
	}
	text, err := o.Hand()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Handed(text)
	if err != nil || !reflect.DeepEqual(*got, o) {
		t.Errorf("got %+v, %v, want %+v", got, err, o)
	}
	for name, o := range map[string]Options{
		"PathFunc": {PathFunc: func() string { return "" }},
		"Create":   {Create: func(string) (io.WriteCloser, error) { return nil, nil }},
		"Exclude":  {Exclude: []any{io.EOF}},
		"Var":      {Given: []capture.Given{{Name: "x"}}},
		"Skip":     {Skip: 1},
	} {
		if _, err := o.Hand(); err == nil || !strings.HasPrefix(err.Error(), name+" can't be handed") {
			t.Errorf("%s: got %v, want an error that begins with the name", name, err)
		}
	}
	if _, err := Handed([]byte("{")); err == nil {
		t.Error("got no error for half an object, want one")
	}
}

// Patterns match as they did, and an EnvironFilter of the program's hides all.
func TestHandRedaction(t *testing.T) {
	longest := regexp.MustCompile("a|ab")
	longest.Longest()
	patterns := []*regexp.Regexp{regexp.MustCompile("a|ab"), nil, longest, regexp.MustCompilePOSIX("a|ab")}
	for _, tt := range []struct {
		name                    string
		filter                  func(string) bool
		handsAll, short, absent bool
	}{
		{"the usual filter", LongValue, true, false, false},
		{"none", nil, true, false, true},
		{"the program's", func(string) bool { return false }, false, true, false},
	} {
		r := Redaction{
			HideSecret: true, SecretPatterns: patterns, HideNamed: true, SecretNames: []string{"pin"}, EnvironFilter: tt.filter,
			HideText: true, ShowText: []string{"main.Order.Status"},
			ShowRules: secrets.Shown{"card"},
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got Redaction
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if r.HandsAll() != tt.handsAll || (got.EnvironFilter == nil) != tt.absent {
			t.Errorf("%s: got %v, a filter: %v, want %v, %v", tt.name, r.HandsAll(), got.EnvironFilter != nil,
				tt.handsAll, !tt.absent)
		}
		if shows := got.ShowsText(); shows == nil || !shows("main", "main.Order.Status") || shows("main", "main.Order") {
			t.Errorf("got %+v, want %+v", got, r)
		}
		if got.EnvironFilter != nil && (got.EnvironFilter("short") != tt.short || !got.EnvironFilter("a longer value")) {
			t.Errorf("%s: the filter is another one", tt.name)
		}
		if !got.ShowRules.Has(secrets.ByCard) {
			t.Errorf("%s: got the rules %v, want card", tt.name, got.ShowRules)
		}
		if !got.HideSecret || !got.HideNamed || got.HideEnviron || !got.SecretName()("PIN") || got.SecretName()("name") {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, r)
		}
		for i, re := range patterns {
			if re == nil {
				if got.SecretPatterns[i] != nil {
					t.Errorf("pattern %d: got %v, want none", i, got.SecretPatterns[i])
				}
				continue
			}
			if got, want := got.SecretPatterns[i].FindString("ab"), re.FindString("ab"); got != want {
				t.Errorf("pattern %d: got the match %q, want %q", i, got, want)
			}
		}
	}
}

// A filter that panics, or doesn't return, hides all values of the environment.
func TestRedactor(t *testing.T) {
	for want, filter := range map[string]func(string) bool{
		"the function in Config.EnvironFilter panicked: no":              func(string) bool { panic("no") },
		"the function in Config.EnvironFilter called runtime.Goexit":     func(string) bool { runtime.Goexit(); return false },
		"the function in Config.EnvironFilter hasn't returned for 100ms": func(string) bool { select {} },
	} {
		fails := Redaction{HideEnviron: true, EnvironFilter: filter}
		redactor := fails.Redactor([]string{"KEY=a long value", "OTHER=small"}, nil, 100*time.Millisecond)
		if got := redactor.Problem(); got != want {
			t.Errorf("got the problem %q, want %q", got, want)
		}
		if got := redactor.Text("say a long value, small"); strings.Contains(got, "long") || strings.Contains(got, "small") {
			t.Errorf("%s: got %q, want all values hidden", want, got)
		}
	}
	long := Redaction{HideEnviron: true, EnvironFilter: LongValue}
	redactor := long.Redactor([]string{"KEY=a long value", "_=another value"}, nil, time.Minute)
	if got := redactor.Problem(); got != "" {
		t.Errorf("got the problem %q, want none", got)
	}
	if got := redactor.Text("say a long value"); strings.Contains(got, "a long value") {
		t.Errorf("got %q, want the value of the variable hidden", got)
	}
	if got, want := redactor.Text("say another value"), "say another value"; got != want {
		t.Errorf("got %q, want %q: a shell has left it", got, want)
	}
}
