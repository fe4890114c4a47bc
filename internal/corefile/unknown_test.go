package corefile

import (
	"fmt"
	"strings"
	"testing"
)

const newHeadLine = `{"coredumpy":{"version":2,"reason":"dump"}}` + "\n"

// Errors say what is wrong with a record in terms of the format.
func TestErrorsInWords(t *testing.T) {
	for line, want := range map[string]string{
		`{"goroutine":{"id":1,"status":5}}`:                                      "its status is a number, and no string",
		`{"goroutine":{"id":1,"frames":5}}`:                                      "its frames is a number, and no list",
		`{"goroutine":{"id":1,"frames":[{"line":"x"}]}}`:                         "its frames.line is a string, and no number that fits",
		`{"goroutine":{"id":1,"frames":[{"vars":[{"shadowed":"x"}]}]}}`:          "its frames.vars.shadowed is a string, and no true or false",
		`{"goroutine":{"id":1,"frames":[{"vars":[{"addr":-1}]}]}}`:               "its frames.vars.addr is a number -1, and no number that fits",
		`{"goroutine":{"id":1,"createdBy":[]}}`:                                  "its createdBy is a list, and no object",
		`{"goroutine":{"id":1,"frames":[{"vars":[{"note":[5]}]}]}}`:              `its note: the doubt "5" is no list of a kind and details`,
		`{"goroutine":{"id":1,"frames":[{"vars":[{"note":{}}]}]}}`:               `its note "{}" is no list of doubts`,
		`{"goroutine":{"id":1,"frames":[{"note":["noMemory"]}]}}`:                `the reason "[\"noMemory\"]" hasn't the details of its kind`,
		`{"goroutine":{"id":1,"note":[["limit",5]]}}`:                            `the reason "[\"limit\",5]" hasn't the details of its kind`,
		`{"goroutine":{"id":1,"labels":{}}}`:                                     "its labels is an object, and no list",
		`{"goroutine":{"id":1,"more":1e99}}`:                                     "its more is a number 1e99, and no number that fits",
		`{"goroutine":{"id":1,"waitsFor":{"id":5},"status":true}}`:               "its status is a bool, and no string",
		`{"goroutine":{"id":1,"status":"running","note":[["limit","depth"]}}`:    "invalid character '}' after array element",
		`{"goroutine":{"id":1,"status":"running","note":[["limit","depth"]]}}}}`: "invalid character '}' after top-level value",
	} {
		f, err := Read(strings.NewReader(newHeadLine + line + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Goroutine(1)
		if want = "coredumpy: read goroutine 1: " + want; err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", line, err, want)
		}
	}
}

// What isn't known is counted: kinds of records at once, members when a record is read.
func TestUnknown(t *testing.T) {
	f, err := Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump","tags":["a"],"cut":[{"limit":"depth","count":1,"where":"x"}]}}` + `
{"tag":{"id":1}}
{"goroutine":{"id":1,"status":"running","mood":1,"frames":[{"file":"x","FUNC":"f","column":1,"vars":[{"name":"x","hue":1},{"hue":2}]},{"column":2}]}}
{"goroutine":{"id":2,"mood":1}}
{"tag":{"id":2}}
{"objects":{"id":1}}
[1,{"s":"x","number":17}]
{"end":{"records":7}}
`))
	if err != nil || f.Missing() != "" {
		t.Fatalf("got %v, %v", f.Missing(), err)
	}
	const opened = "2 records of a kind that this coredumpy doesn't know: tag\n" +
		"member of the head that this coredumpy doesn't know: cut.where\n" +
		"member of the head that this coredumpy doesn't know: tags\n"
	check := func(want string) {
		t.Helper()
		got := ""
		for _, u := range f.Unknown() {
			got += u.String() + "\n"
		}
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	check(opened)
	if got := strings.Join(f.Head.More, " "); got != "cut.where tags" {
		t.Errorf("got members %q of the head", got)
	}
	for _, id := range f.Goroutines() {
		if _, err := f.Goroutine(id); err != nil {
			t.Error(err)
		}
	}
	check(opened + "member of 1 record goroutine that this coredumpy doesn't know: frames.column\n" +
		"member of 1 record goroutine that this coredumpy doesn't know: frames.vars.hue\n" +
		"member of 2 records goroutine that this coredumpy doesn't know: mood\n")
}

// A forged file may have very many names.
func TestUnknownMany(t *testing.T) {
	var lines strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&lines, `{"k%d":{}}`+"\n", i)
	}
	f, err := Read(strings.NewReader(newHeadLine + lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	all := f.Unknown()
	total := 0
	for _, u := range all {
		total += u.Count
	}
	if len(all) != maxUnknown+1 || total != 5000 || all[maxUnknown].String() != "4900 records of a kind that this coredumpy doesn't know: others" {
		t.Errorf("got %d kinds of %d records, the last %v", len(all), total, all[len(all)-1])
	}
}

// One record may have very many members that aren't known, and each of its parts.
func TestUnknownMembersMany(t *testing.T) {
	var members, frames strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&members, `,"k%d":1`, i)
		frames.WriteString(`,{"func":"f","a":1,"b":{}}`)
	}
	f, err := Read(strings.NewReader(newHeadLine + `{"global":{"id":1,"name":"x"` + members.String() + "}}\n" +
		`{"goroutine":{"id":1,"frames":[{}` + frames.String() + "]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if g, err := f.Goroutine(1); err != nil || len(g.Frames) != 50_001 || len(f.Unknown()) != 2 {
		t.Errorf("got goroutine %v, %v, %v", g, err, f.Unknown())
	}
	if globals, err := f.Globals(); err != nil || len(globals) != 1 || globals[0].Name != "x" {
		t.Errorf("got globals %v, %v", globals, err)
	}
	if n := len(f.Unknown()); n < maxUnknown || n > maxUnknown+1 {
		t.Errorf("got %d names, want %d, and others", n, maxUnknown)
	}
}
