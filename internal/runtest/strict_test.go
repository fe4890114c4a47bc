package runtest

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"coredumpy"
	"coredumpy/internal/notation"
)

// With -strict no dump has the text of a panic or of a failed test, however that is found.
func TestStrict(t *testing.T) {
	const mask = notation.Mask
	number := regexp.MustCompile(regexp.QuoteMeta(mask) + `#[0-9]+`)
	plain, hooked := built(t)
	for _, tt := range []struct {
		command []string
		want    string // the message
	}{
		{[]string{filepath.Join(hooked, "messages"), "failure"}, mask},
		{[]string{filepath.Join(plain, "messages"), "failure"}, mask},
		{[]string{filepath.Join(hooked, "messages"), "spelled"}, `main.spelled("` + mask + `")`},
		{[]string{filepath.Join(plain, "messages"), "named"}, "main.named(6)"},
		{[]string{"go", "test", "-run=TestFatal$", "./testdata/suite/fatal"}, "TestFatal: " + mask},
		{[]string{"go", "test", "-run=TestHelper$", "./testdata/suite/fatal"}, "TestHelper failed"},
	} {
		_, dumps := watch(t, nil, slices.Concat([]string{"-strict", "-description", "of mine"}, tt.command)...)
		if len(dumps) != 1 {
			t.Errorf("%q: got dumps %q, want one", tt.command, dumps)
			continue
		}
		core, err := coredumpy.Open(dumps[0])
		if err != nil {
			t.Fatal(err)
		}
		h := core.Head()
		if number.ReplaceAllString(h.Message, mask) != tt.want || h.Description != "of mine" {
			t.Errorf("%q: got message %q and description %q, want %q", tt.command, h.Message, h.Description, tt.want)
		}
		for _, arg := range h.Args {
			if notation.MaskNumber(arg) == 0 {
				t.Errorf("%q: got the argument %q", tt.command, arg)
			}
		}
	}
}

// The text of what is shown needs the flag that hides the rest.
func TestStrictRefused(t *testing.T) {
	needLinux(t)
	for want, args := range map[string][]string{
		"coredumpy run: -show-text is for dumps without other text: add -strict; see coredumpy help run\n": {
			"-show-text", "main",
		},
		"coredumpy run: invalid value \"main.*\" for flag -show-text: \"main.*\" names no text to show: want a type, " +
			"a field, a variable or a package, as in main.Order, main.Order.Status, example.com/shop or " +
			"example.com/shop/...; see coredumpy help run\n": {"-strict", "-show-text", "main.*"},
	} {
		got := execute(t, t.TempDir(), nil, command, slices.Concat([]string{"run"}, args, []string{"true"})...)
		if got.err != want {
			t.Errorf("%q: got %q, want %q", args, got.err, want)
		}
	}
}
