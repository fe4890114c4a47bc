package views_test

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
)

const hostileTypes = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"os":"linux","arch":"amd64"}}
{"type":{"id":1,"name":"container/list.List","kind":"struct","size":48,"fields":[{"name":"root","type":2},{"name":"len","type":5}]}}
{"type":{"id":2,"name":"container/list.Element","kind":"struct","size":40,"fields":[{"name":"next","type":3},{"name":"prev","type":3},{"name":"list","type":4},{"name":"Value","type":5}]}}
{"type":{"id":3,"name":"*container/list.Element","kind":"ptr","size":8,"elem":2}}
{"type":{"id":4,"name":"*container/list.List","kind":"ptr","size":8,"elem":1}}
{"type":{"id":5,"name":"int","kind":"int","size":8}}
{"type":{"id":6,"name":"context.valueCtx","kind":"struct","size":48,"fields":[{"name":"Context","type":8},{"name":"key","type":9},{"name":"val","type":9}]}}
{"type":{"id":7,"name":"*context.valueCtx","kind":"ptr","size":8,"elem":6}}
{"type":{"id":8,"name":"context.Context","kind":"interface","size":16}}
{"type":{"id":9,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":10,"name":"math/big.Int","kind":"struct","size":32,"fields":[{"name":"neg","type":11},{"name":"abs","type":12}]}}
{"type":{"id":11,"name":"bool","kind":"bool","size":1}}
{"type":{"id":12,"name":"math/big.nat","kind":"slice","size":24,"elem":13}}
{"type":{"id":13,"name":"math/big.Word","kind":"uint","size":8}}
{"type":{"id":14,"name":"io/fs.PathError","kind":"struct","size":48,"fields":[{"name":"Op","type":16},{"name":"Path","type":16},{"name":"Err","type":17}]}}
{"type":{"id":15,"name":"*io/fs.PathError","kind":"ptr","size":8,"elem":14}}
{"type":{"id":16,"name":"string","kind":"string","size":16}}
{"type":{"id":17,"name":"error","kind":"interface","size":16}}
{"type":{"id":18,"name":"errors.joinError","kind":"struct","size":24,"fields":[{"name":"errs","type":19}]}}
{"type":{"id":19,"name":"[]error","kind":"slice","size":24,"elem":17}}
{"type":{"id":20,"name":"*errors.joinError","kind":"ptr","size":8,"elem":18}}
{"type":{"id":21,"name":"container/ring.Ring","kind":"struct","size":32,"fields":[{"name":"next","type":22},{"name":"prev","type":22},{"name":"Value","type":5}]}}
{"type":{"id":22,"name":"*container/ring.Ring","kind":"ptr","size":8,"elem":21}}
{"type":{"id":23,"name":"sync.Mutex","kind":"struct","size":8,"fields":[{"name":"state","type":24},{"name":"sema","type":25}]}}
{"type":{"id":24,"name":"int32","kind":"int32","size":4}}
{"type":{"id":25,"name":"uint32","kind":"uint32","size":4}}
{"type":{"id":26,"name":"net.IP","kind":"slice","size":24,"elem":27}}
{"type":{"id":27,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":28,"name":"[]uint8","kind":"slice","size":24,"elem":27}}
{"type":{"id":29,"name":"errors.errorString","kind":"struct","size":16,"fields":[{"name":"s","type":16}]}}
{"type":{"id":30,"name":"time.Duration","kind":"int64","size":8}}
{"type":{"id":31,"name":"example.com/api.Order","kind":"struct","fields":[{"name":"state","type":32},{"name":"Id","type":16},{"name":"unknownFields","type":28},{"name":"sizeCache","type":24}]}}
{"type":{"id":32,"name":"google.golang.org/protobuf/internal/impl.MessageState","kind":"struct","fields":[]}}
{"type":{"id":33,"name":"[20]uint8","kind":"array","size":20,"elem":27,"len":20}}
{"type":{"id":34,"name":"math/big.Float","kind":"struct","fields":[{"name":"prec","type":25},{"name":"mode","type":27},{"name":"acc","type":27},{"name":"form","type":27},{"name":"neg","type":11},{"name":"mant","type":12},{"name":"exp","type":24}]}}
{"type":{"id":35,"name":"sync/atomic.Pointer[int]","kind":"struct","fields":[{"name":"v","type":36}]}}
{"type":{"id":36,"name":"unsafe.Pointer","kind":"unsafe.Pointer","size":8}}
{"type":{"id":37,"name":"net/url.Userinfo","kind":"struct","fields":[{"name":"username","type":16},{"name":"password","type":16},{"name":"passwordSet","type":11}]}}
{"type":{"id":38,"name":"[1]example.com/api.Order","kind":"array","size":64,"elem":31,"len":1}}
{"type":{"id":39,"name":"net.OpError","kind":"struct","fields":[{"name":"Op","type":16},{"name":"Net","type":16},{"name":"Source","type":17},{"name":"Addr","type":17},{"name":"Err","type":17}]}}
{"type":{"id":40,"name":"*net.OpError","kind":"ptr","size":8,"elem":39}}
{"type":{"id":41,"name":"text/template.state","kind":"struct","fields":[{"name":"tmpl","type":43},{"name":"node","type":17}]}}
{"type":{"id":42,"name":"*text/template.state","kind":"ptr","size":8,"elem":41}}
{"type":{"id":43,"name":"*text/template.Template","kind":"ptr","size":8,"elem":44}}
{"type":{"id":44,"name":"text/template.Template","kind":"struct","fields":[{"name":"name","type":16}]}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"x","type":TYPE,"addr":4096,"value":VALUE}]}]}}
`

// layers are a million contexts in each other.
func layers() string {
	var b strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&b, `[%d,6,[[7,[%d,%d]],[16,"k"],[5,%d]]]`+"\n", i+1, (i+2)*16, i+2, i)
	}
	return b.String()
}

// words are a million words of a number.
func words() string { return "[1,12,[" + strings.Repeat("1,", 999_999) + "1]]" }

// What isn't as the library makes it is shown by its fields, or with a word about it, and in
// a time that is bounded.
func TestHostile(t *testing.T) {
	tests := []struct {
		name  string
		typ   int
		value string
		more  string // records
		want  string // the beginning, and behind … the end
	}{
		{"a list that never ends", 1, "[[[16,1],[16,1],null,0],2000000000]",
			"[1,2,[[16,1],[16,1],null,7]]", "list.List [7, 7, 7,…, 7,...+1999999936 more] (unreadable "},
		{"a list of fewer", 1, "[[[16,1],[16,1],null,0],3]", "[1,2,[[4096,9],[4096,9],null,7]]", "list.List [7"},
		{"a list of -1", 1, "[[[16,1],[16,1],null,0],-1]", "", "list.List {root: "},
		{"a list in part", 1, `[[{"p":16,"x":"depth limit"},null,null,0],3]`, "", "list.List [...+3 more]"},
		{"a ring that never ends", 21, "[[16,1],[16,1],1]", "[1,21,[[16,1],[16,1],2]]", "ring.Ring [1, 2, 2,…, 2,...+936 more] (unreadable "},
		{"a long context", 8, "[7,[16,1]]", layers(), `*context.valueCtx 992 or more around it › value "k": 7 › … › value "k": 0`},
		{"a context in itself", 8, "[7,[16,1]]", `[1,6,[[7,[16,1]],[7,[16,1]],[7,[16,1]]]]`, "*context.valueCtx 992 or more around it › value context.valueCtx: context.valueCtx › …"},
		{"a number of a million words", 10, "[false,[16,1,1000000]]", words(), "big.Int {neg: false, abs: big.nat len: 1000000, cap: 1000000, [1,1,…...+999936 more]}"},
		{"a number in part", 10, "[false,[16,1,3]]", "[1,12,[1,2]]", "big.Int {neg: false, abs: big.nat len: 3, cap: 3, [1,2,...+1 more]}"},
		{"a number that is hidden", 10, `[false,{"x":"redacted"}]`, "", "big.Int {neg: false, abs: "},
		{"a float of a huge exponent", 34, "[53,0,0,1,false,[16,1,1],2147483647]", "[1,12,[9223372036854775808]]", "big.Float {prec: 53"},
		{"an error in itself", 17, "[15,[16,1]]", `[1,14,["open","f",[15,[16,1]]]]`, `*fs.PathError {Op: "open", Path: "f", Err: ↺ *(*fs.PathError)(0x10)}`},
		{"errors in each other", 17, "[20,[16,1]]", "[1,18,[[32,2,3]]]\n[2,19,[[20,[16,1]],[20,[16,1]],[20,[16,1]]]]", "*errors.joinError {errs: []error len: 3"},
		{"an error whose address is the error", 17, "[40,[16,1]]", `[1,39,["dial","tcp",[40,[16,1]],[40,[16,1]],[40,[16,1]]]]`, `*net.OpError {Op: "dial", Net: "tcp", Source: ↺ *(*net.OpError)(0x10), Addr: …}`},
		{"a template at itself", 42, "[16,1]", `[1,41,[[32,2],[42,[16,1]]]]` + "\n" + `[2,44,["page"]]`, `*template.state {tmpl: *template.Template "page", node: ↺ *(*template.state)(0x10)`},
		{"an error that is cut", 29, `[{"s":"long","len":90}]`, "", `errors.errorString {s: "long...+86 more"}`},
		{"an error that is hidden", 29, `[{"s":"a ***redacted***#3","red":true,"len":30}]`, "", `errors.errorString "a ***redacted***#3"`},
		{"a mutex before Go 1.24", 23, "[9,0]", "", "sync.Mutex locked, 1 waiting"},
		{"a mutex of -1", 23, "[-1,0]", "", "sync.Mutex {state: -1, sema: 0}"},
		{"a mutex in part", 23, `[{"x":"redacted"},0]`, "", "sync.Mutex {state: "},
		{"an address in part", 26, "[16,1,4]", `[1,26,"\u0001\u0002"]`, "net.IP len: 4, cap: 4, [1,2,...+2 more]"},
		{"an address of other length", 26, "[16,1,3]", `[1,26,"\u0001\u0002\u0003"]`, "net.IP ?010203"},
		{"text that is cut in a character", 28, "[16,1,9]", `[1,28,{"b":"w6TDtsM="}]`, `[]byte "äö…more"`},
		{"a duration that is hidden", 30, `{"x":"redacted"}`, "", "***redacted***"},
		{"a message", 31, `[[],"7",null,5]`, "", `api.Order {Id: "7"}`},
		{"a message below the depth", 38, `[[[],"7",null,5]]`, "", `[1]api.Order [(*api.Order)(0x1000)]`},
		{"a message with fields that aren't known", 31, `[[],"7",[16,1,2],5]`, `[1,28,"\u0001\u0002"]`, `api.Order {Id: "7", unknownFields: []byte 2 bytes 01 02}`},
		{"a message in part", 31, `[[],"7"]`, "", `api.Order {state: impl.MessageState {}, Id: "7",...+2 more}`},
		{"a pointer of a kind that isn't known", 35, "[4096]", "", "atomic.Pointer[int] {v: unsafe.Pointer(0x1000)}"},
		{"a password that is hidden", 37, `["ann",{"x":"redacted"},true]`, "", `url.Userinfo "ann:***redacted***"`},
		{"a password that isn't known", 37, `["ann",{"x":"depth limit"},true]`, "", `url.Userinfo {username: "ann", password: (unreadable depth limit), passwordSet: true}`},
	}
	for _, tt := range tests {
		text := strings.NewReplacer("TYPE", fmt.Sprint(tt.typ), "VALUE", tt.value).Replace(hostileTypes) + tt.more + "\n"
		core, err := dump.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := core.Goroutine(1)
		if err != nil {
			t.Fatal(err)
		}
		o := pretty.Options{Views: true, String: 64, Elements: 64, Depth: 1, Bytes: 1 << 16}
		if strings.Contains(tt.name, "below the depth") {
			o.Depth = 0
		}
		got := pretty.String(g.Frames[0].Vars()[0].Value, o)
		start, end, _ := strings.Cut(tt.want, "…")
		if rest, ok := strings.CutPrefix(got, start); !ok || !strings.Contains(rest, end) {
			t.Errorf("%s: got %.400s, want %s", tt.name, got, tt.want)
		}
	}
}
