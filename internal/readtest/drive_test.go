// Package readtest has no code of its own. Its tests read dumps that are cut, damaged or
// forged, in every way there is: with the methods of what coredumpy.Read returns, the
// commands of a session, and summaries.
package readtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coredumpy"
	"coredumpy/internal/corefile"
	"coredumpy/internal/printable"
)

// hang is how long one dump may take on a busy machine before it counts as a hang. The
// dumps of these tests take milliseconds.
const hang = time.Minute

// These are the limits on the memory allocated for a dump in total, most of which is
// garbage at once: an amount for the session and its commands, and an amount for each
// decompressed byte. Only a fraction of it is kept.
const (
	allocBase    = 256 << 20
	allocPerByte = 5000
)

// A driver reads dumps in every way and checks what must hold whatever the bytes are: no
// panic, an end, memory in proportion to the file, errors that say what is wrong, and
// nothing that a terminal could take for a command.
type driver struct {
	t    testing.TB
	file string // to write dumps to; "" leaves summaries out
	rnd  *rand.Rand
	// few makes the driver run only some of the commands and expressions, chosen at
	// random.
	few bool
}

func newDriver(t testing.TB, seed uint64) *driver {
	return &driver{t: t, file: filepath.Join(t.TempDir(), "x.dump"), rnd: rand.New(rand.NewPCG(seed, 0))}
}

// drive reads a dump, and reports whether it opened.
func (d *driver) drive(data []byte) (opened bool) {
	d.t.Helper()
	watch := time.AfterFunc(hang, func() { panic(fmt.Sprintf("no end after %v of the dump in %s", hang, keep(data))) })
	defer watch.Stop()
	defer func() {
		if r := recover(); r != nil {
			d.t.Errorf("the dump that panics is in %s", keep(data))
			panic(r)
		}
	}()
	before := allocated()
	core, err := coredumpy.Read(bytes.NewReader(data))
	if err == nil {
		d.walk(core)
		d.session(core)
	} else {
		d.checkError(err)
	}
	d.peek(data, err)
	if got, most := allocated()-before, uint64(allocBase+allocPerByte*decompressed(data)); got > most {
		d.t.Errorf("got %d bytes allocated for a dump of %d, want at most %d", got, decompressed(data), most)
	}
	if d.t.Failed() {
		d.t.Fatalf("the dump is in %s", keep(data))
	}
	return err == nil
}

// keep writes a dump for which a check fails to a file that stays, and returns its path.
func keep(data []byte) string {
	f, err := os.CreateTemp("", "readtest*.dump")
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err.Error()
	}
	return f.Name()
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// decompressed returns the size of a dump's records.
func decompressed(data []byte) int {
	plain, _ := unpack(data)
	return len(plain)
}

// checkError checks the error of a file that doesn't open.
func (d *driver) checkError(err error) {
	d.t.Helper()
	var format *corefile.FormatError
	if !errors.As(err, &format) {
		d.t.Errorf("got error %v, want a FormatError", err)
		return
	}
	switch format.Err {
	case corefile.ErrDamaged, corefile.ErrNotDump, corefile.ErrVersion:
	default:
		d.t.Errorf("got %v because of %v, want a reason", err, format.Err)
	}
	d.checkText("the error", err.Error(), false)
}

// checkText checks text that reaches the terminal.
func (d *driver) checkText(what, text string, color bool) {
	d.t.Helper()
	if color {
		text = colors.Replace(text)
	}
	if !utf8.ValidString(text) {
		d.t.Errorf("%s is not UTF-8: %.300q", what, text)
	}
	for i, r := range text {
		if r != '\n' && r != '\t' && !printable.Safe(r) {
			d.t.Errorf("%s holds %q after %.100q", what, r, text[max(0, i-100):i])
			return
		}
	}
}

// colors are a session's own escape sequences.
var colors = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[2;3m", "", "\x1b[32m", "",
	"\x1b[33m", "", "\x1b[35m", "", "\x1b[36m", "")

// peek summarises the dump in both forms; readErr is the error of reading it.
func (d *driver) peek(data []byte, readErr error) {
	if d.file == "" || d.few && d.rnd.IntN(4) > 0 {
		return
	}
	if err := os.WriteFile(d.file, data, 0o600); err != nil {
		d.t.Fatal(err)
	}
	for _, asJSON := range []bool{false, true} {
		var out strings.Builder
		n, err := coredumpy.Peek(&out, []string{d.file}, coredumpy.PeekOptions{JSON: asJSON})
		if (n == 1) != (err == nil) || (err == nil) != (readErr == nil) {
			d.t.Errorf("peek read %d dumps with the error %v, reading it gave %v", n, err, readErr)
		}
		d.checkText("the summary", out.String(), false)
		switch {
		case err != nil:
			d.checkText("the error of peek", err.Error(), false)
		case asJSON && (!json.Valid([]byte(out.String())) || strings.Count(out.String(), "\n") != 1):
			d.t.Errorf("got %q, want JSON on a line", out.String())
		}
	}
}

// session runs commands and expressions on the dump.
func (d *driver) session(core *coredumpy.Core) {
	lines := d.commands(core)
	color := d.rnd.IntN(2) == 0
	var out, errs strings.Builder
	options := coredumpy.LoadOptions{Out: &out, Err: &errs, Prompt: color, Color: color}
	if color {
		options.Columns = func() int { return 20 + d.rnd.IntN(200) }
	}
	if d.few {
		options.Commands = append(lines, "config")
	} else {
		options.In = strings.NewReader(strings.Join(lines, "\n"))
	}
	err := coredumpy.Load(core, options)
	if err != nil && !errors.Is(err, coredumpy.ErrCommand) {
		d.t.Errorf("got error %v from the session", err)
	}
	d.checkText("the output", out.String(), color)
	d.checkText("the errors", errs.String(), false)
}

// commands returns the commands for a session: all there are, and expressions of the
// variables, in several goroutines and frames.
func (d *driver) commands(core *coredumpy.Core) (lines []string) {
	everywhere := []string{"bt -full", "bt", "args -v", "locals -v", "locals", "ll", "list", "list +", "list -",
		"list 1", "goroutine"}
	once := []string{
		"info", "goroutines", "goroutines -v", "vars", "vars -v", "config", "up", "down 99", "frame 1",
		"frame 0 locals",
		"locals ^a", "args x", "help", "frame 9223372036854775807", "list 9223372036854775807",
		"goroutine 9223372036854775807",
		"config max-depth 9", "config max-string 3", "config max-elements 1000000", "locals -v", "p panic",
		"whatis panic", "find x", "find 0", "find -v /./", "find ***redacted***", "find true", "histogram -v",
		"whereis x", "packages", "types", "funcs", "goroutines -exec bt 1", "goroutines -with waiting", "up -m",
		"waits",
	}
	ids := core.Goroutines()
	d.rnd.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	globals, _ := core.Globals()
	most := 4
	if d.few {
		most = 2
	}
	for i, id := range ids[:min(len(ids), most)] {
		lines = append(lines, fmt.Sprint("goroutine ", id))
		g, err := core.Goroutine(id)
		if err != nil {
			continue
		}
		for frame := range g.Frames[:min(len(g.Frames), 5)] {
			lines = append(lines, fmt.Sprint("frame ", frame))
			lines = append(lines, d.some(everywhere)...)
			vars := g.Frames[frame].Vars
			if i == 0 {
				vars = append(vars[:len(vars):len(vars)], globals[:min(len(globals), 10)]...)
			}
			for _, v := range vars[:min(len(vars), 30)] {
				lines = append(lines, d.some(expressions(&v))...)
			}
		}
	}
	return append(lines, d.some(once)...)
}

// some returns a whole list, or a part of it if the driver runs few commands.
func (d *driver) some(all []string) (chosen []string) {
	if !d.few {
		return all
	}
	for _, s := range all {
		if d.rnd.IntN(20) == 0 {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// expressions returns commands that ask for a variable in all ways.
func expressions(v *coredumpy.Variable) (lines []string) {
	for _, form := range []string{
		"x", "*x", "**x", "&x", "len(x)", "cap(x)", "-x", "!x", "x+1", `x+"a"`, "x[0]", "x[1]", `x["a"]`, "x[-1]",
		"x[x]", "x[nil]", "x[&x]", "x[1.5]",
		"x[:]", "x[1:]", "x[:1:2]", "x[1:][0]", "x[9223372036854775807]", "x[9223372036854775807:]",
		"x[:9223372036854775807]", "x[4611686018427387904:][4611686018427387904:]",
		"x.(data)", "x.(int)", "x.(*T)", "x == x", "x == nil", "x < x", "x != *x", "x == x.(data)", "x.x", "x[0].a",
		"(*x)[1:][0]", "x.(data).(data)", "x[0][0][0]", "&x[0]", "*&x",
		"string(x)", "[]byte(x)", "[]rune(x)", "int8(x)", "complex64(x)", "uintptr(x)", "unsafe.Pointer(x)", "any(x)",
		"*(*[8]byte)(uintptr(x))", "*(*int)(uintptr(&x))", "**(**int)(unsafe.Pointer(&x))", "max(x, x, 1)", "real(x)",
		"x.buf", "x.receiver", "[]any{x, nil, 1}", "[2]any{x} == [2]any{x}", "x, _, $1", "x[0:1]", "T{x}", "T{x: x}",
	} {
		expr := strings.ReplaceAll(form, "x", v.Name)
		if !strings.ContainsAny(expr, "\n\r") {
			lines = append(lines, "p "+expr, "whatis "+expr, "p %x "+expr)
		}
	}
	if !strings.ContainsAny(v.Name, "\n\r") {
		lines = append(lines, "refs "+v.Name, "size "+v.Name, "pp "+v.Name, "refs -v &"+v.Name, "size *"+v.Name)
	}
	t := v.Value.Type()
	if elem := t.Elem(); elem.NumField() > 0 {
		t = elem
	}
	for i := range min(t.NumField(), 5) {
		if name, _, _ := t.Field(i); !strings.ContainsAny(name, "\n\r") {
			lines = append(lines, "p "+v.Name+"."+name, "p &"+v.Name+"."+name)
		}
	}
	return lines
}

// unpack returns the records of a dump, which may be compressed.
func unpack(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		return data, nil
	}
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zr)
}
