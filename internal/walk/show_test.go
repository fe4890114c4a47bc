package walk

import (
	"container/list"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

type (
	status     string
	names      []string
	box[T any] struct{ V T }
	address    struct {
		Street string
		Number int
	}
	order struct {
		Status status
		Buyer  string
		Tags   map[string][]string
		Note   *string
		To     address
		At     *address
		Any    any
		Pair   struct{ A, B string }
		Lines  list.List
		Runes  []rune
		Same   []byte
	}
)

const thisPackage = "coredumpy/internal/walk"

// showing returns rules that show only what has one of these names in this package, or all
// of it for "".
func showing(names ...string) Rules {
	return Rules{ShowsText: func(pkg, name string) bool {
		return pkg == thisPackage && (slices.Contains(names, "") ||
			slices.Contains(names, strings.TrimPrefix(name, thisPackage+".")))
	}}
}

// Text is shown in what is named, and in nothing else. Numbers are.
func TestShowsText(t *testing.T) {
	note := "note"
	filled := func() *order {
		o := &order{Status: "open", Buyer: "buyer", Tags: map[string][]string{"tag": {"label"}}, Note: &note,
			To: address{"street", 17}, At: &address{"lane", 18}, Any: "any", Runes: []rune("runes"), Same: []byte("bytes")}
		o.Pair.A, o.Pair.B = "first", "second"
		o.Lines.PushBack("entry")
		return o
	}
	texts := []string{"open", "buyer", "tag", "label", "note", "street", "lane", "any", "first", "second", "entry",
		"bytes"}
	for _, tt := range []struct {
		show string
		v    any
		want string
	}{
		{"", filled(), strings.Join(texts, " ")},
		{"none", filled(), ""},
		{"status", filled(), "open"},
		{"order.Buyer", filled(), "buyer"},
		{"order.Tags", filled(), "tag label"},
		{"order.Note", filled(), "note"},
		{"order.To", filled(), ""},
		{"address", filled(), "street lane"},
		{"address.Street", filled(), "street lane"},
		{"order.Any", filled(), "any"},
		{"order.Pair", filled(), "first second"},
		{"order.Lines", filled(), "entry"},
		{"order.Same", filled(), "bytes"},
		{"order", filled(), "open buyer tag label note any first second entry bytes"},
		{"order", []any{"any", []byte("bytes")}, ""},
		{"names", struct {
			N names
			S []string
		}{names{"open"}, []string{"any"}}, "open"},
		{"names", map[string]names{"tag": {"label"}}, "label"},
		{"box", box[string]{"open"}, "open"},
		{"box", box[address]{address{"street", 1}}, ""},
		{"box.V", box[string]{"open"}, "open"},
		{"order.Buyer", func() string { return filled().Buyer }, ""},
		{"order.Note", []any{&note, filled()}, "note"},
		{"order.Note", []any{filled(), &note}, "note"},
	} {
		t.Run(fmt.Sprintf("%s in %T", tt.show, tt.v), func(t *testing.T) {
			w := newWalk(t, ample(), showing(tt.show))
			got := w.render(w.value("v", tt.v))
			w.w.Run()
			got += strings.Join(w.objects(), "\n")
			for _, text := range texts {
				want := slices.Contains(strings.Fields(tt.want), text)
				if strings.Contains(got, `"`+text+`"`) != want {
					t.Errorf("%q: got %v, want %v\n%s", text, !want, want, got)
				}
			}
			if _, ok := tt.v.(*order); ok && (!strings.Contains(got, ",17]") || !strings.Contains(got, ",18]")) {
				t.Errorf("got no numbers, want them\n%s", got)
			}
		})
	}
}

// A variable that is named shows its text, also if it isn't used any more.
func TestShowsVariable(t *testing.T) {
	var v any = []any{"open", &address{"street", 1}, list.New()}
	v.([]any)[2].(*list.List).PushBack(map[string]string{"tag": "label"})
	for _, stale := range []bool{false, true} {
		w := newWalk(t, ample(), showing())
		typ, addr := place(t, w.p, &v)
		if stale {
			w.w.Stale("v", typ, addr, addr, true)
		} else {
			w.w.Value("v", typ, addr, true)
		}
		w.w.Run()
		got := strings.Join(w.objects(), "\n")
		for _, want := range []string{"open", "tag", "label"} {
			if !strings.Contains(got, `"`+want+`"`) {
				t.Errorf("stale %v: %q is missing\n%s", stale, want, got)
			}
		}
		if strings.Contains(got, "street") {
			t.Errorf("stale %v: got the text of a struct, want it hidden\n%s", stale, got)
		}
	}
}

// Without text to show even short lists of numbers that may be characters are hidden.
func TestHidesRunes(t *testing.T) {
	for _, v := range []any{
		[]rune("x"), []rune("李小龍"), []rune("four"), [2]uint16{'a', 'b'}, []uint16{'a', 'b', 'c', 'd'},
		[]rune("a\nbc\td\r\n"), []rune("ab\n"), [8]uint16{'a', 'b'}, [3]rune{'x'}, utf16.Encode([]rune("ab😀")),
	} {
		w := newWalk(t, ample(), showing())
		got := w.render(w.value("v", v))
		w.w.Run()
		if got += strings.Join(w.objects(), ""); !strings.Contains(got, masked) {
			t.Errorf("%v: got %s, want it hidden", v, got)
		}
	}
	w := newWalk(t, ample(), showing())
	w.want(w.value("v", []int32{-1, 2, 3}), `[1,3]`, "[-1,2,3]")
	w = newWalk(t, ample(), showing())
	w.want(w.value("v", [4]int32{10, 9, 13, 10}), `[10,9,13,10]`)
	w.want(w.value("v", [4]uint16{}), `[0,0,0,0]`)
}

// What stands under a secret name is hidden, and learned, where text may be shown and where
// it may not.
func TestShowsNoSecret(t *testing.T) {
	for _, rule := range []Rules{showing(), showing("")} {
		rules, learnt := secretNames()
		rules.ShowsText = rule.ShowsText
		w := newWalk(t, ample(), rules)
		w.want(w.value("v", user{"", "p1"}), `["",`+masked+`]`)
		wantLearnt(t, learnt, "p1")
	}
}
