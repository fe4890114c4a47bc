//go:build amd64 || arm64

package procfs

import (
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		a    access
		want string
	}{
		{access{uid: 1, target: 2, yama: 1}, "belongs to user 2"},
		{access{uid: 1, target: 1, yama: 1}, "sysctl kernel.yama.ptrace_scope=0"},
		{access{uid: 1, target: 1, yama: 2}, "to administrators only"},
		{access{uid: 0, target: 0, yama: 3, capable: true}, "to nobody"},
		{access{uid: 0, target: 0, capable: true}, "another container"},
		{access{uid: 1, target: 1}, "--cap-add=SYS_PTRACE"},
		{access{uid: 1, target: -1}, "--cap-add=SYS_PTRACE"},
	} {
		if got := tt.a.explain(7).Error(); !strings.Contains(got, tt.want) || !strings.Contains(got, "process 7") {
			t.Errorf("%+v: got %q, want %q", tt.a, got, tt.want)
		}
	}
}
