package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the transcripts in testdata expect")

// beCommand is the variable that makes the test binary the command itself.
const beCommand = "COREDUMPY_TEST_BE_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(beCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestTranscripts runs testdata/*.txt. A transcript looks like a terminal:
//
//	# anything that doesn't follow a command is a comment
//	$ coredumpy load x.dump "an argument with spaces or \x1b"
//	> a line of standard input
//	what is printed on standard output
//	2> what is printed on standard error
//	[status 1]
//
// and ends where the next one, a comment or the first file begins. Files follow
// in the form
//
//	-- x.json --
//	{"coredumpy":{"version":1, ...
//
// A file called x.dump is compressed with gzip. Each transcript has a directory
// of its own, shown as $WORK in the output; times are UTC. Empty lines at the end
// of an output don't count.
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d transcripts, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			runTranscript(t, path)
		})
	}
}

func runTranscript(t *testing.T, path string) {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	script, files := splitFiles(text)
	work := t.TempDir()
	names := writeFiles(t, work, text[len(script):], files)

	var got strings.Builder
	for _, block := range splitCommands(script) {
		if !strings.HasPrefix(block, "$ ") {
			got.WriteString(block)
			continue
		}
		want := strings.TrimRight(block, "\n")
		command, input := splitInput(block)
		result := strings.TrimRight(command+runLine(t, work, names, command, input), "\n")
		if result != want && !*update {
			t.Errorf("%s: got\n%s\nwant\n%s", path, result, want)
		}
		got.WriteString(result + "\n" + block[len(want)+1:])
	}
	if *update && got.String() != script {
		if err := os.WriteFile(path, []byte(got.String()+text[len(script):]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

var fileMarker = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// splitFiles returns what comes before the first file, and where in text each
// file's marker, name and contents are.
func splitFiles(text string) (script string, files [][]int) {
	files = fileMarker.FindAllStringSubmatchIndex(text, -1)
	if len(files) == 0 {
		return text, nil
	}
	script = text[:files[0][0]]
	for _, f := range files {
		for i := range f {
			f[i] -= len(script)
		}
	}
	return script, files
}

// writeFiles writes the files of a transcript, which text holds, into dir, and
// returns their names.
func writeFiles(t *testing.T, dir, text string, files [][]int) (names []string) {
	for i, f := range files {
		end := len(text)
		if i+1 < len(files) {
			end = files[i+1][0]
		}
		name, data := text[f[2]:f[3]], []byte(text[f[1]:end])
		if filepath.Ext(name) == ".dump" {
			data = compress(t, data)
		}
		names = append(names, name)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// compress returns data as gzip, in one stored block (RFC 1952, RFC 1951 3.2.4). The
// size of compress/gzip's output differs between Go versions.
func compress(t *testing.T, data []byte) []byte {
	n := len(data)
	if n > math.MaxUint16 {
		t.Fatalf("got a file of %d bytes, want it to fit in a block", n)
	}
	out := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff} // magic number, deflate, no flags, no time, unknown system
	out = append(out, 1)                                 // final, stored
	out = binary.LittleEndian.AppendUint16(out, uint16(n))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
	out = append(out, data...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(data))
	return binary.LittleEndian.AppendUint32(out, uint32(n))
}

// splitCommands cuts a script before each command and each comment.
func splitCommands(script string) (blocks []string) {
	for _, line := range strings.SplitAfter(script, "\n") {
		if len(blocks) == 0 || strings.HasPrefix(line, "$ ") || strings.HasPrefix(line, "# ") {
			blocks = append(blocks, "")
		}
		blocks[len(blocks)-1] += line
	}
	return blocks
}

// splitInput returns the lines of a block that aren't output, and the standard input
// among them.
func splitInput(block string) (command, input string) {
	for i, line := range strings.SplitAfter(block, "\n") {
		text, ok := strings.CutPrefix(line, "> ")
		if i > 0 && !ok {
			break
		}
		command += line
		if i > 0 {
			input += text
		}
	}
	return command, input
}

// runLine runs the command in the first line of a block in directory work, and returns
// its output in a transcript's form.
func runLine(t *testing.T, work string, files []string, block, input string) string {
	line, _, _ := strings.Cut(block, "\n")
	args, err := splitArgs(strings.TrimPrefix(line, "$ "))
	if err != nil || args[0] != "coredumpy" {
		t.Fatalf("%q: want a command that starts with coredumpy: %v", line, err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args[1:]...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), beCommand+"=1", "TZ=UTC", "NO_COLOR=1")
	cmd.Stdin = strings.NewReader(input)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	out := strings.TrimRight(stdout.String(), "\n")
	if out != "" {
		out += "\n"
	}
	for line := range strings.Lines(stderr.String()) {
		out += "2> " + strings.TrimSuffix(line, "\n") + "\n"
	}
	if status := cmd.ProcessState.ExitCode(); status != 0 {
		out += fmt.Sprintf("[status %d]\n", status)
	}
	return slashes(strings.ReplaceAll(out, work, "$WORK"), files)
}

// slashes replaces the backslashes of Windows in the names of files in an output.
func slashes(out string, names []string) string {
	for _, name := range names {
		if native := filepath.FromSlash(name); native != name {
			out = strings.ReplaceAll(out, native, name)
			out = strings.ReplaceAll(out, strings.Trim(strconv.Quote(native), `"`), name)
		}
	}
	return out
}

// splitArgs splits a command line at spaces, but not within Go strings.
func splitArgs(line string) (args []string, err error) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("split %q: %w", line, err)
			}
			arg, _ := strconv.Unquote(quoted)
			args, line = append(args, arg), line[len(quoted):]
			continue
		}
		arg, rest, _ := strings.Cut(line, " ")
		args, line = append(args, arg), rest
	}
	return args, nil
}
