package repl

import (
	"os"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

const rowsDump = `{"coredumpy":{"version":1,"reason":"dump","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"main.Order","kind":"struct","size":24,"fields":[{"name":"ID","type":1},{"name":"Name","type":2,"off":8}]}}
{"type":{"id":4,"name":"[]main.Order","kind":"slice","size":24,"elem":3}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"orders","type":4,"value":[4096,1,3,3]}]}]}}
[1,4,[[1,"a"],[22,"a long name, longer than the others"],[333,"日本語"]]]
`

func rowsConsole(t *testing.T, out *strings.Builder, o Options) (run func(string) error, complete func(string) []string) {
	return consoleOf(t, rowsDump, out, o)
}

func consoleOf(t *testing.T, text string, out *strings.Builder, o Options) (run func(string) error, complete func(string) []string) {
	t.Helper()
	core, err := dump.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	o.Out, o.Err = out, out
	sh := Console(in, o)
	return sh.Run, func(text string) []string {
		_, words := sh.Complete(text)
		return words
	}
}

// A table fits into a narrow terminal, also with wide characters.
func TestTableWidth(t *testing.T) {
	for columns, want := range map[int]string{
		60: "[*]   ID  Name\n" +
			"[0]    1  \"a\"\n" +
			"[1]   22  \"a long name, longer than the others\"\n" +
			"[2]  333  \"日本語\"\n(3 elements)\n",
		20: "[*]   ID  Name\n[0]    1  \"a\"\n[1]   22  \"a long n…\n[2]  333  \"日本語\"\n(3 elements)\n",
		14: "[*]   ID\n[0]    1\n[1]   22\n[2]  333\n(not in 14 columns: Name; -table=NAME,... chooses)\n(3 elements)\n",
	} {
		var out strings.Builder
		run, _ := rowsConsole(t, &out, Options{Columns: func() int { return columns }})
		if err := run("p -table orders"); err != nil || out.String() != want {
			t.Errorf("in %d columns: got %v\n%swant\n%s", columns, err, out.String(), want)
		}
	}
}

// A row that has no fields, as it is nil or the dump lacks it, says so.
func TestTableWithoutFields(t *testing.T) {
	text := strings.Replace(rowsDump, `"type":4,"value":[4096,1,3,3]`, `"type":6,"value":[8192,2,3,3]`, 1) +
		`{"type":{"id":5,"name":"*main.Order","kind":"ptr","size":8,"elem":3}}
{"type":{"id":6,"name":"[]*main.Order","kind":"slice","size":24,"elem":5}}
[2,6,[[12288,3],null,{"p":99,"x":"depth limit"}]]
[3,3,[1,"a"]]
`
	for args, want := range map[string]string{
		"-table orders": "[*]  ID                                     Name\n" +
			"[0]  1                                      \"a\"\n" +
			"[1]  *nil\n[2]  (*main.Order)(0x63) [... depth limit]\n(3 elements)\n",
		"-table=Name orders[*] where key < 2": "[*]  Name\n[0]  \"a\"\n[1]  *nil\n(2 of 3 elements match)\n",
	} {
		var out strings.Builder
		run, _ := consoleOf(t, text, &out, Options{})
		if err := run("p " + args); err != nil || out.String() != want {
			t.Errorf("%s: got %v\n%swant\n%s", args, err, out.String(), want)
		}
	}
}

func TestRowsComplete(t *testing.T) {
	var out strings.Builder
	_, complete := rowsConsole(t, &out, Options{})
	for _, text := range []string{"p orders[*].", "p orders where .", "p -table orders[*] where .ID > 1 && .", "orders where ."} {
		if got, want := complete(text), []string{"ID", "Name"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if got := complete("p ."); len(got) > 0 {
		t.Errorf("p .: got %q, want nothing", got)
	}
}

func TestRowsInterrupted(t *testing.T) {
	var out strings.Builder
	interrupt := make(chan os.Signal, 1)
	run, _ := rowsConsole(t, &out, Options{Interrupt: interrupt})
	interrupt <- os.Interrupt
	if err := run("p orders where .ID > 0"); err == nil || out.String() != "" {
		t.Errorf("got %v and %q, want an error and no output", err, out.String())
	}
}
