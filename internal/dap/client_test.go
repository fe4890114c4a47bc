package dap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// tester is a client that waits for each answer.
type tester struct {
	t      testing.TB
	to     io.WriteCloser
	r      *reader
	seq    int // of the last request
	last   int // of the server's last message
	events []reply
}

// connect begins a session, and opens the dump at a path.
func connect(t testing.TB, o Options, path string) *tester {
	t.Helper()
	in, to := io.Pipe()
	from, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(in, out, o)
		out.Close()
	}()
	c := &tester{t: t, to: to, r: newReader(from, true)}
	t.Cleanup(func() {
		to.Close()
		go io.Copy(io.Discard, from)
		if err := <-ended; err != nil {
			t.Errorf("the session ended: %v", err)
		}
	})
	ok[none](c, "initialize", `{"supportsVariableType":true,"supportsMemoryReferences":true}`)
	ok[none](c, "launch", fmt.Sprintf(`{"dump":%q}`, path))
	ok[none](c, "configurationDone", "{}")
	return c
}

// ask sends a request, and returns its answer.
func (c *tester) ask(command, args string) reply {
	c.t.Helper()
	c.seq++
	message := framed(fmt.Sprintf(`{"seq":%d,"type":"request","command":%q,"arguments":%s}`, c.seq, command, args))
	if _, err := io.WriteString(c.to, message); err != nil {
		c.t.Fatal(err)
	}
	for {
		content, err := c.r.next()
		if err != nil {
			c.t.Fatalf("%s: %v", command, err)
		}
		var m reply
		if err := json.Unmarshal(content, &m); err != nil {
			c.t.Fatal(err)
		}
		if c.last++; m.Seq != c.last {
			c.t.Fatalf("got seq %d, want %d", m.Seq, c.last)
		}
		if m.Type == "event" {
			c.events = append(c.events, m)
			continue
		}
		if m.RequestSeq != c.seq || m.Command != command {
			c.t.Fatalf("got an answer to %d %s, want one to %d %s", m.RequestSeq, m.Command, c.seq, command)
		}
		return m
	}
}

// ok returns the body of the answer to a request, which must succeed.
func ok[B any](c *tester, command, args string) (b B) {
	c.t.Helper()
	m := c.ask(command, args)
	if !m.Success {
		c.t.Fatalf("%s %s: got error %s", command, args, m.Message)
	}
	if len(m.Body) > 0 {
		if err := json.Unmarshal(m.Body, &b); err != nil {
			c.t.Fatal(err)
		}
	}
	return b
}

// The evaluateName of each variable evaluates to it in its frame, with as many parts.
func TestEvaluateNames(t *testing.T) {
	dumps, err := filepath.Glob(filepath.Join(recorded, "*.dump"))
	if err != nil || len(dumps) < 20 {
		t.Fatalf("got %d dumps, %v", len(dumps), err)
	}
	evaluated := 0
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			c := connect(t, options(), filepath.Base(dump))
			for _, th := range ok[threadsBody](c, "threads", "{}").Threads {
				frames := ok[stackTraceBody](c, "stackTrace", fmt.Sprintf(`{"threadId":%d}`, th.ID)).StackFrames
				for _, f := range frames[:min(len(frames), 4)] {
					left := 60
					for _, sc := range ok[scopesBody](c, "scopes", fmt.Sprintf(`{"frameId":%d}`, f.ID)).Scopes {
						evaluated += checkNames(c, f.ID, sc.Reference, 0, &left)
					}
				}
			}
		})
	}
	if evaluated < 1000 {
		t.Errorf("got %d variables with an evaluateName, want 1000 or more", evaluated)
	}
}

func checkNames(c *tester, frame, reference, depth int, left *int) (evaluated int) {
	args := fmt.Sprintf(`{"variablesReference":%d,"count":20}`, reference)
	for _, v := range ok[variablesBody](c, "variables", args).Variables {
		if *left--; *left < 0 {
			return evaluated
		}
		if v.EvaluateName != "" && v.hasValue() {
			evaluated++
			args := fmt.Sprintf(`{"expression":%q,"frameId":%d,"context":"variables"}`, v.EvaluateName, frame)
			got := ok[evaluateBody](c, "evaluate", args)
			// A doubt about a variable is also shown as a doubt about a value.
			if !strings.HasPrefix(got.Result, strings.SplitN(v.Value, " (", 2)[0]) ||
				got.Type != v.Type || got.Named != v.Named || got.Indexed != v.Indexed {
				c.t.Errorf("%s: got %+v, want the value of %+v", v.EvaluateName, got, v)
			}
		}
		if v.Reference != 0 && depth < 3 {
			evaluated += checkNames(c, frame, v.Reference, depth+1, left)
		}
	}
	return evaluated
}

// hasValue reports whether a variable has a value, and not a reason for having none.
func (v variable) hasValue() bool {
	return !strings.HasPrefix(v.Value, "(") && !strings.Contains(v.Value, "redacted")
}

// No part of stranger may reach an editor unchanged.
const stranger = "\x1b[2J\u202e\u2066\x00<script>{_x}"

// A stranger's dump, with odd names, ids and references, is shown without control
// characters, and a request for what isn't there is an error.
func TestStrangers(t *testing.T) {
	dumps, _ := filepath.Glob(filepath.Join(recorded, "*.dump"))
	tests := map[string]Options{"odd": of(oddDump())}
	for _, dump := range dumps {
		if name := filepath.Base(dump); name == "hostile.dump" || name == "forged.dump" || name == "truncated.dump" {
			tests[name] = options()
		}
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			c := connect(t, o, name)
			seen := 0
			for _, th := range ok[threadsBody](c, "threads", "{}").Threads {
				checkText(t, th.Name)
				c.ask("exceptionInfo", fmt.Sprintf(`{"threadId":%d}`, th.ID))
				for _, f := range ok[stackTraceBody](c, "stackTrace", fmt.Sprintf(`{"threadId":%d}`, th.ID)).StackFrames {
					seen++
					checkText(t, f.Name)
					for _, sc := range ok[scopesBody](c, "scopes", fmt.Sprintf(`{"frameId":%d}`, f.ID)).Scopes {
						left := 200
						checkVariables(c, sc.Reference, 0, &left)
					}
				}
			}
			if seen == 0 {
				t.Error("got no frame")
			}
			for _, e := range c.events {
				checkText(t, strings.ReplaceAll(string(e.Body), `\n`, ""))
			}
		})
	}
}

func checkVariables(c *tester, reference, depth int, left *int) {
	for _, v := range ok[variablesBody](c, "variables", fmt.Sprintf(`{"variablesReference":%d}`, reference)).Variables {
		if *left--; *left < 0 {
			return
		}
		checkText(c.t, v.Name+v.Value+v.Type)
		if v.Memory != "" {
			ok[readMemoryBody](c, "readMemory", fmt.Sprintf(`{"memoryReference":%q,"offset":-1,"count":9}`, v.Memory))
		}
		if v.Reference != 0 && depth < 5 {
			checkVariables(c, v.Reference, depth+1, left)
		}
	}
}

func checkText(t testing.TB, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Cc, r) || r == '\u202e' || r == '\u2066' }); i >= 0 {
		t.Errorf("got %q, want no control character", text)
	}
}

// oddDump returns a dump with odd names, ids and references.
func oddDump() string {
	name, err := json.Marshal(stranger)
	if err != nil {
		panic(err)
	}
	lines := []string{
		`{"coredumpy":{"version":1,"reason":NAME,"message":NAME,"goroutine":-5,"os":NAME,"arch":"amd64","go":NAME,` +
			`"notes":[NAME],"build":{"main":NAME,"deps":[[NAME,NAME]]}}}`,
		`{"type":{"id":1,"name":NAME,"kind":"struct","fields":[{"name":NAME,"type":1},{"name":NAME,"type":2},{"name":"x","type":9}]}}`,
		`{"type":{"id":2,"name":NAME,"kind":"string","size":16}}`,
		`{"type":{"id":3,"name":"*m","kind":"ptr","elem":3}}`,
		`{"type":{"id":4,"name":"map[string]int","kind":"map","key":2,"elem":2}}`,
		`{"type":{"id":5,"name":"chan int","kind":"chan","elem":2}}`,
		`{"goroutine":{"id":-5,"status":NAME,"note":NAME,"labels":[NAME],"more":3,"createdBy":{"func":NAME,"file":NAME,"line":-1},` +
			`"panic":{"name":NAME,"type":2,"value":NAME},"earlier":[{"name":"e","type":1,"value":[]}],"frames":[` +
			`{"func":NAME,"file":NAME,"line":-7,"note":NAME,"vars":[{"name":NAME,"type":2,"value":NAME},{"name":"p","type":3,"value":[16,1]},` +
			`{"name":"m","type":4,"value":[32,2,1]},{"name":"c","type":5,"value":[48,3,9,9]},{"name":"s","type":1,"value":[[],NAME,1]}]},` +
			`{"func":"main.main","pkg":"main","file":"//host/share/x.go","line":3,"vars":[{"name":"a b","type":2,"value":"x"},{"name":"_","type":2,"value":""}]}]}}`,
		`{"goroutine":{"id":9007199254740993,"status":"select","frames":[{"func":"x","file":"/dev/zero","line":1}]}}`,
		`{"goroutine":{"id":0,"status":"select","frames":[]}}`,
		`{"global":{"id":1,"name":NAME,"type":2,"value":NAME}}`,
		`{"global":{"id":2,"name":"nodot","type":2,"value":NAME}}`,
		`[1,3,[16,1]]`, `[2,4,[NAME,NAME]]`, `[3,5,{"e":[NAME],"len":9,"closed":true,"recv":2,"send":3}]`,
		`{"source":{"id":1,"path":NAME,"text":NAME}}`,
	}
	return strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "NAME", string(name))
}

// manyGoroutines returns a dump with n goroutines; each stack is that of two of them.
func manyGoroutines(n int) string {
	var b bytes.Buffer
	b.WriteString(`{"coredumpy":{"version":1,"reason":"panic","goroutine":7}}` + "\n")
	for id := 1; id <= n; id++ {
		fmt.Fprintf(&b, `{"goroutine":{"id":%d,"status":"select","frames":[{"func":"main.worker","file":"/w.go","line":%d}]}}`+"\n", id, (id+1)/2)
	}
	return b.String()
}

func TestThreadsAreBounded(t *testing.T) {
	const goroutines = 10_000
	c := connect(t, of(manyGoroutines(goroutines)), "x")
	threads := ok[threadsBody](c, "threads", "{}").Threads
	if len(threads) != maxThreads || threads[0].ID != 7 {
		t.Fatalf("got %d threads, %d first, want %d with 7 first", len(threads), threads[0].ID, maxThreads)
	}
	if want := "goroutine 7 [select] main.worker and 1 more with this stack"; threads[0].Name != want {
		t.Errorf("got %q, want %q", threads[0].Name, want)
	}
	// The console can still reach the others by their ids.
	if got := ok[evaluateBody](c, "evaluate", `{"expression":"goroutine 9999","context":"repl"}`).Result; !strings.Contains(got, "9999") {
		t.Errorf("got %q, want goroutine 9999", got)
	}
	if got := ok[stackTraceBody](c, "stackTrace", `{"threadId":9999}`); got.TotalFrames != 1 {
		t.Errorf("got %+v, want a frame", got)
	}
	// The event came with the next answer.
	told := slices.ContainsFunc(c.events, func(e reply) bool {
		return strings.Contains(string(e.Body), fmt.Sprint(goroutines/2-maxThreads))
	})
	if !told {
		t.Errorf("got events %v, want one that says how many goroutines aren't listed", c.events)
	}
}

// listDump returns a dump in which x is a []int of n elements.
func listDump(n int) string {
	return `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","file":"x.go","line":1,"vars":[{"name":"x","type":2,"value":[4096,1,` + fmt.Sprint(n+5) + `]}]}]}}
[1,2,[0` + strings.Repeat(",7", n-1) + `]]
`
}

func TestPaging(t *testing.T) {
	const n = 5000
	c := connect(t, of(listDump(n)), "x")
	frame := ok[stackTraceBody](c, "stackTrace", `{"threadId":1}`).StackFrames[0].ID
	x := ok[evaluateBody](c, "evaluate", fmt.Sprintf(`{"expression":"x","frameId":%d}`, frame))
	if x.Indexed != n || x.Named != 1 {
		t.Fatalf("got %d elements and %d named parts, want %d and a line about what isn't there", x.Indexed, x.Named, n)
	}
	tests := []struct {
		args        string
		count       int
		first, last string
	}{
		{`"filter":"indexed","start":0,"count":100`, 100, "[0]", "[99]"},
		{`"filter":"indexed","start":4990,"count":100`, 10, "[4990]", "[4999]"},
		{`"filter":"indexed","start":5000,"count":100`, 0, "", ""},
		{`"filter":"indexed","start":10,"count":9007199254740991`, maxVariables + 1, "[10]", "..."},
		{`"filter":"named"`, 1, "(not in the dump)", "(not in the dump)"},
		{`"start":0,"count":3`, 3, "(not in the dump)", "[1]"},
		{`"start":0,"count":0`, maxVariables + 1, "(not in the dump)", "..."},
	}
	for _, tt := range tests {
		got := ok[variablesBody](c, "variables", fmt.Sprintf(`{"variablesReference":%d,%s}`, x.Reference, tt.args)).Variables
		if len(got) != tt.count || tt.count > 0 && (got[0].Name != tt.first || got[len(got)-1].Name != tt.last) {
			t.Errorf("%s: got %d variables %.200v, want %d from %s to %s", tt.args, len(got), got, tt.count, tt.first, tt.last)
		}
	}
	for _, args := range []string{`"start":-1`, `"count":-1`, `"filter":"x"`, `"start":"x"`} {
		if m := c.ask("variables", fmt.Sprintf(`{"variablesReference":%d,%s}`, x.Reference, args)); m.Success {
			t.Errorf("%s: got %s, want an error", args, m.Body)
		}
	}
}

// A frame selected by a command of the console stays selected there, until the editor
// selects another one.
func TestConsoleFrame(t *testing.T) {
	c := connect(t, options(), "zoo.dump")
	frames := ok[stackTraceBody](c, "stackTrace", `{"threadId":1}`).StackFrames
	evaluate := func(expr, context string, frame int) string {
		return ok[evaluateBody](c, "evaluate", fmt.Sprintf(`{"expression":%q,"frameId":%d,"context":%q}`, expr, frames[frame].ID, context)).Result
	}
	first := evaluate("frame", "repl", 0)
	up := evaluate("up", "repl", 0)
	if first == up {
		t.Fatalf("got %q twice, want another frame after up", up)
	}
	evaluate("1", "watch", 0)
	ok[scopesBody](c, "scopes", fmt.Sprintf(`{"frameId":%d}`, frames[0].ID))
	if got := evaluate("frame", "repl", 0); got != up {
		t.Errorf("got frame %q, want %q still", got, up)
	}
	if got := evaluate("frame", "repl", 1); got != up {
		t.Errorf("got frame %q after the editor's selection, want %q", got, up)
	}
	if got := evaluate("frame", "repl", 0); got != first {
		t.Errorf("got frame %q, want %q", got, first)
	}
}

// exceptionInfo has the errors that a panic's error wraps, and the earlier panics.
func TestExceptionChain(t *testing.T) {
	c := connect(t, of(`{"coredumpy":{"version":1,"reason":"panic","message":"outer","goroutine":1}}
{"type":{"id":1,"name":"error","kind":"interface","size":16}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"fmt.wrapError","kind":"struct","fields":[{"name":"msg","type":2},{"name":"err","type":1}]}}
{"type":{"id":4,"name":"*fmt.wrapError","kind":"ptr","elem":3}}
{"goroutine":{"id":1,"status":"running","panic":{"name":"panic","type":1,"value":[4,[16,1]]},"earlier":[{"name":"panic","type":1,"value":[2,"before"]}],"frames":[{"func":"main.f","file":"x.go","line":1}]}}
{"goroutine":{"id":2,"status":"running","panic":{"name":"panic","type":1,"value":[4,[32,2]]},"frames":[]}}
[1,3,["outer",[2,"inner"]]]
[2,3,["round",[4,[32,2]]]]
`), "x")
	got := ok[exceptionInfoBody](c, "exceptionInfo", `{"threadId":1}`)
	d := got.Details
	if got.ID != "panic" || d.TypeName != "*fmt.wrapError" || d.EvaluateName != "panic" || !strings.Contains(d.StackTrace, "main.f(...)\n\tx.go:1") {
		t.Errorf("got %+v with %+v", got, d)
	}
	if len(d.Inner) != 2 || d.Inner[0].Message != `"inner"` || d.Inner[1].Message != `"before"` {
		t.Errorf("got inner exceptions %+v", d.Inner)
	}
	// In a forged dump an error may wrap itself.
	depth := 0
	for d = ok[exceptionInfoBody](c, "exceptionInfo", `{"threadId":2}`).Details; len(d.Inner) > 0; d = d.Inner[0] {
		depth++
	}
	if depth != maxInner {
		t.Errorf("got %d errors in each other, want %d", depth, maxInner)
	}
}
