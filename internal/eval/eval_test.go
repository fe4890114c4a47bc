package eval_test

import (
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/pretty"
)

// records holds one frame, of main.f, with variables of all sorts.
const records = `{"coredumpy":{"version":1,"reason":"panic","arch":"amd64","goroutine":1,"goroutines":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"[]string","kind":"slice","size":24,"elem":2}}
{"type":{"id":4,"name":"[3]string","kind":"array","size":48,"elem":2,"len":3}}
{"type":{"id":5,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"A","type":1},{"name":"B","type":1,"off":8}]}}
{"type":{"id":6,"name":"*main.T","kind":"ptr","size":8,"elem":5}}
{"type":{"id":7,"name":"error","kind":"interface","size":16}}
{"type":{"id":8,"name":"*errors.errorString","kind":"ptr","size":8,"elem":9}}
{"type":{"id":9,"name":"errors.errorString","kind":"struct","size":16,"fields":[{"name":"s","type":2}]}}
{"type":{"id":10,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"type":{"id":11,"name":"chan int","kind":"chan","size":8,"elem":1}}
{"type":{"id":12,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":13,"name":"func()","kind":"func","size":8}}
{"type":{"id":14,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":15,"name":"map[int]string","kind":"map","size":8,"key":1,"elem":2}}
{"type":{"id":16,"name":"map[bool]int","kind":"map","size":8,"key":17,"elem":1}}
{"type":{"id":17,"name":"bool","kind":"bool","size":1}}
{"type":{"id":18,"name":"map[float64]int","kind":"map","size":8,"key":19,"elem":1}}
{"type":{"id":19,"name":"float64","kind":"float64","size":8}}
{"type":{"id":20,"name":"map[interface {}]int","kind":"map","size":8,"key":12,"elem":1}}
{"type":{"id":21,"name":"map[main.T]int","kind":"map","size":8,"key":5,"elem":1}}
{"type":{"id":22,"name":"*[3]string","kind":"ptr","size":8,"elem":4}}
{"type":{"id":23,"name":"main.Base","kind":"struct","size":8,"fields":[{"name":"ID","type":1},{"name":"Name","type":2}]}}
{"type":{"id":24,"name":"main.Other","kind":"struct","size":8,"fields":[{"name":"ID","type":1},{"name":"Deep","type":1}]}}
{"type":{"id":25,"name":"main.Outer","kind":"struct","size":40,"fields":[{"name":"Base","type":23,"embedded":true},{"name":"Other","type":26,"embedded":true},{"name":"Deep","type":2}]}}
{"type":{"id":26,"name":"*main.Other","kind":"ptr","size":8,"elem":24}}
{"type":{"id":27,"name":"*net/http.Client","kind":"ptr","size":8,"elem":28}}
{"type":{"id":28,"name":"net/http.Client","kind":"struct","size":8,"fields":[{"name":"Timeout","type":1}]}}
{"type":{"id":29,"name":"struct { main.x int }","kind":"struct","size":8,"fields":[{"name":"x","type":1}]}}
{"type":{"id":30,"name":"[3]uint8","kind":"array","size":3,"elem":14,"len":3}}
{"type":{"id":31,"name":"[]uint8","kind":"slice","size":24,"elem":14}}
{"type":{"id":32,"name":"int8","kind":"int8","size":1}}
{"type":{"id":33,"name":"[20011]int","kind":"array","size":160088,"elem":1,"len":20011}}
{"type":{"id":34,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":35,"name":"main.Tree[string,*main.T]","kind":"struct","size":8,"fields":[{"name":"root","type":6}]}}
{"type":{"id":36,"name":"main.Node","kind":"struct","size":16,"fields":[{"name":"Node","type":37,"embedded":true},{"name":"V","type":1}]}}
{"type":{"id":37,"name":"*main.Node","kind":"ptr","size":8,"elem":36}}
{"type":{"id":38,"name":"map[*main.T]int","kind":"map","size":8,"key":6,"elem":1}}
{"type":{"id":39,"name":"*main.U","kind":"ptr","size":8}}
{"type":{"id":40,"name":"float32","kind":"float32","size":4}}
{"type":{"id":41,"name":"complex64","kind":"complex64","size":8}}
{"type":{"id":42,"name":"complex128","kind":"complex128","size":16}}
{"type":{"id":43,"name":"int32","kind":"int32","size":4}}
{"type":{"id":44,"name":"main.Runes","kind":"slice","size":24,"elem":43}}
{"type":{"id":45,"name":"[3]int32","kind":"array","size":12,"elem":43,"len":3}}
{"type":{"id":46,"name":"main.Celsius","kind":"float32","size":4}}
{"type":{"id":47,"name":"main.Color","kind":"int","size":8}}
{"type":{"id":48,"name":"main.Size","kind":"uint64","size":8}}
{"type":{"id":49,"name":"time.Month","kind":"int","size":8}}
{"type":{"id":50,"name":"other.org/time.M","kind":"int8","size":1}}
{"type":{"id":51,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":52,"name":"main.Local","kind":"struct","size":8,"fields":[{"name":"N","type":1}]}}
{"type":{"id":53,"name":"main.Local","kind":"struct","size":8,"fields":[{"name":"N","type":1}]}}
{"type":{"id":54,"name":"map[main.any0]int","kind":"map","size":8,"key":55,"elem":1}}
{"type":{"id":55,"name":"main.any0","kind":"interface","size":16}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[
{"name":"n","type":1,"addr":256,"value":3},
{"name":"small","type":32,"value":127},
{"name":"u","type":14,"value":255},
{"name":"f","type":19,"value":1.5},
{"name":"tenth","type":19,"value":0.1},
{"name":"tenth32","type":40,"value":0.1},
{"name":"z64","type":41,"value":[0.1,-0.1]},
{"name":"z128","type":42,"value":[0.1,-0.1]},
{"name":"nan","type":19,"value":"NaN"},
{"name":"yes","type":17,"value":true},
{"name":"s","type":2,"value":"héllo"},
{"name":"cut","type":2,"value":{"s":"abcdef","len":100}},
{"name":"secret","type":2,"value":{"s":"x***redacted***","red":true}},
{"name":"a","type":3,"value":[4096,1,3,5]},
{"name":"arr","type":4,"addr":512,"value":["x","y","z"]},
{"name":"parr","type":22,"value":[4096,1]},
{"name":"t","type":5,"addr":768,"value":[1,2]},
{"name":"pt","type":6,"value":[8192,2]},
{"name":"npt","type":6,"value":null},
{"name":"far","type":6,"value":{"p":8448,"x":"depth limit"}},
{"name":"gone","type":6,"value":[8448,999]},
{"name":"odd","type":6,"value":[8448,9]},
{"name":"err","type":7,"value":[8,[12288,3]]},
{"name":"nilerr","type":7,"value":null},
{"name":"tnil","type":7,"value":[8,null]},
{"name":"anyint","type":12,"value":[1,5]},
{"name":"anyt","type":12,"value":[5,8192,2]},
{"name":"anytree","type":12,"value":[35,[null]]},
{"name":"anyclient","type":12,"value":[27,null]},
{"name":"m","type":10,"value":[1,4,2]},
{"name":"nm","type":10,"value":null},
{"name":"big","type":10,"value":[1,5,12000]},
{"name":"deepmap","type":10,"value":{"p":1,"len":3,"x":"depth limit"}},
{"name":"mi","type":15,"value":[1,6,1]},
{"name":"mb","type":16,"value":[1,7,1]},
{"name":"mf","type":18,"value":[1,8,1]},
{"name":"many","type":20,"value":[1,10,3]},
{"name":"asked","type":54,"value":[1,901,3]},
{"name":"sorts","type":20,"value":[1,19,5]},
{"name":"anynil","type":12,"value":null},
{"name":"mt","type":21,"value":[1,11,1]},
{"name":"mp","type":38,"value":[1,16,1]},
{"name":"blurred","type":10,"value":[1,15,2]},
{"name":"ch","type":11,"value":{"p":1,"len":4,"cap":11}},
{"name":"fn","type":13,"value":{"p":1,"f":"main.main.func1","o":12}},
{"name":"o","type":25,"addr":1024,"value":[[1,"base"],[1,13],"outer"]},
{"name":"onil","type":25,"value":[[1,"base"],null,"outer"]},
{"name":"node","type":36,"value":[null,1]},
{"name":"lost","type":1,"value":{"x":"optimized out"}},
{"name":"wild","type":5,"value":{"x":"bad address"}},
{"name":"by","type":31,"value":[1,14,3]},
{"name":"runes","type":44,"value":[1,21,3]},
{"name":"bycut","type":31,"value":[1,14,9]},
{"name":"bysecret","type":31,"value":[1,22,3]},
{"name":"bynil","type":31,"value":null},
{"name":"byraw","type":31,"value":[1,23,3]},
{"name":"anyby","type":12,"value":[31,[1,14,3]]},
{"name":"degrees","type":46,"value":-2.75},
{"name":"nocap","type":3,"value":[1,1,3,-1]},
{"name":"reused","type":39,"value":{"p":1,"x":"its memory has been reused"}},
{"name":"local","type":52,"value":[1]},
{"name":"local2","type":53,"value":[1]},
{"name":"huge","type":34,"value":[1,17,20011]}
]}]}}
{"global":{"id":1,"name":"main.limit","type":1,"value":64}}
{"global":{"id":2,"name":"net/http.DefaultClient","type":27,"value":[1,18]}}
{"global":{"id":3,"name":"math/rand.seed","type":1,"value":1}}
{"global":{"id":4,"name":"crypto/rand.seed","type":1,"value":2}}
{"global":{"id":5,"name":"gopkg.in/yaml%2ev3.strict","type":17,"value":true}}
{"global":{"id":6,"name":"example.com/api/v2.port","type":1,"value":80}}
[1,4,["a","b","c"],4096]
[2,5,[3,4],8192]
[3,9,["boom"],12288]
[4,10,{"e":["a",1,"b",2],"len":2}]
[5,10,{"e":["a",1,"b",2],"len":12000}]
[6,15,{"e":[-3,"minus three"],"len":1}]
[7,16,{"e":[true,7],"len":1}]
[8,18,[1.5,15,0.1,16]]
[9,9,["not a T"]]
[901,54,{"e":[null,30,[1,1],10,[2,"1"],20],"len":3}]
[10,20,{"e":[[1,1],10,[2,"1"],20,null,30],"len":3}]
[19,20,{"e":[[5,[1,2]],1,[30,"abc"],2,[32,127],3,[6,[8192,2]],4,[2,{"s":"***redacted***","red":true}],5],"len":5}]
[11,21,{"e":[[1,2],12],"len":1}]
[12,29,[33]]
[13,24,[5,6]]
[14,30,"abc"]
[15,10,{"e":[{"s":"long","len":90},1,{"s":"***redacted***","red":true},2],"len":2}]
[16,38,{"e":[[8192,2],99],"len":1}]
[17,33,{"e":[10,11,12],"len":20011}]
[18,28,[30]]
[21,45,[104,233,55296]]
[22,30,{"s":"***redacted***","red":true}]
[23,30,[255,0,65]]
`

// scope returns the scope of the only frame of records.
func scope(t testing.TB) eval.Scope {
	t.Helper()
	lines := strings.ReplaceAll(records, ",\n{", ",{")
	lines = strings.ReplaceAll(strings.ReplaceAll(lines, "[\n", "["), "\n]", "]")
	core, err := dump.Read(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	globals, err := core.Globals()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range globals {
		names = append(names, v.Name)
	}
	typed := func(name string) *dump.Type { return core.TypesNamed(name)[0] }
	return eval.Scope{
		Core: core, Package: "main",
		Globals: names,
		Global:  func(i int) dump.Value { return globals[i].Value },
		Local: func(name string) (v dump.Value, ok bool) {
			for _, v := range g.Frames[0].Vars() {
				if v.Name == name {
					return v.Value, true
				}
			}
			return v, false
		},
		Constants: func() []eval.Constant {
			return []eval.Constant{
				{Name: "main.Blue", Type: typed("main.Color"), Value: 2},
				{Name: "main.Top", Type: typed("main.Size"), Value: -1},
				{Name: "time.March", Type: typed("time.Month"), Value: 3},
				{Name: "other.org/time.March", Type: typed("time.M"), Value: 30},
			}
		},
	}
}

var limits = pretty.Options{String: 64, Elements: 64, Depth: 1}

// show returns a result as the tests write it.
func show(r eval.Result, err error) string {
	switch {
	case err != nil:
		return "error: " + err.Error()
	case r.Nil:
		return "nil"
	case r.Const != nil:
		return pretty.Constant(r.Const, limits)
	}
	return pretty.String(r.Value, limits)
}

type test struct{ expr, want string }

func run(t *testing.T, tests []test) {
	t.Helper()
	s := scope(t)
	for _, test := range tests {
		got := show(evaluated(test.expr, s))
		if got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.expr, got, test.want)
		}
	}
}

var nameTests = []test{
	{`n`, `3`},
	{`(n)`, `3`},
	{`true`, `true`},
	{`nil`, `nil`},
	{`'a'`, `97`},
	{`lost`, `(optimized out)`},
	{`foo`, `error: could not find symbol value for foo`},
	{`Blue`, `2`},
	{`Blue + 1`, `3`},
	{`main.Blue == 2`, `true`},
	{`Top`, `18446744073709551615`},
	{`time.March`, `3`},
	{`"other.org/time".March`, `30`},
	{`Blue == Top`, `error: mismatched types "main.Color" and "main.Size"`},
	{`March`, `error: could not find symbol value for March`},
	{`foo.bar`, `error: could not find symbol foo.bar`},
	{`main.limit`, `64`},
	{`limit`, `64`},
	{`yaml.strict`, `true`},
	{`"gopkg.in/yaml.v3".strict`, `true`},
	{`api.port`, `80`},
	{`http.DefaultClient`, `*net/http.Client {Timeout: 30}`},
	{`"net/http".DefaultClient.Timeout`, `30`},
	{`"net/http".Foo`, `error: package "net/http" has no function Foo`},
	{`rand.seed`, `error: rand.seed is ambiguous: "math/rand".seed or "crypto/rand".seed`},
	{`"crypto/rand".seed`, `2`},
}

func TestNames(t *testing.T) { run(t, nameTests) }

var fieldTests = []test{
	{`t.B`, `2`},
	{`pt.B`, `4`},
	{`(*pt).B`, `4`},
	{`(&t).A`, `1`},
	{`anyt.A`, `3`},
	{`err.s`, `"boom"`},
	{`o.ID`, `error: ambiguous selector o.ID: it may be o.Base.ID or o.Other.ID`},
	{`o.Base.ID`, `1`},
	{`o.Other.ID`, `5`},
	{`o.Name`, `"base"`},
	{`o.Deep`, `"outer"`},
	{`onil.Other.ID`, `error: onil.Other is nil`},
	{`onil.Name`, `"base"`},
	{`node.V`, `1`},
	{`node.Node.Node`, `error: node.Node is nil`},
	{`node.Nothing`, `error: node has no member Nothing: the dump knows no such method`},
	{`fn.x`, `33`},
	{`fn.y`, `error: fn has no member y`},
	{`npt.A`, `error: npt is nil`},
	{`nilerr.s`, `error: nilerr (type void) has no member s`},
	{`tnil.s`, `error: tnil is nil`},
	{`far.A`, `error: *far is not in the dump: depth limit`},
	{`gone.A`, `error: *gone is not in the dump`},
	{`odd.B`, `error: odd is unreadable: damaged in the dump`},
	{`lost.x`, `error: lost (type int) has no member x`},
	{`wild.A`, `error: wild is unreadable: bad address`},
	{`reused.A`, `error: *reused is unreadable: its memory has been reused`},
	{`t.C`, `error: t has no member C: the dump knows no such method`},
	{`n.x`, `error: n (type int) has no member x`},
}

func TestFields(t *testing.T) { run(t, fieldTests) }

var pointerTests = []test{
	{`*pt`, `main.T {A: 3, B: 4}`},
	{`*npt`, `error: nil pointer dereference: npt (type *main.T) is nil`},
	{`*far`, `error: *far is not in the dump: depth limit`},
	{`*n`, `error: expression "n" (int) can not be dereferenced`},
	{`&n`, `(*int)(0x100)`},
	{`*&n`, `3`},
	{`&*pt`, `(*main.T)(0x2000)`},
	{`&arr[1]`, `(*string)(0x210)`},
	{`&a[2]`, `(*string)(0x1020)`},
	{`&5`, `error: can not take address of "5"`},
	{`&small`, `error: can not take address of "small"`},
	{`len(a)`, `3`},
	{`cap(a)`, `5`},
	{`cap(nocap)`, `error: cap(nocap) is optimized out`},
	{`nocap`, `[]string len: 3, cap: ?, ["a","b","c"]`},
	{`nocap[1:]`, `[]string len: 2, cap: ?, ["b","c"]`},
	{`nocap[:4]`, `error: index out of bounds: [:4] with capacity 3`},
	{`len(arr)`, `3`},
	{`len(parr)`, `3`},
	{`len(s)`, `6`},
	{`len("abc")`, `3`},
	{`len(cut)`, `100`},
	{`len(secret)`, `error: secret is redacted: its length is not in the dump`},
	{`len(m)`, `2`},
	{`len(nm)`, `0`},
	{`len(ch)`, `4`},
	{`cap(ch)`, `11`},
	{`cap(m)`, `error: invalid argument m (type map[string]int) for cap`},
	{`len(n)`, `error: invalid argument n (type int) for len`},
	{`len()`, `error: wrong number of arguments to len: 0`},
	{`f(1)`, `error: function calls not allowed without using 'call': f can't run in a dump`},
	{`err.Error()`, `error: function calls not allowed without using 'call': err.Error can't run in a dump`},
}

func TestPointersAndBuiltins(t *testing.T) { run(t, pointerTests) }

var unsupportedTests = []test{
	{``, `error: 1:1: expected operand, found 'EOF'`},
	{`n*`, `error: 1:3: expected operand, found 'EOF'`},
	{`n = 4`, `error: 1:3: expected '==', found '='`},
	{`main.T{}`, `main.T {A: 0, B: 0}`},
	{`func() {}`, `error: expression *ast.FuncLit not implemented`},
	{`[]int`, `error: expression *ast.ArrayType not implemented`},
	{`<-ch`, `error: operator <- can not be applied to "ch"`},
}

func TestUnsupported(t *testing.T) { run(t, unsupportedTests) }

// The functions of a scope are called only for variables whose values are used.
func TestScopeAsked(t *testing.T) {
	for _, tt := range []test{
		{"t.A + *&n", "t n"},
		{"a[n].s", "a n"},
		{"yes || t.A == 1", "yes"},
		{"anyclient.(*http.Client)", "anyclient"}, // in a type it is the package, even if a variable has that name
		{"anytree.(Tree[string, *T]).root", "anytree"},
		{"len(m)", "m"},
	} {
		s := scope(t)
		local, asked := s.Local, []string(nil)
		s.Local = func(name string) (dump.Value, bool) {
			if !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
			return local(name)
		}
		evaluated(tt.expr, s)
		if got := strings.Join(asked, " "); got != tt.want {
			t.Errorf("%s: got %q asked for, want %q", tt.expr, got, tt.want)
		}
	}
}

// evaluated is the result of an expression.
func evaluated(expr string, s eval.Scope) (eval.Result, error) {
	x, err := eval.Parse(expr, s.Written)
	if err != nil {
		return eval.Result{}, err
	}
	return x.Eval(s)
}
