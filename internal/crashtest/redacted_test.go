package crashtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/notation"
)

// checkRedacted redacts a dump once more. The rules are those it was made with, so nothing
// changes, but that text which may be overwritten is looked at as if it were. Redacted again
// it doesn't change at all.
func checkRedacted(t *testing.T, m *mode, p *program, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var once, twice bytes.Buffer
	if err := coredumpy.Redact(&once, core, coredumpy.RedactOptions{Plain: true}); err != nil {
		t.Error(err)
		return
	}
	compareLines(t, path, once.String())
	again, err := coredumpy.Read(strings.NewReader(once.String()))
	if err != nil {
		t.Error(err)
		return
	}
	if why := again.Missing(); why != "" {
		t.Errorf("redacted: got Missing %q, want a whole file", why)
	}
	c, err := newChecker(again, m.exact)
	if err != nil {
		t.Errorf("redacted: %v", err)
		return
	}
	c.check(t, p)
	if err := coredumpy.Redact(&twice, again, coredumpy.RedactOptions{Plain: true}); err != nil {
		t.Error(err)
	}
	if once.String() != twice.String() {
		t.Error("got another dump when it was redacted again, want the same")
	}
}

// cutText is a text that is cut, as it is or in base64.
var cutText = regexp.MustCompile(`"([sb])":("(?:[^"\\]|\\.)*"),(?:"red":true,)?"len":`)

// sameButCut reports whether two lines are equal but for the last words of texts that are cut.
// Such a word may be the beginning of a secret, so redact hides it.
func sameButCut(redacted, original string) bool {
	if cutText.ReplaceAllString(redacted, "") != cutText.ReplaceAllString(original, "") {
		return false
	}
	got, want := cutText.FindAllStringSubmatch(redacted, -1), cutText.FindAllStringSubmatch(original, -1)
	for i := range got {
		g, w := decoded(got[i]), decoded(want[i])
		kept, hidden := strings.CutSuffix(g, notation.Mask)
		rest, same := strings.CutPrefix(w, kept)
		if g != w && (!hidden || !same || strings.ContainsAny(rest, " \n")) {
			return false
		}
	}
	return len(got) == len(want)
}

// decoded is the text of a match of cutText.
func decoded(match []string) (text string) {
	if match[1] == "b" {
		var raw []byte
		json.Unmarshal([]byte(match[2]), &raw)
		return string(raw)
	}
	json.Unmarshal([]byte(match[2]), &text)
	return text
}

// compareLines compares a dump that was redacted with the file it was made from.
func compareLines(t *testing.T, path, redacted string) {
	t.Helper()
	got, want := strings.Split(redacted, "\n"), strings.Split(unpacked(t, path), "\n")
	if len(got) != len(want) {
		t.Errorf("redacted: got %d lines, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if at := 0; g != w && !sameButCut(g, w) {
			for at < min(len(g), len(w)) && g[at] == w[at] {
				at++
			}
			from := max(0, at-80)
			t.Errorf("redacted: line %d: got\n%.200q\nwant\n%.200q", i+1, g[from:], w[from:])
		}
	}
}

// unpacked returns the text of a dump.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
