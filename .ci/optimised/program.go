package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generate returns a program that starts n goroutines and dumps itself. Each goroutine
// runs a function of its own, which declares, changes and uses variables of all kinds,
// until it has called stop a number of times: there it stays. The same seed makes the
// same program, and where a goroutine stays doesn't depend on how the program was built.
func generate(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 0))
	var funcs, calls strings.Builder
	for i := range n {
		f := &function{Rand: r, indent: 1, blocks: []map[string]*kind{
			{"n": number, "t": text, "x": number, "pair0": byType("pair"), "quad0": byType("quad")},
		}}
		f.write(i)
		funcs.WriteString(f.body.String())
		fmt.Fprintf(&calls, "\tgo run(%d, func(k *int) { f%d(k, %d, str(%d), mkPair(%d), mkQuad(%d)) })\n",
			1+r.IntN(2*f.stops), i, r.IntN(6), r.IntN(9), r.IntN(6), r.IntN(6))
	}
	return head + funcs.String() + "\nfunc main() {\n" + calls.String() + fmt.Sprintf("\tfinish(%d)\n}\n", n)
}

// function is a function that is being written.
type function struct {
	*rand.Rand
	body   strings.Builder
	blocks []map[string]*kind // the variables in scope
	order  []string           // in the order of declaration, which maps don't have
	indent int
	named  int // variables so far
	stops  int // calls of stop so far
}

func (f *function) line(format string, args ...any) {
	fmt.Fprintf(&f.body, "%s%s\n", strings.Repeat("\t", f.indent), fmt.Sprintf(format, args...))
}

func (f *function) pick(texts []string) string { return texts[f.IntN(len(texts))] }

// write writes the i-th function.
func (f *function) write(i int) {
	f.order = []string{"n", "t", "x", "pair0", "quad0"}
	results := f.IntN(5) < 2
	if results {
		fmt.Fprintf(&f.body,
			"\n//go:noinline\nfunc f%d(k *int, n int, t string, pair0 pair, quad0 quad) "+
				"(x int, res string, out []int, err error) {\n", i)
		f.declare("res", text)
		f.declare("out", list)
		f.declare("err", failure)
		if f.IntN(3) > 0 {
			f.line("defer func() {\n\t\tif r := recover(); r != nil {\n\t\t\terr = mk(len(res))\n" +
				"\t\t\tres += \"!\"\n\t\t\tout = append(room(out), 1)\n\t\t}\n\t}()")
		}
	} else {
		fmt.Fprintf(&f.body,
			"\n//go:noinline\nfunc f%d(k *int, n int, t string, pair0 pair, quad0 quad) int {\n\tx := 0\n", i)
	}
	for range 8 + f.IntN(14) {
		f.statement(0)
	}
	f.stop()
	f.line("x += keep(%s)", strings.Join(f.some(3), ", "))
	if results {
		f.line("return x, res, out, err")
	} else {
		f.line("return x")
	}
	f.body.WriteString("}\n")
}

func (f *function) stop() {
	f.stops++
	f.line("stop(k)")
}

func (f *function) declare(name string, k *kind) {
	f.blocks[len(f.blocks)-1][name] = k
	f.order = append(f.order, name)
}

// fresh makes a name for a variable.
func (f *function) fresh(k *kind) string {
	f.named++
	return fmt.Sprint(k.letter, f.named)
}

// kindOf returns the kind of a variable in scope, nil if it isn't in scope.
func (f *function) kindOf(name string) *kind {
	for _, b := range f.blocks {
		if k := b[name]; k != nil {
			return k
		}
	}
	return nil
}

// all returns the variables in scope that are of a kind, or all if that is nil.
func (f *function) all(k *kind) (names []string) {
	for _, name := range f.order {
		if of := f.kindOf(name); of != nil && (k == nil || of == k) {
			names = append(names, name)
		}
	}
	return names
}

// some returns at most n variables in scope.
func (f *function) some(n int) []string {
	names := f.all(nil)
	f.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:min(n, len(names))]
}

// block writes a block.
func (f *function) block(depth int, declared ...string) {
	f.blocks = append(f.blocks, map[string]*kind{})
	for _, name := range declared {
		f.declare(name, number)
	}
	f.indent++
	for range 2 + f.IntN(4) {
		f.statement(depth + 1)
	}
	f.indent--
	f.blocks = f.blocks[:len(f.blocks)-1]
}

// number returns an expression of type int.
func (f *function) number() string {
	if f.IntN(4) > 0 {
		v := f.pick(f.all(number))
		return fmt.Sprintf(f.pick([]string{"%s", "%s", "%s", "%s+1", "%s*3", "%s/3", "%s%%5", "%s&7"}), v)
	}
	for range 4 {
		v := f.pick(f.all(nil))
		if k := f.kindOf(v); len(k.reads) > 0 {
			return f.fill(f.pick(k.reads), v)
		}
	}
	return fmt.Sprint(f.IntN(9))
}

// fill replaces the placeholders in a template: V is the variable, W another one of its
// kind, N a number.
func (f *function) fill(template, v string) string {
	var out strings.Builder
	for _, c := range template {
		switch c {
		case 'Ⓥ':
			out.WriteString(v)
		case 'Ⓝ':
			out.WriteString(f.number())
		default:
			out.WriteRune(c)
		}
	}
	return out.String()
}

// value returns an expression of a kind.
func (f *function) value(k *kind) string {
	if same := f.all(k); len(same) > 0 {
		switch v := f.pick(same); {
		case f.IntN(10) < 3:
			return v
		case len(k.from) > 0 && f.IntN(10) < 4:
			return f.fill(f.pick(k.from), v)
		}
	}
	return f.fill(f.pick(k.makes), "")
}

// statement writes a statement; depth is the number of blocks around it.
func (f *function) statement(depth int) {
	switch c := f.IntN(100); {
	case c < 26:
		k := kinds[f.IntN(len(kinds))]
		v := f.fresh(k)
		if f.IntN(8) == 0 {
			f.line("var %s %s", v, k.typ)
		} else {
			f.line("var %s %s = %s", v, k.typ, f.value(k))
		}
		f.line("_ = %s", v)
		f.declare(v, k)
	case c < 46:
		f.stop()
	case c < 58:
		v := f.pick(f.all(nil))
		if k := f.kindOf(v); len(k.changes) > 0 && f.IntN(2) == 0 {
			f.line("%s", f.fill(f.pick(k.changes), v))
		} else {
			f.line("%s = %s", v, f.value(k))
		}
	case c < 66:
		f.line("x += keep(%s)", strings.Join(f.some(1+f.IntN(2)), ", "))
	case c < 70:
		f.line("x += %s", f.number())
	case c < 80:
		f.call()
	case depth < 3 && c < 85:
		f.closure()
	case depth < 2:
		f.nested(depth)
	}
}

// call calls a function with several results, or one that stops itself.
func (f *function) call() {
	switch f.IntN(7) {
	case 0, 1:
		v, e := f.fresh(number), f.fresh(failure)
		f.line("%s, %s := two(%s)\n\t_, _ = %s, %s", v, e, f.number(), v, e)
		f.declare(v, number)
		f.declare(e, failure)
	case 2:
		v, s := f.fresh(number), f.fresh(text)
		f.line("%s, %s := inlined(%s)\n\t_, _ = %s, %s", v, s, f.number(), v, s)
		f.declare(v, number)
		f.declare(s, text)
	case 3:
		f.stops++
		f.line("x += inlinedStop(k, %s)", f.number())
	case 4:
		v := f.pick(f.all(nil))
		f.stops++
		f.line("%s = generic(k, %s)", v, v)
	case 5:
		f.stops++
		f.line("x += pair{%s, %s}.method(k, %s)", f.number(), f.number(), f.number())
	case 6:
		v := f.fresh(number)
		f.stops++
		f.line("%s := pair{%s, %s}.method\n\tx += %s(k, %s)", v, f.number(), f.number(), v, f.number())
	}
}

// closure calls a closure that changes variables, or only uses them.
func (f *function) closure() {
	vars := f.some(1 + f.IntN(2))
	f.line("call(func(z int) {")
	f.indent++
	changes := f.IntN(3) > 0
	for _, v := range vars {
		switch k := f.kindOf(v); {
		case changes && len(k.changes) > 0:
			f.line("%s", strings.ReplaceAll(strings.ReplaceAll(f.pick(k.changes), "Ⓥ", v), "Ⓝ", "z"))
		default:
			f.line("keep(%s)", v)
		}
	}
	if f.IntN(3) == 0 {
		f.stop()
	}
	f.indent--
	f.line("})")
}

// nested writes a statement with a block.
func (f *function) nested(depth int) {
	switch f.IntN(6) {
	case 0, 1:
		f.line("if %s > %d {", f.number(), f.IntN(9))
		f.block(depth)
		if f.IntN(2) == 0 {
			f.line("} else {")
			f.block(depth)
		}
	case 2:
		v := f.fresh(number)
		f.line("for %s := 0; %s < %d; %s++ {", v, v, 1+f.IntN(3), v)
		f.block(depth, v)
	case 3:
		lists := f.all(list)
		if len(lists) == 0 {
			return
		}
		i, v := f.fresh(number), f.fresh(number)
		f.line("for %s, %s := range %s {\n\t_, _ = %s, %s", i, v, f.pick(lists), i, v)
		f.block(depth, i, v)
	case 4:
		v := f.fresh(number)
		f.line("for %s := range count(%d) {\n\t_ = %s", v, 1+f.IntN(3), v)
		f.block(depth, v)
	case 5:
		v := f.fresh(number)
		f.line("switch %s := dynamic(%s).(type) {\n\tcase int:\n\t\t_ = %s", v, f.number(), v)
		f.block(depth, v)
		f.line("case string:\n\t\t_ = %s", v)
		f.block(depth)
	}
	f.line("}")
}
