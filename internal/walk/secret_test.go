package walk

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// In these tests a secret is what has "secret" in its name. Its text is never in a rendered
// value, and the redactor learns it.

const masked = `{"s":"***redacted***","red":true}`

type user struct {
	Name   string
	Secret string
}

type credentials struct {
	ID     int
	Secret *token
	List   []string
}

type token struct {
	Text   string
	Inner  *token
	Number int
}

// wantLearnt compares what the redactor learned with what it should have.
func wantLearnt(t *testing.T, learnt map[string]bool, want ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(learnt)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("got %q learnt, want %q", got, want)
	}
}

func TestSecretNames(t *testing.T) {
	for _, tt := range []struct {
		name    string
		v       any
		want    string
		objects []string
		learnt  []string
	}{
		{"mySecret", "p1", masked, nil, []string{"p1"}},
		{"v", "p1", `"p1"`, nil, nil},
		{"secret", [4]byte{'p', 'a', 's', 's'}, masked, nil, []string{"pass"}},
		{"secret", []byte("pass"), `[1,4]`, []string{masked}, []string{"pass"}},
		{"secret", []rune("pass"), `[1,4]`, []string{masked}, []string{"pass"}},
		{"secret", []string{"p1", "p2"}, `[1,2]`, []string{"[" + masked + "," + masked + "]"}, []string{"p1", "p2"}},
		{"secret", "", `""`, nil, nil},
		{"secret", 12345, `{"x":["redacted"]}`, nil, nil},
		{"secret", 1.5, `{"x":["redacted"]}`, nil, nil},
		{"secret", true, "true", nil, nil},
		{"secret", new(int), `[1]`, []string{`{"x":["redacted"]}`}, nil},
		{"secret", &[]*int{new(int)}, `[1]`, []string{`[2,1]`, `[[3]]`, "0"}, nil},
		{"v", user{"bob", "p1"}, `["bob",` + masked + "]", nil, []string{"p1"}},
		{"v", []user{{"bob", "p1"}}, `[1,1]`, []string{`[["bob",` + masked + "]]"}, []string{"p1"}},
		{"v", map[string]string{"the secret": "p1"}, `[1,1]`, []string{`["the secret",` + masked + `]`}, []string{"p1"}},
		{"v", map[any]any{"the secret": "p1"}, `[1,1]`, []string{`[[<string>,"the secret"],[<string>,` + masked + `]]`}, []string{"p1"}},
		{"v", map[string]any{"secret": 7}, `[1,1]`, []string{`["secret",[<int>,{"x":["redacted"]}]]`}, nil},
		{"v", map[string][]string{"X-Secret": {"p1"}}, `[1,1]`, []string{`["X-Secret",[2,1]]`, "[" + masked + "]"}, []string{"p1"}},
		{"v", map[int]string{1: "p1"}, `[1,1]`, []string{`[1,"p1"]`}, nil},
		{"v", map[any]int{1: 2, 3.5: 4}, `[1,2]`, nil, nil},
		{"v", struct{ Name, Value string }{"secret", "p1"}, `["secret",` + masked + "]", nil, []string{"p1"}},
		{"v", struct{ Value, Name string }{"p1", "secret"}, "[" + masked + `,"secret"]`, nil, []string{"p1"}},
		{"v", struct {
			Key string
			Val []string
		}{"secret", []string{"p1"}}, `["secret",[1,1]]`, []string{"[" + masked + "]"}, []string{"p1"}},
		{"v", struct{ Name, Value string }{"colour", "blue"}, `["colour","blue"]`, nil, nil},
		{"v", struct{ V any }{token{Text: "x"}}, `[[1]]`, []string{`["x",null,0]`}, nil},
		{"secret", struct{ V any }{token{Text: "p1", Inner: &token{Text: "p2"}}}, `[[1]]`,
			[]string{"[" + masked + `,[2],0]`, "[" + masked + ",null,0]"}, []string{"p1", "p2"}},
	} {
		rules, learnt := secretNames()
		w := newWalk(t, ample(), rules)
		v := w.value(tt.name, tt.v)
		w.w.Run()
		if got, want := w.render(v), w.ids(tt.want); got != want {
			t.Errorf("%s %T: got %s, want %s", tt.name, tt.v, got, want)
		}
		for i := range tt.objects {
			tt.objects[i] = w.ids(tt.objects[i])
		}
		if got := w.objects(); tt.objects != nil && !slices.Equal(got, tt.objects) {
			t.Errorf("%s %T: got objects %q, want %q", tt.name, tt.v, got, tt.objects)
		}
		wantLearnt(t, learnt, tt.learnt...)
	}
}

// What a secret refers to is secret, but only as far as one pointer leads.
func TestSecretThroughPointers(t *testing.T) {
	rules, learnt := secretNames()
	w := newWalk(t, ample(), rules)
	deep := &token{"p1", &token{"p2", &token{"p3", nil, 3}, 2}, 1}
	w.want(w.value("v", &credentials{7, deep, []string{"x"}}), `[1]`,
		`[7,[2],[3,1]]`, "["+masked+`,[4],1]`, `["x"]`, `["p2",[5],2]`, `["p3",null,3]`)
	wantLearnt(t, learnt, "p1")
}

// What is encoded again because it is secret stays within the limits.
func TestSecretFoundLateAndLarge(t *testing.T) {
	rules, _ := secretNames()
	lim := ample()
	lim.Bytes = 64 << 10
	w := newWalk(t, lim, rules)
	large := new([300][300]float64)
	w.value("v", large)
	w.w.Run()
	w.value("v", &struct{ Secret *[300][300]float64 }{large})
	w.w.Run()
	for _, o := range w.objects() {
		if len(o) > 2*int(lim.Bytes) || len(o) > 1000 && !strings.Contains(o, `["limit","bytes"]`) {
			t.Errorf("got an object of %d bytes", len(o))
		}
	}
}

// It is also secret if it was reached by a harmless name before, and walked as such.
func TestSecretFoundLate(t *testing.T) {
	deep := &token{"p1", &token{"p2", &token{"p3", nil, 3}, 2}, 1}
	long := &struct {
		P *struct{ P *struct{ P *credentials } }
	}{
		&struct{ P *struct{ P *credentials } }{&struct{ P *credentials }{&credentials{Secret: deep}}}}
	for name, walk := range map[string]func(*walked){
		"at once":         func(w *walked) { w.value("a", deep); w.value("b", long); w.w.Run() },
		"in a second run": func(w *walked) { w.value("a", deep); w.w.Run(); w.value("b", long); w.w.Run() },
		"by a variable":   func(w *walked) { w.value("a", deep); w.w.Run(); w.value("secret", deep); w.w.Run() },
	} {
		rules, learnt := secretNames()
		w := newWalk(t, ample(), rules)
		walk(w)
		got := strings.Join(w.objects(), "\n")
		if strings.Contains(got, `"p1`) || strings.Count(got, masked) != 1 {
			t.Errorf("%s: got\n%s\nwant one secret masked", name, got)
		}
		wantLearnt(t, learnt, "p1")
	}
}

// It is hidden even if a limit is reached just then.
func TestSecretFoundAtLimit(t *testing.T) {
	deep := &token{"p1", &token{"p2", &token{"p3", nil, 3}, 2}, 1}
	big := &struct {
		P *struct {
			Secret *token
			Text   string
		}
	}{&struct {
		Secret *token
		Text   string
	}{deep, strings.Repeat("x", 5000)}}
	for name, limit := range map[string]func(*Limits){
		"bytes": func(l *Limits) { l.Bytes = 1000 },
		"none":  func(l *Limits) {},
	} {
		lim := ample()
		limit(&lim)
		rules, learnt := secretNames()
		w := newWalk(t, lim, rules)
		w.value("a", deep)
		w.w.Run()
		w.value("b", big)
		w.w.Run()
		if got := strings.Join(w.objects(), "\n"); strings.Contains(got, `"p1`) {
			t.Errorf("%s: got\n%.200s\nwant no secret", name, got)
		}
		wantLearnt(t, learnt, "p1")
	}
}

// A secret that the limit of a string cuts in two is recognised, as more is read than is
// kept.
func TestSecretOverTheCut(t *testing.T) {
	for at := range 20 {
		lim := ample()
		lim.String = 10
		w := newWalk(t, lim, Rules{})
		text := strings.Repeat(".", at) + "hunter2" + strings.Repeat(".", 10_000)
		got := w.render(w.value("v", text))
		if at < 10 && !strings.Contains(got, `"red":true`) || strings.Contains(got, "hu") {
			t.Errorf("got %s with the secret at %d, want none of it", got, at)
		}
	}
}

// Text found under a secret name is masked as a whole, whatever the limit.
func TestSecretLong(t *testing.T) {
	lim := ample()
	lim.String = 10
	rules, learnt := secretNames()
	w := newWalk(t, lim, rules)
	text := strings.Repeat("p", 1000)
	w.want(w.value("secret", text), `{"s":"***redacte","red":true,"len":1000}`)
	wantLearnt(t, learnt, text)
}
