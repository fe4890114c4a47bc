package apitest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

// wantCuts checks that the head names exactly these limits, with these counts; -1 is any
// count.
func wantCuts(t *testing.T, d *dump, want map[string]int) {
	t.Helper()
	got := d.cuts()
	for limit, n := range want {
		if got[limit] == 0 || n >= 0 && got[limit] != n {
			t.Errorf("got %d cut by %s, want %d", got[limit], limit, n)
		}
	}
	for limit, n := range got {
		if _, ok := want[limit]; !ok {
			t.Errorf("got %d cut by %s, want none", n, limit)
		}
	}
}

func TestMaxString(t *testing.T) {
	noVariables(t)
	type named string
	for _, tt := range []struct {
		name  string
		value any
		limit int
		want  string // what is kept
		size  int64
	}{
		{"longer", "hello, world", 5, "hello", 12},
		{"one more", "hello!", 5, "hello", 6},
		{"equal", "hello", 5, "hello", 5},
		{"shorter", "hell", 5, "hell", 4},
		{"empty", "", 5, "", 0},
		{"none kept", "hello", 0, "", 5},
		{"negative", "hello", -7, "", 5},
		{"named type", named("hello, world"), 5, "hello", 12},
		{"bytes", []byte("hello, world"), 5, "hello", 12},
		{"array of bytes", [12]byte([]byte("hello, world")), 5, "hello", 12},
		{"not UTF-8", "\xff\xfe\xfd\xfc\xfb\xfa\xf9", 5, "\xff\xfe\xfd\xfc\xfb", 7},
		{"inside a character", "heil日本", 5, "heil", 10},
		{"after a character", "he日本", 5, "he日", 8},
		{"huge", strings.Repeat("0123456789", 100_000), 10, "0123456789", 1_000_000},
		{"margin", strings.Repeat("0123456789", 410), 4096, strings.Repeat("0123456789", 409) + "012345", 4100},
		{"whole", strings.Repeat("word ", 50_000), 250_000, strings.Repeat("word ", 50_000), 250_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config(t,
				func(c *coredumpy.Configuration) { c.MaxString, c.HideSecret, c.HideEnviron = tt.limit, false, false })
			d := take(t, coredumpy.Var("v", tt.value), coredumpy.Var("next", 42))
			v := d.given(t, "v")
			if got, ok := v.Text(); !ok || got != tt.want || v.Stored() != len(tt.want) {
				t.Errorf("got text %.40q, %v and %d stored, want %.40q and %d",
					got, ok, v.Stored(), tt.want, len(tt.want))
			}
			if v.Len() != tt.size || !v.Valid() || v.Reason() != "" || v.Redacted() {
				t.Errorf("got length %d, valid %v, reason %q, redacted %v, want length %d of a valid value",
					v.Len(), v.Valid(), v.Reason(), v.Redacted(), tt.size)
			}
			if v := d.given(t, "next"); v.Int() != 42 {
				t.Errorf("got %s beside it, want 42", show(v))
			}
			want := map[string]int{}
			if tt.size > int64(len(tt.want)) {
				want["string"] = 1
			}
			wantCuts(t, d, want)
		})
	}
}

// Texts of the head are limited as strings are: peek reads nothing but the head.
func TestMaxStringHead(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxString = 1000 })
	long := strings.Repeat("long text ", 2<<20) // 20 MB
	d, _ := crash(t, func() { panic(long) }, coredumpy.Description(long))
	h := d.Head()
	for name, got := range map[string]string{"message": h.Message, "description": h.Description} {
		if len(got) > 1100 || !strings.HasPrefix(got, strings.Repeat("long text ", 90)) ||
			!strings.HasSuffix(got, "more") {
			t.Errorf("got %s of %d bytes, want the first 1000 and how many more there are", name, len(got))
		}
	}
}

func TestMaxElements(t *testing.T) {
	noVariables(t)
	full := make(chan int, 9)
	for i := range 7 {
		full <- i
	}
	for _, tt := range []struct {
		name   string
		value  any
		limit  int
		stored int
		size   int64
		want   string
	}{
		{"slice", []int{1, 2, 3, 4, 5}, 3, 3, 5, "[]int len: 5, cap: 5, [1,2,3,...+2 more]"},
		{"slice that fits", []int{1, 2, 3}, 3, 3, 3, "[]int len: 3, cap: 3, [1,2,3]"},
		{"no elements", []int{1, 2, 3}, 0, 0, 3, "[]int len: 3, cap: 3, [... elements limit]"},
		{"negative", []int{1, 2, 3}, -1, 0, 3, "[]int len: 3, cap: 3, [... elements limit]"},
		{"array", [5]string{"a", "b", "c", "d"}, 2, 2, 5, `[5]string ["a","b",...+3 more]`},
		{"map", map[int8]int8{1: 1}, 3, 1, 1, "map[int8]int8 [1: 1, ]"},
		{"channel", full, 3, 3, 7, "chan int 7/9"},
		{"runes", []rune("hello"), 3, 3, 5, "[]int32 len: 5, cap: 5, [104,101,108,...+2 more]"},
		{"structs", []node{{N: 1}, {N: 2}}, 1, 1, 2,
			"[]coredumpy/internal/apitest.node len: 2, cap: 2, [{N: 1, Next: *coredumpy/internal/apitest.node nil},...+1 more]"},
		{"empty structs", make([]struct{}, 1000), 10, 10, 1000,
			"[]struct {} len: 1000, cap: 1000, [" + strings.Repeat("{},", 10) + "...+990 more]"},
		{"large elements", [3][10_000]int{}, 1, 1, 3, ""},
		{"many", make([]uint16, 1_000_000), 10_000, 10_000, 1_000_000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config(t, func(c *coredumpy.Configuration) { c.MaxElements = tt.limit })
			d := take(t, coredumpy.Var("v", tt.value))
			v := d.given(t, "v")
			if v.Stored() != tt.stored || v.Len() != tt.size || !v.Valid() {
				t.Errorf("got %d of %d stored, valid %v, want %d of %d",
					v.Stored(), v.Len(), v.Valid(), tt.stored, tt.size)
			}
			if got := show(v); tt.want != "" && got != tt.want {
				t.Errorf("got %.200s, want %s", got, tt.want)
			}
			if int64(tt.stored) == tt.size {
				wantCuts(t, d, nil)
				return
			}
			wantCuts(t, d, map[string]int{"elements": cutLists(tt.value)})
			if got := v.Reason(); got != "elements limit" {
				t.Errorf("got reason %q, want elements limit", got)
			}
			if got := v.Index(tt.stored).Reason(); got != "elements limit" {
				t.Errorf("got reason %q for the first element that is left out, want elements limit", got)
			}
		})
	}
}

// cutLists counts the lists that are cut in a value of [TestMaxElements].
func cutLists(v any) int {
	if _, ok := v.([3][10_000]int); ok {
		return 2 // the first one, too
	}
	return 1
}

func TestMaxElementsMap(t *testing.T) {
	noVariables(t)
	config(t, func(c *coredumpy.Configuration) { c.MaxElements = 100 })
	m := map[int]string{}
	for i := range 5000 {
		m[i] = fmt.Sprint("v", i)
	}
	d := take(t, coredumpy.Var("m", m))
	v := d.given(t, "m")
	if v.Stored() != 100 || v.Len() != 5000 {
		t.Errorf("got %d of %d entries, want 100 of 5000", v.Stored(), v.Len())
	}
	seen := map[int64]bool{}
	for i := range v.Stored() {
		key, elem := v.Entry(i)
		if text, _ := elem.Text(); seen[key.Int()] || text != fmt.Sprint("v", key.Int()) {
			t.Errorf("got entry %d: %q, want each once with its own value", key.Int(), text)
		}
		seen[key.Int()] = true
	}
	wantCuts(t, d, map[string]int{"elements": 1})
}

// The walk goes level by level: a limit on the total leaves out what is deepest.
func TestMaxObjects(t *testing.T) {
	noVariables(t)
	for limit, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 5: 5, 6: 6, 100: 6} {
		config(t, func(c *coredumpy.Configuration) { c.MaxObjects = limit })
		d := take(t, coredumpy.Var("l", chain(4)), coredumpy.Var("a", chain(1)), coredumpy.Var("b", chain(1)))
		if got := d.Head().Objects; got != want {
			t.Errorf("MaxObjects %d: got %d objects in the head, want %d", limit, got, want)
		}
		if got := strings.Count(d.text, "\n["); got != want {
			t.Errorf("MaxObjects %d: got %d objects, want %d", limit, got, want)
		}
		if want == 6 {
			wantCuts(t, d, nil)
			continue
		}
		wantCuts(t, d, map[string]int{"objects": -1})
		if n, why := followed(t, d, "l"); why != "objects limit" || n != max(0, min(1, want), want-2) {
			t.Errorf("MaxObjects %d: got %d references followed and %q, want %d and the objects limit",
				limit, n, why, max(0, min(1, want), want-2))
		}
		if n, _ := followed(t, d, "b"); n != min(1, max(0, want-2)) {
			t.Errorf("MaxObjects %d: got %d references followed from b, want %d", limit, n, min(1, max(0, want-2)))
		}
	}
}

func TestMaxBytes(t *testing.T) {
	noVariables(t)
	big := make([]string, 2000)
	for i := range big {
		big[i] = strings.Repeat("0123456789", 100)
	}
	small := &node{N: 7}
	for limit, kept := range map[int64]bool{-5: false, 0: false, 100: false, 100_000: false, 10_000_000: true} {
		config(t, func(c *coredumpy.Configuration) { c.MaxBytes, c.HideSecret = limit, false })
		d := take(t, coredumpy.Var("small", small), coredumpy.Var("big", &big), coredumpy.Var("list", chain(8)))
		n, why := followed(t, d, "list")
		if kept {
			wantCuts(t, d, nil)
			if n != 8 || d.given(t, "big").Elem().Stored() != 2000 {
				t.Errorf("MaxBytes %d: got %d references followed, want all 8", limit, n)
			}
			continue
		}
		wantCuts(t, d, map[string]int{"bytes": -1})
		if limit == 100_000 {
			if n != 8 || why != "" {
				t.Errorf("MaxBytes %d: got %d references followed and %q, want all 8 in spite of the big value",
					limit, n, why)
			}
		} else if n == 8 || why != "bytes limit" {
			t.Errorf("MaxBytes %d: got %d references followed and %q, want less than 8 and the bytes limit",
				limit, n, why)
		}
		if size := int64(len(d.text)); size > max(limit, 0)+3_000_000 {
			t.Errorf("MaxBytes %d: got a dump of %d bytes", limit, size)
		}
		if limit == 100_000 && d.given(t, "small").Elem().Field(0).Int() != 7 {
			t.Errorf("MaxBytes %d: got %s, want the small value in spite of the big one",
				limit, show(d.given(t, "small")))
		}
	}
}

// Without time there is still a dump, of what could be read at once.
func TestTimeout(t *testing.T) {
	numbers := make([]*int, 100_000)
	for i := range numbers {
		numbers[i] = &i
	}
	for _, limit := range []time.Duration{-1, 0, 1, time.Minute, math.MaxInt64} {
		config(t, func(c *coredumpy.Configuration) { c.Timeout, c.MaxElements = limit, 200_000 })
		d := take(t, coredumpy.Var("n", 5), coredumpy.Var("numbers", numbers))
		if got := d.given(t, "n").Int(); got != 5 {
			t.Errorf("Timeout %d: got n = %d, want 5", limit, got)
		}
		v := d.given(t, "numbers")
		if v.Len() != 100_000 {
			t.Errorf("Timeout %d: got length %d, want 100000", limit, v.Len())
		}
		if limit > 1 {
			wantCuts(t, d, nil)
			if v.Stored() != 100_000 || v.Index(99_999).Elem().Int() != 99_999 {
				t.Errorf("Timeout %d: got %d elements, want all", limit, v.Stored())
			}
			continue
		}
		wantCuts(t, d, map[string]int{"time": -1})
		if v.Stored() >= 100_000 || v.Index(99_999).Reason() != "time limit" {
			t.Errorf("Timeout %d: got %d elements and reason %q, want fewer and the time limit",
				limit, v.Stored(), v.Index(99_999).Reason())
		}
	}
}

// The largest possible limits leave nothing out.
func TestNoLimits(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) {
		c.Depth, c.Timeout = math.MaxInt, math.MaxInt64
		c.MaxString, c.MaxElements, c.MaxObjects, c.MaxBytes = math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt64
		c.MaxGoroutines, c.MaxFrames, c.MaxGlobals, c.MaxSource = math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt64
	})
	d := take(t, coredumpy.Var("l", chain(1000)), coredumpy.Var("s", strings.Repeat("x y", 1<<20)),
		coredumpy.Var("e", make([]int, 100_000)))
	wantCuts(t, d, nil)
	if n, why := followed(t, d, "l"); n != 1000 || why != "" {
		t.Errorf("got %d references followed and %q, want 1000", n, why)
	}
	if n := d.given(t, "s").Stored(); n != 3<<20 {
		t.Errorf("got %d bytes of the string, want %d", n, 3<<20)
	}
	if n := d.given(t, "e").Stored(); n != 100_000 {
		t.Errorf("got %d elements, want 100000", n)
	}
	if len(d.Goroutines()) < 2 || len(d.current(t).Frames) < 3 {
		t.Errorf("got %d goroutines and %d frames, want all", len(d.Goroutines()), len(d.current(t).Frames))
	}
}

// With the smallest limits there is still a dump.
func TestNothingAllowed(t *testing.T) {
	for _, n := range []int{0, -1, math.MinInt} {
		config(t, func(c *coredumpy.Configuration) {
			*c = coredumpy.Configuration{Depth: n, Timeout: time.Duration(n), MaxString: n, MaxElements: n,
				MaxObjects: n, MaxBytes: int64(n), MaxGoroutines: n, MaxFrames: n, MaxGlobals: n,
				MaxSource: int64(n), AllGoroutines: true}
		})
		d := take(t, coredumpy.Var("n", 5), coredumpy.Description("tiny"))
		if got := d.given(t, "n").Int(); got != 5 {
			t.Errorf("limits %d: got n = %d, want 5", n, got)
		}
		if h := d.Head(); len(d.Goroutines()) != 1 || h.Goroutines != 1 {
			t.Errorf("limits %d: got %d goroutines, want one", n, len(d.Goroutines()))
		}
		if top := d.top(t); top != "take" {
			t.Errorf("limits %d: got top frame %s, want take", n, top)
		}
	}
}

// Without settings a dump has what is 39 references away, and lists of 100,000 elements.
func TestDefaultLimits(t *testing.T) {
	noVariables(t)
	type link struct {
		N    int
		Next *link
	}
	var first *link
	for n := 45; n > 0; n-- {
		first = &link{n, first}
	}
	queue := make([]int, 100_001)
	d := take(t, coredumpy.Var("first", first), coredumpy.Var("queue", queue[:20_000]), coredumpy.Var("long", queue))
	n := 0
	for v := d.given(t, "first"); v.Elem().Valid(); v = v.Elem().Field(1) {
		n++
	}
	if n != 40 {
		t.Errorf("got %d links of the list, want 40", n)
	}
	for name, want := range map[string]int{"queue": 20_000, "long": 100_000} {
		if got := d.given(t, name).Stored(); got != want {
			t.Errorf("got %d elements of %s, want %d", got, name, want)
		}
	}
	wantCuts(t, d, map[string]int{"depth": 1, "elements": -1})
}
