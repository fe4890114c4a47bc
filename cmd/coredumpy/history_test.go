package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHistory(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	t.Setenv("XDG_STATE_HOME", state)
	t.Setenv(historyVariable, "")
	file := filepath.Join(state, "coredumpy", "history")
	h := readHistory()
	for _, line := range []string{"bt", "p größe", " p secret", "", "a\nb", strings.Repeat("x", historyLine+1)} {
		h.add(line)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("got %v, %v, want a file that only its owner may read", info, err)
	}
	if got := readHistory().lines; !slices.Equal(got, []string{"bt", "p größe"}) {
		t.Errorf("got %q, want the commands that are kept", got)
	}

	t.Setenv(historyVariable, "off")
	off := readHistory()
	off.add("more")
	if len(off.lines) > 0 {
		t.Errorf("turned off: got %q, want none", off.lines)
	}
	t.Setenv(historyVariable, "")
	if got := readHistory().lines; len(got) != 2 {
		t.Errorf("got %q, want nothing kept while it was turned off", got)
	}

	var long strings.Builder
	for i := range historyBytes {
		fmt.Fprintf(&long, "p %d\n", i)
	}
	if err := os.WriteFile(file, []byte(long.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got := readHistory().lines
		if want := fmt.Sprint("p ", historyBytes-1); len(got) != historyLines || got[len(got)-1] != want {
			t.Errorf("got %d lines, want the last %d", len(got), historyLines)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Size() > historyBytes {
		t.Errorf("got %v, %v, want a shorter file", info, err)
	}
}

// A history that can't be kept is harmless.
func TestNoHistory(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(historyVariable, "")
	t.Setenv("XDG_STATE_HOME", plain) // isn't a directory
	h := readHistory()
	if h.add("bt"); len(h.lines) > 0 || h.path != "" {
		t.Errorf("got %+v, want no history", h)
	}
	t.Setenv("XDG_STATE_HOME", "relative") // which the specification has ignored
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	if got, want := historyPath(), filepath.Join(dir, ".local", "state", "coredumpy", "history"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if runtime.GOOS == "windows" {
		return
	}
	t.Setenv("XDG_STATE_HOME", dir)
	if err := os.MkdirAll(filepath.Join(dir, "coredumpy"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "coredumpy", "history")); err != nil {
		t.Fatal(err)
	}
	if h := readHistory(); h.path != "" {
		t.Errorf("a link: got %+v, want no history", h)
	}
}

// Sessions at the same time lose none of each other's commands, even while one of them shortens
// the file. A lock that a session has left behind holds nobody up for long.
func TestHistoryOfSeveral(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	t.Setenv(historyVariable, "")
	file := filepath.Join(state, "coredumpy", "history")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	old := strings.Repeat("p old\n", historyBytes/6+1)
	const sessions, commands = 4, 20
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n := range sessions {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range commands {
				readHistory().add(fmt.Sprintf("p %d.%d", n, i)) // the first one shortens it
			}
		}()
	}
	wg.Wait()
	got := readHistory().lines
	for n := range sessions {
		for i := range commands {
			if want := fmt.Sprintf("p %d.%d", n, i); !slices.Contains(got, want) {
				t.Errorf("%s is lost", want)
			}
		}
	}
	lock := file + ".lock"
	if _, err := os.Stat(lock); err == nil {
		t.Error("the lock is left")
	}
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-2 * lockAge)
	if err := os.Chtimes(lock, past, past); err != nil {
		t.Fatal(err)
	}
	readHistory().add("p last")
	if got := readHistory().lines; got[len(got)-1] != "p last" {
		t.Errorf("got %q last, want p last", got[len(got)-1])
	}
}
