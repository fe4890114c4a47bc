package corefile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// foreignTests returns files that can't be opened, and what the error says about them.
func foreignTests(t testing.TB) []fileTest {
	elfHeader := func(order byte, typ string) string {
		return "\x7fELF\x02" + string(order) + "\x01" + strings.Repeat("\x00", 9) + typ + "\x3e\x00"
	}
	python := `{"objects": {"140093": {"type": "frame"}}, "threads": {}, "files": {}, "metadata": {"version": "0.5.0"}}`
	return []fileTest{
		{"empty", "", "is empty"},
		{"elf core", elfHeader(1, "\x04\x00"),
			"is an ELF core file (dlv core and gdb open those), not a coredumpy dump"},
		{"big-endian elf core", elfHeader(2, "\x00\x04"), "is an ELF core file"},
		{"elf executable", elfHeader(1, "\x02\x00"), "is an ELF executable, not"},
		{"elf pie", elfHeader(1, "\x03\x00"), "is an ELF executable, not"},
		{"elf object", elfHeader(1, "\x01\x00"), "is an ELF object file, not"},
		{"mach-o", "\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00", "is a Mach-O file, not"},
		{"mach-o core", "\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x04\x00\x00\x00",
			"is a Mach-O core file, not"},
		{"mach-o fat", "\xca\xfe\xba\xbe\x00\x00\x00\x02\x01\x00\x00\x07\x00\x00\x00\x03", "is a Mach-O file, not"},
		{"java class", "\xca\xfe\xba\xbe\x00\x00\x00\x41\x01\x00\x00\x07\x00\x00\x00\x03",
			"is data of an unknown format (it starts with \"\\xca\\xfe"},
		{"pe", "MZ\x90\x00\x03", "is a Windows executable (PE), not"},
		{"zstd", "\x28\xb5\x2f\xfd\x04", "is a zstd file (unpack it first), not"},
		{"xz", "\xfd7zXZ\x00\x00", "is an xz file (unpack it first), not"},
		{"bzip2", "BZh91AY&SY", "is a bzip2 file (unpack it first), not"},
		{"zip", "PK\x03\x04\x14", "is a zip file (unpack it first), not"},
		{"tar.gz", gzipped(t, "name"+strings.Repeat("\x00", 253)+"ustar\x0000"),
			"is a gzip file that holds a tar archive (unpack it first), not"},
		{"gzip twice", gzipped(t, gzipped(t, headLine)),
			"is a gzip file that holds a gzip file (unpack it first), not"},
		{"html", "\n<!DOCTYPE html>\n<html>", "is an HTML page, not"},
		{"python", gzipped(t, python), "is a dump of coredumpy for Python (its own coredumpy load opens it)"},
		{"python.json", python, "is a dump of coredumpy for Python (its own coredumpy load opens it)"},
		{"text", "hello\nwörld\x1b[0m", "is plain text, not"},
		{"blank", "\n\n", "is blank text, not"},
		{"utf-16", "\xff\xfe{\x00\"\x00", "is UTF-16 text, not"},
		{"traceback", "panic: boom\n\ngoroutine 1 [running]:\n", "is a Go traceback as plain text, not"},
		{"heap dump", "go1.7 heap dump\n\x06", "is a Go heap dump, not"},
		{"trace", "go 1.26 trace\x00\x00\x00\x01", "is a Go execution trace (go tool trace opens those), not"},
		{"lfs", "version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer, not the file itself, not"},
		{"other json", `[1,2]`, "is JSON of another kind, not"},
		{"other objects", `{"objects": {"box": 1}}`, "is JSON of another kind, not"},
		{"notebook", `{"metadata": {"kernelspec": {}}, "cells": []}`, "is JSON of another kind, not"},
		{"reformatted", "{\n  \"coredumpy\": {\n    \"version\": 1",
			"is a dump that was reformatted (jq -c . brings its form back), not"},
		{"headless", `{"type":{"id":1,"name":"int"}}`, "is a dump without its first line, not"},
		{"headless objects", `{"objects":{"id":1}}` + "\n" + `[1,"metadata"]`, "is a dump without its first line, not"},
		{"binary", "\x00\x01\x1b[2J", `is data of an unknown format (it starts with "\x00\x01\x1b[2J"), not`},
		{"version 7", `{"coredumpy":{"version":7,"reason":["changed"],"time":0}}`,
			"is a dump of format version 7; this coredumpy reads versions 1 and 2: use a newer coredumpy"},
		{"no version", `{"coredumpy":{"reason":"panic"}}`,
			"is a dump of format version 0; this coredumpy reads versions 1 and 2"},
		{"version of another kind", `{"coredumpy":{"version":"2"}}`,
			"has a damaged head (json: cannot unmarshal string"},
		{"head of another kind", `{"coredumpy":[1]}`, "has a damaged head (json: cannot unmarshal array"},
		{"control character in the time", "{\"coredumpy\":{\"version\":1,\"time\":\"2026-03-01T12:00:\x7f0Z\"}}",
			`has a damaged head (parsing time "2026-03-01T12:00:\x7f0Z"`},
		{"deep head",
			`{"coredumpy":{"version":1,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}}\n",
			"has a damaged head ("},
		{"head cut and line kept", `{"coredumpy":{"version":1,"rea` + "\n",
			"has a damaged head (its line doesn't end as a record does)"},
		{"cut head", `{"coredumpy":{"version":1,"rea`, "ends before its head does (unexpected EOF)"},
		{"cut prefix", `{"core`, "ends before its head does (unexpected EOF)"},
		{"nothing in gzip", gzipped(t, ""), "is a gzip file of nothing"},
		{"gzip header cut", "\x1f\x8b\x08", "is not a whole gzip file (unexpected EOF)"},
	}
}

// fileTest is a file and what should be said about it.
type fileTest struct{ name, file, want string }

func TestForeign(t *testing.T) {
	for _, test := range foreignTests(t) {
		_, err := ReadHead(strings.NewReader(test.file))
		if err == nil || !strings.Contains(err.Error(), "coredumpy: the file "+test.want) {
			t.Errorf("%s: got error %v, want %q in it", test.name, err, test.want)
			continue
		}
		path := filepath.Join(t.TempDir(), "x.dump")
		if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, openErr := Open(path)
		var format *FormatError
		if !errors.As(openErr, &format) || format.Path != path || !strings.Contains(openErr.Error(), test.want) {
			t.Errorf("%s: Open gives %v, want %q with the path", test.name, openErr, test.want)
		}
		for _, c := range err.Error() {
			if c < ' ' || c == 0x7f {
				t.Errorf("%s: the error %q holds %q", test.name, err, c)
			}
		}
	}
}

func TestLongHead(t *testing.T) {
	file := `{"coredumpy":{"version":1,"message":"` + strings.Repeat("x", maxHeadLine) + "\"}}\n"
	_, err := Read(strings.NewReader(file))
	_, headErr := ReadHead(strings.NewReader(file))
	for _, err := range []error{err, headErr} {
		if want := "has a head of more than 4 MB"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %.200v, want %q in it", err, want)
		}
	}
}

func TestForeignSentinels(t *testing.T) {
	for file, want := range map[string]error{
		"hello":                       ErrNotDump,
		"":                            ErrNotDump,
		`{"coredumpy":{"version":7}}`: ErrVersion,
		`{"coredumpy":{"version":1`:   ErrDamaged,
	} {
		if _, err := Read(strings.NewReader(file)); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", file, err, want)
		}
	}
}

func TestDirectory(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNotDump) || !strings.HasSuffix(err.Error(), " is a directory") {
		t.Errorf("got %v, want that it is a directory", err)
	}
}

// The headers above are handmade; a linker made this one.
func TestForeignExecutable(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Skip("this system doesn't tell where the test's executable is: ", err)
	}
	want := map[string]string{"linux": "an ELF executable", "darwin": "a Mach-O file", "windows": "a Windows executable"}[runtime.GOOS]
	if want == "" {
		t.Skip("no expectation for executables of ", runtime.GOOS)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}

func TestReadHeadReadsLittle(t *testing.T) {
	rest := strings.Repeat(`[1,1,[1,2,3]]`+"\n", 100_000)
	for name, file := range map[string]string{"plain": headLine + rest, "gzip": gzipped(t, headLine+rest)} {
		in := &counter{r: strings.NewReader(file)}
		if _, err := ReadHead(in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if in.n > 64<<10 {
			t.Errorf("%s: got %d bytes read of %d, want less than 64 KB", name, in.n, len(file))
		}
	}
}

// endless delivers a file without an end.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	e.n += len(p)
	return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
}

func TestForeignIsRefusedEarly(t *testing.T) {
	var e endless
	if _, err := Read(&e); !errors.Is(err, ErrNotDump) {
		t.Errorf("got %v, want %v", err, ErrNotDump)
	}
	if e.n > 1<<20 {
		t.Errorf("got %d bytes read of a file that is no dump, want less than 1 MB", e.n)
	}
}
