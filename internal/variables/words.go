package variables

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// Optimised code splits variables into words (see debuginfo.Word) and describes where each
// is: as a list of pieces in the order of the words, without offsets
// (cmd/compile/internal/ssa/debug.go, writePendingEntry). The list has neither padding nor
// words that nothing uses any more. So a piece's offset is certain only if the list has
// all of the words. Otherwise some pieces can still be identified, because nothing else is
// possible; the others count as lost.

// placement holds the offsets of a variable's pieces in it.
type placement struct {
	offsets []int64 // by piece, ascending; -1 if unknown
	whole   bool    // one piece is all of it
}

var wholePiece = placement{offsets: []int64{0}, whole: true}

// inSequence is the placement of pieces that follow one another, gaps included.
func inSequence(pieces []debuginfo.Piece, size int64) placement {
	if len(pieces) == 1 {
		return wholePiece
	}
	p := placement{offsets: make([]int64, len(pieces))}
	at := int64(0)
	for i, pc := range pieces {
		p.offsets[i] = at
		if pc.Size < 0 {
			at += size
		} else {
			at += pc.Size
		}
	}
	return p
}

// arrange finds the offsets of the pieces of a variable of type t, in optimised code.
func (l *locator) arrange(v *scopeVar, t *gotypes.Type, pieces []debuginfo.Piece) placement {
	words, apart := words(l.p, v)
	if len(pieces) == 1 && pieces[0].Size < 0 {
		// It is the whole, or the only word that is kept. A variable whose home is memory
		// is never in a register, as a word is when it is computed.
		if !apart || len(words) < 2 || !indivisible(t) && !v.inRegister() {
			return wholePiece
		}
		if indivisible(t) {
			return placement{offsets: []int64{-1}} // it doesn't matter which word it is
		}
	} else if len(pieces) == len(words) && slices.EqualFunc(pieces, words, sameSize) {
		return placement{offsets: v.offsets}
	}
	a := arrangement{words: words, pieces: pieces, kept: l.kept(v), fits: func(i, j int) bool {
		size := pieces[i].Size
		return (size < 0 || size == words[j].Size) &&
			(!l.isPointer(pieces[i]) || slices.Contains(t.PointerWords(), words[j].Offset))
	}}
	placed := a.solve()
	for i := range words {
		if pieces[0].Size < 0 && words[i].Offset == placed.offsets[0] {
			pieces[0].Size = words[i].Size
		}
	}
	return placed
}

func sameSize(pc debuginfo.Piece, w debuginfo.Word) bool { return pc.Size == w.Size }

// isPointer reports whether a piece is certainly a pointer: it is on the stack, where the
// runtime looks for pointers that the program will use.
func (l *locator) isPointer(pc debuginfo.Piece) bool {
	return inMemory(pc) && l.live != nil && l.live.pointer(pc.Addr)
}

// words returns the words of a variable, looked up once.
func words(p *target.Process, v *scopeVar) ([]debuginfo.Word, bool) {
	if !v.askedWords {
		v.askedWords = true
		v.words, v.apart = p.Info.Words(v.Type)
		for _, w := range v.words {
			v.offsets = append(v.offsets, w.Offset)
		}
	}
	return v.words, v.apart
}

// kept says which words of a variable are certainly among its pieces, looked up once.
func (l *locator) kept(v *scopeVar) []bool {
	if v.kept == nil {
		for _, w := range v.words {
			v.kept = append(v.kept, l.f.Call.HasPlace(v.Variable, w.Name))
		}
	}
	return v.kept
}

// arrangement asks which words the pieces are. They are in the order of the words; a piece
// can only be a word that it fits; a word that is kept has a piece.
type arrangement struct {
	words  []debuginfo.Word
	pieces []debuginfo.Piece
	kept   []bool
	fits   func(piece, word int) bool
}

// solve answers that: a piece that is the same word in all possible arrangements is that
// word.
func (a *arrangement) solve() placement {
	found := placement{offsets: make([]int64, len(a.pieces))}
	before, behind := a.before(), a.behind()
	for i := range a.pieces {
		var can []int
		for j := range a.words {
			if before[i][j] && a.fits(i, j) && behind[i+1][j+1] {
				can = append(can, j)
			}
		}
		found.offsets[i] = -1
		if len(can) == 1 {
			found.offsets[i] = a.words[can[0]].Offset
		}
	}
	return found
}

// before says for each i and j whether the first i pieces can be among the first j words.
func (a *arrangement) before() [][]bool {
	can := a.table()
	for i := range can {
		for j := range can[i] {
			switch {
			case j == 0:
				can[i][j] = i == 0
			case can[i][j-1] && !a.kept[j-1]:
				can[i][j] = true
			default:
				can[i][j] = i > 0 && can[i-1][j-1] && a.fits(i-1, j-1)
			}
		}
	}
	return can
}

// behind says for each i and j whether the pieces from the i-th can be among the words
// from the j-th.
func (a *arrangement) behind() [][]bool {
	can := a.table()
	n, m := len(a.pieces), len(a.words)
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			switch {
			case j == m:
				can[i][j] = i == n
			case can[i][j+1] && !a.kept[j]:
				can[i][j] = true
			default:
				can[i][j] = i < n && can[i+1][j+1] && a.fits(i, j)
			}
		}
	}
	return can
}

func (a *arrangement) table() [][]bool {
	rows := make([][]bool, len(a.pieces)+1)
	for i := range rows {
		rows[i] = make([]bool, len(a.words)+1)
	}
	return rows
}

// share notes which variables share the place of tv, which has been located. They are
// looked up once for each of its places at the call.
func (l *locator) share(v *scopeVar, tv *Variable) {
	if v.sharing == nil || !bytes.Equal(v.sharing.expr, l.expr) {
		sharers, certain := l.f.Call.Sharers(v.Variable, l.expr)
		v.sharing = &sharing{expr: l.expr, shared: len(sharers) > 0}
		for _, s := range sharers {
			if s := caveat.Sharer(s); certain && !slices.Contains(v.sharing.with, s) {
				v.sharing.with = append(v.sharing.with, s)
			}
		}
		if convertible(tv.Type) && l.f.Call.Borrowed(v.Variable) {
			v.sharing.shared, v.sharing.with = true, nil
		}
	}
	tv.Shared, tv.Sharers = v.sharing.shared, v.sharing.with
}

// sharing says whether a variable shares its place while it is where expr says.
type sharing struct {
	expr   []byte
	shared bool
	with   []caveat.Sharer
}

// convertible reports whether a value of another type may be one of type t as it is, and have
// another place. Texts, slices and interfaces are in words, whose types are the same; pointers
// hardly ever have a type with a name.
func convertible(t *gotypes.Type) bool {
	switch t.Kind {
	case reflect.String, reflect.Slice, reflect.Interface:
		return false
	case reflect.Pointer:
		return !strings.HasPrefix(t.Name, "*")
	}
	return true
}
