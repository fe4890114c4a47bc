package inspector

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"coredumpy/internal/dump"
)

var jsonRecords = []string{
	`{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
	`{"type":{"id":2,"name":"string","kind":"string","size":16}}`,
	`{"type":{"id":3,"name":"float64","kind":"float64","size":8}}`,
	`{"type":{"id":4,"name":"[]int","kind":"slice","size":24,"elem":1}}`,
	`{"type":{"id":5,"name":"main.Node","kind":"struct","size":16,"fields":[{"name":"next","type":6},{"name":"N","type":1,"off":8}]}}`,
	`{"type":{"id":6,"name":"*main.Node","kind":"ptr","size":8,"elem":5}}`,
	`{"type":{"id":7,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}`,
	`{"type":{"id":8,"name":"map[float64]int","kind":"map","size":8,"key":3,"elem":1}}`,
	`{"type":{"id":9,"name":"uint8","kind":"uint8","size":1}}`,
	`{"type":{"id":10,"name":"[]uint8","kind":"slice","size":24,"elem":9}}`,
	`{"type":{"id":11,"name":"interface {}","kind":"interface","size":16}}`,
	`{"type":{"id":12,"name":"uint64","kind":"uint64","size":8}}`,
	`{"type":{"id":13,"name":"map[int]int","kind":"map","size":8,"key":1,"elem":1}}`,
	`{"type":{"id":14,"name":"complex128","kind":"complex128","size":16}}`,
	`{"type":{"id":15,"name":"chan int","kind":"chan","size":8,"elem":1}}`,
	`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
		`{"name":"n","type":1,"value":-7},{"name":"big","type":1,"value":9007199254740992},` +
		`{"name":"exact","type":1,"value":-9007199254740991},{"name":"u","type":12,"value":18446744073709551615},` +
		`{"name":"s","type":2,"value":"a\"b\\\n\u001b\u202e\ud83d\ude00"},{"name":"cut","type":2,"value":{"s":"aé","len":9}},` +
		`{"name":"nan","type":3,"value":"NaN"},{"name":"inf","type":3,"value":"-Inf"},{"name":"x","type":3,"value":1.5},` +
		`{"name":"secret","type":2,"value":{"s":"***redacted***","red":true}},` +
		`{"name":"dsn","type":2,"value":{"s":"a:***redacted***@b","red":true}},` +
		`{"name":"hiddenInt","type":1,"value":{"x":["redacted",3]}},{"name":"lost","type":1,"value":{"x":"optimized out"}},` +
		`{"name":"list","type":4,"value":[4096,1,3]},{"name":"longer","type":4,"value":[4096,1,9]},{"name":"none","type":4,"value":null},` +
		`{"name":"ring","type":6,"value":[8192,2]},{"name":"m","type":7,"value":[12288,4,3]},{"name":"odd","type":7,"value":[12288,5,4]},` +
		`{"name":"fm","type":8,"value":[12288,6,3]},{"name":"im","type":13,"value":[12288,7,3]},{"name":"b","type":10,"value":[16384,8,3]},` +
		`{"name":"any","type":11,"value":[1,5]},{"name":"c","type":14,"value":[1,-2]},{"name":"doubtful","type":1,"value":3,"note":"may be stale"},` +
		`{"name":"raw","type":10,"value":[16384,9,2]},{"name":"gone","type":6,"value":[8192,0]}]}]}}`,
	`[1,4,[1,2,3]]`,
	`[2,5,[[8208,3],1]]`,
	`[3,5,[[8192,2],2]]`,
	`[4,7,["b",2,"a",1,"B",3]]`,
	`[5,7,["$x",1,{"s":"lo","len":9},2,"ok",3,{"s":"***redacted***","red":true},4]]`,
	`[6,8,[2.5,1,-1,2,"NaN",3]]`,
	`[7,13,[10,1,-2,2,9,3]]`,
	`[8,10,"abc"]`,
	`[9,10,{"b":"/wA="}]`,
}

func TestJSON(t *testing.T) {
	in := read(t, `"goroutine":1`, jsonRecords...)
	for expr, want := range map[string]string{
		"n": `-7`, "big": `"9007199254740992"`, "exact": `-9007199254740991`, "u": `"18446744073709551615"`,
		"s":   `"a\"b\\\n\u001b\u202e` + "\U0001f600" + `"`,
		"cut": `{"$text":"aé","$more":6}`, "nan": `"NaN"`, "inf": `"-Inf"`, "x": `1.5`,
		"secret": `{"$hidden":true,"$text":"***redacted***"}`, "dsn": `{"$hidden":true,"$text":"a:***redacted***@b"}`,
		"hiddenInt": `{"$hidden":true}`, "lost": `{"$missing":"optimized out"}`,
		"list": `[1,2,3]`, "longer": `[1,2,3,{"$more":6}]`, "none": `null`,
		"ring": `{"next":{"next":{"$ref":"."},"N":2},"N":1}`, "ring.next.N": `2`,
		"m":   `{"B":3,"a":1,"b":2}`,
		"odd": `{"ok":3,"$entries":[{"$key":"$x","$value":1},{"$key":{"$hidden":true,"$text":"***redacted***"},"$value":4},{"$key":{"$text":"lo","$more":7},"$value":2}]}`,
		"fm":  `[{"$key":"NaN","$value":3},{"$key":-1,"$value":2},{"$key":2.5,"$value":1}]`,
		"im":  `{"-2":2,"9":3,"10":1}`, "b": `"abc"`, "raw": `{"$bytes":"/wA="}`, "any": `5`, "c": `"(1-2i)"`,
		"gone":       `{"$missing":"not in the dump"}`,
		"list[1:]":   `[2,3]`,
		"longer[5:]": ``,
	} {
		r, err := in.Evaluate(expr)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", expr, err)
			}
			continue
		}
		got := string(JSON(r.Value, 1<<20))
		if got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: got %s, want valid JSON", expr, got)
		}
	}
	if got, want := string(JSONNoted(dump.Value{}, "", 100)), `{"$missing":"not in the dump"}`; got != want {
		t.Errorf("no value: got %s, want %s", got, want)
	}
	r, err := in.Evaluate("doubtful")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(JSONNoted(r.Value, "n: old", 100)), `{"$value":3,"$note":"n: old"}`; got != want {
		t.Errorf("noted: got %s, want %s", got, want)
	}
}

func TestVariablesJSON(t *testing.T) {
	in := read(t, `"goroutine":1`, jsonRecords...)
	f, _, err := in.Frame()
	if err != nil {
		t.Fatal(err)
	}
	vars := f.Vars()
	var some []*dump.Variable
	for _, name := range []string{"n", "doubtful", "n", "ring"} {
		for i := range vars {
			if vars[i].Name == name {
				some = append(some, &vars[i])
			}
		}
	}
	want := `{"n":-7,"doubtful":3,"ring":{"next":{"next":{"$ref":".ring"},"N":2},"N":1},"$notes":{"doubtful":"may be stale"},` +
		`"$shadowed":[{"$name":"n","$value":-7}]}`
	if got := string(VariablesJSON(some, 1000)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(VariablesJSON(nil, 1000)); got != "{}" {
		t.Errorf("got %s, want {}", got)
	}
}

// Whatever a dump has, what is written is JSON, and not much longer than the limit.
func TestJSONOfRecorded(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/recorded/*.dump")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d dumps, error %v", len(paths), err)
	}
	const closers = 64 << 10
	values := 0
	for _, path := range paths {
		core, err := dump.Open(path)
		if err != nil {
			continue
		}
		for g, err := range core.AllGoroutines() {
			if err != nil {
				continue
			}
			for i := range g.Frames {
				vars := g.Frames[i].Vars()
				for n := range vars {
					for _, limit := range []int{0, 100, 1 << 14} {
						values++
						got := JSON(vars[n].Value, limit)
						if !json.Valid(got) || len(got) > limit+closers {
							t.Fatalf("%s: %s: limit %d: got %d bytes: %.200s", path, vars[n].Name, limit, len(got), got)
						}
					}
				}
			}
		}
	}
	if values < 100 {
		t.Errorf("got %d values, want more", values)
	}
}

// A text comes back as it was, or as much of it as is said.
func FuzzJSONText(f *testing.F) {
	f.Add("abc", 3, 100)
	f.Add("a\x00\xff\u202e\"\\", 20, 4)
	f.Add("é世\U0001f600", 9, 0)
	f.Fuzz(func(t *testing.T, text string, length, limit int) {
		if length < len(text) || length > 1<<40 || limit < 0 || limit > 1<<20 {
			return
		}
		w := newJSON(limit)
		w.plain(text, int64(length))
		if !json.Valid(w.b) {
			t.Fatalf("%q: got %s, want JSON", text, w.b)
		}
		for _, r := range string(w.b) {
			if r < ' ' || r == utf8.RuneError && !strings.Contains(text, "\ufffd") {
				t.Fatalf("%q: got %q in it", text, r)
			}
		}
		var whole string
		if json.Unmarshal(w.b, &whole) == nil {
			if whole != text || length != len(text) {
				t.Fatalf("%q of %d: got %q", text, length, whole)
			}
			return
		}
		var part struct {
			Text  *string `json:"$text"`
			Bytes *string `json:"$bytes"`
			More  int64   `json:"$more"`
		}
		if err := json.Unmarshal(w.b, &part); err != nil || part.Text == nil && part.Bytes == nil {
			t.Fatalf("%q: got %s, error %v", text, w.b, err)
		}
		shown := ""
		if part.Text != nil {
			shown = *part.Text
		} else {
			b, err := base64.StdEncoding.DecodeString(*part.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			shown = string(b)
		}
		if !strings.HasPrefix(text, shown) || int64(len(shown))+part.More != int64(length) || part.More > math.MaxInt32<<10 {
			t.Fatalf("%q of %d: got %q and %d more", text, length, shown, part.More)
		}
	})
}
