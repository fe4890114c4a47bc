package delvetest

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/expressions.txt anew")

// crossing says how expressions are made: each operand replaces _ in each of the forms, and each pair
// is combined by as many operators, the next pair by the next ones.
type crossing struct {
	operands, forms, pairs string
	each                   int
}

func (c *crossing) expressions() (list []string) {
	for _, x := range strings.Fields(c.operands) {
		for _, form := range strings.Split(strings.TrimSpace(c.forms), "\n") {
			list = append(list, strings.ReplaceAll(form, "_", x))
		}
	}
	pairs := strings.Fields(c.pairs)
	ops := strings.Fields(operators)
	for a, x := range pairs {
		for b, y := range pairs {
			for n := range c.each {
				op := ops[(a*5+b*3+n*7)%len(ops)]
				list = append(list, fmt.Sprintf("%s %s %s", x, op, y))
			}
		}
	}
	return list
}

// fixtureExpressions returns those that combine operands of the fixture with forms and operators,
// and those of testdata/chosen.txt.
func fixtureExpressions(t *testing.T) []string {
	t.Helper()
	list := (&crossing{operands, forms, paired, 2}).expressions()
	chosen, err := os.ReadFile("testdata/chosen.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(chosen)) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return once(list)
}

// once returns the expressions without those that are there already.
func once(list []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(expr string) bool {
		again := seen[expr]
		seen[expr] = true
		return again
	})
}

// operands are variables of the fixture, at least one of each kind.
const operands = `
i j i8 u u8 u64 word f f32 nan c128 c64 yes s empty long cel name ok col bits dur
pi pnil pp ps pt ppt nilpt vec seg out outnil void wid list ring gen
arr sarr barr rarr zarr grid parr sl slnil slcap bs rs ss pts pps nums msg mat hundred anys errs
m mnil mi mp ma mk mpp mc mempty cnt msl any1 any2 anyp anypt anynil anysl anym anyf
err1 errnil errtyped str fn clo fnnil wk meth ch chp chnil up upnil hold phold counter table`

const forms = `
_
(_)
*_
&_
-_
+_
^_
!_
len(_)
cap(_)
_[0]
_["a"]
_[i]
_[1:2]
_[1:]
_.X
_.ID
_.Nothing
_.(int)
_.(*main.point)
_.(data)
_ == nil
nil != _
_ == _
_ + 1
_ << 1
_ && yes
real(_)
imag(_)
max(_, 1)
int(_)
uint8(_)
float64(_)
complex128(_)
string(_)
uintptr(_)
[]byte(_)
main.celsius(_)
main.vector(_)
(*int)(_)
_(1)`

// paired are the operands of binary operators.
const paired = `
1 -2 2.5 'a' "abc" 1i true nil i j i8 u u8 f f32 c128 yes s cel col pi pt pt2 arr arr2 sl m any1 anypt err1 fn ch up`

const operators = `+ - * / % & | ^ &^ << >> == != < <= > >= && ||`

// TestGenerated keeps the files of expressions up to date with the generator. .ci/delve/expressions
// records Delve's answers for them.
func TestGenerated(t *testing.T) {
	for _, file := range []struct {
		path  string
		list  []string
		least int
	}{
		{"testdata/expressions.txt", fixtureExpressions(t), 3300},
		{"testdata/kinds.txt", once(kinds.expressions()), 2000},
		{"testdata/named.txt", once(named.expressions()), 4000},
	} {
		want := strings.Join(file.list, "\n") + "\n"
		if *update {
			if err := os.WriteFile(file.path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file.path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s isn't what the generator makes: run go test -run TestGenerated -update, "+
				"and go run ./.ci/delve/expressions", file.path)
		}
		if len(file.list) < file.least {
			t.Errorf("%s: %d expressions, want %d or more", file.path, len(file.list), file.least)
		}
	}
}
