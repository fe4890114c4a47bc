package apitest

import (
	"crypto/aes"
	"maps"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

// A dump says which rules have hidden something, and each can be turned off.
func TestShowRules(t *testing.T) {
	block, err := aes.NewCipher([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	seed := [16]byte{0x9a, 0xff, 3, 0x81, 5, 6, 0xc7, 8, 9, 0xea, 11, 12, 0xf3, 14, 0xb5, 16}
	card := strings.Join([]string{"4111", "1111", "1111", "1111"}, " ")
	dumped := func(shown ...string) *dump {
		config(t, func(c *coredumpy.Configuration) { c.ShowRules = shown })
		return take(t, coredumpy.Var("password", "tig3r-x"), coredumpy.Var("PIN", 83571), coredumpy.Var("block", block),
			coredumpy.Var("v", struct{ Seed [16]byte }{seed}), coredumpy.Var("paid", "by "+card),
			coredumpy.Var("again", "tig3r-x"))
	}
	all := dumped().Hidden()
	for _, rule := range []string{"name", "key", "seed", "card", "learned"} {
		d := dumped(rule)
		if got := d.Hidden(); all[rule] == 0 || got[rule] != 0 {
			t.Errorf("%s: got %d secrets hidden by it, and %d when it is turned off", rule, all[rule], got[rule])
		}
		for other := range all {
			if other != "learned" && other != rule && d.Hidden()[other] == 0 { // what a name hides is learned
				t.Errorf("without %s: got the rules %v, want %s", rule, slices.Sorted(maps.Keys(d.Hidden())), other)
			}
		}
		if len(d.Head().Notes) != len(dumped().Head().Notes) {
			t.Errorf("without %s: got the notes %q", rule, d.Head().Notes)
		}
	}
	if got, _ := dumped("name").given(t, "password").Text(); got != "tig3r-x" {
		t.Errorf("without name: got password %q", got)
	}
	if notes := strings.Join(dumped("cards").Head().Notes, "\n"); !strings.Contains(notes,
		`Config.ShowRules: no rule is called "cards": the rules are name, `) {
		t.Errorf("got the notes %q, want that cards is no rule", notes)
	}
}
