// Values whose methods end the process: a capture must never call them. Each
// would exit with its own status. The panic value is of a type for which the
// runtime itself calls nothing.
//
// want-panic: (main.report) 0x?
// want-value: value.cause.note = "never ask"
// want-frames: main.touch main.main
package main

import (
	"fmt"
	"log/slog"
	"os"

	"coredumpy"
)

type evil struct{ note string }

func (evil) Error() string                     { os.Exit(51); return "" }
func (evil) String() string                    { os.Exit(52); return "" }
func (evil) GoString() string                  { os.Exit(53); return "" }
func (evil) Format(fmt.State, rune)            { os.Exit(54) }
func (evil) MarshalJSON() ([]byte, error)      { os.Exit(55); return nil, nil }
func (evil) MarshalText() ([]byte, error)      { os.Exit(56); return nil, nil }
func (evil) MarshalBinary() ([]byte, error)    { os.Exit(57); return nil, nil }
func (evil) GobEncode() ([]byte, error)        { os.Exit(58); return nil, nil }
func (evil) LogValue() slog.Value              { os.Exit(59); return slog.Value{} }
func (evil) Unwrap() error                     { os.Exit(60); return nil }
func (evil) Is(error) bool                     { os.Exit(61); return false }
func (evil) As(any) bool                       { os.Exit(62); return false }
func (evil) AppendText([]byte) ([]byte, error) { os.Exit(63); return nil, nil }

type report struct {
	cause error
	extra fmt.Stringer
}

func main() {
	defer coredumpy.OnPanic()
	e := evil{"never ask"}
	keyed := map[evil]*evil{e: &e}
	// want: main.main e = main.evil {note: "never ask"}
	// want: main.main len(keyed) = 1
	// want: main.main list = []error len: 1, cap: 1, [main.evil {note: "never ask"}]
	list := []error{e}
	touch(e, &e, keyed)
	println(len(keyed), len(list))
}

// want: main.touch err = error(main.evil) {note: "never ask"}
// want: main.touch p.note = "never ask"
//
//go:noinline
func touch(err error, p *evil, keyed map[evil]*evil) {
	panic(report{err, p})
}
