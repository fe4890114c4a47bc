package caveat

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// Dumps of format 1 contain these sentences: they can't be changed.
var doubts = []struct {
	doubts Doubts
	want   string
}{
	{nil, ""},
	{Doubts{{Text: "may have changed"}}, "may have changed"},
	{Doubts{{Text: "a"}, {}, {Text: "b;c"}}, "a; ; b;c"},
	{Doubts{{}, {}}, "; "},
	{Only(OnLine), "declared on this line: it may not be set yet"},
	{Only(InStatement), "declared in a statement that may not have ended: it may not be set yet"},
	{Only(AfterReturn), "the function may have returned before this was set"},
	{Only(OutOfDate), "optimized: it may be out of date"},
	{Only(SharedPlace), "optimized: its place may be another variable's by now"},
	{Doubts{{Kind: SharedPlace, Sharers: []Sharer{{Name: "x", Line: 12}}}}, "optimized: its place may be another variable's by now: x of line 12"},
	{Doubts{{Kind: SharedPlace, Sharers: []Sharer{{Name: "x", Line: 12}, {Name: "größe", Line: 0}}}, {Kind: TargetReused}},
		"optimized: its place may be another variable's by now: x of line 12, größe of line 0; not used any more: what it points to may have been reused"},
	{Only(PartsOutOfDate), "optimized: parts of it may be out of date"},
	{Only(AtSignal), "from the registers when the signal came"},
	{Only(TargetReused), "not used any more: what it points to may have been reused"},
	{Only(MemoryReused), "not used any more: its memory may have been reused"},
	{Only(OutOfDate).And(MemoryReused), "optimized: it may be out of date; not used any more: its memory may have been reused"},
	{Doubts{{Kind: UnknownDoubt, Text: "tidal"}}, "a doubt that this coredumpy doesn't know: tidal"},
	{Only(OtherOfName), "another variable of this name may be meant"},
	{Only(OfPackage), "the package's; one of the function may hide it: the source, which would tell, isn't in the dump"},
	{Only(OfPackage).And(OtherOfName), "the package's; one of the function may hide it: the source, which would tell, isn't in the dump; another variable of this name may be meant"},
}

func TestDoubts(t *testing.T) {
	tested := map[DoubtKind]bool{}
	for _, tt := range doubts {
		for _, d := range tt.doubts {
			tested[d.Kind] = true
		}
		if got := tt.doubts.String(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.doubts, got, tt.want)
		}
		if got := parseDoubts(tt.want); !reflect.DeepEqual(got, tt.doubts) {
			t.Errorf("%q: got %#v, want %#v", tt.want, got, tt.doubts)
		}
		if len(tt.doubts) > 0 && tt.doubts.First() != tt.doubts[0].Kind {
			t.Errorf("%q: got %d as the first kind, want %d", tt.want, tt.doubts.First(), tt.doubts[0].Kind)
		}
	}
	for k := range numDoubts {
		if !tested[k] {
			t.Errorf("kind %d isn't in the table", k)
		}
	}
}

// A text that is almost a known sentence is kept unchanged.
func TestDoubtsUnknown(t *testing.T) {
	shared := Only(SharedPlace).String()
	for _, text := range []string{
		" ", "optimized", shared + ":", shared + ": ", shared + ": x", shared + ": x of line ", shared + ": x of line 012",
		shared + ": x of line 12,y of line 13", shared + ": x of line 12, ", shared + " x of line 12",
	} {
		if got, want := parseDoubts(text), (Doubts{{Text: text}}); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %#v, want %#v", text, got, want)
		}
	}
}

// Lists are shared, so adding to one makes another one.
func TestAnd(t *testing.T) {
	first := Only(OutOfDate).And(MemoryReused)
	second := Only(OutOfDate).And(TargetReused)
	third := first[:1].And(OtherOfName)
	if got, want := first, (Doubts{{Kind: OutOfDate}, {Kind: MemoryReused}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := second, (Doubts{{Kind: OutOfDate}, {Kind: TargetReused}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := third, (Doubts{{Kind: OutOfDate}, {Kind: OtherOfName}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Only(OutOfDate); len(got) != 1 || got.First() != OutOfDate {
		t.Errorf("got %v, want the one doubt", got)
	}
}

// A text of very many sentences, as in a forged dump, takes little memory.
func TestParseDoubtsMany(t *testing.T) {
	for _, sentence := range []string{"", "x", doubtSentences[OutOfDate]} {
		text := strings.Repeat(sentence+"; ", 10_000)
		all := parseDoubts(text)
		if len(all) != maxDoubts || all.String() != text {
			t.Errorf("%.20q...: got %d doubts, %.20q..., want %d of the same text", text, len(all), all, maxDoubts)
		}
		if again := parseDoubts(all.String()); !reflect.DeepEqual(again, all) {
			t.Errorf("%.20q...: got other doubts of the same text", text)
		}
	}
}

// Nothing of a text is lost, whatever it is.
func FuzzParseDoubts(f *testing.F) {
	for _, tt := range doubts {
		f.Add(tt.want)
		f.Add(tt.want + "; ")
		f.Add("; " + tt.want)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := parseDoubts(text)
		if got := all.String(); got != text {
			t.Errorf("%q: got %q from %#v", text, got, all)
		}
		if again := parseDoubts(all.String()); !reflect.DeepEqual(again, all) {
			t.Errorf("%q: got %#v, then %#v", text, all, again)
		}
		if !utf8.ValidString(text) {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var decoded Doubts
		if err := json.Unmarshal(quoted, &decoded); err != nil || !reflect.DeepEqual(decoded, all) {
			t.Errorf("%s: got %#v and error %v, want %#v", quoted, decoded, err, all)
		}
	})
}
