package repl

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

const examineDump = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"[]uint8","kind":"slice","size":24,"elem":4}}
{"type":{"id":3,"name":"string","kind":"string","size":16}}
{"type":{"id":4,"name":"uint8","kind":"uint8","size":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
	`{"name":"x","type":1,"addr":4096,"value":258},{"name":"s","type":3,"value":"abc"},` +
	`{"name":"secret","type":3,"value":{"s":"***redacted***","red":true}},` +
	`{"name":"b","type":2,"value":[8192,1,10]},{"name":"high","type":2,"value":[10376293541461622784,3,1]},{"name":"hidden","type":2,"value":[12288,2,60]},` +
	`{"name":"f","type":3,"value":{"x":"optimized out"}}]}]}}
[1,2,"0123456789"]
[2,2,{"s":"***redacted***","red":true}]
[3,2,"a"]
`

// Memory is shown as it was, and what is hidden in it is not: not as the bytes of what stands for it, either.
func TestExamine(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"x -count 3 -x &x", "0x1000:   0x02   0x01   0x00\n"},
		{"examinemem -fmt dec -size 2 -len 5 0x1000", "0x1000:   000258   000000   000000   000000   ??\n"},
		{"x -fmt bin -count 5 -x b", "0x2000:   00110000   00110001   00110010   00110011\n0x2004:   00110100\n"},
		{"x -fmt oct -count 2 -x &b[8]", "0x2008:   0070   0071\n"},
		{"x -size 4 -count 3 0x2000", "0x2000:   0x33323130   0x37363534   ??\n"},
		{"x -count 5 -x s", "0x0:   0x61   0x62   0x63\n"},
		{"x -count 2 -x secret", "0x0:   **     **\n"},
		{"x -count 2 -x hidden", "0x3000:   **     **\n"},
		{"x -size 4 -count 2 -x hidden[40:]", "examinemem: hidden[40:]: hidden[40:60] is redacted\n"},
		{"x -size 8 -count 7 -x hidden", "0x3000:" + strings.Repeat("   **"+strings.Repeat(" ", 16), 6) + "   **\n"},
		{"p %x secret", "%x is for numbers, and for strings and bytes that are whole in the dump\n"},
		{"p %X hidden", "%X is for numbers, and for strings and bytes that are whole in the dump\n"},
		{"p %s secret", "***redacted***\n"},
		{"p %q hidden", "\"***redacted***\"\n"},
		{"p %x b", "30313233343536373839\n"},
		{"x", "258\n"},
		{"x + 1", "259\n"},
		{"x -1", "257\n"},
		{"x 0x9000000000000000", "0x9000000000000000:   0x61\n"},
		{"x -count 3 0xffffffffffffffff", "0xffffffffffffffff:   ??     ??     ??\n"},
		{"x -x 0x10000000000000000", "examinemem: 0x10000000000000000 is no address\n"},
		{"x -x 1<<13+2", "0x2002:   0x32\n"},
		{"x.f", "x (type int) has no member f"},
		{"examinemem", "examinemem: give an address, or -x EXPRESSION\n"},
		{"examinemem -h", "examinemem: help examinemem says what it takes\n"},
		{"examinemem -to 1", "examinemem: flag provided but not defined: -to: help examinemem says what it takes\n"},
		{"examinemem nil", "examinemem: nil is no address\n"},
		{"x -size 9 1", "examinemem: -size must be 1 to 8, not 9\n"},
		{"x -size 8 -count 126 1", "examinemem: -count must be 1 to 125, not 126: at most 1000 bytes are printed\n"},
		{"x -count -1 1", "examinemem: -count must be 1 to 1000, not -1: at most 1000 bytes are printed\n"},
		{"x -fmt raw 1", "examinemem: -fmt \"raw\" is none of hex, dec, oct and bin\n"},
		{"x 1 -x 2", "examinemem: unexpected \"1\": the address is behind -x\n"},
		{"examinemem []byte{1}", "examinemem: []byte{1} has no address in the program's memory\n"},
		{"examinemem []byte(nil)", "examinemem: []byte(nil) is nil\n"},
		{"examinemem -x f", "examinemem: f is optimized out\n"},
		{"examinemem -x 1.5", "examinemem: 1.5 has the type float64, and is no address: write &x for where x is\n"},
	} {
		core, err := dump.Read(strings.NewReader(examineDump))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		Run(core, Options{Commands: []string{tt.command}, Out: &out, Err: &out})
		if !strings.HasPrefix(out.String(), tt.want) {
			t.Errorf("%s: got %q, want %q", tt.command, out.String(), tt.want)
		}
	}
}
