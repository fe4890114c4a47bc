package repl

import (
	"errors"
	"flag"
	"fmt"
	"go/constant"
	"go/parser"
	"io"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

const examineHelp = `Prints memory as far as the dump holds it, in the way of Delve.
-fmt FORMAT   hex, dec, oct or bin
-count N      how many numbers; -len is the same
-size N       how many bytes each has, 1 to 8
-x EXPR       begin where the pointer EXPR points to, or at the address that EXPR is; for a
              string or a slice, with its elements
Examples: x -fmt dec -count 4 -size 8 -x &order
          x 0xc000012345
** is a byte of a secret, which is hidden. ?? is one that isn't in the dump: it has values of
variables and objects, and not all memory. The bytes of strings have no address in the dump: they
are counted from 0.`

// mostExamined bounds the bytes that examinemem prints, as in Delve.
const mostExamined = 1000

// examination is what examinemem is to print.
type examination struct {
	format      string // of package fmt
	digits      int    // of a number
	columns     int
	count, size int
	expr        string // where
}

// formats are the formats of examinemem, each with its width for a byte, and columns.
var formats = map[string]struct {
	before, verb string
	digits, cols int
}{
	"hex": {"0x", "x", 2, 8}, "hexadecimal": {"0x", "x", 2, 8}, "dec": {"", "d", 3, 8}, "decimal": {"", "d", 3, 8},
	"oct": {"0", "o", 3, 8}, "octal": {"0", "o", 3, 8}, "bin": {"", "b", 8, 4}, "binary": {"", "b", 8, 4},
}

// parseExamination parses the arguments of examinemem.
func parseExamination(args string) (x examination, err error) {
	flags := flag.NewFlagSet("examinemem", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("fmt", "hex", "")
	flags.IntVar(&x.count, "count", 1, "")
	flags.IntVar(&x.count, "len", 1, "")
	flags.IntVar(&x.size, "size", 1, "")
	if i := strings.Index(" "+args+" ", " -x "); i >= 0 { // an expression has spaces
		args, x.expr = args[:i], strings.TrimSpace(args[min(i+len("-x "), len(args)):])
	}
	switch err := flags.Parse(strings.Fields(args)); {
	case errors.Is(err, flag.ErrHelp):
		return x, errors.New("help examinemem says what it takes")
	case err != nil:
		return x, fmt.Errorf("%w: help examinemem says what it takes", err)
	}
	if rest := strings.Join(flags.Args(), " "); x.expr == "" {
		x.expr = rest
	} else if rest != "" {
		return x, fmt.Errorf("unexpected %q: the address is behind -x", rest)
	}
	f, ok := formats[*format]
	switch {
	case x.expr == "":
		return x, errors.New("give an address, or -x EXPRESSION")
	case !ok:
		return x, fmt.Errorf("-fmt %q is none of hex, dec, oct and bin", *format)
	case x.size < 1 || x.size > 8:
		return x, fmt.Errorf("-size must be 1 to 8, not %d", x.size)
	case x.count < 1 || x.count > mostExamined/x.size:
		return x, fmt.Errorf("-count must be 1 to %d, not %d: at most %d bytes are printed", mostExamined/x.size,
			x.count, mostExamined)
	}
	x.digits, x.columns = f.digits*x.size+len(f.before), f.cols
	x.format = f.before + "%0" + strconv.Itoa(f.digits*x.size) + f.verb
	return x, nil
}

// examine is the command examinemem.
func (s *session) examine(args string) error {
	x, err := parseExamination(args)
	if err != nil {
		return fmt.Errorf("examinemem: %w", err)
	}
	r, err := s.in.Evaluate(x.expr)
	if err != nil {
		return fmt.Errorf("examinemem: %s: %w", x.expr, err)
	}
	addr, cells, err := s.cells(x.expr, r.Result, x.count*x.size)
	if err != nil {
		return fmt.Errorf("examinemem: %w", err)
	}
	s.writeCells(&x, addr, cells)
	if r.Noted != nil {
		s.out.Printf("(%s: %s)\n", printable.Line(r.Noted.Name), printable.Line(r.Noted.Note()))
	}
	return nil
}

// examineOrX is the command x: it may be the name of a variable, too.
func (s *session) examineOrX(args string) error {
	line := "x " + args
	if _, err := parser.ParseExpr(line); err == nil {
		if _, err := s.in.Evaluate("x"); err == nil {
			_, err := s.bare(line)
			return err
		}
	}
	return s.examine(args)
}

// cells returns n bytes of the memory that the value of expr is about, and where they are.
func (s *session) cells(expr string, r eval.Result, n int) (addr uint64, cells []inspector.Cell, err error) {
	stopped := func() bool { return s.out.Err() != nil }
	if addr, ok := constantAddress(r.Const); ok {
		return addr, s.in.Cells(addr, n, stopped), nil
	}
	v, err := r.Typed(s.in.Core)
	switch {
	case err != nil:
		return 0, nil, fmt.Errorf("%s is no address", expr)
	case !v.Valid():
		return 0, nil, eval.Missing(expr, v.Reason())
	}
	switch k := v.Kind(); {
	case k == reflect.String:
		return 0, textCells(v.Redacted(), v.Len(), n, v.Text), nil
	case k >= reflect.Int && k <= reflect.Int64 && v.Int() >= 0:
		addr = uint64(v.Int())
	case k >= reflect.Uint && k <= reflect.Uintptr:
		addr = v.Uint()
	case k == reflect.Pointer, k == reflect.UnsafePointer, k == reflect.Slice:
		addr = v.Pointer()
	default:
		return 0, nil, fmt.Errorf("%s has the type %s, and is no address: write &x for where x is", expr,
			name(v.Type().String()))
	}
	switch {
	case addr == 0 && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice) && !v.IsNil():
		return 0, nil, fmt.Errorf("%s has no address in the program's memory", expr)
	case addr == 0:
		return 0, nil, fmt.Errorf("%s is nil", expr)
	}
	cells = s.in.Cells(addr, n, stopped)
	if v.Kind() == reflect.Slice && v.Redacted() { // the dump's object doesn't say how many bytes it has
		for i := range min(int64(n), v.Len()) {
			cells[i] = inspector.Cell{State: inspector.HiddenCell}
		}
	}
	return addr, cells, nil
}

// constantAddress returns the address that a constant is: an untyped one may be none of an int.
func constantAddress(c constant.Value) (addr uint64, ok bool) {
	if c == nil {
		return 0, false
	}
	addr, ok = constant.Uint64Val(constant.ToInt(c))
	return addr, ok && addr != 0
}

// textCells returns the first n bytes of a string.
func textCells(hidden bool, length int64, n int, textOf func() (string, bool)) []inspector.Cell {
	if hidden {
		length = int64(n) // how long it is tells something, too
	}
	cells := make([]inspector.Cell, max(0, min(int64(n), length)))
	text, _ := textOf()
	for i := range cells {
		switch {
		case hidden:
			cells[i].State = inspector.HiddenCell
		case i < len(text):
			cells[i] = inspector.Cell{State: inspector.Stored, Byte: text[i]}
		}
	}
	return cells
}

// writeCells writes bytes as Delve does: an address, and columns.
func (s *session) writeCells(x *examination, addr uint64, cells []inspector.Cell) {
	digits := len(strconv.FormatUint(addr+uint64(len(cells)), 16))
	for at := 0; at < len(cells); at += x.columns * x.size {
		row := fmt.Sprintf("0x%0*x:", digits, addr+uint64(at))
		for n := at; n < min(at+x.columns*x.size, len(cells)); n += x.size {
			row += "   " + x.number(s.in, cells[n:min(n+x.size, len(cells))])
		}
		s.out.Printf("%s\n", strings.TrimRight(row, " "))
	}
}

// number returns bytes as a number.
func (x *examination) number(in *inspector.Inspector, cells []inspector.Cell) string {
	bytes := make([]byte, len(cells))
	state := inspector.Stored
	for i, c := range cells {
		bytes[i] = c.Byte
		switch {
		case c.State == inspector.HiddenCell:
			state = c.State
		case c.State == inspector.NotStored && state == inspector.Stored:
			state = c.State
		}
	}
	switch state {
	case inspector.HiddenCell:
		return fmt.Sprintf("%-*s", x.digits, "**")
	case inspector.NotStored:
		return fmt.Sprintf("%-*s", x.digits, "??")
	}
	return fmt.Sprintf(x.format, in.Word(bytes))
}
