package capture

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/runclient"
	"coredumpy/internal/target"
)

// Asked says where the parts of an [runclient.Request] are in another process: address
// and length of its texts and values, address of its numbers.
type Asked struct {
	Texts, Values [2]uint64
	Numbers       uint64
}

// tracedAsked reads these from a traced program, given the address of the request.
func (c *capturer) tracedAsked(addr uint64) (*Asked, error) {
	words, err := c.readWords(addr, runclient.NumbersOffset/wordSize)
	if err != nil {
		return nil, err
	}
	return &Asked{Texts: [2]uint64(words), Values: [2]uint64(words[3:]), Numbers: addr + runclient.NumbersOffset}, nil
}

// maxAsked bounds how many texts are read.
const maxAsked = 10_000

// Sizes of Go's string and empty interface, in words and in bytes.
const (
	wordSize = 8
	twoWords = 2 * wordSize
)

// asked reads what OnPanic or OnFailure has asked for.
func (c *capturer) asked(e *Event) error {
	n := e.Asked.Texts[1]
	if n < runclient.Names || n > maxAsked || e.Asked.Values[1] != n-runclient.Names+1 {
		return fmt.Errorf("a dump was asked for with %d texts and %d values: "+
			"the program has another version of coredumpy", n, e.Asked.Values[1])
	}
	texts, err := c.readWords(e.Asked.Texts[0], 2*n)
	if err != nil {
		return err
	}
	numbers, err := c.readWords(e.Asked.Numbers, runclient.Numbers)
	if err != nil {
		return err
	}
	text := func(i int) string { return c.p.Text(texts[2*i], texts[2*i+1]) }
	c.req.Entry = text(runclient.Entry)
	c.req.Package = c.req.Entry[:max(strings.LastIndexByte(c.req.Entry, '.'), 0)]
	c.req.Skip = int(min(numbers[runclient.Skip], maxAsked))
	c.req.Head.Test = text(runclient.Test)
	c.head.Description, c.strict.description = text(runclient.Description), true
	if note := text(runclient.Note); note != "" {
		c.head.Notes = append(c.head.Notes, note)
	}
	if signal := text(runclient.Signal); signal != "" {
		c.p.Signal = []byte(signal)
	}
	c.p.Move = target.Move{Was: numbers[runclient.Was], Is: numbers[runclient.Is]}
	for i := runclient.Names; i < int(n); i++ {
		at := e.Asked.Values[0] + uint64(i-runclient.Names+1)*twoWords
		c.req.Given = append(c.req.Given, Given{Name: text(i), Addr: at})
	}
	e.Test = [2]uint64(texts[2*runclient.Test:])
	e.Reason = corefile.ForTestFailure
	if numbers[runclient.Panic] != 0 {
		value, err := c.readWords(e.Asked.Values[0], 2)
		if err != nil {
			return err
		}
		e.Panic, e.Reason, e.Value = true, corefile.ForPanic, [2]uint64(value)
	}
	return nil
}

func (c *capturer) readWords(addr, n uint64) ([]uint64, error) {
	b := make([]byte, n*wordSize)
	if err := c.p.Mem.Read(b, addr); err != nil {
		return nil, err
	}
	words := make([]uint64, n)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(b[i*wordSize:])
	}
	return words, nil
}

// trimOther removes the frames at the top of the current goroutine's stack in another
// process that aren't the program's own: those of the runtime, of the functions that
// recover a panic, and of this package.
func (c *capturer) trimOther(frames []target.Frame, whole bool) []target.Frame {
	if c.event != nil && c.event.Asked != nil {
		frames = c.trim(frames, whole)
		if c.event.Panic && c.head.Test == "" {
			c.head.Test = c.testOf(frames) // OnPanic doesn't know it
		}
		return frames
	}
	frames = trimRuntime(frames)
	if c.event != nil && c.event.Recovered && len(frames) > 0 {
		if i := slices.IndexFunc(frames, func(f target.Frame) bool { return f.Func == "runtime.gopanic" }); i >= 0 {
			c.note("recovered by %s: no other dump if that panics again with the same value", frames[0].Func)
			frames = trimRuntime(frames[i:])
		}
	}
	return c.trimPassed(frames)
}
