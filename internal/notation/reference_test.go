package notation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestReference(t *testing.T) {
	checkReferences(t, List.Reference, []referenceTest{
		{reflect.Pointer, `[7]`, Value{Object: 7}},
		{reflect.Slice, `[2,3]`, Value{Object: 2, Len: 3, Cap: 3}},
		{reflect.Slice, `[2,3,8]`, Value{Object: 2, Len: 3, Cap: 8}},
		{reflect.Slice, `[2,3,-1]`, Value{Object: 2, Len: 3, Cap: -1}},
		{reflect.Map, `[2,3]`, Value{Object: 2, Len: 3}},
		{reflect.Chan, `[2,1,10]`, Value{Object: 2, Len: 1, Cap: 10}},
		{reflect.Chan, `[2,0]`, Value{Object: 2}},
		{reflect.Interface, `[5,"text"]`, Value{Type: 5, Value: json.RawMessage(`"text"`)}},
		{reflect.Interface, ` [ 5 , [2,3] ] `, Value{Type: 5, Value: json.RawMessage(`[2,3]`)}},
		{reflect.Interface, `[2]`, Value{Object: 2}},
	})
}

func TestOldReference(t *testing.T) {
	checkReferences(t, List.OldReference, []referenceTest{
		{reflect.Pointer, `[824633720832,7]`, Value{Addr: 824633720832, Object: 7}},
		{reflect.Pointer, `[18446744073709551615,1]`, Value{Addr: 1<<64 - 1, Object: 1}},
		{reflect.Slice, `[4096,2,3]`, Value{Addr: 4096, Object: 2, Len: 3, Cap: 3}},
		{reflect.Slice, `[4096,2,3,8]`, Value{Addr: 4096, Object: 2, Len: 3, Cap: 8}},
		{reflect.Slice, `[4096,0,0,-1]`, Value{Addr: 4096, Cap: -1}},
		{reflect.Map, `[4096,2,3]`, Value{Addr: 4096, Object: 2, Len: 3}},
		{reflect.Chan, `[4096,2,1,10]`, Value{Addr: 4096, Object: 2, Len: 1, Cap: 10}},
		{reflect.Chan, `[4096,2,0]`, Value{Addr: 4096, Object: 2}},
		{reflect.Interface, `[5,"text"]`, Value{Type: 5, Value: json.RawMessage(`"text"`)}},
		{reflect.Interface, ` [ 5 , [4096,2,3] ] `, Value{Type: 5, Value: json.RawMessage(`[4096,2,3]`)}},
		{reflect.Interface, `[5,4096,2]`, Value{Type: 5, Addr: 4096, Object: 2}},
	})
}

type referenceTest struct {
	kind reflect.Kind
	raw  string
	want Value
}

func checkReferences(t *testing.T, decode func(List, reflect.Kind) (*Value, error), tests []referenceTest) {
	for _, tt := range tests {
		l, err := ParseList(json.RawMessage(tt.raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decode(l, tt.kind); err != nil || !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("%v %s: got %+v, %v, want %+v", tt.kind, tt.raw, got, err, tt.want)
		}
	}
}

// Whatever isn't a reference gives an error.
func TestNoReference(t *testing.T) {
	kinds := []reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Interface}
	for _, raw := range []string{`[]`, `[0]`, `[1]`, `[-1]`, `[1,2,3,4,5]`, `["1","2"]`, `[-1,2,3,4]`, `[1,2.5,3]`, `[null,null,null]`, `[[1],[2]]`, `[18446744073709551616,1,1]`, `[1,1e3,1]`} {
		l, err := ParseList(json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kinds {
			if got, err := l.OldReference(k); err == nil {
				t.Errorf("%v %s: got %+v of format 1, want an error", k, raw, got)
			}
			if got, err := l.Reference(k); err == nil && (raw != `[1]` || k != reflect.Pointer && k != reflect.Interface) {
				t.Errorf("%v %s: got %+v, want an error", k, raw, got)
			}
		}
	}
	for _, raw := range []string{`[0]`, `[0,0]`, `[0,0,1]`} { // there is no object 0
		l, _ := ParseList(json.RawMessage(raw))
		for _, k := range kinds[:4] {
			if got, err := l.Reference(k); err == nil {
				t.Errorf("%v %s: got %+v, want an error", k, raw, got)
			}
		}
	}
	l, _ := ParseList(json.RawMessage("[" + strings.Repeat("9", 1000) + ",1]"))
	if _, err := l.OldReference(reflect.Pointer); err == nil || len(fmt.Sprintf("%.300v", err)) > 300 {
		t.Errorf("got error %.1000v, want one that can be shown", err)
	}
}
