package retain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/destination"
)

// A busy machine must not make a test fail.
func init() { lookTime, readTime = time.Hour, time.Hour }

// A crash is what a dump is about.
type crash struct {
	host, program, function string
	line                    int
}

var ours = crash{"here", "/srv/shop", "example.com/shop.charge", 49}

// others have names that share their stem with ours, except the last one.
var others = []crash{
	{"there", "/srv/shop", "example.com/shop.charge", 49},
	{"here", "/srv/bank", "example.com/shop.charge", 49},
	{"here", "/srv/shop", "example.com/bank.charge", 49},
	{"here", "/srv/shop", "example.com/shop.charge", 50},
}

func (c crash) head(at time.Time) *corefile.Head {
	return &corefile.Head{
		Reason: "panic", Message: "out of stock", Time: at, GoVersion: "go1.26", OS: "linux", Arch: "amd64",
		Host: c.host, Program: c.program, Top: &corefile.Place{Func: c.function, Line: c.line},
	}
}

// began is when the first crash was.
var began = time.Date(2026, 11, 22, 10, 15, 0, 0, time.UTC)

// bytesOf returns a dump of at least the given size.
func bytesOf(t testing.TB, head *corefile.Head, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := corefile.NewWriter(&out, false)
	if err := errors.Join(w.Head(head),
		w.Source(&corefile.Source{ID: 1, Path: "x.go", Text: strings.Repeat("x", size)}), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// nameAt returns the default name of a dump n seconds after the first crash.
func (c crash) nameAt(n int) string {
	stem, ok := destination.Stem(destination.Name(c.function, c.line))
	if !ok {
		panic(c.function)
	}
	return stem + strings.Replace(began.Add(time.Duration(n)*time.Second).Format("20060102_150405.000000"), ".", "_",
		1) + ".dump"
}

// put puts a dump into a directory, n seconds after the first crash, and returns its
// name.
func (c crash) put(t testing.TB, dir string, n, size int) (name string) {
	t.Helper()
	name = c.nameAt(n)
	putFile(t, dir, name, bytesOf(t, c.head(began.Add(time.Duration(n)*time.Second)), size))
	return name
}

func putFile(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// happens writes the dump of a crash as the program does, and returns its name.
func (c crash) happens(dir string, n int, content []byte, limits Limits) (name string, err error) {
	name = c.nameAt(n)
	path := filepath.Join(dir, name)
	_, err = destination.Write(path, func(w io.Writer) error {
		return Write(w, path, c.head(began), limits, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
	})
	return name, err
}

// files returns the names in a directory.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// wantFiles checks that a directory holds these files, in any order.
func wantFiles(t testing.TB, dir string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("got files\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A program that crashes again and again leaves its first dump and its last ones.
func TestLoop(t *testing.T) {
	dir := t.TempDir()
	want := []string{putFile(t, dir, "notes.txt", nil), others[0].put(t, dir, 1000, 0)}
	content := bytesOf(t, ours.head(began), 0)
	for n := range 40 {
		name, err := ours.happens(dir, n, content, Limits{Dumps: 5})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 || n >= 40-3 {
			want = append(want, name)
		}
	}
	wantFiles(t, dir, want...)
}

// The same for a limit on bytes, where dumps have different sizes.
func TestLoopBytes(t *testing.T) {
	const limit = 40_000
	dir := t.TempDir()
	first := ours.put(t, dir, 0, 5000)
	last := ""
	for n := 1; n < 60; n++ {
		at := ours.head(began.Add(time.Duration(n) * time.Second))
		name, err := ours.happens(dir, n, bytesOf(t, at, rand.IntN(15_000)), Limits{Bytes: limit})
		if err != nil {
			t.Fatal(err)
		}
		last = name
		if total := size(t, dir); total > limit {
			t.Fatalf("got %d bytes, want %d at most", total, limit)
		}
	}
	if got := files(t, dir); got[0] != first || got[len(got)-1] != last {
		t.Errorf("got files %q, want the first and the last", got)
	}
}

func size(t testing.TB, dir string) (total int64) {
	t.Helper()
	for _, name := range files(t, dir) {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	return total
}

// Which dumps go, and what the error says if that isn't enough.
func TestMakesRoom(t *testing.T) {
	const small, large = 0, 20_000
	content := bytesOf(t, ours.head(began), small)
	one := int64(len(content))
	for _, tt := range []struct {
		name    string
		mine    []int // sizes of the dumps of the crash, the oldest first
		foreign int   // how many others there are
		limits  Limits
		gone    []int
		err     string
	}{
		{"an empty directory", nil, 0, Limits{1, one}, nil, ""},
		{"no limit", []int{small, small}, 9, Limits{}, nil, ""},
		{"negative limits", []int{small, small}, 9, Limits{-1, -1}, nil, ""},
		{"room for one more", []int{small, small}, 2, Limits{Dumps: 5}, nil, ""},
		{"the second goes", []int{small, small, small}, 2, Limits{Dumps: 5}, []int{1}, ""},
		{"some go", []int{small, small, small, small, small}, 2, Limits{Dumps: 4}, []int{1, 2, 3, 4}, ""},
		{"the first goes last", []int{small, small, small}, 2, Limits{Dumps: 3}, []int{1, 2, 0}, ""},
		{"nothing but the first", []int{small}, 4, Limits{Dumps: 5}, []int{0}, ""},
		{"one dump", []int{small}, 0, Limits{Dumps: 1}, []int{0}, ""},
		{"too few", []int{small, small}, 4, Limits{Dumps: 4}, nil,
			"6 dumps are there, Config.MaxDumps is 4, and only 2 are known to be of this crash: remove some, or raise it"},
		{"none", nil, 4, Limits{Dumps: 4}, nil,
			"4 dumps are there, Config.MaxDumps is 4, and none of them is known to be of this crash: remove some, or raise it"},
		{"one large one is enough", []int{small, large, small}, 0, Limits{Bytes: 25_000}, nil, ""},
		{"bytes", []int{small, large, small, large}, 0, Limits{Bytes: 22_000}, []int{1}, ""},
		{"bytes of small ones", []int{small, small, large, small}, 0, Limits{Bytes: 3 * one}, []int{1, 2}, ""},
		{"both", []int{small, small, large, small}, 0, Limits{4, 4 * one}, []int{1, 2}, ""},
		{"too few bytes", []int{small}, 3, Limits{Bytes: 2 * one}, nil, "Config.MaxDumpBytes is"},
		{"too large", []int{small}, 0, Limits{Bytes: one - 1}, nil,
			fmt.Sprintf("it has %d bytes, more than the %d that Config.MaxDumpBytes allows", one, one-1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var want, mine []string
			for n := range tt.foreign {
				want = append(want, others[n%len(others)].put(t, dir, 100+n, small))
			}
			for n, size := range tt.mine {
				mine = append(mine, ours.put(t, dir, n, size))
			}
			for n, name := range mine {
				if !slices.Contains(tt.gone, n) {
					want = append(want, name)
				}
			}
			name, err := ours.happens(dir, 1000, content, tt.limits)
			switch {
			case tt.err == "" && err != nil:
				t.Fatal(err)
			case tt.err == "":
				want = append(want, name)
			case !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), tt.err):
				t.Errorf("got error %v, want %q in it", err, tt.err)
			}
			wantFiles(t, dir, want...)
		})
	}
}

// Whatever a directory holds, only dumps of the crash go, and no more than necessary.
func TestRandomDirectories(t *testing.T) {
	for seed := range uint64(300) {
		randomDirectory(t, seed)
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// fillRandomly fills a directory with dumps of the crash, and with other files. sizes is of the
// files that count.
func fillRandomly(t *testing.T, r *rand.Rand, dir string) (mine, rest []string, sizes map[string]int64) {
	t.Helper()
	sizes = map[string]int64{}
	for n := range r.IntN(30) {
		name := ""
		switch kind := r.IntN(8); kind {
		case 0:
			rest = append(rest, putFile(t, dir, fmt.Sprint("x", n), nil))
			continue
		case 1:
			name = putFile(t, dir, ours.nameAt(n), []byte("not a dump"))
			rest = append(rest, name)
		case 2, 3:
			name = others[r.IntN(len(others))].put(t, dir, n, r.IntN(3000))
			rest = append(rest, name)
		default:
			name = ours.put(t, dir, n, r.IntN(3000))
			mine = append(mine, name)
		}
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sizes[name] = info.Size()
	}
	return mine, rest, sizes
}

func randomDirectory(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 12))
	dir := filepath.Join(t.TempDir(), "dumps")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	mine, rest, sizes := fillRandomly(t, r, dir)
	limits := Limits{Dumps: r.IntN(20), Bytes: r.Int64N(40_000)}
	content := bytesOf(t, ours.head(began), r.IntN(3000))
	name, err := ours.happens(dir, 1000, content, limits)
	left := files(t, dir)
	for _, name := range rest {
		if !slices.Contains(left, name) {
			t.Errorf("%s is gone, want only dumps of the crash to go", name)
		}
	}
	fits := func(size int64, extra ...string) bool { // with what is left, and these
		count, total := 1, size
		for name, size := range sizes {
			if slices.Contains(left, name) || slices.Contains(extra, name) {
				count, total = count+1, total+size
			}
		}
		return (limits.Dumps == 0 || count <= limits.Dumps) && (limits.Bytes == 0 || total <= limits.Bytes)
	}
	var kept, gone []string
	for _, name := range mine {
		if slices.Contains(left, name) {
			kept = append(kept, name)
		} else {
			gone = append(gone, name)
		}
	}
	switch {
	case err == nil:
		if !slices.Contains(left, name) || !fits(int64(len(content))) {
			t.Errorf("got %d files, want the new one and no more than %+v", len(left), limits)
		}
		if len(kept) > 0 && kept[0] != mine[0] {
			t.Errorf("got %q, want %s kept, which is the first", kept, mine[0])
		}
		if len(gone) > 0 && len(kept) > 1 && kept[1] < slices.Max(gone) {
			t.Errorf("%q are gone and %q are left, want the oldest to go", gone, kept)
		}
		if len(gone) > 0 && len(kept) > 0 && fits(int64(len(content)), slices.Max(gone)) {
			t.Errorf("%s is gone, and needn't be", slices.Max(gone))
		}
	case errors.Is(err, ErrFull):
		if slices.Contains(left, name) || len(gone) > 0 && (gone[0] == mine[0] || fits(1, slices.Max(gone))) {
			t.Errorf("got %v and %q gone, want no more gone than would let the smallest dump in", err, gone)
		}
		if left = rest; fits(int64(len(content))) {
			t.Errorf("got %v, but the dumps of the crash take the room", err)
		}
	default:
		t.Error(err)
	}
}

// The second dump goes before the new one is written, as the volume may be full. The
// first doesn't: the new one may fail.
func TestFailedWrite(t *testing.T) {
	errFull := errors.New("disk full")
	for _, n := range []int{1, 3} {
		dir := t.TempDir()
		var names []string
		for i := range n {
			names = append(names, ours.put(t, dir, i, 0))
		}
		path := filepath.Join(dir, ours.nameAt(1000))
		during := 0
		_, err := destination.Write(path, func(w io.Writer) error {
			return Write(w, path, ours.head(began), Limits{Dumps: n}, func(io.Writer) error {
				during = len(files(t, dir)) - 1 // but the unfinished one
				return errFull
			})
		})
		if err != errFull {
			t.Errorf("got error %v, want %v", err, errFull)
		}
		if want := max(n-1, 1); during != want {
			t.Errorf("got %d dumps while another is written, want %d", during, want)
		}
		want := names
		if n > 1 {
			want = slices.Delete(names, 1, 2)
		}
		wantFiles(t, dir, want...)
	}
}

// The oldest dump is the one whose head says so; names have local time.
func TestOldestByHead(t *testing.T) {
	dir := t.TempDir()
	first := putFile(t, dir, ours.nameAt(2), bytesOf(t, ours.head(began), 0))
	putFile(t, dir, ours.nameAt(1), bytesOf(t, ours.head(began.Add(time.Hour)), 0))
	third := putFile(t, dir, ours.nameAt(0), bytesOf(t, ours.head(began.Add(2*time.Hour)), 0))
	name, err := ours.happens(dir, 5, nil, Limits{Dumps: 3})
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, first, third, name)
}

// There may be too many dumps to look at all.
func TestManyDumps(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for n := range 3 * headsAtOnce {
		names = append(names, ours.put(t, dir, n, 0))
	}
	name, err := ours.happens(dir, 1000, nil, Limits{Dumps: 10})
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, append([]string{names[0], name}, names[len(names)-8:]...)...)
}

// Heads are read up to a limit, in number and time.
func TestFewHeads(t *testing.T) {
	defer func(n int, d time.Duration) { maxHeads, readTime = n, d }(maxHeads, readTime)
	dir := t.TempDir()
	const foreign = 20
	for n := range foreign {
		others[0].put(t, dir, n, 0)
	}
	mine := ours.put(t, dir, foreign, 0)
	for _, tt := range []struct {
		heads int
		time  time.Duration
		ok    bool
	}{{foreign, time.Hour, false}, {foreign + 1, 0, false}, {foreign + 1, time.Hour, true}} {
		maxHeads, readTime = tt.heads, tt.time
		_, err := ours.happens(dir, 1000, nil, Limits{Dumps: foreign + 1})
		if (err == nil) != tt.ok || !tt.ok && !errors.Is(err, ErrFull) {
			t.Errorf("%+v: got error %v, want one: %v", tt, err, !tt.ok)
		}
		if slices.Contains(files(t, dir), mine) == tt.ok {
			t.Errorf("%+v: got %s kept %v, want %v", tt, mine, tt.ok, !tt.ok)
		}
	}
}

// A directory that can't be listed in time, or not at all, isn't limited.
func TestNotListed(t *testing.T) {
	dir := t.TempDir()
	want := []string{others[0].put(t, dir, 0, 0), others[1].put(t, dir, 1, 0), others[2].put(t, dir, 2, 0)}
	func() {
		defer func(d time.Duration, n int) { lookTime, namesAtOnce = d, n }(lookTime, namesAtOnce)
		lookTime, namesAtOnce = 0, 1
		name, err := ours.happens(dir, 3, nil, Limits{Dumps: 2})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}()
	wantFiles(t, dir, want...)
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		return // every directory can be listed
	}
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	name, err := ours.happens(dir, 4, nil, Limits{Dumps: 2})
	if err := errors.Join(err, os.Chmod(dir, 0o700)); err != nil {
		t.Error(err)
	}
	wantFiles(t, dir, append(want, name)...)
}

// Something that only has the name of a dump doesn't go: a directory, a link, a pipe, or
// a file that isn't a dump, or whose head isn't complete.
func TestNotDumps(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	var want []string
	name := func() string {
		want = append(want, ours.nameAt(len(want)))
		return want[len(want)-1]
	}
	whole := bytesOf(t, ours.head(began), 0)
	putFile(t, dir, name(), nil)
	putFile(t, dir, name(), whole[:40])
	putFile(t, dir, name(), []byte("{}\n"))
	putFile(t, dir, name(), append([]byte("\x1f\x8b"), whole...))
	limit := len(want) // only files count
	if err := os.Mkdir(filepath.Join(dir, name()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := mkfifo(filepath.Join(dir, name())); err != nil {
		t.Log("no pipe:", err)
		want = want[:len(want)-1]
	}
	target := filepath.Join(elsewhere, putFile(t, elsewhere, ours.nameAt(1), whole))
	if err := os.Symlink(target, filepath.Join(dir, name())); err != nil {
		t.Log("no symbolic link:", err)
		want = want[:len(want)-1]
	}
	if _, err := ours.happens(dir, 1000, whole, Limits{Dumps: limit}); !errors.Is(err, ErrFull) {
		t.Errorf("got error %v, want %v", err, ErrFull)
	}
	wantFiles(t, dir, want...)
	added, err := ours.happens(dir, 1000, whole, Limits{Dumps: limit + 1})
	if err != nil {
		t.Error(err)
	}
	wantFiles(t, dir, append(want, added)...)
	wantFiles(t, elsewhere, ours.nameAt(1))
}
