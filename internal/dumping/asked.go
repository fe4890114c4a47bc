package dumping

import (
	"coredumpy/internal/ask"
	"coredumpy/internal/capture"
	"coredumpy/internal/settings"
	"coredumpy/internal/unsafely"
)

// Watched has coredumpy run make the dump if it runs this process, and reports
// whether it has. entry is the function that the program called, test the failed
// test's name.
func Watched(o *settings.Options, entry, test string, value *any, signal []byte, mark *byte, was uint64) bool {
	r := &ask.Request{Texts: make([]string, ask.Names), Values: []any{*value}}
	r.Texts[ask.Entry], r.Texts[ask.Test] = capture.Face+"."+entry, test
	r.Texts[ask.Description], r.Texts[ask.Signal] = o.Description, string(signal)
	r.Texts[ask.Note] = Panics.Note()
	for _, g := range o.Given {
		r.Texts, r.Values = append(r.Texts, g.Name), append(r.Values, *g.Value)
	}
	r.Numbers[ask.Skip] = uint64(skip(o))
	if entry == "OnPanic" || *value != nil {
		r.Numbers[ask.Panic] = 1
	}
	r.Numbers[ask.Was], r.Numbers[ask.Is] = was, unsafely.StackAddr(mark)
	return ask.Dump(r)
}
