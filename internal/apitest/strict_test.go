package apitest

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"coredumpy"
	"coredumpy/internal/notation"
)

// With HideText and no other rule nothing that was planted is in a dump, whatever it is. The
// paths of the directory and of the program aren't the program's texts.
func TestPlantedStrict(t *testing.T) {
	p := newPlant(t, "panic", "strict", 0)
	d := p.run(t)
	p.checkStrict(t, d)
	for _, text := range append(d.Head().Args, d.Head().Description, d.Head().Message) {
		if notation.MaskNumber(text) == 0 {
			t.Errorf("got %q in the head, want a mask", text)
		}
	}
}

// This is the same test for a dump taken by another process.
func TestPlantedStrictInProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("another process can be read on Linux only")
	}
	p := newPlant(t, "wait", "plain", 0)
	config(t, func(c *coredumpy.Configuration) {
		c.HideText, c.HideSecret, c.HideNamed, c.HideEnviron = true, false, false, false
	})
	p.checkStrict(t, p.attach(t))
}

// checkStrict checks that a dump has nothing that was planted in the program's texts.
func (p *plant) checkStrict(t *testing.T, d *dump) {
	t.Helper()
	found := p.leaks(t, d)
	for _, place := range p.places {
		if where := found[place]; where != "" && place != "directory" && place != "program" {
			t.Errorf("%s: got part of the text in %s", place, where)
		}
	}
}

// Each place of a value hides an ordinary text, and shows it if that is wanted.
func TestHideText(t *testing.T) {
	noVariables(t)
	text := word(20)
	for _, show := range []bool{false, true} {
		config(t, func(c *coredumpy.Configuration) {
			if c.HideText = true; show {
				c.ShowText = []string{"coredumpy/internal/apitest", "errors/...", "fmt"}
			}
		})
		d, _ := crash(t, func() { panic(errors.New(text)) }, coredumpy.Var("places", fill(text)))
		if leaks := d.leaks(t, text); (leaks != nil) != show {
			t.Errorf("shown %v: got the text in %q", show, leaks)
		}
		d.wantText(t, "421337")
		if got := d.Head().Message; (got == text) != show {
			t.Errorf("shown %v: got the message %q", show, got)
		}
	}
}

type (
	bareCode int
	saidCode int
	saidText string
)

func (c saidCode) String() string { return fmt.Sprintf("wombat %d", int(c)) }

// The message of a panic says what isn't the program's text.
func TestHideTextMessage(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.HideText = true })
	here := "coredumpy/internal/apitest."
	for _, tt := range []struct {
		value         any
		show          []string
		message, line string
	}{
		{value: "wombat", message: mask},
		{value: 17, message: "17"},
		{value: bareCode(17), message: "apitest.bareCode(17)"},
		{value: saidText("wombat"), message: `apitest.saidText("` + mask + `")`},
		{value: saidText("wombat"), show: []string{here + "saidText"}, message: `apitest.saidText("wombat")`},
		{value: saidCode(17), message: mask, line: here + "saidCode(17)"},
		{value: saidCode(17), show: []string{here + "saidCode"}, message: "wombat 17", line: here + "saidCode(17)"},
		{value: errors.New("wombat"), message: mask, line: `*errors.errorString {s: "` + mask + `"}`},
		{value: errors.New("wombat"), show: []string{"errors.errorString"}, message: "wombat"},
		{value: errors.New("wombat"), show: []string{"errors.errorString.s"}, message: mask,
			line: `*errors.errorString {s: "wombat"}`},
		{value: error(syscall.ENOENT), message: "no such file or directory"},
	} {
		config(t, func(c *coredumpy.Configuration) { c.ShowText = tt.show })
		d, _ := crash(t, func() { panic(tt.value) })
		h := d.Head()
		if message, line := unnumbered(h.Message), unnumbered(h.Value); message != tt.message || line != tt.line {
			t.Errorf("%#v, %q shown: got %q and %q, want %q and %q", tt.value, tt.show, message, line, tt.message, tt.line)
		}
	}
	for want, f := range map[string]func(){
		"runtime error: integer divide by zero":                            func() { _ = 1 / len(noTexts) },
		"runtime error: index out of range [1] with length 0":              func() { _ = noTexts[len(noTexts)+1] },
		"interface conversion: interface {} is string, not int":            func() { _ = any("wombat").(int) },
		"runtime error: invalid memory address or nil pointer dereference": func() { _ = *(*int)(nil) },
	} {
		if d, _ := crash(t, f); d.Head().Message != want {
			t.Errorf("got the message %q, want %q", d.Head().Message, want)
		}
	}
}

var noTexts []string

// Of the name of a test only that of its function is shown.
func TestHideTextOfTest(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.HideText = true })
	t.Run("wombat", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.dump")
		quietly(t, func() {
			defer coredumpy.OnFailure(failed(t.Name()), coredumpy.Path(path), coredumpy.Description("of a wombat"),
				coredumpy.Var("name", 1), coredumpy.Var("a wombat", 2))
		})
		d := open(t, path)
		h := d.Head()
		if want := "TestHideTextOfTest/" + mask; unnumbered(h.Test) != want || h.Message != h.Test+" failed" ||
			unnumbered(h.Description) != mask {
			t.Errorf("got test %q, message %q and description %q", h.Test, h.Message, h.Description)
		}
		var names []string
		for _, v := range d.current(t).Frames[0].Vars {
			if v.Role == coredumpy.Given {
				names = append(names, unnumbered(v.Name))
			}
		}
		if !slices.Equal(names, []string{"name", mask}) {
			t.Errorf("got the names %q, want one hidden", names)
		}
	})
}

// A note on a filter that panics doesn't say with what.
func TestHideTextOfFilter(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) {
		c.HideText, c.EnvironFilter = true, func(string) bool { panic("wombat") }
	})
	d := take(t)
	const want = "the function in Config.EnvironFilter panicked: all values of the environment are hidden"
	if notes := d.Head().Notes; !slices.Contains(notes, want) || strings.Contains(strings.Join(notes, ""), "wombat") {
		t.Errorf("got the notes %q, want %q", notes, want)
	}
}

// anyNumber returns a text with #N for the numbers of its masks. They depend on the
// environment, whose values have numbers, too.
func anyNumber(text string) string { return maskNumber.ReplaceAllString(text, mask+"#N") }

// unnumbered returns a text without the numbers of its masks.
func unnumbered(text string) string { return maskNumber.ReplaceAllString(text, mask) }

var maskNumber = regexp.MustCompile(regexp.QuoteMeta(mask) + `#[0-9]+`)

// Equal texts stay equal, and others different, wherever they are hidden.
func TestHideTextEqual(t *testing.T) {
	noVariables(t)
	config(t, func(c *coredumpy.Configuration) { c.HideText = true })
	d, _ := crash(t, func() { panic("quokka") }, coredumpy.Var("one", "quokka"), coredumpy.Var("two", []byte("quokka")),
		coredumpy.Var("three", map[string]string{"quokka": "wombat"}), coredumpy.Description("wombat"))
	first, second := d.Head().Message, d.Head().Description
	if notation.MaskNumber(first) == 0 || first == second {
		t.Errorf("got message %q and description %q, want masks with numbers", first, second)
	}
	key, value := d.given(t, "three").Entry(0)
	one, _ := d.given(t, "one").Text()
	two, _ := d.given(t, "two").Text()
	k, _ := key.Text()
	v, _ := value.Text()
	if one != first || two != first || k != first || v != second {
		t.Errorf("got %q, want %q and %q", []string{one, two, k, v}, first, second)
	}
}
