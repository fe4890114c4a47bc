package secrets

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"coredumpy/internal/longtest"
)

// plainMarks does what marks does, but asks the rules at every mark.
func plainMarks(b []byte) (found []span, escaped bool) {
	found = append(inTable(b, nil), inLine(b, 0))
	var m marker
	for i := 0; i < len(b); i++ {
		if isEscape[b[i]] {
			_, n := escapeAt(b, i)
			escaped = escaped || n > 0
		}
		if isMark[b[i]]&aMark == 0 {
			continue
		}
		if b[i] == '(' {
			found = inserted(b, i, found)
		}
		s := m.at(b, i)
		if s.from >= s.to {
			continue
		}
		found = append(found, s)
		if b[s.from] != '-' || runEnd(b, s.from, wordSet) < s.to {
			i = max(i, s.to-2)
		}
	}
	return found, escaped
}

// plainForms does what longWords and cards do, but looks at every word and number.
func plainForms(b []byte) (found []span) {
	for from := 0; from < len(b); from++ {
		to := runEnd(b, from, wordSet)
		if to-from >= minWord {
			found = keys(b, from, to, alnumRuns(b, from, to, found))
		}
		from = to
	}
	for from := 0; from < len(b); from++ {
		to := runEnd(b, from, base64Set)
		found = base64Runs(b, from, to, found)
		from = to
	}
	return cardsIn(b, 0, len(b), found)
}

// plainValues does what index.find does, but looks for one value after another.
func plainValues(x *index, b []byte) (found []span) {
	lower := slices.Clone(b)
	for i, c := range b {
		lower[i] = fold[c]
	}
	add := func(text []byte, value string) {
		for from := 0; ; from++ {
			n := bytes.Index(text[from:], []byte(value))
			if n < 0 {
				return
			}
			from += n
			found = append(found, span{from, from + len(value)})
		}
	}
	for value := range x.values {
		add(b, value)
	}
	for value := range x.folded {
		add(lower, value)
	}
	return found
}

// inOrder sorts spans, and drops those without a text and those that are there twice.
func inOrder(spans []span) []span {
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.from >= s.to })
	slices.SortFunc(spans, func(x, y span) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	return slices.Compact(spans)
}

// wantPlain checks that a text is searched as if every rule were asked at every place.
func wantPlain(t *testing.T, r *Redactor, text string) {
	t.Helper()
	b := []byte(text)
	found, escaped := new(marker).unescaped(b, nil, new(tags))
	plain, plainEscaped := plainMarks(b)
	if got, want := inOrder(found), inOrder(plain); !slices.Equal(got, want) || escaped != plainEscaped {
		t.Errorf("marks(%q)\n got %v, %t\nwant %v, %t", b, got, escaped, want, plainEscaped)
	}
	if got, want := inOrder(cards(b, longWords(b, true, nil))), inOrder(plainForms(b)); !slices.Equal(got, want) {
		t.Errorf("longWords and cards of %q\n got %v\nwant %v", b, got, want)
	}
	if got, want := inOrder(r.known.find(b, nil)), inOrder(plainValues(&r.known.index, b)); !slices.Equal(got, want) {
		t.Errorf("find(%q)\n got %v\nwant %v", b, got, want)
	}
}

// wantUnmarked checks that a text in which there are no marks is redacted as any other.
func wantUnmarked(t *testing.T, r *Redactor, text string) {
	t.Helper()
	r.marked = maxMarked // it learns no more
	if !r.LearnMarked([]byte(text)) {
		return
	}
	got, changed := r.Unmarked([]byte(text))
	want, wantChanged := r.Bytes([]byte(text))
	if string(got) != string(want) || changed != wantChanged {
		t.Errorf("Unmarked(%q): got %q, %t, want %q, %t as by Bytes", text, got, changed, want, wantChanged)
	}
}

// A learned value is found in a text without marks, whatever else is in it.
func TestUnmarked(t *testing.T) {
	r := plantedRedactor()
	for _, text := range []string{
		"x l3arned!value x", `x l3\u0061rned!value x`, "x l3arned%21%76alue x", "x l3arned&#x21;value x",
		"\x01\x00l3arned!val\x00", "x\rl3arned!value", "x value of GREETING x", `&quot;&amp;&lt;f00 bar`,
		"x ghp_" + "016A7xKq9pLmZ2vB4nTw8sRdYc3FgH5jU1eX x", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d",
	} {
		if wantUnmarked(t, r, text); !r.LearnMarked([]byte(text)) {
			continue
		}
		if _, changed := r.Unmarked([]byte(text)); !changed {
			t.Errorf("Unmarked(%q): got nothing hidden", text)
		}
	}
	if text := "x l3arned!value x"; !r.LearnMarked([]byte(text)) {
		t.Errorf("LearnMarked(%q): got a mark", text)
	}
}

// plainSeeds are texts with marks and secrets of all kinds.
func plainSeeds(t testing.TB) (texts []string) {
	for _, file := range []string{"planted.txt", "ordinary.txt", "planted2.txt", "ordinary2.txt"} {
		for _, s := range samples(t, file) {
			texts = append(texts, s.text, s.where+"="+s.text)
		}
	}
	for _, p := range planted {
		texts = append(texts, p.before+p.secret+p.after)
	}
	for _, tt := range textTests {
		texts = append(texts, tt.text)
	}
	for _, tt := range sourceTests {
		texts = append(texts, tt.text)
	}
	return append(texts, sampleKeys()...)
}

// Nothing is missed because of what is looked at first, or not at all.
func FuzzPlain(f *testing.F) {
	for _, text := range plainSeeds(f) {
		f.Add(text)
	}
	r := plantedRedactor()
	f.Fuzz(func(t *testing.T, text string) {
		wantPlain(t, r, text)
		wantUnmarked(t, r, text)
	})
}

// The same for texts made of parts of others.
func TestPlain(t *testing.T) {
	seeds, r, random := plainSeeds(t), plantedRedactor(), rand.New(rand.NewPCG(1, 2))
	part := func() string {
		s := seeds[random.IntN(len(seeds))]
		from := random.IntN(len(s) + 1)
		return s[from:min(len(s), from+random.IntN(60))]
	}
	rounds := 10_000
	if longtest.All() {
		rounds = 1_000_000
	}
	for range rounds {
		text := part()
		for range random.IntN(4) {
			text += []string{"", " ", ":", "=", "<", ">", "\n", "-", "\"", "(", "{", "p", "0", "\\n"}[random.IntN(14)] + part()
		}
		wantPlain(t, r, text)
		if wantUnmarked(t, r, text); t.Failed() {
			return
		}
	}
}
