package secrets

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"math/rand/v2"
	"mime/quotedprintable"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// We measure how good the rules are with two sets of values, in testdata/measure: secrets
// as programs have them, which should all be hidden, and ordinary values that look
// similar, which should all stay. planted.txt says how they are written.

// A sample is a text with secrets in it, or an ordinary one.
type sample struct {
	kind, where string
	text        string
	secrets     []string // parts of text
}

// samples reads a set.
func samples(t testing.TB, file string) (all []sample) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "measure", file))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, uint64(len(file))))
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, "\t", 3)
		if len(parts) != 3 {
			t.Fatalf("%s: got %q, want three parts", file, line)
		}
		for _, where := range rows(parts[1]) {
			for _, form := range rows(parts[2]) {
				all = append(all, fill(random, parts[0], where, form))
			}
		}
	}
	return all
}

var group = regexp.MustCompile(`⟦([^⟦⟧]*)⟧`)

// rows returns a text for each combination of the alternatives in its groups.
func rows(text string) []string {
	at := group.FindStringSubmatchIndex(text)
	if at == nil {
		return []string{text}
	}
	var all []string
	for _, one := range strings.Split(strings.ReplaceAll(text[at[2]:at[3]], `\|`, "\x00"), "|") {
		all = append(all, rows(text[:at[0]]+strings.ReplaceAll(one, "\x00", "|")+text[at[1]:])...)
	}
	return all
}

var form = regexp.MustCompile(`\{([AhHuldbwp35ac])([0-9]*)\}`)

const (
	bigLetters, smallLetters, tenDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	allLetters                          = bigLetters + smallLetters
)

var alphabets = map[string]string{
	"A": allLetters + tenDigits, "h": "0123456789abcdef", "H": "0123456789ABCDEF", "u": bigLetters, "l": smallLetters,
	"d": tenDigits, "b": allLetters + tenDigits + "+/", "w": allLetters + tenDigits + "-_", "p": allLetters + tenDigits + "!#$%*-_.?",
	"3": bigLetters + "234567", "a": smallLetters + tenDigits,
	"5": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}

// fill makes a sample from a form.
func fill(random *rand.Rand, kind, where, text string) sample {
	text = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\x00`, "\x00").Replace(text)
	if where == "args" {
		text = strings.ReplaceAll(text, " ", "\x01")
	}
	text = form.ReplaceAllStringFunc(text, func(f string) string {
		m := form.FindStringSubmatch(f)
		if m[1] == "c" {
			return f
		}
		n, _ := strconv.Atoi(m[2])
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabets[m[1]][random.IntN(len(alphabets[m[1]]))]
		}
		return string(b)
	})
	for {
		i := strings.Index(text, "{c}")
		if i < 0 {
			break
		}
		text = text[:i] + checkDigit(text[strings.LastIndex(text[:i], "«"):i]) + text[i+len("{c}"):]
	}
	s := sample{kind: kind, where: where}
	for {
		before, after, ok := strings.Cut(text, "«")
		s.text += before
		if !ok {
			return s
		}
		secret, rest, _ := strings.Cut(after, "»")
		s.secrets = append(s.secrets, secret)
		s.text += secret
		text = rest
	}
}

// checkDigit returns the digit that makes a card's number valid. [ISO/IEC 7812-1, annex B]
func checkDigit(number string) string {
	sum, double := 0, true
	for i := len(number) - 1; i >= 0; i-- {
		d := int(number[i]) - '0'
		if d < 0 || d > 9 {
			continue
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return strconv.Itoa((10 - sum%10) % 10)
}

// A known secret must be found in these encodings.
var encodings = map[string]func(string) string{
	"plain": func(s string) string { return s },
	"upper": strings.ToUpper, "lower": strings.ToLower,
	"percent":    url.QueryEscape,
	"percentall": func(s string) string { return everyByte(s, "%%%02X") },
	"qp": func(s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	},
	"html":      html.EscapeString,
	"htmlnum":   func(s string) string { return everyRune(s, "&#%d;") },
	"htmlhex":   func(s string) string { return everyRune(s, "&#x%x;") },
	"json":      func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"unicode":   func(s string) string { return everyRune(s, `\u%04x`) },
	"go":        func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
	"base64":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"hex":       func(s string) string { return fmt.Sprintf("%x", s) },
	"HEX":       func(s string) string { return fmt.Sprintf("%X", s) },
}

func everyByte(s, format string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func everyRune(s, format string) string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// redacted returns how a dump shows a sample, and the secrets as written in it.
func (s *sample) redacted() (got string, secrets []string) { return s.redactedBy(newRedactor()) }

// redactedBy is redacted with a Redactor.
func (s *sample) redactedBy(r *Redactor) (got string, secrets []string) {
	way, with, _ := strings.Cut(s.where, " ")
	switch way {
	case "name":
		if nameHides(r, with, s.text) {
			return mask, s.secrets
		}
	case "args":
		args := strings.Split(s.text, "\x01")
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "~", " ")
		}
		return strings.Join(r.Arguments(args), " "), s.secrets
	case "known":
		text := s.text
		for _, secret := range s.secrets {
			r.Learn(secret)
			encoded := encodings[with](secret)
			text = strings.ReplaceAll(text, secret, encoded)
			secrets = append(secrets, encoded)
		}
		return r.Text(text), secrets
	}
	return r.Text(s.text), s.secrets
}

// nameHides reports whether the name hides a text.
func nameHides(r *Redactor, name, text string) bool {
	if PublicName(name) {
		r.LearnPublic(text)
	}
	return r.byName() && Weigh(name).Hides([]byte(text))
}

// survives reports whether half of a secret, of at least 6 bytes, is in a text.
func survives(secret, text string) bool {
	size := min(len(secret), max(6, len(secret)/2))
	for i := 0; i+size <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+size]) {
			return true
		}
	}
	return false
}

// A score counts samples of a kind.
type score struct{ all, wrong int }

func (s *score) String() string {
	return fmt.Sprintf("%4d of %4d, %5.1f %%", s.all-s.wrong, s.all, 100*float64(s.all-s.wrong)/float64(s.all))
}

// report logs the scores by kind and returns that of all kinds but key?.
func report(t *testing.T, what string, scores map[string]*score) (all score) {
	for _, kind := range slices.Sorted(maps.Keys(scores)) {
		t.Logf("%-8s %-9s %v", what, kind, scores[kind])
		if kind != "key?" {
			all.all, all.wrong = all.all+scores[kind].all, all.wrong+scores[kind].wrong
		}
	}
	t.Logf("%-8s %-9s %v", what, "in all", &all)
	return all
}

// Nearly all of the planted secrets are hidden, and nearly none of the ordinary values.
// With -v it logs how many of each kind, and which ones are wrong. The second of each set
// was written before the rules were changed for it.
func TestMeasure(t *testing.T) {
	for _, tt := range []struct {
		planted, ordinary string
		hidden, shown     int // at least, in percent
	}{
		{"planted.txt", "ordinary.txt", 97, 95},
		{"planted2.txt", "ordinary2.txt", 97, 98},
	} {
		t.Run(tt.planted, func(t *testing.T) {
			planted, ordinary := map[string]*score{}, map[string]*score{}
			for _, s := range samples(t, tt.planted) {
				got, secrets := s.redacted()
				wrong := slices.ContainsFunc(secrets, func(secret string) bool { return survives(secret, got) })
				count(t, planted, s, wrong, got)
			}
			for _, s := range samples(t, tt.ordinary) {
				got, _ := s.redacted()
				count(t, ordinary, s, got != s.text, got)
			}
			hidden, shown := report(t, "hidden", planted), report(t, "shown", ordinary)
			if 100*(hidden.all-hidden.wrong) < tt.hidden*hidden.all {
				t.Errorf("got %v of the planted hidden, want at least %d %%", &hidden, tt.hidden)
			}
			if 100*(shown.all-shown.wrong) < tt.shown*shown.all {
				t.Errorf("got %v of the ordinary shown, want at least %d %%", &shown, tt.shown)
			}
		})
	}
}

// count counts a sample, and logs it if it is wrong.
func count(t *testing.T, scores map[string]*score, s sample, wrong bool, got string) {
	if scores[s.kind] == nil {
		scores[s.kind] = &score{}
	}
	scores[s.kind].all++
	if wrong {
		scores[s.kind].wrong++
		t.Logf("%s, %s: %q is %q", s.kind, s.where, s.text, got)
	}
}
