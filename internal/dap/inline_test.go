package dap

import (
	"fmt"
	"slices"
	"testing"
)

// A client that counts lines from 0 gets and gives lines that it counts so.
func TestInlineValuesOfLines(t *testing.T) {
	c := connect(t, options(), "shop.dump")
	for _, tt := range []struct {
		from  int // where the client counts from
		lines string
		want  []inlineValue
	}{
		{1, `"startLine":11,"endLine":11`, []inlineValue{{11, `x = "inner"`}}},
		{0, `"startLine":10,"endLine":10`, []inlineValue{{10, `x = "inner"`}}},
		{1, `"startLine":13,"endLine":9223372036854775807`, nil},
		{1, `"startLine":-9223372036854775808,"endLine":8`, nil},
	} {
		ok[none](c, "initialize", fmt.Sprintf(`{"linesStartAt1":%t}`, tt.from == 1))
		frame := ok[stackTraceBody](c, "stackTrace", `{"threadId":7}`).StackFrames[1].ID
		got := ok[inlineValuesBody](c, "inlineValues", fmt.Sprintf(`{"frameId":%d,%s}`, frame, tt.lines)).Values
		if !slices.Equal(got, tt.want) {
			t.Errorf("from %d, %s: got %v, want %v", tt.from, tt.lines, got, tt.want)
		}
	}
}
