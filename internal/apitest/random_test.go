package apitest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// randomEnv sets how many random programs TestRandom makes.
const randomEnv = "COREDUMPY_RANDOM"

// Random programs panic after garbage has been collected. Their variables have values
// that follow from their names. A variable has its value, or says why it hasn't, or has a
// note about a doubt.
func TestRandom(t *testing.T) {
	few := longtest.Rounds(1, 2)
	for seed := range number(t, randomEnv, few) {
		for _, way := range []struct {
			name  string
			flags []string
		}{{"optimised", nil}, {"whole", []string{"-gcflags=-N -l"}}}[:longtest.Rounds(1, 2)] {
			t.Run(fmt.Sprint(seed, " ", way.name), func(t *testing.T) {
				dir := t.TempDir()
				source, program, path := filepath.Join(dir, "main.go"), filepath.Join(dir, "main.exe"),
					filepath.Join(dir, "x.dump")
				p := &randomProgram{Rand: rand.New(rand.NewPCG(uint64(seed), 0)), n: 100}
				if err := os.WriteFile(source, []byte(p.write()), 0o600); err != nil {
					t.Fatal(err)
				}
				args := append(append([]string{"build", "-o", program}, way.flags...), source)
				if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
					t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
				}
				if o := command(t, exec.Command(program, path)); o.exit != 2 {
					t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
				}
				checkRandom(t, open(t, path), way.flags != nil)
			})
		}
	}
}

// checkRandom compares the variables with their names. All are there if the program isn't
// optimised, except the doubtful ones.
func checkRandom(t *testing.T, d *dump, whole bool) {
	t.Helper()
	right, doubts, lost := 0, 0, 0
	for _, f := range d.current(t).Frames {
		for _, v := range f.Vars {
			kind, n, ok := randomName(v.Name)
			if !ok {
				continue
			}
			got := show(v.Value)
			switch {
			case doubtful(v), !whole && strings.HasPrefix(v.Note, "optimized:"):
				doubts++
			case !whole &&
				(strings.HasPrefix(got, "(optimized out)") || strings.HasPrefix(got, "(unreadable optimized out")):
				lost++
			case !kind.pattern(n).MatchString(got):
				t.Errorf("%s:%d: got %s = %.300s, note %q, want %s",
					f.Func, f.Line, v.Name, got, v.Note, kind.pattern(n))
			default:
				right++
			}
		}
	}
	if t.Logf("%d values right, %d doubtful, %d lost", right, doubts, lost); right < 5 {
		t.Errorf("got %d right values, want 5 or more", right)
	}
}

// randomKind is a type of variable. In its texts # stands for the variable's number, $
// for the next number, and v for the variable.
type randomKind struct {
	letter, typ, value, use string
	want                    string // as show prints it; `x` is a part that may be missing
}

var randomKinds = []randomKind{
	{"i", "int", "number(#)", "useInt(v)", "`#`"},
	{"u", "uint8", "uint8(number(#))", "useInt(int(v))", ""},
	{"x", "int32", "int32(number(#))", "useInt(int(v))", "`#`"},
	{"s", "string", "text(#)", "useString(v)", "`\"#\"`"},
	{"f", "float64", "float64(number(#)) + 0.5", "useInt(int(v))", "`#.5`"},
	{"c", "complex128", "complex(float64(number(#)), 1)", "useInt(int(real(v)))", "`(# + 1i)`"},
	{"e", "any", "number(#)", "useInt(v.(int))", "interface {}(int) `#`"},
	{"p", "*pair", "&pair{number(#), number($)}", "useInt(v.Y)", "*main.pair {X: `#`, Y: `$`}"},
	{"q", "pair", "pair{number(#), number($)}", "useInt(v.X)", "main.pair {X: `#`, Y: `$`}"},
	{"t", "triple", "triple{number(#), text(#), float64(number(#)) + 0.5}", "useString(v.B)",
		"main.triple {A: `#`, B: `\"#\"`, C: `#.5`}"},
	{"a", "[2]int", "[2]int{number(#), number($)}", "useInt(v[1])", "[2]int [`#`,`$`]"},
	{"l", "[]int", "[]int{number(#), number($)}", "useInt(v[1])", "[]int len: 2, cap: `2`, [`#`,`$`]"},
}

const randomHead = `package main

import (
	"os"
	"runtime"
	"strconv"

	"coredumpy"
)

type pair struct{ X, Y int }

type triple struct {
	A int
	B string
	C float64
}

var (
	anInt   int
	aString string
)

//go:noinline
func one() int { return len(os.Args) - 1 }

//go:noinline
func number(n int) int { return n * one() }

//go:noinline
func text(n int) string { return strconv.Itoa(n) }

//go:noinline
func useInt(n int) { anInt = n }

//go:noinline
func useString(s string) { aString = s }
`

// fillIn replaces the placeholders for a variable's number, and for the variable.
func fillIn(text string, n int, v string) string {
	text = strings.NewReplacer("#", fmt.Sprint(n), "$", fmt.Sprint(n+1)).Replace(text)
	return regexp.MustCompile(`\bv\b`).ReplaceAllLiteralString(text, v)
}

func (k randomKind) pattern(n int) *regexp.Regexp {
	if k.letter == "u" {
		return regexp.MustCompile(fmt.Sprintf("^%d$", uint8(n)))
	}
	return partly(fillIn(k.want, n, ""))
}

// partly returns a pattern for a text in which parts in backquotes may be missing.
func partly(text string) *regexp.Regexp {
	parts := strings.Split(text, "`")
	for i := range parts {
		if parts[i] = regexp.QuoteMeta(parts[i]); i%2 == 1 {
			parts[i] = `(` + parts[i] + `|\?|\(optimized out\)|\(unreadable [^)]*\))`
		}
	}
	return regexp.MustCompile("^" + strings.Join(parts, "") + "$")
}

// randomName returns the kind and the number in the name of a variable.
func randomName(name string) (k randomKind, n int, ok bool) {
	for _, k = range randomKinds {
		if rest, found := strings.CutPrefix(name, k.letter); found {
			_, err := fmt.Sscanf(rest, "%d", &n)
			return k, n, err == nil
		}
	}
	return k, 0, false
}

// randomProgram makes a program: functions that call each other in turn.
type randomProgram struct {
	*rand.Rand
	strings.Builder
	n    int // of the latest variable
	live []string
}

func (p *randomProgram) kind() randomKind { return randomKinds[p.IntN(len(randomKinds))] }

// named makes a variable's name.
func (p *randomProgram) named(k randomKind) (name string, n int) {
	p.n += 2
	return fmt.Sprint(k.letter, p.n), p.n
}

func (p *randomProgram) write() string {
	const functions = 6
	params := make([][]string, functions)
	for i := range params {
		for range p.IntN(10) {
			name, _ := p.named(p.kind())
			params[i] = append(params[i], name)
		}
	}
	p.WriteString(randomHead)
	for i := range params {
		p.live = nil
		var list []string
		for _, name := range params[i] {
			k, _, _ := randomName(name)
			list, p.live = append(list, name+" "+k.typ), append(p.live, name)
		}
		fmt.Fprintf(p, "\nfunc f%d(%s) {\n", i, strings.Join(list, ", "))
		if p.IntN(2) == 0 {
			p.WriteString("\tdefer useInt(0)\n")
		}
		p.block(0)
		for _, v := range p.live {
			p.changed(v)
		}
		if i+1 < functions {
			p.call(i+1, params[i+1])
		} else {
			p.WriteString("\tif one() == 1 {\n\t\truntime.GC()\n\t\tvar m map[int]int\n\t\tm[1] = 1\n\t}\n")
		}
		for _, v := range p.live {
			if p.IntN(3) == 0 {
				p.used(v)
			}
		}
		p.WriteString("}\n")
	}
	p.WriteString("\nfunc main() {\n\tdefer coredumpy.OnPanic(coredumpy.Path(os.Args[1]))\n")
	p.call(0, params[0])
	p.WriteString("}\n")
	return p.String()
}

// call calls a function, sometimes in a closure.
func (p *randomProgram) call(f int, params []string) {
	var args []string
	for _, name := range params {
		k, n, _ := randomName(name)
		fmt.Fprintf(p, "\tvar %sarg %s = %s\n", name, k.typ, fillIn(k.value, n, ""))
		args = append(args, name+"arg")
	}
	line := fmt.Sprintf("f%d(%s)", f, strings.Join(args, ", "))
	if p.IntN(3) == 0 {
		line = "func() { " + line + " }()"
	}
	fmt.Fprintf(p, "\t%s\n", line)
}

// block writes some statements, at most three blocks deep.
func (p *randomProgram) block(depth int) {
	for range 2 + p.IntN(5) {
		switch c := p.IntN(20); {
		case c < 10:
			k := p.kind()
			name, n := p.named(k)
			first := n
			if p.IntN(2) == 0 {
				first += 1000 // it has had another value before
			}
			fmt.Fprintf(p, "\tvar %s %s = %s\n\t_ = %s\n", name, k.typ, fillIn(k.value, first, ""), name)
			p.live = append(p.live, name)
			if first == n {
				break
			}
			for range p.IntN(3) {
				p.used(p.live[p.IntN(len(p.live))])
			}
			fmt.Fprintf(p, "\t%s = %s\n", name, fillIn(k.value, n, ""))
		case c < 15 && len(p.live) > 0:
			p.used(p.live[p.IntN(len(p.live))])
		case c >= 15 && depth < 2:
			kept := len(p.live)
			switch n := p.n + 2; c % 3 {
			case 0:
				fmt.Fprintf(p, "\tif one() == %d {\n", 1+p.IntN(4)/3)
				p.block(depth + 1)
				p.WriteString("\t}\n")
			case 1:
				p.n = n
				fmt.Fprintf(p, "\tfor i%d := number(%d); i%d < number(%d); i%d++ {\n", n, n, n, n+1, n)
				p.live = append(p.live, fmt.Sprint("i", n))
				p.block(depth + 1)
				p.WriteString("\t}\n")
			case 2:
				p.WriteString("\tfunc() {\n")
				p.block(depth + 1)
				p.WriteString("\t}()\n")
			}
			p.live = p.live[:kept]
		}
	}
}

// changed changes a number, and changes it back.
func (p *randomProgram) changed(v string) {
	switch k, _, _ := randomName(v); k.letter {
	case "i", "u", "x", "f":
		if n := 1 + p.IntN(9); p.IntN(3) == 0 {
			fmt.Fprintf(p, "\t%s -= %d\n", v, n)
			p.used(v)
			fmt.Fprintf(p, "\t%s += %d\n", v, n)
		}
	}
}

func (p *randomProgram) used(v string) {
	k, n, _ := randomName(v)
	fmt.Fprintf(p, "\t%s\n", fillIn(k.use, n, v))
}
