package gotypes

import (
	"slices"

	"coredumpy/internal/symbol"
)

// maxCopied is the size of the largest variable that a closure holds itself
// (cmd/compile/internal/escape, flowClosure, Go 1.24 to 1.27).
const maxCopied = 128

// methodReceiver is the name of what a method value is bound to, which it holds itself.
const methodReceiver = ".this"

// captured finds out which variables the closure f has captured. Debug information has the
// address of one that the closure points to, and also of one that it holds itself if the compiler
// doesn't take values of the type apart (cmd/compile/internal/ssagen, setHeapaddr). Where the room
// for the variable doesn't tell either, it is undecided.
func (p *Process) captured(f *Func) {
	vars := p.Info.ClosureVars(f.PC - p.Slide)
	var fields []Field
	size, last := int64(word), len(vars)-1
	for i, v := range vars {
		t, err := p.DebugType(v.Type)
		if err != nil {
			return
		}
		field := Field{Name: v.Name, Type: t, Offset: v.ClosureOffset, Indirect: v.Escaped && v.Name != methodReceiver}
		_, apart := p.Info.Words(v.Type)
		if field.Indirect && !apart && t.Size <= maxCopied {
			switch {
			case i == last:
				p.lastCaptured(f, field, fields, size)
				field.Undecided = true
			case vars[i+1].ClosureOffset < v.ClosureOffset+t.Size:
			case vars[i+1].ClosureOffset > v.ClosureOffset+word:
				field.Indirect = false
			default:
				field.Undecided = true
			}
		}
		fields = append(fields, field)
		size = max(size, endOf(field))
	}
	if len(fields) > 0 {
		f.Captured = structOf(symbol.Captured(f.Name), size, fields)
	}
}

// lastCaptured adds both structs that the closure may be.
func (p *Process) lastCaptured(f *Func, last Field, fields []Field, size int64) {
	pointing := append(slices.Clone(fields), last)
	last.Indirect = false
	holding := append(slices.Clone(fields), last)
	name := symbol.Captured(f.Name)
	f.Holding = structOf(name, max(size, endOf(holding[len(fields)])), holding)
	f.Pointing = structOf(name, max(size, endOf(pointing[len(fields)])), pointing)
}

// endOf returns where a captured variable ends in a closure.
func endOf(f Field) int64 {
	if f.Indirect {
		return f.Offset + word
	}
	return f.Offset + f.Type.Size
}
