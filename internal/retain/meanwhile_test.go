package retain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// What others do to the directory meanwhile, and what can't be done to it.

// A file that was replaced after its head was read stays. A file that somebody else has
// removed counts as removed.
func TestChangedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	for n := range 4 {
		ours.put(t, dir, n, 0)
	}
	r := room{dir, ours.nameAt(1000), ours.head(began), Limits{Dumps: 2}}
	d, err := r.look()
	if err != nil {
		t.Fatal(err)
	}
	going, enough := r.choose(d, 1)
	if !enough || len(going) != 3 {
		t.Fatalf("got %d dumps to go and enough %v, want 3", len(going), enough)
	}
	if err := os.Remove(going[0].path); err != nil {
		t.Fatal(err)
	}
	if err := d.remove(going[0]); err != nil || d.dumps != 3 {
		t.Errorf("got error %v and %d dumps, want 3: somebody else has removed one", err, d.dumps)
	}
	new := others[0].put(t, t.TempDir(), 5, 0)
	new = filepath.Join(dir, putFile(t, dir, new, nil))
	if err := os.Rename(new, going[1].path); err != nil {
		t.Fatal(err)
	}
	if err := d.remove(going[1]); !errors.Is(err, errReplaced) || d.dumps != 3 {
		t.Errorf("got error %v and %d dumps, want %v and 3", err, d.dumps, errReplaced)
	}
	if _, err := os.Lstat(going[1].path); err != nil {
		t.Error(err)
	}
	// The first has to go, too.
	if going, enough := r.choose(d, 1); !enough || len(going) != 2 || going[1] != d.first {
		t.Errorf("got %d dumps to go and enough %v, want 2 and enough", len(going), enough)
	}
}

// Dumps that others remove after the listing make room, too: the first dump needn't go.
func TestGoneBeforeRead(t *testing.T) {
	dir := t.TempDir()
	first := ours.put(t, dir, 0, 0)
	var gone []string
	for n := range 3 {
		gone = append(gone, filepath.Join(dir, ours.put(t, dir, 1+n, 0)))
	}
	r := room{dir, ours.nameAt(1000), ours.head(began), Limits{Dumps: 4}}
	d, err := r.look()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range gone {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if going, enough := r.choose(d, 1); !enough || d.dumps != 1 || len(going) > 1 {
		t.Errorf("got %d dumps, %d of them to go and enough %v, want 1 and enough", d.dumps, len(going), enough)
	}
	if err := r.make(1, false); err != nil {
		t.Error(err)
	}
	wantFiles(t, dir, first)
}

// An unfinished dump of a program that was killed counts, and goes before complete dumps
// do. One that may still be written doesn't count.
func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	whole := bytesOf(t, ours.head(began), 5000)
	unfinished := func(n int, content []byte, age time.Duration) string {
		name := putFile(t, dir, fmt.Sprintf(".coredumpy-%d.tmp", 100-n), content)
		at := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
		return name
	}
	part := func(c crash, n int) []byte {
		content := bytesOf(t, c.head(began.Add(time.Duration(n)*time.Second)), 5000)
		return content[:len(content)-1000]
	}
	want := []string{
		unfinished(1, part(ours, 1), 0),
		unfinished(2, part(ours, 2), -time.Hour), // by the clock of another machine
		unfinished(3, nil, 2*abandoned),
		unfinished(4, part(others[0], 4), 2*abandoned),
		unfinished(5, []byte("{}"), 2*abandoned),
	}
	counted := 2
	left := []string{unfinished(6, part(ours, 6), 2*abandoned), unfinished(7, part(ours, 7), 3*abandoned)}
	happens := func(n, limit int, err error) string {
		t.Helper()
		name, got := ours.happens(dir, n, whole, Limits{Dumps: limit})
		if !errors.Is(got, err) {
			t.Fatalf("got error %v, want %v", got, err)
		}
		return name
	}
	// None is complete: the oldest stays.
	first := happens(10, counted+2, nil)
	wantFiles(t, dir, append([]string{left[0], first}, want...)...)
	// One is complete: the unfinished ones go.
	second := happens(11, counted+2, nil)
	wantFiles(t, dir, append([]string{first, second}, want...)...)
	third := happens(12, counted+2, nil)
	wantFiles(t, dir, append([]string{first, third}, want...)...)
	happens(13, counted, ErrFull)
	_, err := ours.happens(dir, 13, whole, Limits{Dumps: counted})
	const says = "4 dumps are there, Config.MaxDumps is 2 (2 unfinished: .coredumpy-*.tmp), " +
		"and only 2 are known to be of this crash: remove some, or raise it"
	if err == nil || !strings.HasSuffix(err.Error(), says) {
		t.Errorf("got error %v, want %q", err, says)
	}
	wantFiles(t, dir, append([]string{first, third}, want...)...)
}

// A dump that can't be removed is skipped; if then too few can go, the error says why.
func TestCannotRemove(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("every file can be removed")
	}
	dir := t.TempDir()
	for n := range 3 {
		ours.put(t, dir, n, 0)
	}
	want := files(t, dir)
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	err := Write(io.Discard, filepath.Join(dir, ours.nameAt(1000)), ours.head(began), Limits{Dumps: 3},
		func(io.Writer) error { return nil })
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "those of this crash can't be removed (") {
		t.Errorf("got error %v, want %v, and that they can't be removed", err, ErrFull)
	}
	wantFiles(t, dir, want...)
}

// Processes that crash at the same time don't get in each other's way, and don't leave
// more than the limit for long.
func TestAtOnce(t *testing.T) {
	const limit, atOnce = 5, 8
	dir := t.TempDir()
	first := ours.put(t, dir, 0, 0)
	content := bytesOf(t, ours.head(began.Add(time.Hour)), 0)
	var wait sync.WaitGroup
	for i := range atOnce {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range 25 {
				if _, err := ours.happens(dir, 1+i+atOnce*n, content, Limits{Dumps: limit}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	if n := len(files(t, dir)); n >= limit+atOnce {
		t.Errorf("got %d dumps, want less than the limit and one for each", n)
	}
	last, err := ours.happens(dir, 1000, content, Limits{Dumps: limit})
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != limit || got[0] != first || got[limit-1] != last {
		t.Errorf("got %q, want %d files, %s and %s among them", got, limit, first, last)
	}
}

// A panic or an error of the function that writes the dump is passed on.
func TestWritePasses(t *testing.T) {
	dir := t.TempDir()
	for _, limits := range []Limits{{}, {Dumps: 1}} {
		path := filepath.Join(dir, ours.nameAt(0))
		if err := Write(io.Discard, path, ours.head(began), limits,
			func(io.Writer) error { return fs.ErrClosed }); err != fs.ErrClosed {
			t.Errorf("got error %v, want %v", err, fs.ErrClosed)
		}
		func() {
			defer func() {
				if got := recover(); got != "oops" {
					t.Errorf("got panic %v, want oops", got)
				}
			}()
			Write(io.Discard, path, ours.head(began), limits, func(io.Writer) error { panic("oops") })
		}()
	}
}
