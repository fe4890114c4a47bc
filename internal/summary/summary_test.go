package summary

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
)

func TestHumanSize(t *testing.T) {
	for _, test := range []struct {
		bytes int64
		want  string
	}{
		{0, "0 B"}, {999, "999 B"}, {1000, "1.0 KB"}, {999_949, "999.9 KB"}, {999_950, "1.0 MB"},
		{4_000_000, "4.0 MB"}, {2_500_000_000_000, "2500.0 GB"},
	} {
		if got := humanSize(test.bytes); got != test.want {
			t.Errorf("humanSize(%d) = %q, want %q", test.bytes, got, test.want)
		}
	}
}

func TestClipText(t *testing.T) {
	long := strings.Repeat("é", maxRunes)
	lines := strings.Repeat("x\n", maxLines)
	for _, test := range []struct{ name, text, want string }{
		{"short", "a\nb\n", "a\nb"},
		{"whole line", long, long},
		{"long line", long + "éé", long + "...+4 more bytes"},
		{"whole text", lines, strings.TrimRight(lines, "\n")},
		{"one line too many", lines + "y", lines + "...+1 more line"},
		{"three too many", lines + "y\ny\ny", lines + "...+3 more lines"},
		{"empty", "", ""},
	} {
		if got := clipText(test.text); got != test.want {
			t.Errorf("%s: clipText(%q) = %q, want %q", test.name, test.text, got, test.want)
		}
	}
}

// Texts of a dump may come from a stranger: no control character gets through, and no
// further line looks like another part of the summary.
func TestHostileText(t *testing.T) {
	h := corefile.Head{Reason: "panic", Message: "a\n    at main.main\x1b[2J\u202e", Host: "h\n  x", GoVersion: "go1\r",
		Description: "d\x00", Top: &corefile.Place{Func: "f\n", File: "g\x07"}, Notes: []string{"n\nm\x1b"}}
	text := textOf("p\nq", 1, &h)
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.ContainsAny(line, "\x00\x07\x1b\r\u202e") {
			t.Errorf("line %d has a control character: %q", i, line)
		}
		if strings.HasPrefix(line, "    at main.main") {
			t.Errorf("line %d of the message looks like the place: %q", i, line)
		}
	}
	line, err := jsonOf("p\u202e", 1, &h)
	if err != nil || strings.ContainsAny(line, "\x1b\u202e") || strings.Count(line, "\n") != 1 {
		t.Errorf("jsonOf = %q, %v; want one line without control characters", line, err)
	}
}

// No line of a summary is a command where GitHub reads a job's log, which trims spaces.
func TestForgedCommands(t *testing.T) {
	const forged = "::error::a\n ::error::b\n\u3000\t::error::c\r::d ##[error]e"
	h := corefile.Head{Reason: forged, Message: forged, Test: forged, Value: forged, Description: forged + "x",
		Host: forged, GoVersion: forged, OS: forged, Program: forged, Top: &corefile.Place{Func: forged, File: forged},
		Notes: []string{forged}, Cut: []corefile.Cut{{Limit: forged}}, More: []string{forged}}
	line, err := jsonOf(forged, 1, &h)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(textOf(forged, 1, &h) + line) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("got %q, which is a command", line)
		}
	}
	var back struct{ Path, Reason string }
	if err := json.Unmarshal([]byte(line), &back); err != nil || back.Path != forged || back.Reason != forged {
		t.Errorf("got %q and %v from JSON, want %q", back, err, forged)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	dump := func(time string) string {
		return `{"coredumpy":{"version":1,"reason":"dump","time":"` + time + `","go":"go1.26.0","os":"linux","arch":"amd64","goroutine":1,"goroutines":1}}` + "\n"
	}
	for name, text := range map[string]string{
		"old.json":    dump("2026-01-01T00:00:00Z"),
		"new.JSON":    dump("2026-02-01T00:00:00Z"),
		"other.json":  `{"name":"a package"}`,
		"broken.dump": "not a dump",
		"notes.txt":   dump("2026-03-01T00:00:00Z"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "x.dump"), 0o700); err != nil {
		t.Fatal(err)
	}
	// The directory, one of its files once more, one that no directory would give, and none.
	summaries, errs := Read([]string{dir, filepath.Join(dir, "old.json"), filepath.Join(dir, "notes.txt"), filepath.Join(dir, "none")}, false)
	var got []string
	for _, s := range summaries {
		got = append(got, filepath.Base(s.Path))
	}
	if want := "notes.txt new.JSON old.json"; strings.Join(got, " ") != want {
		t.Errorf("read %q, want %q", got, want)
	}
	if len(errs) != 2 || !strings.Contains(errs[0].Error(), "broken.dump") || !strings.Contains(errs[1].Error(), "none") {
		t.Errorf("errors %v, want one of broken.dump and one of none", errs)
	}
}

func TestFacts(t *testing.T) {
	h := corefile.Head{Program: `C:\srv\calc.exe`, Args: []string{"calc", "a b"}, PID: 42, GoVersion: "go1.26.8",
		OS: "windows", Arch: "amd64", Cut: []corefile.Cut{{Limit: "depth", Count: 12}, {Limit: "elements", Count: 3}}}
	build := corefile.Build{Path: "example.com/calc", Deps: [][2]string{{"example.com/a", "v1.0.0"}, {"example.com/b", ""}},
		Settings: [][2]string{{"-tags", ""}}}
	for _, test := range []struct {
		name      string
		got, want any
	}{
		{"time", Made(&h), ""},
		{"process", Process(&h), []Fact{{"program", `C:\srv\calc.exe`}, {"arguments", `"calc" "a b"`}, {"directory", ""},
			{"process", "42"}, {"host", ""}, {"go", "go1.26.8 windows/amd64"}}},
		{"program", Program(&h), "calc.exe[42]"},
		{"no program", Program(&corefile.Head{PID: 42}), ""},
		{"build", Build(&build), []string{"package example.com/calc", "dependency example.com/a v1.0.0",
			"dependency example.com/b", "-tags="}},
		{"no build", Build(nil), []string(nil)},
		{"cuts", Cuts(&h), "depth 12, elements 3"},
		{"rules", Rules(map[string]int{"name": 2, "card": 2, "key": 7}), []string{"key", "card", "name"}},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}
