package eval_test

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
)

// In these records ~ stands for a mask.
const secretRecords = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"goroutines":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"[]uint8","kind":"slice","size":24,"elem":4}}
{"type":{"id":4,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":5,"name":"[8]uint8","kind":"array","size":8,"elem":4,"len":8}}
{"type":{"id":6,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":7,"name":"main.login","kind":"struct","size":24,"fields":[{"name":"User","type":2},{"name":"PIN","type":1}]}}
{"type":{"id":8,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"type":{"id":9,"name":"map[int]int","kind":"map","size":8,"key":1,"elem":1}}
{"type":{"id":10,"name":"map[interface {}]int","kind":"map","size":8,"key":6,"elem":1}}
{"type":{"id":11,"name":"map[main.login]int","kind":"map","size":8,"key":7,"elem":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[
{"name":"want","type":2,"value":{"s":"~#1","red":true,"form":"64 hex"}},
{"name":"have","type":2,"value":{"s":"~#2","red":true}},
{"name":"again","type":2,"value":{"s":"~#1","red":true}},
{"name":"bare","type":2,"value":{"s":"~","red":true}},
{"name":"cut","type":2,"value":{"s":"~","red":true,"len":5000}},
{"name":"bytes","type":3,"value":[4096,2,8,8]},
{"name":"array","type":5,"value":{"s":"~#1","red":true}},
{"name":"array2","type":5,"value":{"s":"~#2","red":true}},
{"name":"shown","type":5,"value":"abcdefgh"},
{"name":"url","type":2,"value":{"s":"https://ann:~#1@a","red":true}},
{"name":"url1","type":2,"value":{"s":"https://ann:~#1@a","red":true}},
{"name":"url2","type":2,"value":{"s":"https://ann:~#2@a","red":true}},
{"name":"url3","type":2,"value":{"s":"https://bob:~#1@a","red":true}},
{"name":"url4","type":2,"value":{"s":"https://ann:~#1@b","red":true}},
{"name":"url5","type":2,"value":{"s":"https://ann:~@a","red":true}},
{"name":"literal","type":2,"value":"~#1"},
{"name":"ours","type":2,"value":"https://ann:x@a"},
{"name":"short","type":2,"value":"https://ann:@a"},
{"name":"pin","type":1,"value":{"x":["redacted",3]}},
{"name":"pin1","type":1,"value":{"x":["redacted",3]}},
{"name":"pin2","type":1,"value":{"x":["redacted",4]}},
{"name":"pin3","type":1,"value":{"x":["redacted"]}},
{"name":"any1","type":6,"value":[1,{"x":["redacted",3]}]},
{"name":"any2","type":6,"value":[1,{"x":["redacted",4]}]},
{"name":"any3","type":6,"value":[2,{"s":"~#3","red":true}]},
{"name":"any4","type":6,"value":[1,7]},
{"name":"login","type":7,"value":["ann",{"x":["redacted",3]}]},
{"name":"login1","type":7,"value":["ann",{"x":["redacted",3]}]},
{"name":"login2","type":7,"value":["ann",{"x":["redacted",4]}]},
{"name":"login3","type":7,"value":["bob",{"x":["redacted"]}]},
{"name":"m","type":8,"value":[1,3,4]},
{"name":"onlyhidden","type":8,"value":[1,4,1]},
{"name":"mi","type":9,"value":[1,5,2]},
{"name":"many","type":10,"value":[1,6,2]},
{"name":"ml","type":11,"value":[1,7,1]},
{"name":"body","type":3,"value":[8192,8,8,8]}
]}]}}
[2,5,{"s":"~#1","red":true},4096]
[3,8,{"e":["a",1,{"s":"~#2","red":true},2,{"s":"~#1","red":true},3,{"s":"b~","red":true},4],"len":4}]
[4,8,{"e":[{"s":"~#2","red":true},2],"len":1}]
[5,9,{"e":[{"x":["redacted",4]},4,7,5],"len":2}]
[6,10,{"e":[[1,{"x":["redacted",3]}],6,[2,{"s":"~#3","red":true}],7],"len":2}]
[7,11,{"e":[["ann",{"x":["redacted",3]}],8],"len":1}]
[8,5,{"s":"ab~#1yz","red":true},8192]
{"end":{"records":21}}
`

// Two secrets are compared by their numbers; a secret and a text are only if the dump shows
// that they differ.
func TestHidden(t *testing.T) {
	lines := strings.ReplaceAll(secretRecords, ",\n{", ",{")
	lines = strings.ReplaceAll(strings.ReplaceAll(lines, "[\n", "["), "\n]", "]")
	core, err := dump.Read(strings.NewReader(strings.ReplaceAll(lines, "~", "***redacted***")))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	s := eval.Scope{Core: core, Package: "main", Local: func(name string) (v dump.Value, ok bool) {
		for _, v := range g.Frames[0].Vars() {
			if v.Name == name {
				return v.Value, true
			}
		}
		return v, false
	}}
	for _, tt := range [][2]string{
		{`want == have`, `false`},
		{`want != have`, `true`},
		{`want == again`, `true`},
		{`want == bare`, `error: want is redacted`},
		{`want == cut`, `error: want is redacted`},
		{`want == "swordfish"`, `error: want is redacted`},
		{`want == literal`, `error: want is redacted`},
		{`"" == want`, `false`},
		{`want != ""`, `true`},
		{`bare == ""`, `false`},
		{`want < have`, `error: want is redacted`},
		{`string(bytes) == want`, `true`},
		{`string(bytes) == have`, `false`},
		{`array == array`, `true`},
		{`array == array2`, `false`},
		{`body[:2]`, `[]uint8 len: 2, cap: 8, [97,98]`},
		{`body[:1][:2]`, `[]uint8 len: 2, cap: 8, [97,98]`},
		{`body[6:7][:2]`, `[]uint8 len: 2, cap: 2, [121,122]`},
		{`body[:1][:3]`, `error: body[:1][0:3] is not in the dump: it holds 2 elements`},
		{`array == shown`, `error: array[0] is redacted`},
		{`url == url1`, `true`},
		{`url == url2`, `error: url is redacted`}, // the same text may have been hidden in other parts
		{`url == url3`, `false`},
		{`url == url4`, `false`},
		{`url == url5`, `error: url is redacted`},
		{`url == ours`, `error: url is redacted`},
		{`url == short`, `false`},
		{`url == "http"`, `false`},
		{`pin == pin1`, `true`},
		{`pin == pin2`, `false`},
		{`pin == pin3`, `error: pin is redacted`},
		{`pin == 7`, `error: pin is redacted`},
		{`pin + 1`, `error: pin is redacted`},
		{`any1 == any1`, `true`},
		{`any1 == any2`, `false`},
		{`any1 == any3`, `false`}, // an int and a string
		{`any1 == pin`, `true`},
		{`any1 == any4`, `error: any1 is redacted`},
		{`any3 == want`, `false`},
		{`login == login1`, `true`},
		{`login == login2`, `false`},
		{`login == login3`, `false`},
		{`m[want]`, `3`},
		{`m[have]`, `2`},
		{`m["a"]`, `1`},
		{`m["c"]`, `error: key "c" was not found, but 2 of the 4 keys are cut, redacted or unreadable`},
		{`m[bare]`, `error: key bare is redacted and was not found, but 4 of the 4 keys can't be compared with it`},
		{`onlyhidden[want]`, `error: key not found: want is not the one key`},
		{`mi[pin2]`, `4`},
		{`mi[pin]`, `error: key pin is redacted and was not found, but 1 of the 2 keys can't be compared with it`},
		{`mi[7]`, `5`},
		{`mi[8]`, `error: key 8 was not found, but 1 of the 2 keys are cut, redacted or unreadable`},
		{`many[pin]`, `6`},
		{`many[any3]`, `7`},
		{`many[pin2]`, `error: key not found: pin2 is not among the 2 keys`},
		{`ml[login]`, `8`},
		{`ml[login2]`, `error: key not found: login2 is not the one key`},
	} {
		got := show(evaluated(tt[0], s))
		if got != tt[1] {
			t.Errorf("%s\n got %s\nwant %s", tt[0], got, tt[1])
		}
	}
}
