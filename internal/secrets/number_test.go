package secrets

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"coredumpy/internal/notation"
)

func numbering(learn ...string) *Redactor {
	r := New(Rules{HideSecret: true, Number: true, Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}})
	for _, value := range learn {
		r.Learn(value)
	}
	return r
}

// In the texts that are wanted ~ stands for a mask.
func TestNumbers(t *testing.T) {
	r := numbering("l3arned!value", "0ther!value")
	for _, tt := range []struct{ text, want string }{
		{"nothing", "nothing"},
		{"l3arned!value", "~#1"},
		{"a l3arned!value b", "a ~#1 b"},
		{"0ther!value, l3arned!value", "~#2, ~#1"},
		{"password=l3arned!value x", "password=~#1 x"},
		{"password=hunter2-x! token=l3arned!value", "password=~#3 token=~#1"},
		{"postgres://bob:hunter2-x!@db", "postgres://bob:~#3@db"},
		{"L3ARNED!VALUE", "~#4"}, // it is found, but it isn't the same text
		{"l3arned!value0ther!value", "~#5"},
		// What follows isn't a part of the number.
		{"a l3arned!value7 b", "a ~7 b"},
		{"a l3arned!value#7 b", "a ~#1#7 b"},
		// Masks that were in the text before.
		{mask + "#1 0ther!value", "~#6 ~#2"},
		{mask + " 0ther!value", "~ ~#2"},
		{mask + "#1 alone", "~#1 alone"},
		{mask + "#x 0ther!value" + mask, "~#x ~#2~"},
	} {
		if got, want := r.Text(tt.text), strings.ReplaceAll(tt.want, "~", mask); got != want {
			t.Errorf("Text(%q)\n got %q\nwant %q", tt.text, got, want)
		}
	}
	if got, want := r.Mask("l3arned!value", ByName), mask+"#1"; got != want {
		t.Errorf("Mask: got %q, want %q", got, want)
	}
	if got := fmt.Sprint(r.Arguments([]string{"-token", "l3arned!value", "-password=l3arned!value", "x"})); got !=
		fmt.Sprintf("[-token %s#1 -password=%s#1 x]", mask, mask) {
		t.Errorf("Arguments: got %s", got)
	}
	source := "package a\nvar password = `l3arned!value`\n// password=\"0ther!value\nx\"\n"
	want := "package a\nvar password = `" + mask + "#1`\n// password=\"" + mask + "#7\n\"\n"
	if got := r.Source("a.go", source); got != want {
		t.Errorf("Source(%q)\n got %q\nwant %q", source, got, want)
	}
}

// Beyond the limits a secret has no number, and nothing looks like one; those before keep
// theirs.
func TestNumberLimits(t *testing.T) {
	r := numbering("l3arned!value", "0ther!value")
	r.Number([]byte("0ther!value"), ByName)
	if n := r.Number(make([]byte, maxNumberBytes), ByName); n != 0 {
		t.Errorf("too many bytes: got the number %d, want none", n)
	}
	for i := range maxNumbers {
		r.Number(fmt.Append(nil, i), ByName)
	}
	for text, want := range map[string]string{
		"a l3arned!value b":   "a ~ b",
		"a l3arned!value#7 b": "a ~7 b", // with the sign it would be number 7
		"a 0ther!value#7 b":   "a ~#1#7 b",
	} {
		if got, want := r.Text(text), strings.ReplaceAll(want, "~", mask); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

// Equal secrets have equal numbers, others haven't, and what is read from a text is what was
// hidden, whatever is around it.
func FuzzNumbers(f *testing.F) {
	r := plantedRedactor()
	r.numbers = newNumbers()
	var mu sync.Mutex
	secrets := map[int]string{}
	for i, p := range planted {
		f.Add("a "+p.before, p.after+" b", uint8(i))
		f.Add("secret: [", "#7", uint8(i))
		f.Add("", "7", uint8(i))
		f.Add("password=", "\\"+p.secret, uint8(i))
	}
	for _, tt := range textTests {
		f.Add(tt.text, tt.text, uint8(len(tt.text)))
	}
	f.Fuzz(func(t *testing.T, left, right string, kind uint8) {
		if strings.Contains(left+right, "redacted") {
			t.Skip("masks of the text itself: see TestNumbers")
		}
		p := planted[int(kind)%len(planted)]
		text := []byte(left + p.before + p.secret + p.after + right)
		got, _ := r.Bytes(text)
		end, w := 0, way{bytes: true}
		found, by := r.all(text, w)
		for _, s := range r.hidden(text, found, by, w) {
			before, number, after, found := notation.CutMask(got)
			if !found || string(before) != string(text[end:s.from]) {
				t.Fatalf("Text(%q): got %q, want %q", text, before, text[end:s.from])
			}
			got, end = after, s.to
			if number == 0 {
				continue // before a digit
			}
			mu.Lock()
			if known, ok := secrets[number]; ok && known != string(text[s.from:s.to]) {
				t.Errorf("the number %d stands for %q and %q", number, known, text[s.from:s.to])
			}
			secrets[number] = string(text[s.from:s.to])
			mu.Unlock()
			if want := r.Number(text[s.from:s.to], s.rule); number != want {
				t.Errorf("%q has the numbers %d and %d", text[s.from:s.to], number, want)
			}
		}
	})
}

// In a dump that is redacted once more masks keep their numbers, and new ones have others. A
// text that was hidden without a number, as a whole or in part, gets none: it may differ from
// one that looks the same.
func TestKeepNumbers(t *testing.T) {
	d := New(Rules{HideSecret: true, Number: true})
	d.KeepNumbers(17)
	d.Learn("swordfish99")
	for _, tt := range []struct{ text, want string }{
		{"***redacted***#17 and swordfish99", "***redacted***#17 and ***redacted***#18"},
		{"swordfish99 and ***redacted***#3, ***redacted***", "***redacted***#18 and ***redacted***#3, ***redacted***"},
	} {
		if got := d.Text(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	for text, want := range map[string]int{
		"***redacted***#3": 3, "***redacted***": 0, "of ***redacted***": 0, "of ***redacted***#3 and ***redacted***": 0,
		"of ***redacted***#3": 19, "swordfish99": 18,
	} {
		if got := d.Number([]byte(text), ByName); got != want {
			t.Errorf("%q: got number %d, want %d", text, got, want)
		}
	}
	d.KeepNumbers(maxLast + 1)
	if got := d.Text("swordfish99"); got != mask {
		t.Errorf("got %q, want a mask without a number: there are too many", got)
	}
}

// A word that is hidden because it may be a part of a secret has no number: the same text is
// shown in memory that isn't stale, and must not become another secret when it is hidden.
func TestFragmentsHaveNoNumber(t *testing.T) {
	d := New(Rules{HideSecret: true, Number: true})
	got, _ := d.Stale([]byte("x/9aB3xQ7z and password=x7Q2wvB9"))
	if want := "x/***redacted*** and password=***redacted***#1"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d.KeepNumbers(1)
	if n := d.Number(got, ByHideText); n != 0 {
		t.Errorf("got number %d of a text of which a part may be shown elsewhere, want none", n)
	}
}
