package secrets

import (
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// planted are secrets in places where they must be found: they are between before and
// after, whatever else the text holds.
var planted = []struct{ before, secret, after string }{
	{"", hex32, ""},
	{"", alnum60, ""},
	{"\n", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/IBAAKCAQEA\n-----END RSA PRIVATE KEY-----", ""},
	{"", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", ""},
	{"", "AKIA" + "QWERTYUIOPASDFGH", ""},
	{"", "ghp_" + alnum36, ""},
	{" postgres://bob:", "hunter2-x!", "@db/app "},
	{" password=", "hunter2-x!", " "},
	{" api_key: ", "hunter2-x!", "\n"},
	{` {"password":"`, `hunter\"2-x!`, `"} `},
	{" Authorization: Bearer ", "hunter2-x", "\r\n"},
	{" --password ", "hunter2-x", " "},
	{"", "value of GREETING", ""}, // of the environment
	{"", "l3arned!value", ""},
	{"?q=", "l3arned%21value", ""},
	{" ", "6c3361726e65642176616c7565", " "},                   // in hexadecimal
	{" ", "bDNhcm5lZCF2YWx1Z", "Q== "},                         // in base64,
	{" Om", "wzYXJuZWQhdmFsdW", "U= "},                         // after a byte,
	{" Yjp", "sM2FybmVkIXZhbHVl", "OmM= "},                     // between others
	{" ", "&#34;&amp;&lt;f00 bar", " "},                        // in HTML
	{" ", `\"\u0026\u003cf00 bar`, " "},                        // in JSON
	{"/x-", "l3arned!value", "/y.go"},                          // in a path
	{" ", "pU3KGCUwux1tEyze1iN7LtkeP/IfyxlxF+SU1kk8nVw", "= "}, // in base64
	{" tok=", "gl" + "pat-" + alnum36, "\x00"},                 // of an issuer
}

func plantedRedactor() *Redactor {
	r := New(Rules{
		Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}, HideSecret: true,
		HideEnviron: true, Environ: []string{"GREETING=value of GREETING", "HOME=/home/somebody"}, EnvironFilter: longerThan8,
	})
	r.Learn("l3arned!value")
	r.Learn(`"&<f00 bar`)
	return r
}

// partOf returns a part of secret that is in text, has at least 8 bytes, and isn't in the
// text around it.
func partOf(secret, text, left, right string) string {
	for i := 0; i+8 <= len(secret); i++ {
		part := secret[i : i+8]
		if strings.Contains(text, part) && !strings.Contains(left, part) && !strings.Contains(right, part) {
			return part
		}
	}
	return ""
}

// masks reports whether got is text with masks instead of some parts.
func masks(got, text string) bool {
	kept := strings.Split(got, mask)
	last := len(kept) - 1
	if last == 0 {
		return got == text
	}
	if !strings.HasPrefix(text, kept[0]) || !strings.HasSuffix(text[len(kept[0]):], kept[last]) {
		return false
	}
	text = text[len(kept[0]) : len(text)-len(kept[last])]
	for _, part := range kept[1:last] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// Whatever is around a secret, all of it is gone, and the rest is unchanged; Text and
// Bytes agree; a second pass changes nothing; and plain words stay.
func FuzzText(f *testing.F) {
	r := plantedRedactor()
	f.Add("", "", uint8(0))
	for i, p := range planted {
		f.Add("a "+p.before, p.after+" b", uint8(i))
		f.Add("password=\"", "\" x", uint8(i))
		f.Add("secret: [", mask, uint8(i))
	}
	for _, tt := range textTests {
		f.Add(tt.text, tt.text, uint8(len(tt.text)))
	}
	f.Fuzz(func(t *testing.T, left, right string, kind uint8) {
		p := planted[int(kind)%len(planted)]
		text := left + p.before + p.secret + p.after + right
		at := span{len(left + p.before), len(left + p.before + p.secret)}
		if formRule([]byte(text), at) == ByEntropy && isDigest([]byte(text), at.from, at.to) {
			return // a digest and a file's name, as md5sum prints them; behind pub
		}
		got := r.Text(text)
		if part := partOf(p.secret, strings.ReplaceAll(got, mask, "\x00"), left+p.before, p.after+right); part != "" {
			t.Errorf("Text(%q)\n got %q: %q of the secret %q is still there", text, got, part, p.secret)
		}
		if !strings.Contains(text, "redacted") && !masks(got, text) {
			t.Errorf("Text(%q)\n got %q: more than masks differ", text, got)
		}
		if again := r.Text(got); again != got {
			t.Errorf("Text(%q)\n  got %q\nagain %q", text, got, again)
		}
		b, changed := r.Bytes([]byte(text))
		if part := partOf(p.secret, strings.ReplaceAll(string(b), mask, "\x00"), left+p.before, p.after+right); part != "" {
			t.Errorf("Bytes(%q)\n got %q: %q of the secret %q is still there", text, b, part, p.secret)
		}
		// In what may be a buffer Bytes also finds what is behind the end of a mark.
		if plainText([]byte(text)) && (string(b) != got || changed != (got != text)) {
			t.Errorf("Bytes(%q) = %q, %t\nText gives %q", text, b, changed, got)
		}
		left, right = plainWords(left)+" ", " "+plainWords(right)
		if plain := left + right; !namesSecret(plain) && r.Text(plain) != plain {
			t.Errorf("Text(%q) = %q, want it unchanged", plain, r.Text(plain))
		}
		inWord := p.before != "" && class[p.before[len(p.before)-1]]&alnum != 0 // it is a part of a word
		if (p.secret[0] == '"' || p.secret[0] == '&' || inWord) && suspicious([]byte(left)) {
			return // pw "x, where nothing ends the quotes; pw x, where all of the word is the password
		}
		text, want := left+p.before+p.secret+p.after+right, left+p.before+mask+p.after+right
		if from := len(left + p.before); allHex([]byte(p.secret)) && digestNamed([]byte(text), from, from+len(p.secret)) {
			return // tx 0123...
		}
		if got := r.Text(text); got != want {
			t.Errorf("Text(%q)\n got %q\nwant %q", text, got, want)
		}
	})
}

// namesSecret reports whether one of the words is a secret's name: what follows pw may be hidden.
func namesSecret(words string) bool {
	return slices.ContainsFunc(strings.Fields(words), func(word string) bool { return Weigh(word) != NotSecret })
}

// plainWords returns short words without separators between keys and values.
func plainWords(s string) string {
	b := []byte(s)
	for i, c := range b {
		if b[i] = 'a' + c%26; i%9 == 8 {
			b[i] = ' '
		}
	}
	return string(b)
}

// Source never loses a line, whatever the file holds, and leaves no secret in it.
func FuzzSource(f *testing.F) {
	r := plantedRedactor()
	for i, tt := range sourceTests {
		f.Add(tt.text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		p := planted[int(kind)%len(planted)]
		before, after := text+"\n/* "+p.before, p.after+"*/"
		text = before + p.secret + after
		got := r.Source("a.go", text)
		if n, want := strings.Count(got, "\n"), strings.Count(text, "\n"); n != want {
			t.Errorf("Source(%q)\n got %q: %d lines, want %d", text, got, n, want)
		}
		if part := partOf(p.secret, strings.ReplaceAll(got, mask, "\x00"), before, after); part != "" {
			t.Errorf("Source(%q)\n got %q: %q of the secret %q is still there", text, got, part, p.secret)
		}
		if line := strings.NewReplacer("\n", ""); !strings.Contains(text, "redacted") && !masks(line.Replace(got), line.Replace(text)) {
			t.Errorf("Source(%q)\n got %q: more than masks differ", text, got)
		}
	})
}

// No value after a secret flag stays, and no other secret; the number of arguments stays
// the same, and a second pass changes nothing.
func FuzzArguments(f *testing.F) {
	r := plantedRedactor()
	for i := range planted {
		f.Add("-v", "x", uint8(i))
		f.Add("--password", "DB_PASSWORD=", uint8(i))
	}
	f.Fuzz(func(t *testing.T, first, last string, kind uint8) {
		p := planted[int(kind)%len(planted)]
		args := []string{first, "--token", p.secret, "--api-key=" + p.secret, p.before + p.secret + p.after, last}
		got := r.Arguments(args)
		if len(got) != len(args) {
			t.Fatalf("Arguments(%q) = %q", args, got)
		}
		if part := partOf(p.secret, strings.ReplaceAll(strings.Join(got, "\x00"), mask, "\x00"), first+p.before, p.after+last); part != "" {
			t.Errorf("Arguments(%q)\n got %q: %q is still there", args, got, part)
		}
		if again := r.Arguments(got); !slices.Equal(again, got) {
			t.Errorf("Arguments(%q)\n  got %q\nagain %q", args, got, again)
		}
	})
}

// A known secret is found in every encoding, whatever is around it, and nothing else is
// hidden with it.
func FuzzKnown(f *testing.F) {
	names := slices.Sorted(maps.Keys(encodings))
	for i := range names {
		f.Add("a=b&c=", "&d %41 =3D &lt; \\n", uint8(i), uint64(i))
		f.Add("", "", uint8(i), uint64(7*i))
	}
	f.Fuzz(func(t *testing.T, left, right string, kind uint8, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		secret := fill(random, "", "", "{A6}={A3}+{A4}").text
		r := New(Rules{HideSecret: true})
		r.Learn(secret)
		name := names[int(kind)%len(names)]
		encoded := encodings[name](secret)
		left, right = left+" ", " "+right
		got := r.Text(left + encoded + right)
		if part := partOf(encoded, strings.ReplaceAll(got, mask, "\x00"), left, right); part != "" {
			t.Errorf("%s: Text(%q)\n got %q: %q of the secret %q is still there", name, left+encoded+right, got, part, secret)
		}
		if again := r.Text(got); again != got {
			t.Errorf("%s: got %q\nagain %q", name, got, again)
		}
	})
}
