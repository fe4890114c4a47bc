package page

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/views"
)

// decodedRows are rows with the names of their types.
type decodedRows[T any] struct {
	Types [][2]string `json:"types"`
	Rows  []T         `json:"rows"`
}

// rowsOf returns the rows of a kind, by their numbers.
func rowsOf[T any](t testing.TB, w *writtenPage, kind string) map[int]T {
	t.Helper()
	all := map[int]T{}
	for _, b := range w.blocks[kind] {
		d := decode[decodedRows[T]](t, b)
		if len(d.Rows) != b.count {
			t.Errorf("%s: got %d rows in the block of row %d, want %d", kind, len(d.Rows), b.first, b.count)
		}
		for i, r := range d.Rows {
			all[b.first+i] = r
		}
	}
	return all
}

// A page has the goroutines, frames and variables of its dump, and all that they lead to; or it
// says what it leaves out.
func checkContent(t testing.TB, in *inspector.Inspector, w *writtenPage) {
	t.Helper()
	end := decode[struct {
		Left   []string `json:"left"`
		Values int      `json:"values"`
	}](t, w.blocks["end"][0])
	goroutines := map[int64]goroutine{}
	for _, g := range rowsOf[goroutine](t, w, "goroutine") {
		goroutines[int64(g.ID)] = g
	}
	c := &content{t: t, values: rowsOf[row](t, w, "value"), pieces: rowsOf[row](t, w, "piece"), partial: len(end.Left) > 0}
	for g, err := range in.AllGoroutines() {
		if err != nil {
			continue
		}
		got, ok := goroutines[g.ID]
		if !ok {
			if len(end.Left) == 0 {
				t.Errorf("got no goroutine %d, and nothing that says so", g.ID)
			}
			continue
		}
		c.goroutine(g, &got)
	}
	globals, _ := in.Globals()
	rows := rowsOf[part](t, w, "global")
	if len(rows) != len(globals) {
		t.Errorf("got %d package-level variables, want %d", len(rows), len(globals))
	}
	for i := range globals {
		c.variable(&globals[i], rows[i])
	}
}

type content struct {
	t              testing.TB
	values, pieces map[int]row
	partial        bool // the page says that it leaves something out
}

func (c *content) goroutine(g *dump.Goroutine, got *goroutine) {
	c.t.Helper()
	if got.Status != line(g.Status) || len(got.Frames)+got.Left != len(g.Frames) {
		c.t.Errorf("goroutine %d: got %q and %d frames, want %q and %d", g.ID, got.Status, len(got.Frames), g.Status, len(g.Frames))
	}
	for i, f := range got.Frames {
		vars := g.Frames[i].Vars()
		if f.Func != line(g.Frames[i].Func) || f.Line != g.Frames[i].Line || len(f.Vars)+f.Left != len(vars) {
			c.t.Errorf("goroutine %d frame %d: got %s:%d with %d variables, want %s:%d with %d", g.ID, i, f.Func, f.Line,
				len(f.Vars), g.Frames[i].Func, g.Frames[i].Line, len(vars))
			continue
		}
		for n := range f.Vars {
			c.variable(&vars[n], f.Vars[n])
		}
	}
}

func (c *content) variable(v *dump.Variable, got part) {
	c.t.Helper()
	if got.Name != line(v.Name) || got.Text != line(pretty.String(v.Value, asVariable)) || got.Note != line(v.Note()) {
		c.t.Errorf("got %s = %s (%s), want %s = %s (%s)", got.Name, got.Text, got.Note, v.Name,
			pretty.String(v.Value, asVariable), v.Note())
	}
	c.value(inspector.Part{Value: v.Value}, got.Row, 3)
}

// value checks the row of a value, and those of its parts to a depth.
func (c *content) value(v inspector.Part, number, depth int) {
	c.t.Helper()
	p := inspector.PartsOf(v.Value, "")
	if v.Kind != inspector.Fields {
		p = inspector.Viewed(v.Value, "", v.View)
	}
	text, isText := p.Of.Text()
	r, ok := c.values[number]
	switch {
	case isText && len(text) <= maxBrief || !isText && p.Named+p.Indexed == 0 || depth == 0:
		return
	case !ok && c.partial:
		return
	case !ok:
		c.t.Errorf("got no row %d for a value with %d parts", number, p.Named+p.Indexed)
		return
	case isText:
		if r.Text != block(text) {
			c.t.Errorf("got %.100q, want %.100q", r.Text, block(text))
		}
		return
	}
	parts := slices.Clone(r.Parts[:min(p.Named, len(r.Parts))])
	for _, of := range r.Parts[len(parts):] {
		if of.Kind == "piece" {
			parts = append(parts, c.pieces[-of.Row].Parts...)
		} else {
			parts = append(parts, of)
		}
	}
	if len(parts)+r.More != p.Named+p.Indexed && !c.partial {
		c.t.Errorf("got %d parts and %d more in row %d, want %d", len(parts), r.More, number, p.Named+p.Indexed)
		return
	}
	if p.Named > maxParts {
		return
	}
	for i, got := range parts {
		var want inspector.Part
		if i < p.Named {
			want = p.NamedPart(i)
		} else {
			want = p.IndexedPart(i - p.Named)
		}
		o := asPart
		o.Views = want.Kind != inspector.Fields
		if got.Text != line(want.String(o)) {
			c.t.Errorf("row %d: got %s = %s, want %s", number, got.Name, got.Text, want.String(o))
		}
		c.value(want, got.Row, depth-1)
	}
}

func TestRecordedPages(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(recorded, "*.dump"))
	if err != nil || len(paths) < 20 {
		t.Fatalf("got %d dumps, %v, want 20 at least", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			checkContent(t, openRecorded(t, filepath.Base(path)), pageOf(t, openRecorded(t, filepath.Base(path))))
		})
	}
}

const hostile = "</script><script>alert(1)</script><!--\u202e\u2066\u2028\u0085\ufeff\x00\x1b[2J\xff&lt;{{policy}}"

// hostileDump is a dump with a dangerous text wherever there may be one.
func hostileDump() string {
	q := strings.NewReplacer("\x00", `\u0000`, "\x1b", `\u001b`, "\n", `\n`).Replace(hostile)
	return strings.ReplaceAll(`{"coredumpy":{"version":1,"reason":"X","message":"X","value":"X","description":"X","test":"X",`+
		`"time":"2026-03-01T12:00:00Z","go":"X","os":"X","arch":"X","host":"X","program":"X","args":["X"],"dir":"X",`+
		`"build":{"path":"X","main":"X","deps":[["X","X"]],"settings":[["X","X"]]},"goroutine":1,`+
		`"top":{"func":"X","file":"X","line":1},"notes":["X"],"cut":[{"limit":"X","count":1}],"X":1}}
{"type":{"id":1,"name":"X","kind":"string","size":16}}
{"type":{"id":2,"name":"X","kind":"struct","size":16,"fields":[{"name":"X","type":1}]}}
{"type":{"id":3,"name":"*X","kind":"ptr","size":8,"elem":2}}
{"goroutine":{"id":1,"status":"X","labels":["X","X"],"note":"X","createdBy":{"func":"X","file":"X","line":1},`+
		`"frames":[{"func":"X","file":"X.go","line":1,"note":"X","vars":[{"name":"X","type":1,"value":"X","note":"X"},`+
		`{"name":"p","type":3,"value":[4096,1]}]}]}}
[1,2,["X"],4096]
{"global":{"id":1,"name":"X.X","type":1,"value":"X"}}
{"source":{"id":1,"path":"X.go","text":"package p // X"}}
{"X":{}}
`, "X", q)
}

// Names, values and all else of a dump reach the page as text, and shown escaped.
func TestHostile(t *testing.T) {
	in := open(t, []byte(hostileDump()))
	if in == nil {
		t.Fatal("got no dump")
	}
	w := pageOf(t, in) // which checks it
	checkContent(t, in, w)
	escaped := line(strings.ToValidUTF8(hostile, "\ufffd")) // JSON has no other texts
	for kind, least := range map[string]int{"head": 15, "groups": 3, "goroutine": 8, "global": 2, "value": 1, "source": 2} {
		n := 0
		for _, b := range w.blocks[kind] {
			var v any = decode[any](t, b)
			n += countTexts(v, escaped)
		}
		if n < least {
			t.Errorf("got the text %d times in blocks of kind %s, want it %d times or more, escaped: %.2000s", n, kind, least,
				w.blocks[kind][0].json)
		}
	}
}

func countTexts(v any, text string) (n int) {
	switch v := v.(type) {
	case string:
		n = strings.Count(v, text)
	case []any:
		for _, e := range v {
			n += countTexts(e, text)
		}
	case map[string]any:
		for _, e := range v {
			n += countTexts(e, text)
		}
	}
	return n
}

// longList is a dump with a list of n pointers.
func longList(n int) string {
	var elements, objects strings.Builder
	for i := range n {
		fmt.Fprintf(&elements, `,[%d,%d]`, 8192+16*i, i+2)
		fmt.Fprintf(&objects, "[%d,2,[%d],%d]\n", i+2, i, 8192+16*i)
	}
	return `{"coredumpy":{"version":1,"reason":"dump","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"n","type":1}]}}
{"type":{"id":3,"name":"*main.T","kind":"ptr","size":8,"elem":2}}
{"type":{"id":4,"name":"[]*main.T","kind":"slice","size":24,"elem":3}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"all","type":4,"value":` +
		fmt.Sprintf(`[4096,1,%d,%d]`, n, n) + `}]}]}}
[1,4,[` + strings.TrimPrefix(elements.String(), ",") + `],4096]
` + objects.String()
}

// A long list is cut into pieces. If there is no room for all values, the page says so.
func TestLongList(t *testing.T) {
	const n = 2*maxParts + 500
	in := open(t, []byte(longList(n)))
	w := pageOf(t, in)
	checkContent(t, in, w)
	values := rowsOf[row](t, w, "value")
	if got, pieces := len(values), rowsOf[row](t, w, "piece"); got != n+1 || len(pieces) != 3 || len(values[1].Parts) != 3 ||
		values[1].Parts[2].Name != "[2000..2499]" || pieces[3].Parts[499].Name != "[2499]" {
		t.Errorf("got %d values and %d pieces, the first %v", got, len(pieces), values[1].Parts)
	}
	w = write(t, func(out io.Writer) error {
		p := newPage(out, in, Options{})
		p.values.most = 10
		return p.write()
	})
	end := decode[struct{ Left []string }](t, w.blocks["end"][0])
	if got := len(rowsOf[row](t, w, "value")); got != 10 || len(end.Left) != 1 ||
		!strings.Contains(end.Left[0], "there is room for 10 values") {
		t.Errorf("got %d values, %q, want 10 and a word about it", got, end.Left)
	}
}

// viewed is a dump with a context, a ring of atomic pointers, and a long text in an interface.
var viewed = `{"coredumpy":{"version":1,"reason":"dump","goroutine":1}}
{"type":{"id":1,"name":"context.Context","kind":"interface","size":16}}
{"type":{"id":2,"name":"context.valueCtx","kind":"struct","size":48,"fields":[{"name":"Context","type":1},{"name":"key","type":5},{"name":"val","type":5}]}}
{"type":{"id":3,"name":"*context.valueCtx","kind":"ptr","size":8,"elem":2}}
{"type":{"id":4,"name":"context.backgroundCtx","kind":"struct","fields":[]}}
{"type":{"id":5,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":6,"name":"string","kind":"string","size":16}}
{"type":{"id":7,"name":"main.node","kind":"struct","size":8,"fields":[{"name":"next","type":8}]}}
{"type":{"id":8,"name":"sync/atomic.Pointer[main.node]","kind":"struct","size":8,"fields":[{"name":"v","type":9}]}}
{"type":{"id":9,"name":"*main.node","kind":"ptr","size":8,"elem":7}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"ctx","type":1,"value":[3,[4096,1]]},` +
	`{"name":"n","type":9,"value":[4112,2]},{"name":"text","type":5,"value":[6,"` + strings.Repeat("x", 2*maxBrief) + `"]}]}]}}
[1,2,[[4,[]],[6,"user"],[6,"ann"]],4096]
[2,7,[[[4128,3]]],4112]
[3,7,[[[4112,2]]],4128]
`

// The parts of a value are those that people read, as the prompt shows them, and its fields. What
// leads back to itself has one row.
func TestViewedParts(t *testing.T) {
	in := open(t, []byte(viewed))
	w := pageOf(t, in)
	checkContent(t, in, w)
	var got []string
	all := rowsOf[row](t, w, "value")
	for n := range len(all) {
		text := fmt.Sprintf("%d %s:", n+1, all[n+1].Expr)
		for _, p := range all[n+1].Parts {
			text += fmt.Sprintf(" %s=%s(%d)", p.Name, p.Text, p.Row)
		}
		got = append(got, text)
	}
	const fields = `(fields)=context.valueCtx {Context: context.Context(context.backgroundCtx) *(*context.Context)(0x1000), ` +
		`key: interface {}(string) ..., val: interface {}(string) ...}`
	want := []string{
		`1 ctx: ` + fields + `(4) [0]=value "user": "ann"(5) [1]=Background(0)`,
		`2 n: next=atomic.Pointer[main.node] *main.node {next: atomic.Pointer[main.node] *(*main.node)(0x1010)}(6)`,
		`3 text:`,
		`4 ctx.(data): Context=context.backgroundCtx Background(0) key="user"(0) val="ann"(0)`,
		`5 : key="user"(0) val="ann"(0) ` + fields + `(7)`,
		`6 n.next.v: next=atomic.Pointer[main.node] *main.node {next: atomic.Pointer[main.node] *(*main.node)(0x1020)}(2)`,
		`7 : Context=context.backgroundCtx Background(0) key="user"(0) val="ann"(0)`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %d rows:\n%s\nwant\n%s", len(got), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// All maps, lists and contexts together are bounded work, whatever a dump says of them; the page says
// what that leaves out.
func TestBoundedViews(t *testing.T) {
	for _, tt := range []struct {
		most int
		want bool
	}{{maxLooks, false}, {100, true}} {
		w := write(t, func(out io.Writer) error {
			p := newPage(out, openRecorded(t, "zoo.dump"), Options{})
			p.reader = views.NewShared(tt.most)
			return p.write()
		})
		end := decode[struct{ Left []string }](t, w.blocks["end"][0])
		if got := strings.Contains(strings.Join(end.Left, "\n"), "what some maps, lists and contexts hold"); got != tt.want {
			t.Errorf("%d looks: got %q", tt.most, end.Left)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, name := range []string{"shop", "hostile", "forged", "cut", "secrets", "names"} {
		data, err := os.ReadFile(filepath.Join(recorded, name+".dump"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		if in := open(f, data); in != nil {
			f.Add(in.File().Text()) // not compressed: mutations reach what is inside
		}
	}
	f.Add([]byte(hostileDump()))
	f.Add([]byte(longList(3)))
	f.Add([]byte(viewed))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := open(t, data)
		if in == nil {
			return
		}
		again := open(t, data) // one inspector may remember what the other doesn't
		checkContent(t, again, pageOf(t, in))
	})
}
