package walk

import (
	"strings"
	"testing"

	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// Equal secrets have the same number in every kind of value. What was read only in part, or
// isn't told apart, has none.
func TestSecretNumbers(t *testing.T) {
	const key = "3f9a8b7c6d5e4f30112233445566778899aabbccddeeff00123456789abcdef0"
	redact := secrets.New(secrets.Rules{HideSecret: true, Number: true})
	redact.Learn("hunter2!")
	lim := ample()
	lim.String = 80
	for _, tt := range []struct {
		name string
		v    any
		want string // of the value, or of the object; ~ stands for a mask
	}{
		{"secret", "hunter2!", `{"s":"~#1","red":true}`},
		{"secret", []byte("hunter2!"), `{"s":"~#1","red":true}`},
		{"secret", [8]byte([]byte("hunter2!")), `{"s":"~#1","red":true}`},
		{"secret", []rune("hunter2!"), `{"s":"~#1","red":true}`},
		{"secret", []uint16{'h', 'u', 'n', 't', 'e', 'r', '2', '!'}, `{"s":"~#1","red":true}`},
		{"v", "it is hunter2!", `{"s":"it is ~#1","red":true}`},
		{"v", []rune("it is hunter2!"), `{"s":"it is ~#1","red":true}`},
		{"v", []rune("it is hunter2! \ufffd"), `{"s":"it is ~ ` + "\ufffd" + `","red":true}`},
		{"secret", key, `{"s":"~#2","red":true,"form":"64 hex"}`},
		{"secret", []byte(key), `{"s":"~#2","red":true,"form":"64 hex"}`},
		{"secret", 5, `{"x":["redacted",3]}`},
		{"secret", int8(5), `{"x":["redacted",3]}`},
		{"secret", "5", `{"s":"~#3","red":true}`},
		{"secret", uint64(6), `{"x":["redacted",4]}`},
		{"secret", 5.5, `{"x":["redacted"]}`},
		{"secret", complex(1, 2), `{"x":["redacted"]}`},
		{"secret", []int{1, 2}, `{"x":["redacted",5]}`},
		{"secret", []uint64{1, 2}, `{"x":["redacted",5]}`},
		{"secret", []uint64{1, 3}, `{"x":["redacted",6]}`},
		{"secret", strings.Repeat("x", 5000), `{"s":"~","red":true,"len":5000}`},
		{"secret", strings.Repeat("x", 90), `{"s":"~#7","red":true,"len":90}`},
		{"v", strings.Repeat("x", 5000) + " hunter2!", `{"s":"` + strings.Repeat("x", 80) + `","len":5009}`},
		{"v", strings.Repeat("x", 65) + "hunter2!", `{"s":"` + strings.Repeat("x", 65) + `~","red":true}`},
	} {
		rules, _ := secretNames()
		w := newWalk(t, lim, rules)
		value := w.value(tt.name, tt.v)
		w.w.Run()
		if w.w.Len() > 0 {
			value = w.w.Object(1).Value
		}
		got := string(w.w.Render(nil, value, redact))
		if want := strings.ReplaceAll(tt.want, "~", notation.Mask); got != want {
			t.Errorf("%T: got %s, want %s", tt.v, got, want)
		}
	}
}
