package inspector

import "coredumpy/internal/dump"

// EvaluateIn evaluates an expression in a frame of a goroutine, without selecting it.
func (in *Inspector) EvaluateIn(g *dump.Goroutine, frame int, expr string) (Evaluated, error) {
	defer in.Select(in.Selection())
	in.Select(Selection{g, frame})
	return in.Evaluate(expr)
}

// Standard reports whether a frame's function is in the standard library.
func (in *Inspector) Standard(f *dump.Frame) bool {
	return in.program.standard(packageOf(f.Package, f.Func))
}
