package inspector

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseRows(t *testing.T) {
	for _, tt := range []struct{ expr, lists, of, where string }{
		{"a[*]", "a", "value", ""},
		{"a[*].b", "a", "value.b", ""},
		{"a.b[1].c[*]", "a.b[1].c", "value", ""},
		{"len(a[*].b) + 1", "a", "len(value.b) + 1", ""},
		{"*p[*]", "p", "*value", ""},
		{"(*p)[*]", "(*p)", "value", ""},
		{`"net/http".x[*]`, `"net/http".x`, "value", ""},
		{"f(x)[*]", "f(x)", "value", ""},
		{"a[*].b[*].c", "a; value.b", "value.c", ""},
		{"a[*][*]", "a; value", "value", ""},
		{"a where value < 10", "a", "value", "value < 10"},
		{"a where .b > 5 && !.c", "a", "value", "value.b > 5 && !value.c"},
		{"a[*].b where key == 1 || x.y", "a", "value.b", "key == 1 || x.y"},
		{"a where .5 < value", "a", "value", ".5 < value"},
		{"where where where", "where", "value", "where"},
		{`m["where x"] where "where" == key`, `m["where x"]`, "value", `"where" == key`},
	} {
		if !IsRows(tt.expr) {
			t.Errorf("IsRows(%q): got false", tt.expr)
		}
		r, err := parseRows(tt.expr)
		if got := strings.Join(r.lists, "; "); err != nil || got != tt.lists || r.of != tt.of || r.where != tt.where {
			t.Errorf("%s: got %q, %q, %q, %v, want %q, %q, %q", tt.expr, got, r.of, r.where, err, tt.lists, tt.of, tt.where)
		}
	}
	for _, expr := range []string{"a", "a[1]", "where", "a * b", "a[*p]", "f(where)", "a[b:c]", "+ where x", "", `"[*]"`} {
		if IsRows(expr) {
			t.Errorf("IsRows(%q): got true", expr)
		}
	}
	for expr, want := range map[string]string{
		"a where":                               "needs a condition",
		"a where b[*]":                          "one condition",
		"[*]":                                   "needs an array",
		"a + [*]":                               "needs an array",
		"a[*] + b[*]":                           "two values",
		"a[*].b[a[*].c]":                        "two values",
		"a[*][*]" + "[*]":                       "",
		"a" + strings.Repeat("[*]", maxLists+1): "8 times",
	} {
		if _, err := parseRows(expr); want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", expr, err, want)
		}
	}
}

// An expression that is taken apart is the same when it is put together again, and no part has
// [*] any more.
func FuzzParseRows(f *testing.F) {
	for _, seed := range []string{"a[*].b where .c > 5", "m[*].x[*] where key == \"k\"", "(a)[*]", "[*].", "where where",
		"a[*]b where c where d", "$1[*]", "\"x/y\".z[*]", "a[*](b[*]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if !IsRows(expr) {
			return
		}
		r, err := parseRows(expr)
		if err != nil {
			return
		}
		if len(r.lists) == 0 {
			t.Fatalf("%q: no list", expr)
		}
		for _, part := range append([]string{r.of, r.where}, r.lists...) {
			if starAt(tokenList(part)) >= 0 {
				t.Errorf("%q: [*] is left in %q", expr, part)
			}
		}
		size := len(r.of)
		for _, list := range r.lists {
			size += len(list)
		}
		if most := len(expr) + len(r.lists)*len(rowValue); size > most {
			t.Errorf("%q: the parts have %d bytes, want %d at most", expr, size, most)
		}
	})
}

// rowTypes has more than partTypes: a struct with a list, and pointers to it.
const rowTypes = partTypes + `
{"type":{"id":20,"name":"main.O","kind":"struct","size":48,"fields":[{"name":"ID","type":1},{"name":"Of","type":5,"off":8},{"name":"Up","type":21,"off":32}]}}
{"type":{"id":21,"name":"*main.O","kind":"ptr","size":8,"elem":20}}
{"type":{"id":22,"name":"[]*main.O","kind":"slice","size":24,"elem":21}}
[20,20,[1,[4096,2,2],[8192,21]]]
[21,20,[2,null,null]]
[22,22,[[8000,20],null,[8192,21]]]`

func TestRows(t *testing.T) {
	in := read(t, `"goroutine":1`, rowTypes, `{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[`+
		`{"name":"os","type":22,"value":[12288,22,3]},{"name":"m","type":6,"value":[3,3,2]},`+
		`{"name":"cut","type":22,"value":[12288,22,9]},{"name":"none","type":22,"value":null},`+
		`{"name":"lost","type":22,"value":{"p":4096,"len":3,"x":"depth limit"}},{"name":"n","type":1,"value":1},`+
		`{"name":"c","type":9,"value":[4096,5,1,1]}]}]}}`)
	for _, tt := range []struct{ expr, want string }{
		{"os[*].ID", "0 1; 1 value is nil; 2 2; of 3"},
		{"os[*].ID where value != nil && .ID > n", "2 2; 1 of 3"},
		{"os[*].ID where .ID > 0", "0 1; 2 2; 2 of 3, 1 unknown: value is nil"},
		{"m where value > 1", `"l\n" 2; 1 of 2`},
		{`m where key == "k"`, `"k" 1; 1 of 2`},
		{"os[*].ID where key == 2", "2 2; 1 of 3"},
		{"none[*]", "of 0"},
		{"cut[*].ID where key == 0", "0 1; 1 of 3, 6 lacking"},
		{"c[*]", "0 3; of 1"},
		{"n[*]", "error: n (type int) has no elements: [*] and where are for arrays, slices, maps and channels"},
		{"os where .No", "error: value has no member No: the dump knows no such method"},
		{"os where x", "error: could not find symbol value for x"},
		{"os where .ID", "error: " + errNoCondition.Error()},
		{"os[*].x +", "error: 1:10: expected operand, found 'EOF'"},
		{"lost[*]", "error: what lost holds is not in the dump: depth limit"},
	} {
		var rows []string
		found, err := in.Rows(tt.expr, func(r *Row) bool {
			key := fmt.Sprint(r.Keys[0].Index)
			if r.Keys[0].Kind == Entry {
				key = KeyLiteral(r.Keys[0].Key)
			}
			if r.Err != nil {
				rows = append(rows, key+" "+r.Err.Error())
			} else {
				rows = append(rows, key+" "+KeyLiteral(r.Value))
			}
			return true
		}, func(int, int) bool { return false })
		got := rowsText(rows, &found)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}

func rowsText(rows []string, r *Rows) string {
	last := fmt.Sprintf("of %d", r.All)
	if r.Where {
		last = fmt.Sprintf("%d of %d", r.Matched, r.All)
	}
	if r.Unknown > 0 {
		last += fmt.Sprintf(", %d unknown: %v", r.Unknown, r.Why)
	}
	if r.Lacks && r.Lacking == 0 {
		last += ", others lacking: " + r.Reason.String()
	}
	if r.Lacking > 0 {
		last += fmt.Sprintf(", %d lacking", r.Lacking)
	}
	return strings.Join(append(rows, last), "; ")
}

// A variable called as the element or its key isn't taken for that silently.
func TestRowsNames(t *testing.T) {
	in := read(t, `"goroutine":1`, rowTypes, `{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[`+
		`{"name":"os","type":22,"value":[12288,22,3]},{"name":"value","type":1,"value":2},{"name":"n","type":1,"value":2}]},`+
		`{"func":"main.g","vars":[{"name":"os","type":22,"value":[12288,22,3]},{"name":"key","type":1,"value":2}]}]}}`)
	clash := " is a variable, and stands for a part of each element here"
	for _, tt := range []struct {
		frame      int
		expr, want string
	}{
		{0, "os[*].ID + value", "value" + clash}, {0, "value + os[*].ID", "value" + clash},
		{0, "os[*].ID where .ID == n", ""}, {0, "os[value:][*].ID", ""}, {0, "os[*].ID + key", ""},
		{1, "os[*].ID + key", "key" + clash}, {1, "os[key:][*].ID", ""}, {1, "os[*].ID where key == 0", ""},
		{1, "os[*].Of[key]", "key" + clash},
	} {
		if err := in.SelectFrame(tt.frame); err != nil {
			t.Fatal(err)
		}
		_, err := in.Rows(tt.expr, func(*Row) bool { return true }, func(int, int) bool { return false })
		if got := fmt.Sprint(err); tt.want == "" && err != nil || !strings.HasPrefix(got, tt.want) && tt.want != "" {
			t.Errorf("frame %d: %s: got %s, want %s", tt.frame, tt.expr, got, tt.want)
		}
	}
}

// lackingTypes are those of a list.List and a sync.Map.
const lackingTypes = `{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"container/list.List","kind":"struct","size":48,"fields":[{"name":"root","type":3},{"name":"len","type":1}]}}
{"type":{"id":3,"name":"container/list.Element","kind":"struct","size":40,"fields":[{"name":"next","type":4},{"name":"prev","type":4},{"name":"list","type":15},{"name":"Value","type":1}]}}
{"type":{"id":4,"name":"*container/list.Element","kind":"ptr","size":8,"elem":3}}
{"type":{"id":5,"name":"sync.Map","kind":"struct","size":8,"fields":[{"name":"m","type":6}]}}
{"type":{"id":6,"name":"internal/sync.HashTrieMap[interface {},interface {}]","kind":"struct","size":8,"fields":[{"name":"root","type":7}]}}
{"type":{"id":7,"name":"sync/atomic.Pointer[internal/sync.indirect]","kind":"struct","size":8,"fields":[{"name":"v","type":8}]}}
{"type":{"id":8,"name":"*internal/sync.indirect[interface {},interface {}]","kind":"ptr","size":8,"elem":9}}
{"type":{"id":9,"name":"internal/sync.indirect[interface {},interface {}]","kind":"struct","size":16,"fields":[{"name":"children","type":10}]}}
{"type":{"id":10,"name":"[2]sync/atomic.Pointer[internal/sync.node]","kind":"array","size":16,"elem":11,"len":2}}
{"type":{"id":11,"name":"sync/atomic.Pointer[internal/sync.node]","kind":"struct","size":8,"fields":[{"name":"v","type":12}]}}
{"type":{"id":12,"name":"*internal/sync.node[interface {},interface {}]","kind":"ptr","size":8,"elem":13}}
{"type":{"id":13,"name":"internal/sync.node[interface {},interface {}]","kind":"struct","size":8}}
{"type":{"id":14,"name":"internal/sync.entry[interface {},interface {}]","kind":"struct","size":24,"fields":[{"name":"overflow","type":11},{"name":"key","type":1},{"name":"value","type":1}]}}
{"type":{"id":15,"name":"*container/list.List","kind":"ptr","size":8,"elem":2}}
[1,3,[{"p":4096,"x":"depth limit"},null,null,7]]
[2,9,[[[[8192,3]],[{"p":12288,"x":"depth limit"}]]]]
[3,14,[[null],1,5]]`

// What the dump lacks of a list or a map of the library is told.
func TestViewedLacking(t *testing.T) {
	in := read(t, `"goroutine":1`, lackingTypes, `{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[`+
		`{"name":"l","type":2,"value":[[[16,1],[16,1],null,0],3]},{"name":"m","type":5,"value":[[[[4096,2]]]]}]}]}}`)
	for expr, want := range map[string]string{
		"l where value == 7": "7; 1 of 1, 2 lacking",
		"m where key == 1":   "5; 1 of 1, others lacking: depth limit",
	} {
		var rows []string
		found, err := in.Rows(expr, func(r *Row) bool { rows = append(rows, KeyLiteral(r.Value)); return true },
			func(int, int) bool { return false })
		if got := rowsText(rows, &found); err != nil || got != want {
			t.Errorf("%s: got %s, error %v, want %s", expr, got, err, want)
		}
	}
	for expr, want := range map[string]string{"l": `[7,{"$more":2}]`, "m": `{"1":5,"$missing":"depth limit"}`} {
		r, err := in.Evaluate(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(JSON(r.Value, 1<<20)); got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
	}
}

// Lists in lists that share memory are many: the search ends, and says so.
func TestRowsBounded(t *testing.T) {
	in := read(t, `"goroutine":1`, `{"type":{"id":1,"name":"[]main.L","kind":"slice","size":24,"elem":1}}
[1,1,[[4096,1,40]`+strings.Repeat(",[4096,1,40]", 39)+`]]`, withX(1, "[4096,1,40]"))
	seen := 0
	found, err := in.Rows("x"+strings.Repeat("[*]", maxLists), func(*Row) bool { seen++; return seen < 10 },
		func(int, int) bool { return false })
	if err != nil || !found.Cut || seen != 10 {
		t.Errorf("got %d rows, cut %v, %v; want 10, cut", seen, found.Cut, err)
	}
	found, err = in.Rows("x[*][*] where true", func(*Row) bool { return true }, func(done, _ int) bool { return true })
	if err != nil || !found.Stopped {
		t.Errorf("interrupted: got stopped %v, %v", found.Stopped, err)
	}
}
