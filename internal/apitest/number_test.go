package apitest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"coredumpy"
)

// holder is a node of a random graph of secrets.
type holder struct {
	Password string
	Secret   []byte
	PIN      int
	Token    [20]byte
	Key      []uint64
	Login    string
	Logins   map[string]int `json:"-"`
	Tokens   []any
	Next     *holder
}

// secretsOf calls see with each secret that is all of a value in the dump, and its text.
func secretsOf(v coredumpy.Value, of reflect.Value, see func(text string, v coredumpy.Value)) {
	switch of.Kind() {
	case reflect.String, reflect.Int:
		see(fmt.Sprint(of), v)
	case reflect.Pointer, reflect.Interface:
		if !of.IsNil() {
			secretsOf(v.Elem(), of.Elem(), see)
		}
	case reflect.Struct:
		for i := range of.NumField() {
			secretsOf(v.Field(i), of.Field(i), see)
		}
	case reflect.Slice, reflect.Array:
		switch {
		case of.Len() == 0:
		case of.Type().Elem().Kind() == reflect.Uint8:
			text := make([]byte, of.Len())
			reflect.Copy(reflect.ValueOf(text), of)
			see(string(text), v)
		case v.Hidden() != 0:
			see(strings.ReplaceAll(fmt.Sprint(of), " ", ","), v)
		default:
			for i := range of.Len() {
				secretsOf(v.Index(i), of.Index(i), see)
			}
		}
	case reflect.Map:
		for i := range v.Stored() { // the values are different
			key, elem := v.Entry(i)
			for _, k := range of.MapKeys() {
				if of.MapIndex(k).Int() == elem.Int() {
					secretsOf(key, k, see)
				}
			}
		}
	}
}

// Whatever the values are in, equal secrets have the same number, and others haven't.
func TestNumbersOfGraphs(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		pool := make([]string, 6)
		for i := range pool {
			pool[i] = fmt.Sprintf("x%dQ7-%d!w", i, random.IntN(1e9))
		}
		pick := func() string { return pool[random.IntN(len(pool))] }
		var all []*holder
		for i := range 30 {
			h := &holder{
				Password: pick(), Secret: []byte(pick()), PIN: random.IntN(4), Login: "password=" + pick() + " of " + pick(),
				Key: []uint64{random.Uint64N(2), 1}, Tokens: []any{pick(), []byte(pick()), 5, "password", pick()},
				Logins: map[string]int{},
			}
			copy(h.Token[:], pick()+pick())
			for j := range 3 {
				h.Logins[pick()] = 1000*i + j
			}
			all = append(all, h)
			h.Next = all[random.IntN(len(all))]
		}
		for _, h := range all {
			h.Next = all[random.IntN(len(all))]
		}
		d := take(t, coredumpy.Var("all", all))
		numbers, texts, times := map[string]int{}, map[int]string{}, 0
		v := d.given(t, "all")
		for i, h := range all {
			next := h.Next
			h.Next = nil
			secretsOf(v.Index(i), reflect.ValueOf(h), func(text string, v coredumpy.Value) {
				n := v.Hidden()
				if shown, _ := v.Text(); n == 0 && shown == text || n == 0 && v.Kind() == reflect.Int {
					return // it isn't hidden
				} else if n == 0 && strings.HasPrefix(text, "password=") {
					return // only parts of it are
				}
				times++
				if numbers[text] == 0 {
					numbers[text] = n
				}
				if texts[n] == "" {
					texts[n] = text
				}
				if n == 0 || numbers[text] != n || texts[n] != text {
					t.Fatalf("seed %d: %q has the number %d, and %d elsewhere, which is that of %q", seed, text, n,
						numbers[text], texts[n])
				}
			})
			h.Next = next
		}
		if len(numbers) < len(pool)+5 || times < 8*len(all) {
			t.Fatalf("seed %d: got %d secrets %d times: too few of them are hidden", seed, len(numbers), times)
		}
		// Parts of texts have the same numbers.
		for i, h := range all {
			want := h.Login
			for _, secret := range pool {
				want = strings.ReplaceAll(want, secret, fmt.Sprintf("%s#%d", mask, numbers[secret]))
			}
			if got, _ := v.Index(i).Elem().Field(5).Text(); got != want {
				t.Errorf("seed %d: got %q, want %q", seed, got, want)
			}
		}
	}
}
