package capture

import (
	"reflect"
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/variables"
)

func TestDoubts(t *testing.T) {
	sharers := []caveat.Sharer{{Name: "y", Line: 4}}
	tests := []struct {
		name    string
		v       variables.Variable
		missing caveat.Kind
		want    caveat.Doubts
	}{
		{"none", variables.Variable{}, caveat.None, nil},
		{"at a signal", variables.Variable{Fault: true, Unset: variables.OnLine, Listed: true}, caveat.None,
			caveat.Only(caveat.AtSignal)},
		{"not set yet, perhaps", variables.Variable{Unset: variables.InStatement, Listed: true, Shared: true},
			caveat.None, caveat.Only(caveat.InStatement)},
		{"in different places", variables.Variable{Listed: true}, caveat.None, caveat.Only(caveat.OutOfDate)},
		{"in different places, without a value", variables.Variable{Listed: true}, caveat.OptimizedOut, nil},
		{"not set yet, without a value", variables.Variable{Unset: variables.Returned, Listed: true}, caveat.Redacted,
			caveat.Only(caveat.AfterReturn)},
		{"in a shared place", variables.Variable{Listed: true, Shared: true}, caveat.None,
			caveat.Only(caveat.SharedPlace)},
		{"in a place shared with others", variables.Variable{Listed: true, Shared: true, Sharers: sharers}, caveat.None,
			caveat.Doubts{{Kind: caveat.SharedPlace, Sharers: sharers}}},
		{"in a shared place, without a value",
			variables.Variable{Listed: true, Shared: true, Sharers: sharers}, caveat.NoMemory, nil},
		{"in pieces", variables.Variable{Split: true}, caveat.None, caveat.Only(caveat.PartsOutOfDate)},
		{"in pieces in different places", variables.Variable{Split: true, Listed: true}, caveat.None,
			caveat.Only(caveat.PartsOutOfDate)},
		{"in pieces in a shared place", variables.Variable{Split: true, Listed: true, Shared: true}, caveat.None,
			caveat.Only(caveat.SharedPlace)},
		{"in pieces at a signal", variables.Variable{Split: true, Fault: true}, caveat.None,
			caveat.Only(caveat.AtSignal)},
	}
	for _, tt := range tests {
		rec := corefile.Variable{Doubts: doubtsOf(&tt.v), Missing: tt.missing}
		settleSplit(&tt.v, &rec)
		if !reflect.DeepEqual(rec.Doubts, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, rec.Doubts, tt.want)
		}
	}
}
