package walk

import (
	"reflect"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/secrets"
)

// In some lists the texts of one element name those of others: in a table, [][]string, the
// first row names the columns; in the tree of a YAML file keys and values alternate. What these
// names mark is learned, as such texts may be reached in other ways, too.

const (
	maxColumns = 64   // of a table
	maxRows    = 1000 // of a table, and nodes of a list
)

// learnRows learns the secrets in a list of n elements.
func (w *Walker) learnRows(elem *gotypes.Type, addr uint64, n int64) {
	if !w.weak || n < 2 || elem.Elem() == nil {
		return
	}
	n = min(n, maxRows, int64(w.lim.Elements))
	switch {
	case elem.Kind == reflect.Slice && elem.Elem().Kind == reflect.String:
		w.learnTable(addr, n)
	case elem.Kind == reflect.Pointer && elem.Elem().Kind == reflect.Struct:
		if at := nodeText(elem.Elem()); at >= 0 {
			w.learnNodes(addr, n, uint64(at))
		}
	}
}

// learnTable learns the cells below the names of secrets in a table of n rows.
func (w *Walker) learnTable(addr uint64, n int64) {
	row := w.borrow(sliceSize)
	defer w.giveBack(row)
	if w.p.Mem.Read(row, addr) != nil {
		return
	}
	columns := word(row, 1)
	if columns < 2 || columns > maxColumns {
		return
	}
	var names [maxColumns]meaning
	any := false
	at := w.p.Follow(addr, word(row, 0))
	for i := range columns {
		names[i] = w.textAt(at + i*stringSize)
		if !names[i].name {
			return // no header
		}
		any = any || names[i].strength != secrets.NotSecret
	}
	for r := int64(1); any && r < n; r++ {
		addr += sliceSize
		if w.p.Mem.Read(row, addr) != nil || word(row, 1) != columns {
			return
		}
		at := w.p.Follow(addr, word(row, 0))
		for i, m := range names[:columns] {
			w.learnNamed(at+uint64(i)*stringSize, m)
		}
	}
}

// learnNodes learns the texts of nodes behind those that name a secret. Each has its text at
// some offset.
func (w *Walker) learnNodes(addr uint64, n int64, offset uint64) {
	pointer := w.borrow(8)
	defer w.giveBack(pointer)
	var key meaning
	for i := range n {
		if w.p.Mem.Read(pointer, addr) != nil {
			return
		}
		at := w.p.Follow(addr, word(pointer, 0)) + offset
		if i%2 == 0 {
			key = w.textAt(at)
		} else {
			w.learnNamed(at, key)
		}
		addr += 8
	}
}

// nodeText returns the offset of the text in a node of a YAML file, a struct with a Value and
// its Content, -1 in another struct.
func nodeText(t *gotypes.Type) int64 {
	text, content := int64(-1), false
	for _, f := range t.Fields() {
		switch {
		case f.Type == nil || f.Indirect:
		case f.Name == "Value" && f.Type.Kind == reflect.String:
			text = f.Offset
		case f.Name == "Content" && f.Type.Kind == reflect.Slice:
			content = f.Type.Elem() != nil && f.Type.Elem().Elem() == t
		}
	}
	if !content {
		return -1
	}
	return text
}

const (
	stringSize = 16
	sliceSize  = 24
)

// textAt returns the meaning of the string at addr.
func (w *Walker) textAt(addr uint64) meaning {
	header := w.borrow(stringSize)
	defer w.giveBack(header)
	if w.p.Mem.Read(header, addr) != nil {
		return meaning{}
	}
	return w.textMeaning(addr, header)
}

// learnNamed learns the string at addr if it is a secret under a name that means m.
func (w *Walker) learnNamed(addr uint64, m meaning) {
	if m.strength == secrets.NotSecret {
		return
	}
	header := w.borrow(stringSize)
	defer w.giveBack(header)
	if w.p.Mem.Read(header, addr) != nil || word(header, 1) == 0 || word(header, 1) > maxName {
		return
	}
	text := w.borrow(int64(word(header, 1)))
	defer w.giveBack(text)
	if w.p.Mem.Read(text, w.p.Follow(addr, word(header, 0))) != nil || !m.strength.Hides(text) {
		return
	}
	if m.words {
		w.rules.Learn(string(text))
	} else {
		w.rules.LearnUncommon(string(text))
	}
}
