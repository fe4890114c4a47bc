package apitest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

func TestPath(t *testing.T) {
	for _, name := range []string{"a.dump", "b", "c.json", "d.json.dump", "with space.dump"} {
		path := filepath.Join(t.TempDir(), name)
		got, err := coredumpy.Dump(coredumpy.Path(path))
		if err != nil || got != path {
			t.Errorf("%s: got path %q, %v, want %q", name, got, err, path)
			continue
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		gzipped, want := strings.HasPrefix(string(file), "\x1f\x8b"), !strings.HasSuffix(name, ".json")
		if gzipped != want {
			t.Errorf("%s: got gzip %v, want %v", name, gzipped, want)
		}
		if top := open(t, path).top(t); top != "TestPath" {
			t.Errorf("%s: got top frame %s, want TestPath", name, top)
		}
	}
}

// A .json file has JSON Lines: every line is one object, the head first.
func TestPathJSON(t *testing.T) {
	noVariables(t)
	path := filepath.Join(t.TempDir(), "x.json")
	if _, err := coredumpy.Dump(coredumpy.Path(path)); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(file), "\n")
	if last := len(lines) - 1; last < 3 || lines[last] != "" {
		t.Fatalf("got %d lines, the last %q, want several that end", len(lines), lines[last])
	}
	for i, line := range lines[:len(lines)-1] {
		if !isObject(line) {
			t.Errorf("line %d: got %.80q, want a JSON object", i+1, line)
		}
	}
	if !strings.HasPrefix(lines[0], `{"coredumpy":{"version":2,`) {
		t.Errorf("got first line %.80q, want the head", lines[0])
	}
}

func TestPathFunc(t *testing.T) {
	want := filepath.Join(t.TempDir(), "f.dump")
	calls := 0
	got, err := coredumpy.Dump(coredumpy.PathFunc(func() string { calls++; return want }))
	if err != nil || got != want || calls != 1 {
		t.Errorf("got %q, %v after %d calls, want %q after one", got, err, calls, want)
	}
	if top := open(t, want).top(t); top != "TestPathFunc" {
		t.Errorf("got top frame %s, want TestPathFunc", top)
	}
}

func TestPathFuncFails(t *testing.T) {
	nowhere(t)
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		name string
		f    func() string
		want string
	}{
		{"no path", func() string { return "" },
			"coredumpy: no dump written: the function given to PathFunc returned no path"},
		{"panic", func() string { panic("no name for it") },
			"coredumpy: no dump written: the function given to PathFunc panicked: no name for it"},
		{"exit", func() string { runtime.Goexit(); return "x" },
			"coredumpy: no dump written: the function given to PathFunc called runtime.Goexit"},
	} {
		var path string
		var err error
		told := quietly(t, func() { path, err = coredumpy.Dump(coredumpy.PathFunc(tt.f)) })
		if path != "" || err == nil || !strings.HasPrefix(err.Error(), tt.want+"; ") {
			t.Errorf("%s: got %q, %v, want error %q and more", tt.name, path, err, tt.want)
		}
		if told != "" {
			t.Errorf("%s: got %q on standard error, want nothing", tt.name, told)
		}
	}
	wantNothing(t, ".")
	// None of these keeps the next dump from being taken.
	if _, err := coredumpy.Dump(coredumpy.Path("next.dump")); err != nil {
		t.Error(err)
	}
}

// A function that doesn't return, because it waits for a lock of the program, doesn't
// keep a panic from going on.
func TestFunctionsBlock(t *testing.T) {
	nowhere(t)
	t.Chdir(t.TempDir())
	blocked := make(chan bool)
	defer close(blocked)
	config(t, func(c *coredumpy.Configuration) { c.Timeout = time.Second })
	_, err := coredumpy.Dump(coredumpy.PathFunc(func() string { <-blocked; return "x" }))
	if want := "coredumpy: no dump written: the function given to PathFunc hasn't returned for 1s; "; err == nil ||
		!strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s and more", err, want)
	}
	wantNothing(t, ".")
	for want, filter := range map[string]func(string) bool{
		"the function in Config.EnvironFilter hasn't returned for 1s: all values of the environment are hidden": func(string) bool { return <-blocked },
		"the function in Config.EnvironFilter called runtime.Goexit: all values of the environment are hidden":  func(string) bool { runtime.Goexit(); return true },
	} {
		coredumpy.Config.EnvironFilter = filter
		if d, _ := crash(t, func() { panic("goes on") }); !slices.Contains(d.Head().Notes, want) {
			t.Errorf("got the notes %q, want %q among them", d.Head().Notes, want)
		}
	}
}

func TestDirectory(t *testing.T) {
	base := t.TempDir()
	for _, dir := range []string{base, filepath.Join(base, "made"), filepath.Join(base, "a", "b", "c")} {
		path, err := coredumpy.Dump(coredumpy.Directory(dir))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Dir(path) != dir {
			t.Errorf("got path %q, want one in %q", path, dir)
		}
		open(t, path)
	}
	for _, dir := range []string{"made", "a", "a/b", "a/b/c"} {
		st, err := os.Stat(filepath.Join(base, dir))
		if err != nil {
			t.Fatal(err)
		}
		if perm := st.Mode().Perm(); runtime.GOOS != "windows" && perm != 0o700 {
			t.Errorf("%s: got mode %v, want -rwx------", dir, perm)
		}
	}
}

// A relative directory is relative to the current one, and so is the path.
func TestDirectoryRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	path, err := coredumpy.Dump(coredumpy.Directory("dumps"))
	if err != nil || filepath.Dir(path) != "dumps" {
		t.Fatalf("got %q, %v, want a path in dumps", path, err)
	}
	open(t, path)
}

func TestPathAndDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	path, err := coredumpy.Dump(coredumpy.Path("x.dump"), coredumpy.Directory("d"))
	const want = `coredumpy: Path "x.dump" and Directory "d" exclude each other`
	if path != "" || err == nil || err.Error() != want {
		t.Errorf("got %q, %v, want error %q", path, err, want)
	}
	wantNothing(t, ".")
	// A panic is no time to be strict: Path is used.
	dir := t.TempDir()
	d, _ := crash(t, func() { panic("both") }, coredumpy.Directory(filepath.Join(dir, "d")))
	if d == nil || d.Head().Message != "both" {
		t.Error("got no dump from OnPanic, want one at the path")
	}
	wantNothing(t, dir)
}

// PathFunc and Directory exclude each other as well.
func TestPathFuncAndDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	f := coredumpy.PathFunc(func() string { return "f.dump" })
	path, err := coredumpy.Dump(f, coredumpy.Directory("d"))
	const want = `coredumpy: PathFunc and Directory "d" exclude each other`
	if path != "" || err == nil || err.Error() != want {
		t.Errorf("got %q, %v, want error %q", path, err, want)
	}
	wantNothing(t, ".")
	for name, f := range map[string]func(){
		"OnPanic": func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(f, coredumpy.Directory("d"))
			panic("both")
		},
		"OnFailure": func() { defer coredumpy.OnFailure(brokenTest{}, f, coredumpy.Directory("d")) },
	} {
		told := quietly(t, f)
		if !strings.HasPrefix(told, want+": using PathFunc\n") {
			t.Errorf("%s: got %q, want it to begin with %q", name, told, want)
		}
		if err := os.Remove("f.dump"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDescription(t *testing.T) {
	for _, text := range []string{"", "first try", "two\nlines\tand \x1b[31mred", "bad \xff UTF-8", "日本"} {
		d := take(t, coredumpy.Description(text))
		if got, want := d.Head().Description, strings.ToValidUTF8(text, "\ufffd"); got != want {
			t.Errorf("got description %q, want %q", got, want)
		}
	}
}

// node is a chain of references.
type node struct {
	N    int
	Next *node
}

func chain(n int) *node {
	var l *node
	for ; n > 0; n-- {
		l = &node{n, l}
	}
	return l
}

// followed counts the references that a dump of a chain followed.
func followed(t *testing.T, d *dump, name string) (n int, why string) {
	t.Helper()
	v := d.given(t, name)
	for !v.IsNil() && v.Object() != 0 {
		v = v.Elem().Field(1)
		n++
	}
	return n, v.Reason()
}

func TestDepth(t *testing.T) {
	noVariables(t)
	for _, tt := range []struct {
		config int
		opts   []coredumpy.Option
		want   int
	}{
		{10, nil, 10},
		{3, nil, 3},
		{0, nil, 0},
		{-1, nil, 0},
		{10, []coredumpy.Option{coredumpy.Depth(0)}, 0},
		{10, []coredumpy.Option{coredumpy.Depth(1)}, 1},
		{10, []coredumpy.Option{coredumpy.Depth(2)}, 2},
		{1, []coredumpy.Option{coredumpy.Depth(15)}, 15},
		{1, []coredumpy.Option{coredumpy.Depth(-3)}, 0},
		{1, []coredumpy.Option{coredumpy.Depth(4), coredumpy.Depth(5)}, 5},
		{1, []coredumpy.Option{coredumpy.Depth(100)}, 20}, // all that there are
	} {
		config(t, func(c *coredumpy.Configuration) { c.Depth = tt.config })
		d := take(t, append(tt.opts, coredumpy.Var("l", chain(20)))...)
		why, cut := "depth limit", 1
		if tt.want == 20 {
			why, cut = "", 0
		}
		if n, got := followed(t, d, "l"); n != tt.want || got != why {
			t.Errorf("config %d and %d options: got %d references followed and %q, want %d and %q",
				tt.config, len(tt.opts), n, got, tt.want, why)
		}
		if got := d.cuts()["depth"]; got != cut {
			t.Errorf("config %d and %d options: got %d cut by depth, want %d", tt.config, len(tt.opts), got, cut)
		}
	}
}

// A value that the depth limit cuts still has its kind and length.
func TestDepthKeeps(t *testing.T) {
	noVariables(t)
	n := 7
	d := take(t, coredumpy.Depth(0),
		coredumpy.Var("int", 5), coredumpy.Var("string", "five"), coredumpy.Var("pointer", &n),
		coredumpy.Var("slice", []int{1, 2, 3}), coredumpy.Var("map", map[string]int{"a": 1}),
		coredumpy.Var("nil", (*int)(nil)))
	for name, want := range map[string]string{"int": "5", "string": `"five"`, "nil": "*int nil"} {
		if got := show(d.given(t, name)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	for name, length := range map[string]int64{"pointer": 0, "slice": 3, "map": 1} {
		v := d.given(t, name)
		if !v.Valid() || v.Reason() != "depth limit" || v.Pointer() == 0 || v.Len() != length || v.Stored() != 0 {
			t.Errorf("%s: got valid %v, reason %q, address %#x, %d of %d stored, want an address, a length of %d and the depth limit",
				name, v.Valid(), v.Reason(), v.Pointer(), v.Stored(), v.Len(), length)
		}
	}
	if got := d.cuts()["depth"]; got != 3 {
		t.Errorf("got %d cut by depth, want 3", got)
	}
}

//go:noinline
func helper(t *testing.T, skip int) *dump { return deeper(t, skip) }

//go:noinline
func deeper(t *testing.T, skip int) *dump { return take(t, coredumpy.Skip(skip)) }

func TestSkip(t *testing.T) {
	for skip, want := range map[int]string{-1: "take", 0: "take", 1: "deeper", 2: "helper", 3: "TestSkip"} {
		d := helper(t, skip)
		if got := d.top(t); got != want {
			t.Errorf("Skip(%d): got top frame %s, want %s", skip, got, want)
		}
		if top := d.Head().Top; top == nil || !strings.HasSuffix(top.Func, "."+want) || top.Line == 0 {
			t.Errorf("Skip(%d): got %+v in the head, want %s", skip, top, want)
		}
	}
	// One frame is left however many are skipped.
	if d := helper(t, 1000); len(d.current(t).Frames) != 1 {
		t.Errorf("Skip(1000): got %d frames, want 1", len(d.current(t).Frames))
	}
}

func TestVar(t *testing.T) {
	n := 1
	d := take(t, coredumpy.Var("b", 2), coredumpy.Var("a", &n), nil, coredumpy.Var("nil", nil),
		coredumpy.Var("b", "again"), coredumpy.Var("", 0.5), coredumpy.Var("odd name \x00", true))
	var got []string
	for i, f := range d.current(t).Frames {
		for _, v := range f.Vars {
			if v.Role != coredumpy.Given {
				continue
			}
			if i > 0 {
				t.Errorf("got %s in frame %d, want it in the top frame", v.Name, i)
			}
			got = append(got, v.Name+"="+show(v.Value))
		}
	}
	want := []string{"b=interface {}(int) 2", "a=interface {}(*int) *1", "nil=interface {} nil",
		`b=interface {}(string) "again"`, "=interface {}(float64) 0.5", "odd name \x00=interface {}(bool) true"}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A variable has the value that it had when the dump was made, not when the option was.
func TestVarLater(t *testing.T) {
	s := []int{1, 2}
	opt := coredumpy.Var("s", s)
	s[1] = 3
	if got, want := show(take(t, opt).given(t, "s")), "[]int len: 2, cap: 2, [1,3]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
