package capture

import (
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/target"
	"coredumpy/internal/variables"
)

// What runs in runtime/secret.Do isn't written, as the runtime erases it: the variables of its
// frames, and what it allocates, which package walk leaves out.

// inSecret returns how many of the frames, from the innermost, run in secret. If a limit cut
// off the frame of secret.Do, all do.
func (c *capturer) inSecret(g *target.Goroutine, frames []target.Frame) int {
	for i, f := range slices.Backward(frames) {
		if f.Func == target.SecretDo {
			return i
		}
	}
	if c.p.Secret(g) {
		return len(frames)
	}
	return 0
}

// secretVariable is a variable without its value.
func (c *capturer) secretVariable(v *variables.Variable) corefile.Variable {
	return corefile.Variable{
		Name: v.Name, Role: roles[v.Role], Line: v.Line, Shadowed: v.Shadowed, Type: c.walker.TypeID(v.Type),
		Value: notation.AppendPending(nil, notation.DoValue, ""), Missing: caveat.Redacted,
	}
}

// withoutArguments returns a traceback without the arguments of the functions that run in
// secret: those above secret.Do, or all if it isn't there.
func withoutArguments(trace string) string {
	lines := strings.SplitAfter(trace, "\n")
	last := len(lines)
	for i, line := range lines {
		if strings.HasPrefix(line, target.SecretDo+"(") {
			last = i
		}
	}
	for i, line := range lines[:last] {
		open := strings.LastIndexByte(line, '(')
		if i > 0 && open > 0 && strings.HasSuffix(line, ")\n") && line[0] != '\t' {
			lines[i] = line[:open] + "(...)\n"
		}
	}
	return strings.Join(lines, "")
}
