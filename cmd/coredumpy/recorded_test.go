package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

// recorded is where the dumps are, and what commands print on them; see its README.
const recorded = "../../testdata/recorded"

// TestRecorded runs the commands in testdata/recorded/NAME.out on NAME.dump, and on the same
// dump in format 2, format2/NAME.dump, if there is one, and compares
// what they print to the byte:
//
//	$ session          a session begins; with "color" in colour
//	> p x              a command of it
//	?> p x.            the completions of this text
//	$ coredumpy peek   a command of its own, in the directory
//
// Below each command is its output; 2> marks standard error. With -update the commands are
// chosen again, from what is in the dump, and their output is written. A line of output that
// looks like a command has a backslash before it, and the symbol for escape stands for that
// character. An output of more than 120 bytes that a command above has printed is
// "(as > COMMAND)"; a very long one is its beginning, and a hash of the rest.
func TestRecorded(t *testing.T) {
	t.Chdir(recorded)
	t.Setenv("COREDUMPY_DIR", "")
	t.Setenv("NO_COLOR", "1")
	local := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = local })

	dumps := recordedDumps(t)
	for _, dump := range dumps {
		name := strings.TrimSuffix(dump, ".dump")
		t.Run(name, func(t *testing.T) { compareRecorded(t, name, func() []string { return dumpCommands(t, dump) }) })
	}
	again, err := filepath.Glob("format2/*.dump")
	if err != nil || len(again) < len(dumps)-6 {
		t.Errorf("got %d dumps in format 2, %v; want about as many as the %d", len(again), err, len(dumps))
	}
	for _, dump := range again {
		name := strings.TrimSuffix(filepath.ToSlash(dump), ".dump")
		t.Run(name, func(t *testing.T) { compareConverted(t, name, strings.TrimPrefix(name, "format2/")) })
	}
	t.Run("commands", func(t *testing.T) { compareRecorded(t, "commands", plainCommands) })
	outs, err := filepath.Glob("*.out")
	if err != nil || len(outs) != len(dumps)+1 {
		t.Errorf("got %d files *.out, %v; want one for each of %d dumps, and commands.out", len(outs), err, len(dumps))
	}
}

// recordedDumps returns the names of the dumps in the current directory.
func recordedDumps(t *testing.T) []string {
	dumps, err := filepath.Glob("*.dump")
	if err != nil || len(dumps) < 20 {
		t.Fatalf("got %d dumps, %v; want 20 at least", len(dumps), err)
	}
	return dumps
}

// compareConverted runs the commands of another dump, which is the same in format 1, but for
// summaries: the size and the version of the format are in them.
func compareConverted(t *testing.T, name, first string) {
	raw, err := os.ReadFile(first + ".out")
	if err != nil {
		t.Fatal(err)
	}
	var want []record
	for _, r := range parseRecorded(strings.ReplaceAll(string(raw), "\r\n", "\n")) {
		if !strings.HasPrefix(r.command, "$ coredumpy peek") {
			want = append(want, r)
		}
	}
	var commands []string
	for _, r := range want {
		commands = append(commands, strings.ReplaceAll(r.command, first+".dump", name+".dump"))
	}
	for i, r := range runRecorded(t, name, commands) {
		if got := strings.ReplaceAll(r.out, name+".dump", first+".dump"); got != want[i].out {
			t.Fatalf("%s: %s\n%s", name, r.command, firstDifference(got, want[i].out))
		}
	}
}

// compareRecorded compares NAME.out, or writes it with the commands that choose returns.
func compareRecorded(t *testing.T, name string, choose func() []string) {
	path := name + ".out"
	if *update {
		got := render(runRecorded(t, name, choose()))
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := parseRecorded(strings.ReplaceAll(string(raw), "\r\n", "\n"))
	var commands []string
	for _, r := range want {
		commands = append(commands, r.command)
	}
	for i, r := range runRecorded(t, name, commands) {
		if r.out != want[i].out {
			t.Fatalf("%s: %s\n%s\nIf that is meant: go test ./cmd/coredumpy -run TestRecorded -update, and read git diff.",
				name, r.command, firstDifference(r.out, want[i].out))
		}
	}
}

// firstDifference says which line of two outputs is the first that differs.
func firstDifference(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	line := func(lines []string) string {
		if i >= len(lines) || lines[i] == "" {
			return "nothing more"
		}
		from := 0 // where they begin to differ, and a little before
		if i < len(g) && i < len(w) {
			for from < min(len(g[i]), len(w[i])) && g[i][from] == w[i][from] {
				from++
			}
		}
		return fmt.Sprintf("%.200q", lines[i][max(0, from-60):])
	}
	return fmt.Sprintf("line %d: got  %s\nline %d: want %s", i+1, line(g), i+1, line(w))
}

// record is a command, a line with its mark, and its output.
type record struct{ command, out string }

func render(records []record) string {
	var b strings.Builder
	for _, r := range records {
		b.WriteString(r.command + "\n" + r.out)
	}
	return b.String()
}

func parseRecorded(text string) (records []record) {
	for line := range strings.Lines(text) {
		switch {
		case isMarked(line):
			records = append(records, record{command: strings.TrimSuffix(line, "\n")})
		case len(records) > 0:
			records[len(records)-1].out += line
		}
	}
	return records
}

func isMarked(line string) bool {
	return strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "?> ") || strings.HasPrefix(line, "$ ")
}

// recorder records the output of commands.
type recorder struct {
	records []record
	out     bytes.Buffer      // of the last command
	seen    map[string]string // by output: the command
}

// rare matches characters that Go escapes in texts, or doesn't, by version. A recording has
// them escaped.
var rare = regexp.MustCompile(`[\x{800}-\x{10ffff}]`)

// begin records the output of the last command, and that another one begins.
func (r *recorder) begin(command string) {
	const long = 120
	if len(r.records) > 0 {
		last := &r.records[len(r.records)-1]
		out := rare.ReplaceAllStringFunc(r.out.String(), func(char string) string {
			return strings.Trim(strconv.QuoteToASCII(char), `"`)
		})
		out = strings.ReplaceAll(out, "\x1b", "\u241b") // the symbol for it
		if first, ok := r.seen[out]; ok {
			last.out = "(as " + first + ")\n"
		} else {
			if len(out) > long {
				r.seen[out] = last.command
			}
			for line := range strings.Lines(shortened(out)) {
				if isMarked(line) || strings.HasPrefix(line, `\`) {
					line = `\` + line
				}
				last.out += strings.TrimSuffix(line, "\n") + "\n"
			}
		}
	}
	r.out.Reset()
	r.records = append(r.records, record{command: command})
}

// shortened returns an output, or the beginning of a long one and a hash of the rest.
func shortened(out string) string {
	const most, kept = 8 << 10, 4 << 10
	if len(out) <= most {
		return out
	}
	at := kept + strings.IndexByte(out[kept:], '\n') + 1
	return fmt.Sprintf("%s(%d bytes more, SHA-256 %x)\n", out[:at], len(out)-at, sha256.Sum256([]byte(out[at:])))
}

// failures writes lines marked as standard error.
type failures struct{ w io.Writer }

func (f failures) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if _, err := io.WriteString(f.w, "2> "+line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// runRecorded runs commands. Sessions are on the dump with that name.
func runRecorded(t *testing.T, name string, commands []string) []record {
	r := &recorder{seen: map[string]string{}}
	for i := 0; i < len(commands); {
		line := commands[i]
		r.begin(line)
		i++
		if how, ok := strings.CutPrefix(line, "$ session"); ok {
			end := i
			for end < len(commands) && !strings.HasPrefix(commands[end], "$ ") {
				end++
			}
			if n := r.session(t, name+".dump", strings.TrimSpace(how) == "color", commands[i:end]); n < end-i {
				t.Fatalf("%s: the session ended before %q", name, commands[i+n])
			}
			i = end
			continue
		}
		args, err := splitArgs(strings.TrimPrefix(line, "$ "))
		if err != nil || len(args) == 0 || args[0] != "coredumpy" {
			t.Fatalf("%s: %q: want a command that starts with coredumpy: %v", name, line, err)
		}
		if status := run(strings.NewReader(""), &r.out, failures{&r.out}, args[1:]); status != 0 {
			fmt.Fprintf(&r.out, "[status %d]\n", status)
		}
	}
	r.begin("")
	return r.records[:len(r.records)-1]
}

// session runs a session, and returns how many commands it has read.
func (r *recorder) session(t *testing.T, path string, color bool, commands []string) (n int) {
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(prompt string, complete func(string) (int, []string)) (string, error) {
		for n < len(commands) {
			line := commands[n]
			n++
			r.begin(line)
			if text, ok := strings.CutPrefix(line, "?> "); ok {
				from, words := complete(text)
				fmt.Fprintln(&r.out, from, words)
				continue
			}
			return strings.TrimPrefix(line, "> "), nil
		}
		return "", io.EOF
	}
	err = coredumpy.Load(core, coredumpy.LoadOptions{Out: &r.out, Err: failures{&r.out}, Prompt: true,
		Color: color, ReadLine: read})
	if err != nil && !errors.Is(err, coredumpy.ErrCommand) {
		t.Fatal(err)
	}
	return n
}
