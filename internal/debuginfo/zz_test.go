package debuginfo

import (
	"fmt"
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	name := os.Getenv("ZZ")
	if name == "" {
		t.Skip()
	}
	s := open(t, name)
	f := s.file
	for _, n := range []string{"main.liveOuter", "main.liveInner"} {
		fn := s.function(t, n)
		last := ""
		for pc := fn.Entry; pc < fn.End; pc++ {
			out := ""
			calls := fn.Calls(pc)
			c := calls[len(calls)-1]
			for _, v := range c.Variables() {
				l, err := v.Location()
				if err != nil {
					t.Error(err)
				}
				ps, _ := f.Eval(l, Regs{})
				out += fmt.Sprintf("    %-12s %x %+v\n", v.Name, l, ps)
			}
			if out != last {
				fmt.Printf("%#x %d\n%s", pc, calls[0].Line, out)
				last = out
			}
		}
	}
}
