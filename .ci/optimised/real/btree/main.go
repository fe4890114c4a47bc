// A generic tree calls our comparison and our iterator.
package main

import (
	"strings"

	"github.com/google/btree"

	"coredumpy/real/stop"
)

type entry struct {
	key   string
	count int
}

func main() {
	comparisons := 0
	t := btree.NewG(2, func(a, b entry) bool {
		comparisons++
		return strings.Compare(a.key, b.key) < 0
	})
	for i, key := range strings.Fields("the quick brown fox jumps over the lazy dog again and again") {
		old, ok := t.ReplaceOrInsert(entry{key, i})
		if ok && old.count > 3 {
			i += old.count
		}
	}
	longest := ""
	t.AscendRange(entry{key: "b"}, entry{key: "q"}, func(e entry) bool {
		if len(e.key) > len(longest) {
			longest = e.key
		}
		stop.At(4)
		return true
	})
	stop.Never()
}
