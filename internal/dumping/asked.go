package dumping

import (
	"coredumpy/internal/capture"
	"coredumpy/internal/runclient"
	"coredumpy/internal/settings"
	"coredumpy/internal/unsafely"
)

// Watched has coredumpy run make the dump if it runs this process, and reports
// whether it has. entry is the function that the program called, test the failed
// test's name.
func Watched(o *settings.Options, entry, test string, value *any, signal []byte, mark *byte, was uint64) bool {
	r := &runclient.Request{Texts: make([]string, runclient.Names), Values: []any{*value}}
	r.Texts[runclient.Entry], r.Texts[runclient.Test] = capture.Face+"."+entry, test
	r.Texts[runclient.Description], r.Texts[runclient.Signal] = o.Description, string(signal)
	r.Texts[runclient.Note] = Panics.Note()
	for _, g := range o.Given {
		r.Texts, r.Values = append(r.Texts, g.Name), append(r.Values, *g.Value)
	}
	r.Numbers[runclient.Skip] = uint64(skip(o))
	if entry == "OnPanic" || *value != nil {
		r.Numbers[runclient.Panic] = 1
	}
	r.Numbers[runclient.Was], r.Numbers[runclient.Is] = was, unsafely.StackAddr(mark)
	return runclient.Dump(r)
}
