package walk

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coredumpy/internal/longtest"
)

type chain struct {
	N    int
	Next *chain
}

func chainOf(n int) *chain {
	var c *chain
	for i := n; i > 0; i-- {
		c = &chain{i, c}
	}
	return c
}

// wantCuts compares how often each limit cut something with what it should be.
func (w *walked) wantCuts(want map[string]int) {
	w.t.Helper()
	if got := fmt.Sprint(w.w.Cuts()); got != fmt.Sprint(want) {
		w.t.Errorf("got cuts %s, want %v", got, want)
	}
}

func TestDepth(t *testing.T) {
	lim := ample()
	lim.Depth = 2
	w := newWalk(t, lim, Rules{})
	w.want(w.value("v", chainOf(5)), `[1]`, `[1,[2]]`, `[2,{"x":["limit","depth"]}]`)
	w.wantCuts(map[string]int{"depth": 1})

	// An object that is near by one path isn't cut because another path is long.
	w = newWalk(t, lim, Rules{})
	c := chainOf(4)
	w.want(w.value("v", []*chain{c, c.Next.Next}), `[1,2]`, `[[2],[3]]`, `[1,{"x":["limit","depth"]}]`, `[3,{"x":["limit","depth"]}]`)

	lim.Depth = 0
	w = newWalk(t, lim, Rules{})
	w.want(w.value("v", struct {
		A int
		P *chain
		S []int
		M map[int]int
	}{1, c, []int{1}, map[int]int{}}), `[1,{"x":["limit","depth"]},{"len":1,"cap":1,"x":["limit","depth"]},{"len":0,"x":["limit","depth"]}]`)
	w.wantCuts(map[string]int{"depth": 3})
}

func TestElements(t *testing.T) {
	lim := ample()
	lim.Elements = 3
	c := make(chan int, 5)
	for i := range 5 {
		c <- i
	}
	w := newWalk(t, lim, Rules{})
	w.want(w.value("v", [5]int{1, 2, 3, 4, 5}), `{"e":[1,2,3],"len":5,"x":["limit","elements"]}`)
	w.want(w.value("v", []int{1, 2, 3, 4, 5}), `[1,5]`, `{"e":[1,2,3],"len":5,"x":["limit","elements"]}`)
	w.want(w.value("v", c), `[2,5]`, `{"e":[1,2,3],"len":5,"x":["limit","elements"]}`, `{"e":[0,1,2],"len":5,"x":["limit","elements"]}`)
	w.wantCuts(map[string]int{"elements": 3})

	w = newWalk(t, lim, Rules{})
	w.want(w.value("v", [3]int{1, 2, 3}), `[1,2,3]`)
	w.want(w.value("v", []rune("héllo")), `[1,5]`, `{"e":[104,233,108],"len":5,"x":["limit","elements"]}`)

	w = newWalk(t, lim, Rules{})
	m := map[int]int{}
	for i := range 100 {
		m[i] = i
	}
	v := w.value("v", m)
	w.w.Run()
	if got := w.render(v); got != `[1,100]` {
		t.Errorf("got %s", got)
	}
	if got := w.objects()[0]; strings.Count(got, ",") != 8 || !strings.HasSuffix(got, `],"len":100,"x":["limit","elements"]}`) {
		t.Errorf("got %s, want three entries of 100", got)
	}
}

func TestString(t *testing.T) {
	lim := ample()
	lim.String = 5
	for v, want := range map[string]string{
		"hello":                    `"hello"`,
		"hello!":                   `{"s":"hello","len":6}`,
		"héllo":                    `{"s":"héll","len":6}`,
		"hell\u20ac":               `{"s":"hell","len":7}`, // without a part of the character
		"helé":                     `"helé"`,
		"\xff\xfe":                 `{"b":"//4=","len":2}`,
		"\xff\xfe\xfd\xfc\xfb\xfa": `{"b":"//79/Ps=","len":6}`,
		strings.Repeat("x", 1<<20): `{"s":"xxxxx","len":1048576}`,
	} {
		w := newWalk(t, lim, Rules{})
		w.want(w.value("v", v), want)
		if len(v) > lim.String {
			w.wantCuts(map[string]int{"string": 1})
		}
	}
	w := newWalk(t, lim, Rules{})
	w.want(w.value("v", [8]byte{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}), `{"s":"abcde","len":8}`)
}

// Whatever is cut, text stays valid and is a prefix of the original.
func TestCutText(t *testing.T) {
	text := strings.Repeat("aé€😀\n", 5)
	for n := range len(text) {
		lim := ample()
		lim.String = n
		w := newWalk(t, lim, Rules{})
		b := w.w.Render(nil, w.value("v", text), hunter{})
		got, _, _ := strings.Cut(strings.TrimPrefix(string(b), `{"s":"`), `"`)
		got = strings.ReplaceAll(got, `\n`, "\n")
		if !strings.HasPrefix(text, got) || len(got) > n || len(got) <= n-utf8.UTFMax || !utf8.ValidString(got) {
			t.Errorf("got %s of %d bytes with limit %d, want as much as fits", b, len(text), n)
		}
	}
}

func TestObjects(t *testing.T) {
	lim := ample()
	lim.Objects = 2
	w := newWalk(t, lim, Rules{})
	c := chainOf(5)
	w.want(w.value("v", c), `[1]`, `[1,[2]]`, `[2,{"x":["limit","objects"]}]`)
	w.want(w.value("v", c), `[1]`, w.objects()...) // known objects are still referred to
	w.wantCuts(map[string]int{"objects": 1})
}

func TestBytes(t *testing.T) {
	lim := ample()
	lim.Bytes = 700
	w := newWalk(t, lim, Rules{})
	v := w.value("v", chainOf(1000))
	w.w.Run()
	n := len(w.objects())
	if last := w.objects()[n-1]; n < 20 || n > 200 || !strings.Contains(last, `["limit","bytes"]`) {
		t.Errorf("got %d objects, the last one %s; want one cut after about 700 bytes", n, last)
	}
	if w.render(v) != `[1]` {
		t.Errorf("got %s", w.render(v))
	}
	if w.w.Cuts()["bytes"] != 1 {
		t.Errorf("got cuts %v, want one of bytes", w.w.Cuts())
	}
}

// The limit holds within one value, too.
func TestBytesOfOneValue(t *testing.T) {
	lim := ample()
	lim.Bytes = 100_000
	w := newWalk(t, lim, Rules{})
	var v [10_000][10_000][0]int
	value := w.value("v", v)
	if len(value) > 1<<20 {
		t.Errorf("got %d bytes, want about %d", len(value), lim.Bytes)
	}
	if got := w.render(value); !strings.Contains(got, `["limit","bytes"]`) {
		t.Errorf("got ...%s, want it cut", got[max(0, len(got)-100):])
	}
}

func TestDeadline(t *testing.T) {
	lim := ample()
	lim.Deadline = time.Now().Add(-time.Second)
	w := newWalk(t, lim, Rules{})
	v := w.value("v", make([]struct{ A, B int }, 5000))
	w.w.Run()
	got := w.render(v) + w.objects()[0]
	if len(got) > 20_000 || !strings.HasSuffix(got, `"x":["limit","time"]}`) || w.w.Cuts()["time"] == 0 {
		t.Errorf("got %d bytes ending in %s, and cuts %v; want it cut by the time", len(got), got[len(got)-50:], w.w.Cuts())
	}
	// What comes afterwards isn't walked at all.
	w.want(w.value("late", &tree{}), `{"x":["limit","time"]}`, w.objects()...)
}

// One large object leaves room for others, and for what they refer to.
func TestShare(t *testing.T) {
	lines := make([]string, 5000)
	for i := range lines {
		lines[i] = strings.Repeat("x", 100)
	}
	pointers := make([]*int, 5000)
	for i := range pointers {
		pointers[i] = &i
	}
	for limit, change := range map[string]func(*Limits){
		"bytes":   func(l *Limits) { l.Bytes = 100_000 },
		"objects": func(l *Limits) { l.Objects = 1000 },
	} {
		lim := ample()
		lim.Elements = 10_000
		change(&lim)
		w := newWalk(t, lim, Rules{})
		w.value("before", chainOf(8))
		w.value("lines", lines)
		w.value("pointers", pointers)
		w.value("after", chainOf(8))
		w.w.Run()
		whole := 0
		for _, o := range w.objects() {
			if strings.HasSuffix(o, ",null]") {
				whole++
			}
		}
		if whole != 2 || w.w.Cuts()[limit] == 0 {
			t.Errorf("%s: got %d chains to their ends and cuts %v, want 2", limit, whole, w.w.Cuts())
		}
		if n := w.w.Len(); n > 1000 && limit == "objects" || w.w.size > 2*100_000 && limit == "bytes" {
			t.Errorf("%s: got %d objects of %d bytes", limit, n, w.w.size)
		}
	}
}

// The time limit holds however small each object is.
func TestDeadlineOfManyObjects(t *testing.T) {
	lim := ample()
	lim.Depth, lim.Objects = 1<<40, 1<<40
	c := chainOf(300_000)
	lim.Deadline = time.Now().Add(20 * time.Millisecond)
	w := newWalk(t, lim, Rules{})
	began := time.Now()
	w.value("v", c)
	w.w.Run()
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("got %v, want about 20ms", d)
	}
	if n := w.w.Len(); n > 250_000 {
		t.Errorf("got %d objects, want fewer", n)
	}
}

// Any of the limits cuts a list of ten million.
func TestLongList(t *testing.T) {
	longtest.Skip(t)
	c := chainOf(10_000_000)
	for name, limit := range map[string]func(*Limits){
		"depth":   func(l *Limits) { l.Depth = 1000 },
		"objects": func(l *Limits) { l.Depth, l.Objects = 1<<40, 1000 },
		"bytes":   func(l *Limits) { l.Depth, l.Objects, l.Bytes = 1<<40, 1<<40, 12_000 },
	} {
		lim := ample()
		limit(&lim)
		w := newWalk(t, lim, Rules{})
		w.value("v", c)
		w.w.Run()
		if n := w.w.Len(); n < 500 || n > 2000 || w.w.Cuts()[name] == 0 {
			t.Errorf("%s: got %d objects and cuts %v, want about 1000", name, n, w.w.Cuts())
		}
	}
}
