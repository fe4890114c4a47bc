package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coredumpy"
	"coredumpy/internal/safetext"
)

// transcriptFiles returns the dumps in the transcripts of load.
func transcriptFiles(t testing.TB) (dumps []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "load_*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got transcripts %q, %v", paths, err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(raw), "\r\n", "\n")
		script, files := splitFiles(text)
		for i, f := range files {
			end := len(text)
			if i+1 < len(files) {
				end = len(script) + files[i+1][0]
			}
			dumps = append(dumps, text[len(script)+f[1]:end])
		}
	}
	return dumps
}

// FuzzLoad checks that whatever a dump holds and whatever commands are given, a
// session ends without a panic, in time, and writes nothing that a terminal
// could take for a command.
func FuzzLoad(f *testing.F) {
	const commands = "info\nbt -full\nlocals -v\nargs -v\nvars\ngrs -v\nup\nll\nlist\ngoroutine\nconfig max-depth 9\nlocals\np "
	exprs := []string{"p.Next.V", "m[\"a\"]", "x.(data)", "*ptr", "self.x", "s[1:]", "items[0].Name", "long[9223372036854775806]", "a.b == nil && len(x) < 3"}
	for i, dump := range transcriptFiles(f) {
		f.Add([]byte(dump), commands+exprs[i%len(exprs)])
	}
	f.Fuzz(func(t *testing.T, dump []byte, commands string) {
		core, err := coredumpy.Read(bytes.NewReader(dump))
		if err != nil {
			return
		}
		hangs := time.AfterFunc(20*time.Second, func() { panic("no end after 20 s") })
		defer hangs.Stop()
		var out, errs strings.Builder
		coredumpy.Load(core, coredumpy.LoadOptions{In: strings.NewReader(commands), Out: &out, Err: &errs})
		for _, text := range []string{out.String(), errs.String()} {
			if !utf8.ValidString(text) {
				t.Fatalf("got output that is not UTF-8: %.200q", text)
			}
			for i, r := range text {
				if r != '\n' && r != '\t' && !safetext.Safe(r) {
					t.Fatalf("got %q in the output, after %.40q", r, text[:i])
				}
			}
		}
	})
}
