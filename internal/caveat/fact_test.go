package caveat

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// How a dump holds reasons can't be changed either: programs built years ago write it.
var facts = []struct {
	reason Reason
	want   string
}{
	{Reason{Kind: Other, Text: `map "layout" not recognised`}, `["other","map \"layout\" not recognised"]`},
	{Reason{Kind: OtherLimit, Text: "no room: limit"}, `["otherLimit","no room: limit"]`},
	{Reason{Kind: Limit, Text: "depth"}, `["limit","depth"]`},
	{Reason{Kind: Redacted}, `["redacted"]`},
	{Reason{Kind: Redacted, N: 17}, `["redacted",17]`},
	{Reason{Kind: RuntimeOwn}, `["runtimeOwn"]`},
	{Reason{Kind: OptimizedOut}, `["optimizedOut"]`},
	{Reason{Kind: OnePart}, `["onePart"]`},
	{Reason{Kind: ShapeLost}, `["shapeLost"]`},
	{Reason{Kind: FloatRegister}, `["floatRegister"]`},
	{Reason{Kind: NotAllocated}, `["notAllocated"]`},
	{Reason{Kind: NotSetYet}, `["notSetYet"]`},
	{Reason{Kind: BarePackage}, `["barePackage"]`},
	{Reason{Kind: TracebackOnly}, `["tracebackOnly"]`},
	{Reason{Kind: RanMeanwhile}, `["ranMeanwhile"]`},
	{Reason{Kind: NoTraceback}, `["noTraceback"]`},
	{Reason{Kind: NoMemory, Addr: 1<<64 - 1}, `["noMemory",18446744073709551615]`},
	{Reason{Kind: Unreadable}, `["unreadable"]`},
	{Reason{Kind: StackMoved}, `["stackMoved"]`},
	{Reason{Kind: StackLeft, Addr: 16}, `["stackLeft",16]`},
	{Reason{Kind: StackPartLeft, Addr: 16}, `["stackPartLeft",16]`},
	{Reason{Kind: StackEnd, Addr: 16, N: 24}, `["stackEnd",16,24]`},
	{Reason{Kind: FrameOfC, Addr: 16}, `["frameOfC",16]`},
	{Reason{Kind: Reused}, `["reused"]`},
	{Reason{Kind: ReusedBy, Addr: 16, N: 48}, `["reusedBy",16,48]`},
	{Reason{Kind: Freed}, `["freed"]`},
	{Reason{Kind: TypeUnknown}, `["typeUnknown"]`},
	{Reason{Kind: BadBool, N: 7}, `["badBool",7]`},
	{Reason{Kind: BadText, N: -1}, `["badText",-1]`},
	{Reason{Kind: BadSlice, N: 5, M: 3}, `["badSlice",5,3]`},
	{Reason{Kind: BadArray, Text: "[9]T", N: 8}, `["badArray","[9]T",8]`},
	{Reason{Kind: SelfContained, Text: "main.T"}, `["selfContained","main.T"]`},
	{Reason{Kind: MapWritten, N: 3, M: 4}, `["mapWritten",3,4]`},
	{Reason{Kind: WrongSize, Text: "main.T", N: -8}, `["wrongSize","main.T",-8]`},
}

func TestReasonFact(t *testing.T) {
	tested := map[Kind]bool{}
	for _, tt := range facts {
		tested[tt.reason.Kind] = true
		got, err := json.Marshal(tt.reason)
		if err != nil || string(got) != tt.want {
			t.Errorf("%+v: got %s, %v, want %s", tt.reason, got, err, tt.want)
		}
		for _, raw := range []string{tt.want, strings.TrimSuffix(tt.want, "]") + `,{"more":1},2]`} {
			var back Reason
			if err := json.Unmarshal([]byte(raw), &back); err != nil || back != tt.reason {
				t.Errorf("%s: got %+v, %v, want %+v", raw, back, err, tt.reason)
			}
		}
	}
	for k, name := range kindNames {
		if name != "" && !tested[Kind(k)] {
			t.Errorf("kind %s isn't in the table", name)
		}
	}
	// Reasons that a reader finds out.
	for _, r := range []Reason{{Kind: NoIndex, Text: "int"}, {Kind: Unknown, Text: "tidal"}} {
		if got, want := string(r.AppendFact(nil, appendQuoted)), `["other","`+r.String()+`"]`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// An unknown kind is named; what isn't a reason is refused, in words.
func TestReasonFactOther(t *testing.T) {
	for raw, want := range map[string]Reason{
		`["tidal"]`:                 {Kind: Unknown, Text: "tidal"},
		`["tidal",{"a":[1]},2]`:     {Kind: Unknown, Text: "tidal"},
		`"depth limit"`:             {Kind: Limit, Text: "depth"}, // as in format 1
		`"something else"`:          {Kind: Other, Text: "something else"},
		`null`:                      {},
		` [ "stackEnd" , 16 , 24 ]`: {Kind: StackEnd, Addr: 16, N: 24},
	} {
		var got Reason
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", raw, got, err, want)
		}
	}
	for raw, want := range map[string]string{
		`5`:                `the reason "5" is no list of a kind and details`,
		`[]`:               `the reason "[]" is no list of a kind and details`,
		`[5]`:              `the reason "[5]" is no list of a kind and details`,
		`{"kind":"limit"}`: `is no list of a kind and details`,
		`["limit"]`:        `hasn't the details of its kind`,
		`["limit",5]`:      `hasn't the details of its kind`,
		`["limit",null]`:   `hasn't the details of its kind`,
		`["noMemory",-1]`:  `the reason "[\"noMemory\",-1]" hasn't the details of its kind`,
	} {
		var got Reason
		if err := json.Unmarshal([]byte(raw), &got); err == nil || !strings.Contains(err.Error(), want) || got != (Reason{}) {
			t.Errorf("%s: got %+v, %v, want an error with %q", raw, got, err, want)
		}
	}
}

func TestReasonsFact(t *testing.T) {
	for raw, want := range map[string]string{
		`[]`:                                "",
		`null`:                              "",
		`""`:                                "",
		`"stack unavailable; and more"`:     "stack unavailable; and more",
		`[["noTraceback"]]`:                 Reason{Kind: NoTraceback}.String(),
		`[["stackMoved"],["tidal",1]]`:      "on a stack that has moved; a reason that this coredumpy doesn't know: tidal",
		`[["other","no stack"],["reused"]]`: "no stack; its memory has been reused",
	} {
		var got Reasons
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got.String() != want {
			t.Errorf("%s: got %q, %v, want %q", raw, got, err, want)
		}
	}
	var got Reasons
	if err := json.Unmarshal([]byte("["+strings.Repeat(`["x"],`, maxFacts/6+1)+`["x"]]`), &got); err == nil {
		t.Errorf("got %d reasons, want an error", len(got))
	}
}

// A record has no member if there are no doubts.
func TestDoubtsFact(t *testing.T) {
	type record struct {
		Doubts Doubts `json:"note,omitempty"`
	}
	for _, tt := range doubts {
		raw, err := json.Marshal(record{tt.doubts})
		if err != nil || (string(raw) == "{}") != (len(tt.doubts) == 0) {
			t.Errorf("%+v: got %s, %v", tt.doubts, raw, err)
		}
		var back record
		if err := json.Unmarshal(raw, &back); err != nil || back.Doubts.String() != tt.want {
			t.Errorf("%s: got %v, %v, want %v", raw, back.Doubts, err, tt.doubts)
		}
		named := true
		for _, d := range tt.doubts {
			named = named && doubtNames[d.Kind] != ""
		}
		if named && !reflect.DeepEqual(back.Doubts, tt.doubts) {
			t.Errorf("%s: got %#v, want %#v", raw, back.Doubts, tt.doubts)
		}
	}
	shared := Doubts{{Kind: SharedPlace, Sharers: []Sharer{{Name: "y", Line: 4}, {Name: "größe", Line: 5, Func: "p.(*T).f"}}}, {Kind: MemoryReused}}
	if got, _ := json.Marshal(record{Only(OnLine)}); string(got) != `{"note":[["onLine"]]}` {
		t.Errorf("got %s", got)
	}
	if got, _ := json.Marshal(shared); string(got) != `[["sharedPlace",["y",4],["größe",5,"p.(*T).f"]],["memoryReused"]]` {
		t.Errorf("got %s", got)
	}
	for raw, want := range map[string]string{
		`[["tidal",1],["onLine",2]]`:      "a doubt that this coredumpy doesn't know: tidal; " + doubtSentences[OnLine],
		`[["sharedPlace",["y",4,"f",5]]]`: doubtSentences[SharedPlace] + ": y of line 4 of f",
		`[["sharedPlace",["y",4,5]]]`:     `error: its note: the doubt "[\"sharedPlace\",[\"y\",4,5]]" hasn't the details of its kind`,
		`null`:                            "",
		`["onLine"]`:                      `error: its note: the doubt "\"onLine\"" is no list of a kind and details`,
		`[["sharedPlace",5]]`:             `error: its note: the doubt "[\"sharedPlace\",5]" hasn't the details of its kind`,
		`[["other"]]`:                     `error: its note: the doubt "[\"other\"]" hasn't the details of its kind`,
		`5`:                               `error: its note "5" is no list of doubts`,
	} {
		var got Doubts
		text := ""
		if err := json.Unmarshal([]byte(raw), &got); err != nil {
			text = "error: " + err.Error()
		} else {
			text = got.String()
		}
		if text != want {
			t.Errorf("%s: got %q, want %q", raw, text, want)
		}
	}
	many := "[" + strings.Repeat(`["x"],`, 1000) + `["x"]]`
	var got Doubts
	if err := json.Unmarshal([]byte(many), &got); err != nil || len(got) != maxDoubts || got[maxDoubts-1].Text != "970 more" {
		t.Errorf("got %d doubts, %v, want %d", len(got), err, maxDoubts)
	}
}

// The specification names all kinds.
func TestFactsSpecified(t *testing.T) {
	text, err := os.ReadFile("../../cmd/coredumpy/help/format.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(kindNames[:], doubtNames[:]...) {
		if name != "" && !strings.Contains(string(text), "\n    "+name) {
			t.Errorf("got no line on %s", name)
		}
	}
}

// Whatever a dump holds, the decoded fact can be written, and is then the same.
func FuzzFact(f *testing.F) {
	for _, tt := range facts {
		f.Add([]byte(tt.want))
		f.Add([]byte("[" + tt.want + "]"))
	}
	f.Add([]byte(`[["sharedPlace",["y",4],["z",5]],["other","x"],["tidal"]]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r, again Reason
		if json.Unmarshal(raw, &r) == nil && r.Kind != None && utf8.ValidString(r.Text) {
			if err := json.Unmarshal(r.AppendFact(nil, appendQuoted), &again); err != nil || again.String() != r.String() {
				t.Errorf("%s: got %+v, then %+v, %v", raw, r, again, err)
			}
		}
		var all, allAgain Doubts
		if json.Unmarshal(raw, &all) == nil {
			written, err := all.MarshalJSON()
			if err == nil {
				err = json.Unmarshal(written, &allAgain)
			}
			if err != nil || allAgain.String() != all.String() {
				t.Errorf("%s: got %+v, then %+v, %v", raw, all, allAgain, err)
			}
		}
		var reasons Reasons
		json.Unmarshal(raw, &reasons)
	})
}

// Of more variables than a reader keeps none are known: with only some of them it would refute
// the doubt.
func TestManySharers(t *testing.T) {
	many := make([]Sharer, maxDetails)
	for i := range many {
		many[i] = Sharer{Name: "x", Line: i + 1, Func: "main.f"}
	}
	if got, want := string(Doubts{{Kind: SharedPlace, Sharers: many}}.AppendFacts(nil)), `[["sharedPlace"]]`; got != want {
		t.Errorf("got %.99s, want %s", got, want)
	}
	written := `[["sharedPlace"` + strings.Repeat(`,["x",1,"main.f"]`, maxDetails+1) + `]]`
	var got Doubts
	if err := json.Unmarshal([]byte(written), &got); err != nil || len(got) != 1 || len(got[0].Sharers) != 0 {
		t.Errorf("got %d doubts, error %v, want one without variables", len(got), err)
	}
}

// A lone doubt, which is decoded without package json, is what that would decode.
func TestLoneDoubt(t *testing.T) {
	names := []string{"", "x", "other", `a"]],[["b`}
	for name := range doubtsByName {
		names = append(names, name)
	}
	for _, name := range names {
		var got, want Doubts
		err := got.UnmarshalJSON([]byte(`[["` + name + `"]]`))
		wantErr := want.UnmarshalJSON([]byte(`[ ["` + name + `"]]`))
		if !reflect.DeepEqual(got, want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%q: got %v and %v, want %v and %v", name, got, err, want, wantErr)
		}
	}
}
