package inspector

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
)

// read returns an inspector of a dump with these records and a head.
func read(t *testing.T, head string, records ...string) *Inspector {
	t.Helper()
	text := `{"coredumpy":{"version":1,"reason":"panic",` + head + "}}\n" + strings.Join(records, "\n") + "\n"
	core, err := dump.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	in, err := New(core)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// goroutine returns the record of a goroutine with calls of these functions.
func goroutine(id int64, more string, functions ...string) string {
	var frames []string
	for _, fn := range functions {
		frames = append(frames, fmt.Sprintf(`{"func":%q,"file":"x.go","line":1}`, fn))
	}
	return fmt.Sprintf(`{"goroutine":{"id":%d,"status":"select"%s,"frames":[%s]}}`, id, more, strings.Join(frames, ","))
}

func TestUserFrame(t *testing.T) {
	build := &corefile.Build{Main: "shop", Deps: [][2]string{{"example.com/money", "v1"}}}
	tests := []struct {
		name   string
		build  *corefile.Build
		frames []string
		want   int
	}{
		{"main", build, []string{"runtime.gopark", "sync.(*Mutex).Lock", "main.f"}, 2},
		{"a module without a domain", build, []string{"runtime.gopark", "net.(*conn).Read", "shop/cart.(*Cart).Add"}, 2},
		{"a module with one", build, []string{"runtime.gopark", "example.com/money.Add"}, 1},
		{"an external test package", build, []string{"runtime.gopark", "testing.tRunner", "shop_test.TestCart"}, 2},
		{"a test of a package", build, []string{"testing.tRunner", "shop/cart_test.TestAdd"}, 1},
		{"an unknown module", build, []string{"runtime.gopark", "warehouse/stock.Count"}, 1},
		{"a module called as a package", &corefile.Build{Main: "time"}, []string{"sync.(*Mutex).Lock", "time.f"}, 1},
		{"a vendored package", build, []string{"vendor/golang.org/x/net/idna.f", "main.f"}, 1},
		{"no code of the program", build, []string{"runtime.gopark", "internal/poll.runtime_pollWait", "net/http.(*conn).serve"}, 2},
		{"nothing but the runtime", build, []string{"runtime.gopark", "runtime.bgsweep"}, 0},
		{"modules are not known", nil, []string{"runtime.gopark", "shop.f", "main.main"}, 1},
		{"none", build, nil, 0},
	}
	for _, tt := range tests {
		g := &dump.Goroutine{}
		for _, fn := range tt.frames {
			g.Frames = append(g.Frames, dump.Frame{Frame: &corefile.Frame{Place: corefile.Place{Func: fn}}})
		}
		in := &Inspector{program: newProgram(tt.build)}
		if got := in.UserFrame(g); got != tt.want {
			t.Errorf("%s: got frame %d, want %d", tt.name, got, tt.want)
		}
	}
}

// The standard library of this version of Go has no other packages.
func TestStandardRoots(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(strings.TrimSpace(string(out)), "src"))
	if err != nil || len(entries) == 0 {
		t.Fatalf("got %d entries, %v", len(entries), err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "cmd", "builtin", "testdata", "unsafe": // have no code that runs in programs
		default:
			if e.IsDir() && !standardRoots[e.Name()] {
				t.Errorf("%s is missing", e.Name())
			}
		}
	}
}

func TestSelected(t *testing.T) {
	first := goroutine(1, "", "runtime.gopark", "main.a", "main.b")
	second := goroutine(2, "", "runtime.gopark", "runtime.main")
	tests := []struct {
		name, head string
		records    []string
		goroutine  int64
		frame      int
	}{
		{"the one the dump is about", `"goroutine":2`, []string{first, second}, 2, 0},
		{"its frame that the head names", `"goroutine":1,"top":{"func":"main.b","file":"x.go","line":1}`, []string{first, second}, 1, 2},
		{"the user's frame", `"goroutine":1`, []string{first, second}, 1, 1},
		{"the first if that one isn't there", `"goroutine":7`, []string{second, first}, 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := read(t, tt.head, tt.records...)
			g, err := in.Selected()
			if err != nil || g.ID != tt.goroutine {
				t.Fatalf("got goroutine %v and error %v, want goroutine %d", g, err, tt.goroutine)
			}
			if _, n, err := in.Frame(); err != nil || n != tt.frame {
				t.Errorf("got frame %d and error %v, want frame %d", n, err, tt.frame)
			}
		})
	}
}

func TestSelect(t *testing.T) {
	in := read(t, `"goroutine":1`, goroutine(1, "", "main.a", "main.b"), goroutine(2, `,"note":"its stack has no room"`))
	before := in.Selection()
	if err := in.SelectFrame(1); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 2} {
		if err := in.SelectFrame(n); err == nil || !strings.Contains(err.Error(), "frames 0 to 1") {
			t.Errorf("frame %d: got error %v, want that there are frames 0 to 1", n, err)
		}
	}
	if _, n, _ := in.Frame(); n != 1 {
		t.Errorf("got frame %d after errors, want 1", n)
	}
	if err := in.SelectGoroutine(3); err == nil || err.Error() != "there is no goroutine 3 in the dump" {
		t.Errorf("got error %v, want that there is no goroutine 3", err)
	}
	if err := in.SelectGoroutine(2); err != nil {
		t.Fatal(err)
	}
	if _, _, err := in.Frame(); err == nil || err.Error() != "goroutine 2 has no frames: its stack has no room" {
		t.Errorf("got error %v, want why goroutine 2 has no frames", err)
	}
	in.Select(before)
	if f, n, err := in.Frame(); err != nil || n != 0 || f.Func != "main.a" {
		t.Errorf("got frame %d and error %v, want frame 0 of goroutine 1 again", n, err)
	}
}

func TestNothingToSelect(t *testing.T) {
	in := read(t, `"goroutine":1`)
	if _, err := in.Selected(); err != errNoGoroutine {
		t.Errorf("got error %v, want %v", err, errNoGoroutine)
	}
	if _, _, err := in.Frame(); err != errNoGoroutine {
		t.Errorf("got error %v, want %v", err, errNoGoroutine)
	}
	if r, err := in.Evaluate("1+2"); err != nil || r.Const.ExactString() != "3" {
		t.Errorf("got %v and error %v, want 3 without a frame", r.Const, err)
	}
}

func TestGroups(t *testing.T) {
	var records []string
	for id := int64(50); id < 53; id++ {
		records = append(records, goroutine(id, "", "main.other"))
	}
	for id := int64(11); id < 13; id++ {
		records = append(records, goroutine(id, fmt.Sprintf(`,"wait":%d`, id*1e9), "runtime.gopark", "main.worker"))
	}
	records = append(records,
		goroutine(2, "", "runtime.gopark"),
		goroutine(3, `,"createdBy":{"func":"main.main"}`, "runtime.asyncPreempt2")) // its callers are missing
	in := read(t, `"goroutine":12`, records...)
	all := func(*dump.Goroutine) bool { return true }
	groups, n, err := in.Groups(all, func() bool { return false })
	if err != nil || n != 7 {
		t.Errorf("got %d goroutines and error %v, want 7", n, err)
	}
	want := []Group{
		{IDs: []int64{11, 12}, Shortest: 11e9, Longest: 12e9, Current: true},
		{IDs: []int64{50, 51, 52}},
		{IDs: []int64{2}, System: true},
		{IDs: []int64{3}},
	}
	if len(groups) != len(want) {
		t.Fatalf("got %d groups, want %d", len(groups), len(want))
	}
	keys := map[GroupKey]bool{}
	for i, g := range groups {
		if keys[g.Key] {
			t.Errorf("group %d has the key of another", i)
		}
		keys[g.Key] = true
		if g.Key = (GroupKey{}); !reflect.DeepEqual(*g, want[i]) {
			t.Errorf("group %d: got %+v, want %+v", i, *g, want[i])
		}
	}
	if groups, n, err := in.Groups(all, func() bool { return true }); groups != nil || n != 0 || err != nil {
		t.Errorf("got %d groups of %d goroutines and error %v when stopped, want none", len(groups), n, err)
	}
	wanted := func(g *dump.Goroutine) bool { return g.ID == 2 }
	if groups, n, err := in.Groups(wanted, func() bool { return false }); len(groups) != 1 || n != 1 || err != nil {
		t.Errorf("got %d groups of %d goroutines and error %v, want one of one", len(groups), n, err)
	}
}

// variables is a frame with variables, and what they are made of.
var variables = []string{
	`{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
	`{"type":{"id":2,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"A","type":1},{"name":"Next","type":3}]}}`,
	`{"type":{"id":3,"name":"*main.T","kind":"ptr","size":8,"elem":2}}`,
	`{"type":{"id":4,"name":"main.Color","kind":"int","size":8,"constants":[{"name":"Blue","value":2}]}}`,
	`{"goroutine":{"id":1,"status":"running","panic":{"name":"panic","type":1,"value":9},"frames":[{"func":"main.f","pkg":"main","optimized":true,"vars":[` +
		`{"name":"n","type":1,"value":3,"shadowed":true},{"name":"n","type":1,"value":4},` +
		`{"name":"stale","type":1,"value":5,"note":"may be out of date"},` +
		`{"name":"t","type":2,"addr":4096,"value":[7,[8192,1]]},{"name":"p","type":3,"value":[8192,1]},{"name":"c","type":4,"value":2}]}]}}`,
	`{"global":{"id":1,"name":"main.limit","type":1,"value":64}}`,
	`{"global":{"id":2,"name":"example.com/shop.Default","type":1,"value":1}}`,
	`[1,2,[8,null],8192]`,
}

func TestEvaluate(t *testing.T) {
	in := read(t, `"goroutine":1`, variables...)
	tests := []struct {
		expr, noted string
		want        int64
	}{
		{"n", "", 4},
		{"t.A", "", 7},
		{"t.Next.A", "", 8},
		{"panic", "", 9},
		{"stale", "stale", 5},
		{"limit", "limit", 64}, // without a source, one of the function might hide it
		{"main.limit", "", 64},
		{"shop.Default", "", 1},
	}
	for _, tt := range tests {
		r, err := in.Evaluate(tt.expr)
		noted := ""
		if r.Noted != nil {
			noted = r.Noted.Name
		}
		if err != nil || r.Value.Int() != tt.want || noted != tt.noted {
			t.Errorf("%s: got %d, a caveat on %q and error %v, want %d and %q", tt.expr, r.Value.Int(), noted, err,
				tt.want, tt.noted)
		}
	}
	if r, err := in.Evaluate("Blue"); err != nil || r.Type.String() != "main.Color" || r.Const.ExactString() != "2" {
		t.Errorf("Blue: got %v of type %q and error %v, want 2 of main.Color", r.Const, r.Type, err)
	}
	for expr, want := range map[string]string{
		"nothing":  "could not find symbol value for nothing",
		"log.Std":  "could not find symbol log.Std: the dump has the package-level variables of the main module, see vars, and the functions on stacks and of its source files, see funcs",
		"t.B":      "t has no member B",
		"n.x":      "n (type int) has no member x",
		"stale +":  "expected operand",
		"(*p).Bad": "has no member Bad",
	} {
		if _, err := in.Evaluate(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", expr, err, want)
		}
	}
}

// A text that was shown for a value is that value in an expression.
func TestRemember(t *testing.T) {
	in := read(t, `"goroutine":1`, variables...)
	const text = "(*main.T)(0x2000)"
	if _, err := in.Evaluate("(*main.T)(0x2222).A"); err == nil || !strings.Contains(err.Error(), "not in the dump") {
		t.Errorf("(*main.T)(0x2222).A: got error %v, want one that says that it is not in the dump", err)
	}
	r, err := in.Evaluate("p")
	if err != nil {
		t.Fatal(err)
	}
	in.Remember(text, r.Value)
	for _, expr := range []string{text + ".A", "(*" + text + ").A", "(*main.T)(0x2000).A + 0"} {
		r, err := in.Evaluate(expr)
		got := int64(0)
		if r.Const != nil {
			fmt.Sscan(r.Const.ExactString(), &got)
		} else {
			got = r.Value.Int()
		}
		if err != nil || got != 8 {
			t.Errorf("%s: got %d and error %v, want 8", expr, got, err)
		}
	}
	if _, err := in.Evaluate(text + ".B"); err == nil || !strings.Contains(err.Error(), text) ||
		strings.Contains(err.Error(), recalled) {
		t.Errorf("got error %v, want one in the words of the expression", err)
	}
	for expr, want := range map[string]string{
		text + ".B":               text + " has no member B",
		"t." + text:               "t has no member " + text,
		"strange." + text:         "could not find symbol strange." + text + ": the dump has the package-level variables of the main module, see vars, and the functions on stacks and of its source files, see funcs",
		text + " " + text:         "1:11: expected 'EOF', found " + text,
		text + ".A + " + text:     `mismatched types "int" and "*main.T"`,
		"len(" + text + ", 1)":    "wrong number of arguments to len: 2",
		"(" + text + ").Next + 1": "can not convert 1 constant to *main.T",
	} {
		if _, err := in.Evaluate(expr); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), recalled) {
			t.Errorf("%s: got error %v, want %q", expr, err, want)
		}
	}
	var sum []string // of more than ten
	for i := range 12 {
		text := fmt.Sprintf("(*main.T)(%#x)", 0x3000+i)
		in.Remember(text, r.Value)
		sum = append(sum, text+".A")
	}
	const last = "(*main.T)(0x300b)"
	if _, err := in.Evaluate(strings.Join(sum, "+") + "+" + last + ".B"); err == nil ||
		!strings.Contains(err.Error(), last) {
		t.Errorf("got error %v, want one about %s", err, last)
	}
}

func TestNames(t *testing.T) {
	in := read(t, `"goroutine":1`, variables...)
	for of, want := range map[string]string{
		"":     "panic n n stale t p c limit Blue",
		"t":    "A Next",
		"p":    "A Next",
		"shop": "Default",
		"none": "",
	} {
		if got := strings.Join(in.Names(of), " "); got != want {
			t.Errorf("%q: got %q, want %q", of, got, want)
		}
	}
}

// A doubt that says nothing, as in a forged dump, is none.
func TestEvaluateEmptyDoubt(t *testing.T) {
	in := read(t, `"goroutine":1,"goroutines":1`,
		`{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
		`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/a.go","line":4,"optimized":true,`+
			`"vars":[{"name":"x","type":1,"line":3,"value":1,"note":"optimized: it may be out of date; "}]}]}}`,
		`{"source":{"id":1,"path":"/a.go","text":"package main\nfunc f() {\n\tx := g()\n\tg() // here\n\t_ = x\n}\n"}}`)
	r, err := in.Evaluate("x")
	if err != nil || r.Noted != nil {
		t.Errorf("got %+v noted and error %v, want neither", r.Noted, err)
	}
}
