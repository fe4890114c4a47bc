package notation

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{`a "b" \c`, `"a \"b\" \\c"`},
		{"\b\f\n\r\t\x00\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\""},
		{"<nil> & größer 大 🚀", `"<nil> & größer 大 🚀"`},
		{"\u2028 \u2029 \u2027 \u202a", "\"\\u2028 \\u2029 \u2027 \u202a\""},
		{strings.Repeat("x", 23) + "\n" + strings.Repeat("y", 9), `"` + strings.Repeat("x", 23) + `\n` + strings.Repeat("y", 9) + `"`},
		{"12345678\"", `"12345678\""`},
		{"€€€€€€€€€€", `"€€€€€€€€€€"`}, // starts with the same byte as the separators
	} {
		if got := string(AppendString(nil, []byte(test.in))); got != test.want {
			t.Errorf("AppendString(%q) = %s, want %s", test.in, got, test.want)
		}
	}
}

// Each character must be recognised at each place in a word.
func TestAppendStringEverywhere(t *testing.T) {
	for c := range rune(0x2100) {
		if 0x100 <= c && c < 0x2000 {
			continue // skip to the block of the line separators
		}
		for at := range 9 {
			in := strings.Repeat("a", at) + string(c) + strings.Repeat("b", 9-at)
			var got string
			out := AppendString(nil, []byte(in))
			if err := json.Unmarshal(out, &got); err != nil || got != in {
				t.Fatalf("AppendString(%q) = %s, which reads back as %q, %v", in, out, got, err)
			}
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\"\\\u2028\u2029€ more than eight bytes \n of it")
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return
		}
		out := AppendString([]byte("x"), []byte(in))
		var got string
		if err := json.Unmarshal(out[1:], &got); err != nil || got != in || out[0] != 'x' {
			t.Fatalf("AppendString(%q) = %s, which reads back as %q, %v", in, out, got, err)
		}
	})
}

func TestAppendFloat(t *testing.T) {
	for _, test := range []struct {
		f    float64
		bits int
		want string
	}{
		{0, 64, "0"},
		{math.Copysign(0, -1), 64, "-0"},
		{1.5, 64, "1.5"},
		{1e20, 64, "100000000000000000000"},
		{1e21, 64, "1e+21"},
		{1e-7, 64, "1e-07"},
		{0.1, 64, "0.1"},
		{float64(float32(0.1)), 32, "0.1"},
		{math.MaxFloat64, 64, "1.7976931348623157e+308"},
		{math.SmallestNonzeroFloat64, 64, "5e-324"},
		{math.NaN(), 64, `"NaN"`},
		{math.Inf(1), 32, `"+Inf"`},
		{math.Inf(-1), 64, `"-Inf"`},
	} {
		got := string(AppendFloat(nil, test.f, test.bits))
		if got != test.want {
			t.Errorf("AppendFloat(%v, %d) = %s, want %s", test.f, test.bits, got, test.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("AppendFloat(%v, %d) = %s, which is not JSON", test.f, test.bits, got)
		}
		if got[0] == '"' {
			continue
		}
		var back float64
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Errorf("AppendFloat(%v, %d) = %s: %v", test.f, test.bits, got, err)
		}
		if test.bits == 32 {
			back = float64(float32(back))
		}
		if math.Float64bits(back) != math.Float64bits(test.f) {
			t.Errorf("AppendFloat(%v, %d) = %s, which reads back as %v", test.f, test.bits, got, back)
		}
	}
}

func BenchmarkAppendString(b *testing.B) {
	text := []byte(strings.Repeat("an ordinary line of a program's text, with a newline\n", 100))
	dst := make([]byte, 0, 2*len(text))
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			AppendString(dst, text)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			json.Marshal(string(text))
		}
	})
}

func TestAppendText(t *testing.T) {
	tests := []struct {
		name            string
		text            string
		n               uint64
		whole, redacted bool
		form            string
		want            string
	}{
		{"whole", "abc", 3, true, false, "", `"abc"`},
		{"cut", "abc", 9, false, false, "", `{"s":"abc","len":9}`},
		{"not UTF-8", "\xff", 1, true, false, "", `{"b":"/w==","len":1}`},
		{"redacted", "a" + Mask, 9, true, true, "", `{"s":"a***redacted***","red":true}`},
		{"redacted and cut", "a" + Mask, 99, false, true, "", `{"s":"a***redacted***","red":true,"len":99}`},
		{"redacted and not UTF-8", "\xff" + Mask, 9, true, true, "", `{"b":"/yoqKnJlZGFjdGVkKioq","red":true}`},
		{"a key", Mask + "#17", 64, true, true, "64 hex", `{"s":"***redacted***#17","red":true,"form":"64 hex"}`},
	}
	for _, tt := range tests {
		got := string(AppendText(nil, []byte(tt.text), tt.n, tt.whole))
		if tt.redacted {
			got = string(AppendRedacted(nil, []byte(tt.text), tt.n, tt.whole, tt.form))
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		form, err := ParseForm([]byte(got))
		if err == nil && form.Object != nil && form.Object.Form != tt.form {
			t.Errorf("%s: %s reads back with the form %q, want %q", tt.name, got, form.Object.Form, tt.form)
		}
		if err != nil || !form.IsText || form.Text != tt.text {
			t.Errorf("%s: %s reads back as %q and error %v, want %q", tt.name, got, form.Text, err, tt.text)
		}
	}
}
