package main

import (
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/secrets"
)

func TestConfigure(t *testing.T) {
	c := coredumpy.Config
	patterns := len(c.SecretPatterns)
	err := configure(&c, []byte(`{"Depth": 3, "Timeout": "250ms", "SecretPatterns": ["ACME-[0-9]{8}"], "SecretNames": ["pin"],
		"HideEnviron": false, "MaxString": 1000, "MaxDumps": 7, "MaxDumpBytes": 5000000000}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Depth != 3 || c.Timeout != 250*time.Millisecond || c.HideEnviron || c.MaxString != 1000 ||
		len(c.SecretNames) != 1 || c.MaxDumps != 7 || c.MaxDumpBytes != 5e9 {
		t.Errorf("got %+v", c)
	}
	if n := len(c.SecretPatterns); n != patterns+1 || !c.SecretPatterns[n-1].MatchString("ACME-12345678") {
		t.Errorf("got patterns %v, want the default ones and another", c.SecretPatterns)
	}
	if !c.AllGoroutines || c.MaxElements != coredumpy.Config.MaxElements || c.EnvironFilter == nil {
		t.Error("got changes to what wasn't mentioned")
	}
}

// The limits of OnPanic are refused, as they would have no effect.
func TestConfigureOnPanic(t *testing.T) {
	for _, name := range []string{"MaxPanics", "MaxPanicsPerSite", "MaxPanicsPerMinute"} {
		c := coredumpy.Config
		err := configure(&c, []byte(`{"`+name+`": 5}`))
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "-max") {
			t.Errorf("%s: got error %v, want one that points to -max", name, err)
		}
	}
}

// Errors use the words of the settings.
func TestConfigureErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"MaxString":"x"}`:         "settings: MaxString is a JSON string, want int",
		`{"Timeout":5}`:             `settings: Timeout is a JSON number, want a duration, such as "10s"`,
		``:                          "settings: the file is empty: want a JSON object, such as {}",
		`{"MaxString":1`:            "settings: the JSON object doesn't end",
		`{"Nope":5}`:                `settings: unknown field "Nope"`,
		`{"Notify":"x"}`:            "settings: Notify is a function, for OnPanic and OnFailure in a program: set it there, in coredumpy.Config",
		`{"DumpAbortHandler":true}`: "settings: DumpAbortHandler is for OnPanic in a program: set it there, in coredumpy.Config",
		`{} {}`:                     "settings: more than one JSON object",
		`{"ShowText":["main.*"]}`: `settings: ShowText: "main.*" names no text to show: want a type, a field, ` +
			`a variable or a package, as in main.Order, main.Order.Status, example.com/shop or example.com/shop/...`,
		`{"ShowRules":["x"]}`: "settings: ShowRules: no rule is called \"x\": the rules are " + secrets.RuleNames() +
			", and as form:ghp_ the issuers of keys",
		`{"SecretPatterns":["("]}`: "settings: error parsing regexp: missing closing ): `(`",
	} {
		c := coredumpy.Config
		if err := configure(&c, []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", text, err, want)
		}
	}
}
