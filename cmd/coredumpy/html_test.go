package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var shopDump = filepath.Join("..", "..", "testdata", "recorded", "shop.dump")

// A page of a dump from standard input goes to standard output, and nothing else does.
func TestHTMLPipe(t *testing.T) {
	dump, err := os.Open(shopDump)
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close()
	var stdout, stderr bytes.Buffer
	if status := run(dump, &stdout, &stderr, []string{"html", "-"}); status != statusOK || stderr.Len() > 0 {
		t.Errorf("got status %d and %q, want nothing on standard error", status, &stderr)
	}
	if text := stdout.String(); !strings.HasPrefix(text, "<!doctype html>\n") || !strings.HasSuffix(text, "</body>\n</html>\n") {
		t.Errorf("got %.100q...%q, want a page", text, text[max(0, len(text)-100):])
	}
}

// Not even -f replaces the dump by its own page.
func TestHTMLKeepsDump(t *testing.T) {
	want, err := os.ReadFile(shopDump)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("x.dump", want, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{"x.dump", "./x.dump"} {
		var stderr bytes.Buffer
		status := run(strings.NewReader(""), &bytes.Buffer{}, &stderr, []string{"html", "-f", "-o", out, "x.dump"})
		if got, err := os.ReadFile("x.dump"); status != statusFailed || err != nil || !bytes.Equal(got, want) {
			t.Errorf("-o %s: got status %d, %q, %v, want the dump kept", out, status, &stderr, err)
		}
	}
}

// The page is opened with the system's command for that; what it says when it fails is passed on.
func TestHTMLOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a command in PATH in place of xdg-open")
	}
	dump, err := filepath.Abs(shopDump)
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	t.Chdir(t.TempDir())
	open := func() (status int, stdout, stderr string) {
		var out, errs bytes.Buffer
		status = run(strings.NewReader(""), &out, &errs, []string{"html", "-f", "-open", "-o", "a page.html", dump})
		return status, out.String(), errs.String()
	}
	status, stdout, stderr := open()
	if status != statusFailed || !strings.Contains(stdout, "/a%20page.html\n") ||
		!strings.HasPrefix(stderr, "coredumpy html: -open: no browser: ") {
		t.Errorf("got status %d, %q and %q without the command, want the page and a word about it", status, stdout, stderr)
	}
	for _, tt := range []struct{ script, want string }{
		{`printf '%s' "$*" >"${0%/*}/opened"`, ""},
		{"exit 3", "coredumpy html: -open: xdg-open found no browser: exit status 3\n"},
	} {
		script := "#!/bin/sh\n" + tt.script + "\n"
		if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := open(); stderr != tt.want || (status == statusOK) != (tt.want == "") {
			t.Errorf("%s: got status %d and %q, want %q", tt.script, status, stderr, tt.want)
		}
	}
	here, err := os.Getwd()
	opened, _ := os.ReadFile(filepath.Join(bin, "opened"))
	if err != nil || string(opened) != filepath.Join(here, "a page.html") {
		t.Errorf("got %q opened, want the page", opened)
	}
}

func TestPageName(t *testing.T) {
	for path, want := range map[string]string{
		"-": "-", "x.dump": "x.html", "dumps/x.json": "x.html", "x": "x.html", "a.b.dump": "a.b.html", "x.html": "x.html.html",
	} {
		if got := pageName(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestFileURL(t *testing.T) {
	for path, want := range map[string]string{
		"/a b/ö%.html": "file:///a%20b/%C3%B6%25.html", "C:/x.html": "file:///C:/x.html",
	} {
		if got := fileURL(path); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}
