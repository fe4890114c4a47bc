package dap

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/repl"
	"coredumpy/internal/shell"
)

var update = flag.Bool("update", false, "rewrite what the transcripts in testdata expect")

const recorded = "../../testdata/recorded"

// prompt is the console that the command gives to a server.
type prompt struct{ *shell.Shell }

func (p prompt) Run(line string) error {
	err := p.Shell.Run(line)
	if errors.Is(err, shell.ErrQuit) {
		return ErrQuit
	}
	return err
}

// options are those of the command. Dumps are opened in the directory of recorded ones.
func options() Options {
	return Options{
		Open: func(path string) (*dump.Core, error) { return dump.Open(filepath.Join(recorded, path)) },
		Console: func(in *inspector.Inspector, out io.Writer, interrupt <-chan os.Signal) Console {
			return prompt{repl.Console(in, repl.Options{Out: out, Err: out, Interrupt: interrupt})}
		},
	}
}

// of returns options that open a dump with this text.
func of(text string) Options {
	o := options()
	o.Open = func(string) (*dump.Core, error) { return dump.Read(strings.NewReader(text)) }
	return o
}

// framed returns a message with its header.
func framed(content string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(content), content)
}

// asked returns requests, each "command arguments", with headers, numbered from 1.
func asked(requests ...string) string {
	var b strings.Builder
	for i, r := range requests {
		command, args, _ := strings.Cut(r, " ")
		content := fmt.Sprintf(`{"seq":%d,"type":"request","command":%q`, i+1, command)
		if args != "" {
			content += `,"arguments":` + args
		}
		b.WriteString(framed(content + "}"))
	}
	return b.String()
}

// reply is a message of the server.
type reply struct {
	Seq        int             `json:"seq"`
	Type       string          `json:"type"`
	RequestSeq int             `json:"request_seq"`
	Success    bool            `json:"success"`
	Command    string          `json:"command"`
	Message    string          `json:"message"`
	Event      string          `json:"event"`
	Body       json.RawMessage `json:"body"`
}

// replies runs a session with a client's bytes, and returns the server's messages.
func replies(t testing.TB, o Options, input string) []reply {
	t.Helper()
	var out bytes.Buffer
	if err := Serve(strings.NewReader(input), &out, o); err != nil && err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	return parseReplies(t, &out)
}

func parseReplies(t testing.TB, out io.Reader) (all []reply) {
	t.Helper()
	r := newReader(out, true)
	for {
		content, err := r.next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		var m reply
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatalf("%v in %s", err, content)
		}
		if m.Seq != len(all)+1 {
			t.Fatalf("got seq %d, want %d", m.Seq, len(all)+1)
		}
		all = append(all, m)
	}
}

// body returns the body of the answer to request n, which must be a success.
func body[B any](t testing.TB, all []reply, n int) (b B) {
	t.Helper()
	for _, m := range all {
		if m.Type == "response" && m.RequestSeq == n {
			if !m.Success {
				t.Fatalf("request %d: got error %s", n, m.Message)
			}
			if err := json.Unmarshal(m.Body, &b); err != nil {
				t.Fatalf("request %d: %v", n, err)
			}
			return b
		}
	}
	t.Fatalf("request %d got no answer", n)
	return b
}

// TestTranscripts runs testdata/*.txt: requests, a line each,
//
//	> command arguments
//
// and below each its answer, and the events that follow. A line with "! " holds bytes as a
// Go string, which are sent unchanged. Other lines before the first request are comments.
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d transcripts, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, want := transcribed(t, string(raw)), strings.ReplaceAll(string(raw), "\r\n", "\n")
			if got == want {
				return
			}
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Fatalf("line %d: got\n%s\nwant\n%s\nIf that is meant: go test ./internal/dap -run TestTranscripts -update",
						i+1, g[i], w[i])
				}
			}
			t.Fatalf("got %d lines, want %d", len(g), len(w))
		})
	}
}

// transcribed runs the requests of a transcript, and returns it with their answers.
func transcribed(t *testing.T, text string) string {
	var input, got strings.Builder
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "> "):
			lines = append(lines, line)
			command, args, _ := strings.Cut(line[2:], " ")
			content := fmt.Sprintf(`{"seq":%d,"type":"request","command":%q`, len(lines), command)
			if args != "" {
				content += `,"arguments":` + args
			}
			input.WriteString(framed(content + "}"))
		case strings.HasPrefix(line, "! "):
			lines = append(lines, line)
			var raw string
			if _, err := fmt.Sscanf(line[2:], "%q", &raw); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			input.WriteString(raw)
		case len(lines) == 0:
			got.WriteString(line + "\n")
		}
	}
	all := replies(t, options(), input.String())
	for _, line := range lines {
		got.WriteString(line + "\n")
		for i, m := range all {
			if i > 0 && m.Type == "response" {
				all = all[i:]
				break
			}
			got.WriteString(m.line())
			if i == len(all)-1 {
				all = nil
			}
		}
	}
	if len(all) > 0 {
		t.Errorf("got %d messages more than the requests have answers", len(all))
	}
	return got.String()
}

// line returns a message for a transcript, with the members of long lists on lines of their own.
func (m reply) line() string {
	head := "event " + m.Event
	if m.Type == "response" {
		head = fmt.Sprintf("%d %s", m.RequestSeq, m.Command)
		if !m.Success {
			return head + " failed: " + string(m.Body) + "\n"
		}
	}
	var members map[string][]json.RawMessage
	if json.Unmarshal(m.Body, &members) == nil && len(members) == 1 {
		for name, list := range members {
			head += " " + name + ":"
			for _, l := range list {
				head += "\n\t" + string(l)
			}
		}
		return head + "\n"
	}
	text := string(m.Body)
	if len(text) > 4000 {
		text = fmt.Sprintf("%s... (%d bytes)", text[:4000], len(text))
	}
	return strings.TrimRight(head+" "+text, " ") + "\n"
}
