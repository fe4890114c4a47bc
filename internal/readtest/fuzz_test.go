package readtest

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

// FuzzDrive checks that reading any dump, with any commands, ends without a panic and in
// time, and writes nothing that a terminal could take for a command.
func FuzzDrive(f *testing.F) {
	const commands = "info\nbt -full\nlocals -v\nargs -v\nvars\ngrs -v\nup\nll\nlist\ngoroutine\nconfig max-depth 9\nlocals\np "
	exprs := []string{"p.Next.V", "m[\"a\"]", "x.(data)", "*ptr", "self.x", "s[1:]", "items[0].Name",
		"long[9223372036854775806]", "a.b == nil && len(x) < 3"}
	for i, dump := range append(transcripts(f), ownDump()) {
		f.Add(dump, commands+exprs[i%len(exprs)])
		f.Add(pack(dump), "frame 1 frame 0 goroutine 1 locals -v")
	}
	for _, generate := range hostile {
		f.Add([]byte(generate(200)), "p x")
	}
	f.Fuzz(func(t *testing.T, dump []byte, commands string) {
		d := &driver{t: t, rnd: rand.New(rand.NewPCG(uint64(len(dump)), 0)), few: true}
		if !d.drive(dump) {
			return
		}
		core, err := coredumpy.Read(bytes.NewReader(dump))
		if err != nil {
			t.Fatalf("the second time: %v", err)
		}
		watch := time.AfterFunc(hang, func() { panic("no end of the commands") })
		defer watch.Stop()
		var out, errs strings.Builder
		coredumpy.Load(core, coredumpy.LoadOptions{In: strings.NewReader(commands), Out: &out, Err: &errs})
		d.checkText("the output", out.String(), false)
		d.checkText("the errors", errs.String(), false)
	})
}
