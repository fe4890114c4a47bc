package goshim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestMain is the go command in front if this program is started as that: it prints what
// it knows. If the environment says so, it makes a go command in front.
func TestMain(m *testing.M) {
	if s := Process(); s != nil {
		os.Stdout.WriteString(s.Dir + "\n" + s.Socket + "\n" + s.Behind(os.Getenv("PATH")) + "\n")
		os.Exit(3)
	}
	if dir := os.Getenv("MAKE_FRONT"); dir != "" {
		fmt.Println((&Settings{Dir: dir}).Make())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has coredumpy run")
	}
}

// commands makes a directory with an executable file for each name, and returns the
// directory's name.
func commands(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func made(t *testing.T) *Settings {
	t.Helper()
	s := &Settings{Dir: t.TempDir(), Go: "/fallback/go", Socket: "/s"}
	if err := s.Make(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestProcess starts the go command under several names and in several environments: its
// file says what it is.
func TestProcess(t *testing.T) {
	needLinux(t)
	s := made(t)
	other, none := commands(t, "go"), commands(t, "gofmt")
	name := filepath.Join(s.Dir, "bin", "go")
	for _, tt := range []struct {
		argv0, path, dir, behind string
	}{
		{"go", s.Path(other), "", filepath.Join(other, "go")},
		{name, none + ":" + other, "", filepath.Join(other, "go")},
		{"", "relative:" + none, other, "/fallback/go"},
		{"go", "../" + filepath.Base(other), none, filepath.Join(other, "go")},
		{"go", none + "::x", other, filepath.Join(other, "go")},
	} {
		cmd := exec.Cmd{Path: name, Args: []string{tt.argv0, "version"}, Env: []string{"PATH=" + tt.path}, Dir: tt.dir}
		out, err := cmd.Output()
		if want := s.Dir + "\n/s\n" + tt.behind + "\n"; cmd.ProcessState.ExitCode() != 3 || string(out) != want {
			t.Errorf("%q, %q: got %q, %v, want %q", tt.argv0, tt.path, out, err, want)
		}
	}
	if got := Process(); got != nil {
		t.Errorf("got %v for another program", got)
	}
}

func TestPath(t *testing.T) {
	needLinux(t)
	s, outer := made(t), made(t)
	bin, other := filepath.Join(s.Dir, "bin"), t.TempDir()
	list := func(dirs ...string) string { return strings.Join(dirs, string(filepath.ListSeparator)) }
	for _, tt := range []struct{ path, want string }{
		{"", bin},
		{other, list(bin, other)},
		{list(other, bin, "", filepath.Join(outer.Dir, "bin"), "x"), list(bin, other, "", "x")},
	} {
		if got := s.Path(tt.path); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.path, got, tt.want)
		}
	}
	// A user's file with settings for dumps may have the same name.
	if err := os.WriteFile(filepath.Join(other, settingsName), []byte(`{"MaxString": 9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Without(list(bin, other)); got != other {
		t.Errorf("got %q, want %q", got, other)
	}
}

// TestFarm wants a GOROOT that differs only in its go command.
func TestFarm(t *testing.T) {
	needLinux(t)
	s := made(t)
	goroot := t.TempDir()
	for _, dir := range []string{"bin", "src"} {
		if err := os.Mkdir(filepath.Join(goroot, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"bin/go", "bin/gofmt", "VERSION", "src/x.go"} {
		if err := os.WriteFile(filepath.Join(goroot, file), []byte(file), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := s.Farm(goroot)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"bin/gofmt", "VERSION", "src/x.go"} {
		if b, err := os.ReadFile(filepath.Join(dir, file)); string(b) != file {
			t.Errorf("got %q, %v, want that of the other GOROOT", b, err)
		}
	}
	own := Farmed(dir)
	if own == nil || own.GOROOT != goroot || own.Behind("/bin") != filepath.Join(goroot, "bin", "go") || own.Dir != s.Dir {
		t.Errorf("got %+v, want GOROOT %q and its go command", own, goroot)
	}
	out, _ := exec.Command(filepath.Join(dir, "bin", "go")).Output()
	if want := s.Dir + "\n/s\n" + filepath.Join(goroot, "bin", "go") + "\n"; string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
	for _, dir := range []string{goroot, s.Dir, ""} {
		if own := Farmed(dir); own != nil {
			t.Errorf("got %v for another GOROOT, %q", own, dir)
		}
	}
	want := filepath.Join(s.Dir, "bin") + ":" + filepath.Join(goroot, "bin") + ":x"
	if got := s.Path(filepath.Join(dir, "bin") + ":x"); got != want {
		t.Errorf("got PATH %q, want %q: go generate puts GOROOT/bin first", got, want)
	}
	if _, err := s.Farm("/nowhere"); err == nil || !strings.Contains(err.Error(), `"/nowhere"`) {
		t.Errorf("got error %v, want one that names the GOROOT", err)
	}
	if Remove(s.Dir); exists(s.Dir) {
		t.Error("the directory still exists")
	}
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// TestNotices wants all notices that were sent before the end, in order.
func TestNotices(t *testing.T) {
	needLinux(t)
	s := &Settings{Dir: t.TempDir()}
	var got []string
	n, err := Listen(s.Dir, func(k Kind, text string) { got = append(got, string(k)+text) })
	if err != nil {
		t.Fatal(err)
	}
	s.Tell(Line, "one")
	s.Tell(Reached, "")
	s.Tell(Line, strings.Repeat("x", 2*maxNotice))
	n.Close()
	if want := []string{"lone", "r", "l" + strings.Repeat("x", maxNotice-1)}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Tell(Line, "nobody is there")
}
